//! The cause of a drift that waits for review.

use sqlite_contracts::builds::BuildSet;
use sqlite_contracts::contract::Contract;
use sqlite_contracts::record::causes::{Because, causes};
use sqlite_contracts::record::snapshots::{Drift, SnapshotName};

use crate::ui::output::width;

/// What stands below a drift: why it happened, as far as the contract says, else how its cause is to be named. Nothing
/// where accepting it leaves no drift on record, or where the contract cannot be read.
pub fn below(contract: Option<&Contract>, builds: &BuildSet, name: &SnapshotName, drift: &Drift) -> String {
    let parent =
        builds.lineage().parent(&name.build).filter(|_| drift.inherited.is_some() && !drift.goes_back());
    let (Some(parent), Some(contract)) = (parent, contract) else {
        return String::new();
    };
    let span = builds.span(parent, &name.build);
    match causes(contract, &name.case, &span) {
        known if known.is_empty() => format!("    no cause yet: `changed` has no key for it: {span}\n"),
        known => Because::new("    ", width()).lines(known),
    }
}
