//! An outcome as its text: all that is left of one on record.

use std::fmt;

use super::Outcome;
use super::sqlite_names::leading_code;

/// An outcome, or one row of it, as transcripts show it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Shown(String);

/// What the text of an outcome begins with whose step did not do what it was asked to, where that is no code.
pub(super) const MISSING: &str = "missing ";
pub(super) const REFUSED: &str = "refused: ";
pub(super) const NO_HANDLE: &str = "no `";
pub(super) const STOPPED: &str = "stopped at ";

impl Shown {
    /// From its text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether the step did not do what it was asked to: the opposite of [`Outcome::succeeded`]. A sweep that met one
    /// code shows it as a failed call does, and counts as failed.
    pub fn is_failure(&self) -> bool {
        let is_error = |code| !Outcome::from_code(code).succeeded();
        leading_code(&self.0).is_some_and(is_error)
            || [MISSING, REFUSED, NO_HANDLE, STOPPED].iter().any(|words| self.0.starts_with(words))
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
