//! The causes of a drift that waits for review.

use crate::builds::BuildSet;
use crate::contract::Contract;
use crate::project::Project;
use crate::record::causes::Because;
use crate::record::snapshots::{Drift, Recorded, SnapshotName};

/// The text below a drift: its causes according to the contract, else the key that a cause needs. Empty where accepting
/// it leaves no drift on record, or where the contract cannot be read.
pub fn below(
    project: &Project,
    builds: &BuildSet,
    name: &SnapshotName,
    drift: &Drift,
    width: usize,
) -> String {
    // What is shown is the difference from this build, which may be further up than the parent when that did not run.
    let before = drift.inherited.as_ref().map(|it| it.from.as_str()).filter(|_| !drift.goes_back());
    let snapshots = Recorded::at(project.snapshots()).contract(&name.contract);
    let contract = Contract::find(project, &name.contract);
    let (Some(before), Ok(contract), Ok(snapshots)) = (before, contract, snapshots) else {
        return String::new();
    };
    let causes = builds.causes(&contract, &snapshots);
    match causes.between(&name.case, before, &name.build) {
        known if known.is_empty() => {
            let keys = causes.span(before, &name.build);
            format!("    no cause yet: `changed` has no key for it: {keys}\n")
        }
        known => Because::new("    ", width).lines(known),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::snapshots::Inherited;

    #[test]
    fn a_drift_is_followed_by_its_causes_or_by_the_keys_that_one_needs() {
        let project = Project::at(env!("CARGO_MANIFEST_DIR"));
        let builds = BuildSet::load(&project).unwrap();
        let below = |from: &str, build: &str| {
            let inherited = Some(Inherited { from: from.to_owned(), text: String::new() });
            let drift = Drift { own: None, inherited, after: "query → 1\n".to_owned() };
            let name = SnapshotName::new("precision/money-round", "computed-amounts", build);
            super::below(&project, &builds, &name, &drift, 60)
        };
        let because = below("3.42.0-rusqlite", "3.44.0-rusqlite");
        assert!(because.starts_with("    because (3.43.0): "), "{because}");
        assert!(because.lines().all(|line| line.chars().count() <= 60), "{because}");
        assert!(below("3.53.4-rusqlite", "3.54.1-rusqlite").starts_with("    no cause yet: "));
    }
}
