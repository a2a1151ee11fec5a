//! How a worker ended, and what that is to the run under way.

use std::process::ExitStatus;

use super::batch::RunEnd;
use crate::record::report::Frame;
use crate::system;

/// How the process ended in the middle of a request.
pub(super) enum Death {
    /// By itself.
    Crashed { how: String },
    /// The deadline of a run passed; the process was killed.
    TimedOut,
    /// What it said was no answer; the process was killed.
    Garbled { words: String },
    /// The library has nothing to do with it.
    CouldNotRun { reason: String },
    /// It used more than its budget allows; the process was killed, or the system ended it.
    OverBudget(String),
}

impl Death {
    /// How the run ended that was under way: at this place in its step, with these last words and this stack.
    pub(super) fn end_of_run(self, at: Option<String>, words: String, stack: Vec<Frame>) -> RunEnd {
        match self {
            Self::Crashed { how } => RunEnd::Crashed { how, at, words, stack },
            Self::Garbled { words } => {
                RunEnd::Crashed { how: "its answer was no answer".to_owned(), at, words, stack }
            }
            Self::TimedOut => RunEnd::TimedOut { at, stack },
            Self::CouldNotRun { reason } => RunEnd::CouldNotRun(reason),
            Self::OverBudget(excess) => RunEnd::OverBudget(excess),
        }
    }
}

pub(super) fn shown(status: Option<ExitStatus>) -> String {
    status.map_or_else(|| "its output ended".to_owned(), system::describe_end)
}

/// What a process said, in one line: a sanitizer's summary, else the first.
pub(super) fn last_words(said: &str) -> String {
    let mut lines = said.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    lines.find(|line| line.starts_with("SUMMARY: ")).unwrap_or(first).to_owned()
}
