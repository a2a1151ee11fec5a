//! Superfluous snapshots: equal to what their build inherits, or of something that no longer exists.

use std::collections::BTreeSet;
use std::fmt;

use super::judge::{inherit, same_text};
use super::name::{SnapshotName, State};
use super::recorded::{CaseSnapshots, ContractSnapshots};
use crate::record::lineage::Lineage;

/// A snapshot that should not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untidy {
    /// Its name.
    pub name: SnapshotName,
    /// Whether it was accepted.
    pub state: State,
    /// Why it should not exist.
    pub reason: UntidyReason,
}

/// Why a snapshot should not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UntidyReason {
    /// It equals what the build would inherit anyway.
    Redundant {
        /// The build above that has the same transcript on record.
        from: String,
    },
    /// There is no such contract.
    NoContract,
    /// The contract has no such case.
    NoCase,
    /// There is no manifest of such a build.
    NoBuild,
}

impl fmt::Display for UntidyReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Redundant { from } => write!(f, "redundant: equal to what it inherits from {from}"),
            Self::NoContract => f.write_str("stale: there is no such contract"),
            Self::NoCase => f.write_str("stale: the contract has no such case"),
            Self::NoBuild => f.write_str("stale: there is no manifest of this build"),
        }
    }
}

/// The superfluous snapshots of `contract`, whose cases are `cases` (`None`: the contract does not exist).
pub fn untidy(
    lineage: &Lineage,
    contract: &str,
    cases: Option<&BTreeSet<String>>,
    snapshots: &ContractSnapshots,
) -> Vec<Untidy> {
    let mut found = Vec::new();
    for (case, snapshots) in snapshots.cases() {
        let states = [(State::Accepted, &snapshots.accepted), (State::Pending, &snapshots.pending)];
        for (state, texts) in states {
            found.extend(texts.keys().filter_map(|build| {
                let reason = stale(lineage, cases, case, build)
                    .or_else(|| redundant(lineage, snapshots, state, build))?;
                Some(Untidy { name: SnapshotName::new(contract, case, build), state, reason })
            }));
        }
    }
    found
}

fn stale(
    lineage: &Lineage,
    cases: Option<&BTreeSet<String>>,
    case: &str,
    build: &str,
) -> Option<UntidyReason> {
    match cases {
        None => Some(UntidyReason::NoContract),
        Some(cases) if !cases.contains(case) => Some(UntidyReason::NoCase),
        Some(_) => (!lineage.contains(build)).then_some(UntidyReason::NoBuild),
    }
}

/// Only accepted snapshots can be redundant: `review` deals with pending ones.
fn redundant(
    lineage: &Lineage,
    snapshots: &CaseSnapshots,
    state: State,
    build: &str,
) -> Option<UntidyReason> {
    let own = snapshots.accepted.get(build).filter(|_| state == State::Accepted)?;
    let inherited = inherit(lineage, build, |above| snapshots.accepted.get(above).map(String::as_str))?;
    same_text(own, &inherited.text).then_some(UntidyReason::Redundant { from: inherited.from })
}
