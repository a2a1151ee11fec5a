//! How much the difference of two transcripts matters, line by line.

use std::collections::BTreeSet;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::memory_search::is_monotonic;
use super::severity::Severity;
use crate::contract::Case;
use crate::contract::verb::{Kind, Verb};
use crate::outcome::shown::Shown;
use crate::record::transcript::{Line, Transcript};

/// The worst of the places where two transcripts of a case differ.
pub(super) fn of_transcripts(case: &Case, from: &Transcript, to: &Transcript) -> Severity {
    let reader = Reader::of(case, is_monotonic(case, from) && is_monotonic(case, to));
    let (old, new) = (reader.read(from), reader.read(to));
    let differing = capture_diff_slices(Algorithm::Myers, from, to).into_iter().filter_map(|op| match op {
        DiffOp::Equal { .. } => None,
        op => Some((&old[op.old_range()], &new[op.new_range()])),
    });
    // With equal transcripts, the difference is in the actual value of a broken promise.
    differing.map(|(old, new)| of_lines(old, new)).min().unwrap_or(Severity::Value)
}

/// The kind of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    /// A size or a counter.
    Cost,
    /// A limit of memory is too low, in a search where more memory is not always enough.
    TooLow,
    /// A step that failed because the library has no such feature.
    Lacks,
    /// A step that failed.
    Error,
    /// Anything else.
    Value,
}

impl Says {
    fn is_failure(self) -> bool {
        matches!(self, Self::Lacks | Self::Error)
    }
}

/// Reads the transcripts of a case.
struct Reader {
    /// The steps, as transcripts show them, whose outcome is a size or a counter.
    costs: BTreeSet<String>,
    /// Whether more memory is always enough, or the case is no search for the least memory.
    is_monotonic: bool,
}

impl Reader {
    fn of(case: &Case, is_monotonic: bool) -> Self {
        let is_cost = |kind| matches!(kind, Kind::Quantity | Kind::Growth | Kind::Counts);
        let verbs = case.runs.iter().flat_map(|run| &run.steps).map(|placed| &placed.step.verb);
        let costs = verbs.filter(|verb| is_cost(verb.kind())).map(Verb::describe).collect();
        Self { costs, is_monotonic }
    }

    /// The kind of each line of a transcript. Rows belong to the step above them.
    fn read(&self, transcript: &Transcript) -> Vec<Says> {
        let mut of_cost = false;
        let says = transcript.iter().map(|line| {
            of_cost = match line {
                Line::Step { step, .. } => self.costs.contains(step),
                Line::More(_) => of_cost,
                _ => false,
            };
            line.outcome().and_then(|outcome| self.failure(outcome)).unwrap_or(match of_cost {
                true => Says::Cost,
                false => Says::Value,
            })
        });
        says.collect()
    }

    /// The kind of a step that failed.
    fn failure(&self, outcome: &Shown) -> Option<Says> {
        outcome.is_failure().then(|| match outcome {
            _ if !self.is_monotonic && outcome.is_out_of_memory() => Says::TooLow,
            _ if outcome.lacks_feature() => Says::Lacks,
            _ => Says::Error,
        })
    }
}

/// The severity of replaced lines: compared one by one where their numbers are equal, else all together.
fn of_lines(old: &[Says], new: &[Says]) -> Severity {
    if old.len() == new.len() && old.len() > 1 {
        let pairs = old.chunks(1).zip(new.chunks(1)).map(|(old, new)| of_lines(old, new));
        return pairs.min().unwrap_or(Severity::Value);
    }
    let both = |is_meant: fn(Says) -> bool| old.iter().chain(new).all(|says| is_meant(*says));
    let neither_is_empty = !old.is_empty() && !new.is_empty();
    if both(|says| says == Says::Cost) || old.iter().chain(new).any(|says| *says == Says::TooLow) {
        Severity::Cost
    } else if neither_is_empty && both(Says::is_failure) {
        Severity::Error
    } else if neither_is_empty && old.iter().all(|says| *says == Says::Lacks) {
        Severity::Added
    } else {
        Severity::Value
    }
}
