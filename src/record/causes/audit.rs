//! Whether the causes of a contract and the drifts on record match: each drift has a cause, each cause a drift.

use std::collections::BTreeSet;

use super::{Family, Span, causes};
use crate::contract::Contract;
use crate::contract::cause::{Cause, Key};
use crate::diagnostic::nearest;
use crate::record::lineage::Lineage;
use crate::record::snapshots::judge::{inherit, same_text};
use crate::record::snapshots::{CaseSnapshots, ContractSnapshots};
use crate::record::transcript::Transcript;

/// A build whose record differs from what it inherits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedDrift {
    /// The case.
    pub case: String,
    /// The build.
    pub build: String,
    /// The build's parent, or the build before of its profile where none of its ancestors runs the case.
    pub parent: String,
    /// The versions, profiles and builds between the two.
    pub span: Span,
}

/// A mismatch between causes and record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding<'a> {
    /// No cause explains this drift.
    Unexplained(RecordedDrift),
    /// No drift needs this cause.
    Unneeded(&'a Cause),
    /// It stands where a cause is to be written.
    Placeholder(&'a Cause),
    /// No profile and no build has the cause's name; the second value is a similar name.
    Unknown(&'a Cause, Option<&'a str>),
}

/// The drifts on record of a contract's cases. A first record, with nothing to inherit, is one where it is a crash or a hang: what
/// came with that build came with a defect.
pub fn drifts(family: &Family, contract: &Contract, snapshots: &ContractSnapshots) -> Vec<RecordedDrift> {
    let of_case = |case: &str| {
        let drift = |(build, parent): (&str, &str)| RecordedDrift {
            case: case.to_owned(),
            build: build.to_owned(),
            parent: parent.to_owned(),
            span: Span::between(family, parent, build),
        };
        drifting(family.lineage, snapshots.case(case)).into_iter().map(drift).collect::<Vec<_>>()
    };
    contract.cases.iter().flat_map(|case| of_case(&case.name)).collect()
}

/// The builds that drift, parents first, and from which build the step to them begins.
fn drifting<'a>(lineage: &'a Lineage, snapshots: &CaseSnapshots) -> Vec<(&'a str, &'a str)> {
    let accepted = |build: &str| snapshots.accepted.get(build).map(String::as_str);
    let differing = |build: &'a str| {
        let own = accepted(build)?;
        let parent = match inherit(lineage, build, accepted) {
            Some(inherited) if same_text(own, &inherited.text) => None,
            Some(inherited) => lineage.step_from(build, &inherited.from),
            None if Transcript::verdict_on_record(own).is_bad() => lineage.parent(build),
            None => None,
        };
        Some((build, parent?))
    };
    let mut builds: Vec<&str> = lineage.in_order();
    builds.retain(|build| snapshots.accepted.contains_key(*build));
    builds.into_iter().filter_map(differing).collect()
}

/// The mismatches between the causes of a contract and its drifts: unexplained drifts first, by case, parents first.
pub fn audit<'a>(
    family: &Family<'a>,
    contract: &'a Contract,
    snapshots: &ContractSnapshots,
) -> Vec<Finding<'a>> {
    let mut needed = BTreeSet::new();
    let mut findings = Vec::new();
    for drift in drifts(family, contract, snapshots) {
        let because = causes(contract, &drift.case, &drift.span);
        if because.is_empty() {
            findings.push(Finding::Unexplained(drift));
        }
        needed.extend(because.into_iter().map(|cause| &cause.place));
    }
    let every = contract.changed.iter().chain(contract.cases.iter().flat_map(|case| &case.changed));
    let names: Vec<&str> = family.builds.keys().chain(&family.profiles).copied().collect();
    findings.extend(every.clone().filter(|cause| cause.is_placeholder()).map(Finding::Placeholder));
    let idle = every.filter(|cause| !needed.contains(&cause.place));
    findings.extend(idle.map(|cause| match &cause.key {
        Key::Name(name) if !names.contains(&name.as_str()) => Finding::Unknown(cause, nearest(name, &names)),
        _ => Finding::Unneeded(cause),
    }));
    findings
}

#[cfg(test)]
mod tests {
    use semver::Version;

    use super::*;
    use crate::record::causes::{Causes, Traits};
    use crate::record::snapshots::SnapshotName;
    use crate::record::snapshots::name::State;

    const CASES: &str = "
title: t
why: w
changed:
  3.2.0: one
  3.3.0: two
  flgas: a misspelt profile
  3.9.0: nothing on record
cases:
  - name: a
    steps: [{memory_used: }]
  - name: b
    changed: {3.3.0: its own}
    steps: [{memory_used: }]
";

    fn contract() -> Contract {
        contract_of(CASES)
    }

    fn contract_of(text: &str) -> Contract {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("made-up.yaml");
        std::fs::write(&file, text).unwrap();
        Contract::load(&crate::project::Project::at(folder.path()), &file).unwrap()
    }

    fn lineage() -> Lineage {
        let pairs =
            [("3.1.0-p", ""), ("3.2.0-p", "3.1.0-p"), ("3.3.0-p", "3.2.0-p"), ("3.3.0-flags", "3.3.0-p")];
        let parent = |parent: &str| (!parent.is_empty()).then(|| parent.to_owned());
        Lineage::new(pairs.map(|(build, above)| (build.to_owned(), parent(above)))).unwrap()
    }

    fn snapshots(texts: &[(&str, &str, &str)]) -> ContractSnapshots {
        let mut snapshots = ContractSnapshots::default();
        for (case, build, text) in texts {
            snapshots.insert(&SnapshotName::new("made-up", case, build), State::Accepted, (*text).to_owned());
        }
        snapshots
    }

    fn with_family<T>(use_it: impl FnOnce(&Family) -> T) -> T {
        let versions = ["3.1.0", "3.2.0", "3.3.0"].map(|text| text.parse::<Version>().unwrap());
        let lineage = lineage();
        let traits = |build: &'static str, version: usize, profile: &'static str| {
            (build, Traits { version: Some(&versions[version]), profile })
        };
        let builds = [
            traits("3.1.0-p", 0, "p"),
            traits("3.2.0-p", 1, "p"),
            traits("3.3.0-p", 2, "p"),
            traits("3.3.0-flags", 2, "flags"),
        ];
        use_it(&Family { lineage: &lineage, builds: builds.into(), profiles: vec!["p", "flags"] })
    }

    fn line(finding: Finding) -> String {
        match finding {
            Finding::Unexplained(drift) => format!("{}@{}: {}", drift.case, drift.build, drift.span),
            Finding::Unneeded(cause) => format!("unneeded {} ({})", cause.key, cause.place),
            Finding::Placeholder(cause) => format!("placeholder {} ({})", cause.key, cause.place),
            Finding::Unknown(cause, near) => format!("unknown {} {near:?}", cause.key),
        }
    }

    fn shown(texts: &[(&str, &str, &str)]) -> Vec<String> {
        shown_of(&contract(), texts)
    }

    fn shown_of(contract: &Contract, texts: &[(&str, &str, &str)]) -> Vec<String> {
        with_family(|family| audit(family, contract, &snapshots(texts)).into_iter().map(line).collect())
    }

    #[test]
    fn each_drift_needs_a_cause_and_each_cause_a_drift() {
        let texts = [
            ("a", "3.1.0-p", "1"),
            ("a", "3.2.0-p", "2"),
            ("a", "3.3.0-p", "3"),
            ("a", "3.3.0-flags", "4"),
            ("b", "3.2.0-p", "first, so not a drift"),
            ("b", "3.3.0-p", "2"),
            ("gone", "3.1.0-p", "1"),
            ("gone", "3.2.0-p", "2"),
        ];
        let unknown = "unknown flgas Some(\"flags\")";
        let idle = "unneeded 3.9.0 (made-up.yaml:8:3)";
        assert_eq!(shown(&texts), ["a@3.3.0-flags: `flags`, or `3.3.0-flags`", unknown, idle]);
    }

    #[test]
    fn a_placeholder_is_no_cause_though_a_drift_needs_one() {
        let contract = contract_of(&CASES.replace("3.2.0: one", "3.2.0: TODO"));
        let found = shown_of(&contract, &[("a", "3.1.0-p", "1"), ("a", "3.2.0-p", "2")]);
        assert!(found.contains(&"placeholder 3.2.0 (made-up.yaml:5:3)".to_owned()), "{found:?}");
        assert!(!found.iter().any(|line| line.starts_with("unneeded 3.2.0")), "{found:?}");
    }

    #[test]
    fn a_first_record_that_is_a_crash_is_a_drift_from_the_build_above() {
        let crash = "crashed: SIGSEGV in query SELECT 1";
        let found = shown(&[("b", "3.2.0-p", crash), ("b", "3.3.0-p", "2")]);
        assert!(!found.iter().any(|line| line.contains("3.2.0")), "{found:?}");
        let contract = contract_of(&CASES.replace("  3.2.0: one\n", ""));
        let found = shown_of(&contract, &[("b", "3.2.0-p", "timed out in query SELECT 1")]);
        assert_eq!(found[0], "b@3.2.0-p: a version after 3.1.0, up to 3.2.0, or `3.2.0-p`");
        // Nothing is above the oldest build.
        let found = shown_of(&contract, &[("b", "3.1.0-p", crash)]);
        assert!(found.iter().all(|line| line.starts_with("un")), "{found:?}");
    }

    #[test]
    fn a_case_has_only_those_causes_of_its_contract_that_its_drifts_need() {
        let texts = [
            ("a", "3.1.0-p", "1"),
            ("a", "3.2.0-p", "2"),
            ("a", "3.3.0-p", "3"),
            ("b", "3.1.0-p", "1"),
            ("b", "3.3.0-p", "2"),
        ];
        let contract = contract();
        with_family(|family| {
            let causes = Causes::new(&contract, family.clone(), &snapshots(&texts));
            let shown = |case, from, to| {
                let found = causes.between(case, from, to).into_iter().map(|cause| cause.text.as_str());
                found.collect::<Vec<_>>().join(", ")
            };
            assert_eq!(shown("a", "3.1.0-p", "3.3.0-p"), "one, two");
            assert_eq!(shown("a", "3.3.0-flags", "3.1.0-p"), "one, two");
            assert_eq!(shown("b", "3.1.0-p", "3.3.0-p"), "its own");
            assert_eq!(shown("b", "3.1.0-p", "3.2.0-p"), "one");
            assert_eq!(shown("b", "3.3.0-p", "3.3.0-flags"), "");
        });
    }

    #[test]
    fn a_cause_that_the_only_drift_replaces_is_not_needed() {
        let texts = [("b", "3.2.0-p", "1"), ("b", "3.3.0-p", "2")];
        let found = shown(&texts);
        assert!(found.contains(&"unneeded 3.2.0 (made-up.yaml:5:3)".to_owned()), "{found:?}");
        assert!(found.contains(&"unneeded 3.3.0 (made-up.yaml:6:3)".to_owned()), "{found:?}");
        assert_eq!(found.len(), 4);
    }
}
