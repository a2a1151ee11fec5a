//! Cases whose rows differ only in a limit of memory: a search for the least memory, row by row.
//!
//! More is not always enough. Under a low limit a connection does without its lookaside and works; under a higher one
//! it gets its lookaside, and too little is left for the rest. Which of such limits work says how much memory is taken,
//! not what the library does.

use crate::contract::verb::{Call, Verb};
use crate::contract::{Case, Run};
use crate::record::transcript::{Line, Transcript};

/// Whether each limit is enough that is higher than one that is. True of cases that are no such search.
pub(super) fn is_monotonic(case: &Case, transcript: &Transcript) -> bool {
    let Some(limits) = limits(case) else { return true };
    let mut tried: Vec<(i64, bool)> = limits.into_iter().zip(rows(transcript).map(is_enough)).collect();
    tried.sort_unstable();
    tried.is_sorted_by_key(|(_, is_enough)| *is_enough)
}

/// The limit of each row; `None` when the rows differ in anything else, or there is only one.
fn limits(case: &Case) -> Option<Vec<i64>> {
    let others = |run: &Run| -> Vec<String> {
        let verbs = run.steps.iter().map(|placed| &placed.step.verb);
        verbs.filter(|verb| limit(verb).is_none()).map(Verb::describe).collect()
    };
    let [first, rest @ ..] = case.runs.as_slice() else { return None };
    let alike = !rest.is_empty() && rest.iter().all(|run| others(run) == others(first));
    alike.then(|| case.runs.iter().map(highest).collect()).flatten()
}

/// The highest limit that a row sets.
fn highest(run: &Run) -> Option<i64> {
    run.steps.iter().filter_map(|placed| limit(&placed.step.verb)).max().filter(|bytes| *bytes > 0)
}

fn limit(verb: &Verb) -> Option<i64> {
    match verb {
        Verb::Call(Call::HardHeapLimit(limit)) => Some(limit.bytes),
        _ => None,
    }
}

/// The lines of each row.
fn rows(transcript: &Transcript) -> impl Iterator<Item = &[Line]> {
    transcript.split(|line| matches!(line, Line::Row(_))).skip(1)
}

fn is_enough(row: &[Line]) -> bool {
    !row.iter().any(|line| line.outcome().is_some_and(|outcome| outcome.is_out_of_memory()))
}
