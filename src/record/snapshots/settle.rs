//! Which changes are left to review once those that wait above are taken into account.
//!
//! Each cell is judged alone, so one new behaviour of a parent shows up in all of its descendants. Here the whole
//! lineage is considered: what remains is one change for each build where behaviour really changed, including a build
//! that returns to the behaviour of an older one.

use std::collections::{BTreeMap, BTreeSet};

use super::judge::{Drift, drift, inherit};
use super::recorded::CaseSnapshots;
use crate::record::lineage::Lineage;

/// The builds whose behaviour in a case has to be reviewed. `said` has the transcripts of this run; for the other
/// builds the pending snapshot counts as their transcript.
pub fn changes(
    lineage: &Lineage,
    snapshots: &CaseSnapshots,
    said: &BTreeMap<String, String>,
) -> BTreeMap<String, Drift> {
    let spoken = |build: &str| said.get(build).or_else(|| snapshots.pending.get(build)).map(String::as_str);
    let accepted = |build: &str| snapshots.accepted.get(build).map(String::as_str);
    let builds: BTreeSet<&String> = said.keys().chain(snapshots.pending.keys()).collect();
    builds
        .into_iter()
        .filter(|build| lineage.is_recorded(build))
        .filter_map(|build| {
            let inherited = inherit(lineage, build, |above| spoken(above).or_else(|| accepted(above)));
            let drift = drift(accepted(build), inherited, spoken(build)?)?;
            Some((build.clone(), drift))
        })
        .collect()
}

/// The builds whose pending snapshot equals what they would inherit, or their own record.
pub fn nothing_to_say(lineage: &Lineage, snapshots: &CaseSnapshots) -> Vec<String> {
    let changes = changes(lineage, snapshots, &BTreeMap::new());
    snapshots.pending.keys().filter(|build| !changes.contains_key(*build)).cloned().collect()
}
