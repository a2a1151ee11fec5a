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
