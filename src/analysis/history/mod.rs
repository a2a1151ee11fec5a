//! When a behaviour changed: what a case did on every build of a ladder, one after the other.
//!
//! A ladder is every version of one profile. Behaviour comes and goes, so every build of it is run: neighbours that
//! behave the same form an [`Era`], and each era but the first begins with a change. Only the many check-ins between
//! two eras are bisected, where finding one change is enough ([`bisect()`]).

mod behaviour;
mod bisect;
mod era;
mod requirement;

pub use behaviour::{Behaviour, Peer, peers};
pub use bisect::{Bracket, bisect};
pub use era::{Era, Rung, eras, unasked};
pub use requirement::{Failing, Trial};

use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;

use crate::builds::CheckIn;
use crate::builds::chronology::Unasked;
use crate::contract::cause::Cause;
use crate::record::causes::Causes;

/// What a case did on a ladder, and what the other builds of the ladder's versions do.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct History {
    /// What people read above it: `precision/money-round/computed-amounts`, SQL, or a file of SQL.
    pub subject: String,
    /// `precision/money-round`
    pub contract: String,
    /// The case in it.
    pub case: String,
    /// The profile of the ladder.
    pub profile: String,
    /// Of SQL a statement of which fails on every build of the ladder: how the first one does on the newest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fails: Option<String>,
    /// From the oldest version to the newest; never empty.
    pub eras: Vec<Era<Behaviour>>,
    /// The known releases from the oldest version on that are not on the ladder.
    pub unasked: Unasked,
    /// The builds of the ladder's versions with other profiles, the newest version first, grouped by behaviour.
    pub peers: Vec<Peer>,
    /// For each change that was bisected in a checkout, a check-in that caused it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub check_ins: Vec<Located>,
}

/// A check-in that changed the behaviour between two versions; there may be other changes between them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Located {
    /// The version before.
    #[schemars(with = "String")]
    pub before: Version,
    /// The version after.
    #[schemars(with = "String")]
    pub after: Version,
    /// The check-in; several, the oldest first, where those before the last could not be built.
    pub check_ins: Vec<CheckIn>,
    /// How many check-ins are between the versions.
    pub between: usize,
    /// How many of them were built.
    pub made: usize,
}

impl History {
    /// Adds to each change the contract's causes of it.
    pub fn explain(&mut self, causes: &Causes) {
        let case = &self.case;
        // The reason why a build does not support the case is not a cause of a drift.
        let between = |(from, before): (&str, &Behaviour), (to, after): (&str, &Behaviour)| {
            let found = match before.is_supported() && after.is_supported() {
                true => causes.between(case, from, to),
                false => Vec::new(),
            };
            found.into_iter().cloned()
        };
        for at in 1..self.eras.len() {
            let (before, era) = (&self.eras[at - 1], &self.eras[at]);
            let found = between((&before.last.build, &before.did), (&era.first.build, &era.did));
            self.eras[at].because = found.collect();
        }
        for peer in self.peers.iter_mut().filter(|peer| !peer.as_ladder) {
            let Some(era) = era_of(&self.eras, &peer.beside.version) else { continue };
            let of_build = |build| between((&peer.beside.build, &era.did), (build, &peer.did));
            let mut found: Vec<Cause> = Vec::new();
            for cause in peer.builds.iter().flat_map(|build| of_build(build)) {
                if !found.contains(&cause) {
                    found.push(cause);
                }
            }
            peer.because = found;
        }
    }

    /// What the ladder's build of a version did.
    pub fn on(&self, version: &Version) -> Option<&Behaviour> {
        era_of(&self.eras, version).map(|era| &era.did)
    }

    /// How the first statement that fails does so on the newest build, where one fails on every build.
    pub fn failing(&self) -> Option<String> {
        let failing = self.eras.iter().map(|era| era.did.failing()).collect::<Option<Vec<&str>>>()?;
        failing.last().map(|line| (*line).to_owned())
    }

    /// How often it changed.
    pub fn changes(&self) -> usize {
        self.eras.len().saturating_sub(1)
    }

    /// How many builds the ladder has.
    pub fn builds(&self) -> usize {
        self.eras.iter().map(|era| era.builds).sum()
    }
}

/// The era that a version of the ladder is in.
fn era_of<'a>(eras: &'a [Era<Behaviour>], version: &Version) -> Option<&'a Era<Behaviour>> {
    eras.iter().find(|era| era.first.version <= *version && *version <= era.last.version)
}
