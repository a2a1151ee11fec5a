//! What a contract did on a build: the types that the engine makes, and that snapshots and reports read.

use serde::{Deserialize, Serialize};

/// The verdict of a case on a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every `expect` held.
    Holds,
    /// An `expect` failed.
    Broken,
    /// The build lacks what `requires` names; nothing was run.
    Unsupported,
    /// The worker died by a signal or left by itself.
    Crashed,
    /// The case did not end before its deadline.
    TimedOut,
}

/// An `expect` that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// `contracts/precision/round.yaml:12:9`
    pub place: String,
    /// The step as transcripts show it.
    pub step: String,
    /// What the contract promises.
    pub expected: String,
    /// What the build did.
    pub actual: String,
}

/// A case on a build.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseReport {
    /// The case's name, unique in its contract: lower case, digits and hyphens.
    pub case: String,
    /// How it went.
    pub verdict: Verdict,
    /// One line a step (never empty unless unsupported): the text that is snapshotted.
    pub transcript: Vec<String>,
    /// The broken promises.
    pub failures: Vec<Failure>,
    /// Why it was not run, which signal ended it, which deadline it missed.
    pub reason: Option<String>,
    /// How long it took.
    pub seconds: f64,
}

/// A cell: one contract on one build.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CellReport {
    /// `precision/round`: the path of the contract under `contracts/`, without `.yaml`.
    pub contract: String,
    /// `3.46.0-rusqlite`
    pub build: String,
    /// Every case of the contract, in the contract's order.
    pub cases: Vec<CaseReport>,
}

impl CaseReport {
    /// The transcript as one text, a line feed after each line.
    pub fn text(&self) -> String {
        self.transcript.iter().flat_map(|line| [line, "\n"]).collect()
    }
}
