//! How a command ended, as an exit status.

use std::fmt;
use std::process::ExitCode;

use sqlite_contracts::diagnostic::Diagnostics;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// There is nothing that a person has to look at.
    Clean,
    /// Something is broken, or waits for review.
    Findings,
    /// What was asked for, or what is written in a file, cannot be right.
    BadInput,
    /// The machine is in the way.
    Environment,
}

/// What was asked for cannot be right.
#[derive(Debug)]
pub struct UsageError(pub String);

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}

impl Outcome {
    /// Clean, unless there are findings.
    pub fn of_findings(any: bool) -> Self {
        if any { Self::Findings } else { Self::Clean }
    }

    /// Says an error, and whose it is.
    pub fn of_error(error: anyhow::Error) -> Self {
        anstream::eprintln!("error: {error:#}");
        let is_input = error.chain().any(|cause| cause.is::<UsageError>() || cause.is::<Diagnostics>());
        if is_input { Self::BadInput } else { Self::Environment }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Clean => 0,
            Outcome::Findings => 1,
            Outcome::BadInput => 2,
            Outcome::Environment => 3,
        })
    }
}
