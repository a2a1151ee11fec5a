//! What the catalogue knows: a case that drifts where a finding changes, in the same way, in a step that uses what
//! divides the builds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Result;

use super::change::Change;
use super::finding::Finding;
use crate::analysis::known::{ChangedStep, Needs, Sort, changed, words_of};
use crate::builds::BuildSet;
use crate::contract::Contract;
use crate::project::Project;
use crate::record::snapshots::{CaseSnapshots, Recorded};
use crate::record::transcript::Transcript;

/// The drifts on record, by the build with which they begin.
#[derive(Debug, Clone, Default)]
pub struct Known(BTreeMap<String, Vec<RecordedChange>>);

/// A drift of a case.
#[derive(Debug, Clone)]
struct RecordedChange {
    /// `precision/money-round/computed-amounts`
    case: String,
    /// The words of all its steps.
    all: Arc<BTreeSet<String>>,
    /// The steps that do something else than above.
    steps: Vec<ChangedStep>,
}

impl Known {
    /// Those of these contracts of a project.
    ///
    /// # Errors
    /// When a snapshot cannot be read.
    pub fn of(project: &Project, contracts: &[Contract], builds: &BuildSet) -> Result<Self> {
        let recorded = Recorded::at(project.snapshots());
        let mut known = Self::default();
        for contract in contracts {
            let snapshots = recorded.contract(&contract.id)?;
            for case in &contract.cases {
                let name = format!("{}/{}", contract.id, case.name);
                known.add(&name, words_of(case), snapshots.case(&case.name), |build| {
                    builds.lineage().forebears(build).collect()
                });
            }
        }
        Ok(known)
    }

    fn add<'a>(
        &mut self,
        case: &str,
        all: BTreeSet<String>,
        snapshots: &CaseSnapshots,
        ancestors: impl Fn(&str) -> Vec<&'a str>,
    ) {
        let all = Arc::new(all);
        for (build, text) in &snapshots.accepted {
            let above = ancestors(build).into_iter().find_map(|above| snapshots.accepted.get(above));
            let Some(above) = above else { continue };
            let steps = changed(&Transcript::from(above.as_str()), &Transcript::from(text.as_str()));
            let change = RecordedChange { case: case.to_owned(), all: Arc::clone(&all), steps };
            self.0.entry(build.clone()).or_default().push(change);
        }
    }

    /// The cases that know a finding; none unless each of its changes is known.
    pub(super) fn cases(&self, finding: &Finding) -> Vec<String> {
        let needs = finding.needs();
        let of_drift = |build: &str, change: &Change| {
            let all = self.0.get(build).map(Vec::as_slice).unwrap_or_default();
            all.iter().find(|it| it.is_of(&needs, change)).map(|it| it.case.clone())
        };
        let drifts = finding.drifts.iter();
        let found: Option<BTreeSet<String>> =
            drifts.map(|drift| of_drift(&drift.after, &drift.change)).collect();
        found.into_iter().flatten().collect()
    }

    /// Every drift: the build with which it begins, and its case.
    pub(super) fn drifts(&self) -> impl Iterator<Item = (&str, &String)> {
        self.0.iter().flat_map(|(build, changes)| changes.iter().map(move |it| (build.as_str(), &it.case)))
    }

    /// Whether a finding shows the drift of this case that begins with this build.
    pub(super) fn shows(&self, finding: &Finding, build: &str, case: &str) -> bool {
        let mut there = finding.drifts.iter().filter(|drift| drift.after == build).peekable();
        if there.peek().is_none() {
            return false;
        }
        let needs = finding.needs();
        let meant: Vec<&RecordedChange> =
            self.0.get(build).into_iter().flatten().filter(|it| it.case == case).collect();
        there.any(|drift| meant.iter().any(|it| it.is_of(&needs, &drift.change)))
    }
}

impl RecordedChange {
    /// Whether a change of a program that needs this is the one on record.
    fn is_of(&self, needs: &[Needs], change: &Change) -> bool {
        let is_there = |step: &ChangedStep| {
            is_of(step.sort, change) && needs.iter().any(|it| it.are_in(&step.words, &self.all))
        };
        self.steps.iter().any(is_there)
    }
}

/// Whether a change between builds looks like this on record.
fn is_of(sort: Sort, change: &Change) -> bool {
    match change {
        Change::Value(..) | Change::Rows => sort == Sort::Silent,
        Change::Fails(_) | Change::Works(_) => sort == Sort::OneFails,
        Change::Code(..) | Change::Message(..) => sort == Sort::BothFail,
        Change::Appears(_) | Change::Vanishes(_) => matches!(sort, Sort::OneFails | Sort::BothFail),
        Change::Plan => sort == Sort::Plan,
        Change::Crash => sort == Sort::Crash,
    }
}

#[cfg(test)]
impl Known {
    /// Cases that drift at builds, each with a step that shows this before and that from there on.
    pub(super) fn made_up(drifts: &[(&str, &str, &str, [&str; 2])]) -> Self {
        let mut known = Self::default();
        for (case, build, step, outcomes) in drifts {
            let [above, text] = outcomes.map(|outcome| Transcript::from(&*format!("{step} → {outcome}")));
            let steps = changed(&above, &text);
            let all = Arc::new(crate::analysis::known::words(step).collect());
            known.0.entry((*build).to_owned()).or_default().push(RecordedChange {
                case: (*case).to_owned(),
                all,
                steps,
            });
        }
        known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(sql: &str, feature: &str, builds: &[&str]) -> Finding {
        Finding::made_up(sql, feature, builds)
    }

    #[test]
    fn a_case_knows_what_drifts_at_the_same_build_over_the_same_function() {
        let accepted = [("1", "query SELECT round(1, 2) → 1"), ("3", "query SELECT round(1, 2) → 2")];
        let accepted = accepted.map(|(build, text)| (build.to_owned(), text.to_owned())).into();
        let snapshots = CaseSnapshots { accepted, ..CaseSnapshots::default() };
        let mut known = Known::default();
        let ancestors = |build: &str| if build == "3" { vec!["2", "1"] } else { vec![] };
        known.add("precision/round/half", BTreeSet::new(), &snapshots, ancestors);
        assert_eq!(known.cases(&finding("SELECT round(7)", "round", &["3"])), ["precision/round/half"]);
        assert!(known.cases(&finding("SELECT abs(7)", "abs", &["3"])).is_empty());
        assert!(known.cases(&finding("SELECT round(7)", "round", &["2"])).is_empty());
        assert!(known.cases(&finding("SELECT round(7)", "round", &["3", "4"])).is_empty());
    }

    #[test]
    fn a_step_that_uses_it_and_does_not_change_says_nothing() {
        let above = "query SELECT round(1) → 1\nquery SELECT abs(1) → 1";
        let words: Vec<_> =
            changed(&above.into(), &"query SELECT round(1) → 1\nquery SELECT abs(1) → 2".into())
                .into_iter()
                .map(|step| (step.words.contains("abs"), step.words.contains("round"), step.sort))
                .collect();
        assert_eq!(words, [(true, false, Sort::Silent)]);
    }

    #[test]
    fn another_kind_of_change_over_the_same_function_is_not_known() {
        let fails = ["1", "ERROR: integer overflow"];
        let known = Known::made_up(&[("a/b/c", "3", "query SELECT sum(a) FROM t", fails)]);
        assert!(known.cases(&finding("SELECT sum(7)", "sum", &["3"])).is_empty());
    }

    #[test]
    fn that_a_case_asks_for_a_plan_says_nothing_of_another_plan() {
        let plans = ["\"SCAN t\"", "\"SEARCH t\""];
        let known = Known::made_up(&[("plans/joins/chain", "3", "plan SELECT a FROM t LEFT JOIN u", plans)]);
        let plan = finding("EXPLAIN QUERY PLAN SELECT 0 EXCEPT SELECT 1", "EXCEPT", &["3"]);
        assert!(known.cases(&plan).is_empty());
    }
}
