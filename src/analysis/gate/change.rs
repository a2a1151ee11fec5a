//! A case that behaves differently on two builds.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::asked;
use super::headline;
use super::replays;
use super::report::Standing;
use super::severity::Severity;
use crate::analysis::replay::Group;
use crate::contract::Contract;
use crate::contract::cause::Cause;
use crate::diagnostic::Location;
use crate::record::report::{CaseReport, Failure, Frame, Verdict};
use crate::record::transcript::Transcript;

/// A contract of which at least one case changes.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ContractChanges {
    /// `precision/money-round`
    pub contract: String,
    /// The promise.
    pub title: String,
    /// What breaks for whom.
    pub why: String,
    /// The cases that change, the worst first.
    pub changes: Vec<Change>,
}

/// A case that behaves differently on the new build.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Change {
    /// The case's name.
    pub case: String,
    /// How much it matters.
    pub severity: Severity,
    /// Where the case is.
    pub place: Place,
    /// What it did on the old build.
    pub from: Side,
    /// What it does on the new build.
    pub to: Side,
    /// The promises that the new build breaks and the old one did not.
    pub broken: Vec<Failure>,
    /// The lines that the transcript lost (`-`) and gained (`+`), with a few around them; empty when only promises
    /// differ, or when one of the builds does not support the case.
    pub difference: String,
    /// The contract's causes of the change: those between the two builds, the oldest first.
    pub because: Vec<Cause>,
    /// Its status: whether it blocks.
    pub standing: Standing,
    /// Of the replay of a trace: the calls that do something else. Each such group is a change of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<Group>,
}

/// A line of a contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Place {
    /// `contracts/precision/round.yaml`
    pub file: String,
    /// From 1.
    pub line: usize,
}

/// The case on one of the two builds.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Side {
    /// The verdict.
    pub verdict: Verdict,
    /// Why it was not run, which signal ended it, or which deadline it missed.
    pub reason: Option<String>,
    /// Where in the library it crashed or hung, innermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stack: Vec<Frame>,
    /// One line per step.
    #[schemars(with = "Vec<String>")]
    pub transcript: Transcript,
}

impl ContractChanges {
    /// The contract with no change yet.
    pub(super) fn of(contract: &Contract, mut changes: Vec<Change>) -> Self {
        changes.sort_by_key(|change| change.severity);
        let (title, why) = (contract.title.trim().to_owned(), contract.why.trim().to_owned());
        Self { contract: contract.id.clone(), title, why, changes }
    }

    /// `precision` of `precision/money-round`.
    pub fn area(&self) -> &str {
        asked::area(&self.contract)
    }

    /// The changes that are more than what a build lacks: those are shown together, by reason.
    pub(super) fn in_full(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.lack().is_none())
    }
}

impl Change {
    /// The first difference, in one line.
    pub fn headline(&self) -> String {
        if let Some(group) = &self.group {
            return replays::headline(group);
        }
        if let Some(failure) = self.broken.first() {
            return failure.to_string();
        }
        if let Some(reason) = self.reason() {
            let ended = headline::ended(&self.from.transcript, &self.to.transcript, reason);
            return ended.unwrap_or_else(|| reason.to_owned());
        }
        headline::headline(&self.from.transcript, &self.to.transcript).unwrap_or_default()
    }

    /// How many steps differ; those behind one in which the worker died were not reached.
    pub(super) fn differing_steps(&self) -> usize {
        if self.from.has_died() || self.to.has_died() {
            return 1;
        }
        headline::differing(&self.from.transcript, &self.to.transcript)
    }

    /// Why one of the builds did not run the case, or how the case ended on the new one.
    pub fn reason(&self) -> Option<&str> {
        self.telling_side().reason.as_deref()
    }

    /// Where in the library it crashed or hung.
    pub(super) fn stack(&self) -> &[Frame] {
        &self.telling_side().stack
    }

    fn telling_side(&self) -> &Side {
        if self.severity == Severity::Added { &self.from } else { &self.to }
    }

    /// What the build lacks that did not run the case, when that is the whole change.
    pub fn lack(&self) -> Option<&str> {
        let side = match self.severity {
            Severity::Removed | Severity::Superseded => &self.to,
            Severity::Added => &self.from,
            _ => return None,
        };
        side.reason.as_deref().filter(|_| side.verdict == Verdict::Unsupported)
    }
}

impl Side {
    pub(super) fn of(case: &CaseReport) -> Self {
        Self {
            verdict: case.verdict,
            reason: case.reason.clone(),
            stack: case.stack.clone(),
            transcript: case.transcript.clone(),
        }
    }

    fn has_died(&self) -> bool {
        matches!(self.verdict, Verdict::Crashed | Verdict::TimedOut)
    }
}

impl From<&Location> for Place {
    fn from(location: &Location) -> Self {
        Self { file: location.path.to_string(), line: location.line }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
