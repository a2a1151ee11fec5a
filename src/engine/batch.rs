//! Runs that share a process, and what a worker noted down of them.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::contract::verb::Verb;
use crate::contract::{Case, Run};
use crate::outcome::Outcome;
use crate::record::report::Frame;
use crate::worker::protocol::{End, Note, Outstanding, RunRequest};

/// A run of a case in a batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlannedRun<'a> {
    pub case: &'a Case,
    pub run: &'a Run,
    /// Whether to tell what it leaves allocated, see [`RunRequest::keeps_stacks`].
    pub keeps_stacks: bool,
}

impl<'a> PlannedRun<'a> {
    /// What a worker must know of it.
    pub(super) fn request(&self) -> RunRequest<&'a Verb> {
        let functions: BTreeSet<&str> = self.case.requires.functions().collect();
        RunRequest {
            driver: self.case.driver,
            functions: functions.into_iter().map(str::to_owned).collect(),
            verbs: self.run.steps.iter().map(|placed| &placed.step.verb).collect(),
            fresh: self.case.fresh_process,
            pauses: Vec::new(),
            keeps_stacks: self.keeps_stacks,
        }
    }
}

/// What came of a request.
pub(super) struct Batch {
    /// In their order; fewer than these when the process could not go on.
    pub results: Vec<RunResult>,
    /// The outcomes of a run that pauses.
    pub unended: Vec<Outcome>,
    /// Whether the process may run another request.
    pub reusable: bool,
}

/// What came of a run.
pub(super) struct RunResult {
    /// Of its steps, as far as it got.
    pub outcomes: Vec<Outcome>,
    pub end: RunEnd,
    pub seconds: f64,
    /// What was allocated after the last step, when that was asked for.
    pub outstanding: Option<Outstanding>,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RunEnd {
    /// Every step was executed.
    Done,
    /// The library lacks a function that the case requires.
    Lacks(String),
    /// The process died: by which signal or with which status, where in its step when that is known, and what
    /// it said last. A library's words may hold addresses and process ids, so they are no part of the transcript.
    Crashed { how: String, at: Option<String>, words: String, stack: Vec<Frame> },
    /// The deadline passed; the process was killed.
    TimedOut { at: Option<String>, stack: Vec<Frame> },
    /// The environment ended it, for this reason; what the library would have done is not known.
    CouldNotRun(String),
    /// It needed more than its budget allows.
    OverBudget(String),
}

impl RunEnd {
    /// The same, which says on which build that was.
    pub(super) fn on(self, build: &str) -> Self {
        let place = |at: Option<String>| Some(format!("{} on {build}", at.as_deref().unwrap_or("a step")));
        match self {
            Self::Crashed { how, at, words, stack } => Self::Crashed { how, at: place(at), words, stack },
            Self::TimedOut { at, stack } => Self::TimedOut { at: place(at), stack },
            Self::CouldNotRun(reason) => Self::CouldNotRun(format!("on {build}: {reason}")),
            Self::OverBudget(excess) => Self::OverBudget(format!("{excess} on {build}")),
            end @ (Self::Done | Self::Lacks(_)) => end,
        }
    }
}

/// The notes of a request, by runs.
#[derive(Default)]
pub(super) struct Notes {
    pub results: Vec<RunResult>,
    /// The outcomes of a run that has not ended.
    pub unended: Vec<Outcome>,
    /// Where it is in the step that is under way.
    pub place: Option<String>,
    outstanding: Option<Outstanding>,
    over_budget: Option<String>,
    /// When the last run ended, since the request came.
    pub at: Duration,
    /// What had been written to standard error by then, in bytes.
    pub said: u64,
    unclean: bool,
}

impl Notes {
    /// Reads notes up to the first that is not whole: its writer died over it.
    pub(super) fn read(mut bytes: &[u8]) -> Self {
        let mut notes = Self::default();
        while !bytes.is_empty() {
            match ciborium::from_reader(&mut bytes) {
                Ok(Note::Outcome(outcome)) => {
                    notes.unended.push(outcome);
                    notes.place = None;
                }
                Ok(Note::At(place)) => notes.place = Some(place),
                Ok(Note::Outstanding(outstanding)) => notes.outstanding = Some(outstanding),
                Ok(Note::OverBudget(excess)) => notes.over_budget = Some(excess),
                Ok(Note::End { how, at, said }) => notes.end(how, at, said),
                Err(_) => break,
            }
        }
        notes
    }

    /// Whether every run left the process as it was.
    pub(super) fn is_clean(&self) -> bool {
        !self.unclean
    }

    fn end(&mut self, how: End, at: Duration, said: u64) {
        self.unclean |= how == End::Unclean;
        let end = match (self.over_budget.take(), how) {
            (Some(excess), _) => RunEnd::OverBudget(excess),
            (None, End::Lacks(function)) => RunEnd::Lacks(function),
            (None, End::Clean | End::Unclean) => RunEnd::Done,
        };
        let seconds = at.saturating_sub(self.at).as_secs_f64();
        let outcomes = std::mem::take(&mut self.unended);
        self.results.push(RunResult { outcomes, end, seconds, outstanding: self.outstanding.take() });
        (self.at, self.said) = (at, said);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(notes: &[Note]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for note in notes {
            ciborium::into_writer(note, &mut bytes).unwrap();
        }
        bytes
    }

    #[test]
    fn notes_are_told_apart_by_run_and_a_torn_one_ends_them() {
        let outcome = |n| Note::Outcome(Outcome::Quantity(n));
        let end = |how, ms| Note::End { how, at: Duration::from_millis(ms), said: ms };
        let whole = written(&[
            outcome(1),
            end(End::Clean, 10),
            end(End::Lacks("sqlite3_x".to_owned()), 10),
            Note::At("allocation 4".to_owned()),
            outcome(2),
            Note::At("allocation 5".to_owned()),
            outcome(3),
        ]);
        let notes = Notes::read(&whole[..whole.len() - 1]);
        let ends: Vec<&RunEnd> = notes.results.iter().map(|result| &result.end).collect();
        assert_eq!(ends, [&RunEnd::Done, &RunEnd::Lacks("sqlite3_x".to_owned())]);
        assert_eq!(notes.results[0].outcomes, [Outcome::Quantity(1)]);
        assert_eq!(notes.unended, [Outcome::Quantity(2)]);
        assert_eq!(notes.place.as_deref(), Some("allocation 5"));
        assert_eq!((notes.at, notes.said, notes.is_clean()), (Duration::from_millis(10), 10, true));
    }

    #[test]
    fn an_unclean_run_is_remembered() {
        let end = Note::End { how: End::Unclean, at: Duration::ZERO, said: 0 };
        assert!(!Notes::read(&written(&[end])).is_clean());
    }
}
