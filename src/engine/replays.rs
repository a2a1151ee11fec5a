//! Replays that did not come to their end because of the trace: nothing was shown of the build.

use std::fmt;
use std::path::Path;

use crate::contract::PlacedStep;
use crate::contract::verb::{Call, Replay, Verb};
use crate::outcome::Outcome;
use crate::project::Project;

/// A trace whose calls could not be made on a build, because what is in it is damaged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotReplayed {
    /// The file of the trace.
    pub trace: String,
    /// The build.
    pub build: String,
    /// Why, with the place in the file.
    pub why: String,
}

impl NotReplayed {
    /// What a step came to, where that is this. A contract may promise a refusal.
    pub(super) fn of(project: &Project, build: &str, placed: &PlacedStep, outcome: &Outcome) -> Option<Self> {
        match (&placed.step.verb, outcome) {
            (Verb::Call(Call::Replay(Replay { path, .. })), Outcome::Refused(why))
                if placed.step.expect.is_none() =>
            {
                let trace = project.shown(Path::new(path));
                Some(Self { trace, build: build.to_owned(), why: why.clone() })
            }
            _ => None,
        }
    }
}

impl fmt::Display for NotReplayed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { trace, build, why } = self;
        write!(f, "{trace} cannot be replayed on {build}: {why}")
    }
}

impl std::error::Error for NotReplayed {}
