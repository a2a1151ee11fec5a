//! The catalogue's causes and its record fit each other: each drift on record has a cause that names it, and no cause
//! is without a drift. Only files are read; the rules themselves are tested on made-up lineages in
//! `record::causes`. `cargo xtask tidy` shows the same, contract by contract.

use sqlite_contracts::builds::BuildSet;
use sqlite_contracts::contract::Contract;
use sqlite_contracts::project::Project;
use sqlite_contracts::record::causes::{Finding, audit};
use sqlite_contracts::record::snapshots::Recorded;

/// What does not fit, a line each.
fn findings(shown: impl Fn(&str, &Finding) -> Option<String>) -> String {
    let project = Project::at(env!("CARGO_MANIFEST_DIR"));
    let builds = BuildSet::load(&project).unwrap();
    let recorded = Recorded::at(project.snapshots());
    let mut lines = Vec::new();
    for contract in Contract::load_all(&project).unwrap() {
        let snapshots = recorded.contract(&contract.id).unwrap();
        let found = audit(&builds.family(), &contract, &snapshots);
        lines.extend(found.iter().filter_map(|finding| shown(&contract.id, finding)));
    }
    lines.join("\n")
}

#[test]
fn each_drift_on_record_has_a_cause() {
    let unexplained = findings(|contract, finding| match finding {
        Finding::Unexplained(drift) => {
            Some(format!("{contract}/{}@{} needs {}", drift.case, drift.build, drift.span))
        }
        _ => None,
    });
    assert!(unexplained.is_empty(), "`changed` has no key for\n{unexplained}");
}

#[test]
fn no_cause_is_a_placeholder() {
    let placeholders = findings(|_, finding| match finding {
        Finding::Placeholder(cause) => Some(format!("{}: `{}` says nothing", cause.place, cause.text)),
        _ => None,
    });
    assert!(placeholders.is_empty(), "{placeholders}");
}

#[test]
fn no_cause_is_without_a_drift() {
    let idle = findings(|_, finding| match finding {
        Finding::Unneeded(cause) => Some(format!("{}: no drift needs `{}`", cause.place, cause.key)),
        Finding::Unknown(cause, _) => {
            Some(format!("{}: no profile and no build is named `{}`", cause.place, cause.key))
        }
        Finding::Unexplained(_) | Finding::Placeholder(_) => None,
    });
    assert!(idle.is_empty(), "{idle}");
}
