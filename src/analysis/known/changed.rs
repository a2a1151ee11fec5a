//! How two transcripts of a case differ, step by step: the words of each step that does something else, and how.

use std::collections::{BTreeMap, BTreeSet};

use super::words::words;
use crate::contract::Case;
use crate::outcome::shown::Shown;
use crate::record::transcript::{Line, Transcript};

/// A step whose outcome changes.
#[derive(Debug, Clone)]
pub(in crate::analysis) struct ChangedStep {
    pub words: BTreeSet<String>,
    pub sort: Sort,
}

/// How the outcome of a step changes, as far as a transcript tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::analysis) enum Sort {
    /// Both have values.
    Silent,
    OneFails,
    BothFail,
    Plan,
    Crash,
}

impl Sort {
    fn between(step: &str, before: &[Shown], after: &[Shown]) -> Self {
        let is_failure = |outcome: &[Shown]| outcome.iter().any(Shown::is_failure);
        match (is_failure(before), is_failure(after)) {
            (false, false) if is_plan(step) => Self::Plan,
            (false, false) => Self::Silent,
            (true, true) => Self::BothFail,
            _ => Self::OneFails,
        }
    }
}

fn is_plan(step: &str) -> bool {
    step.starts_with("plan ") || step.starts_with("query EXPLAIN QUERY PLAN")
}

pub(in crate::analysis) fn words_of(case: &Case) -> BTreeSet<String> {
    let steps = case.runs.iter().flat_map(|run| &run.steps);
    steps.flat_map(|placed| words(&placed.step.verb.describe()).collect::<Vec<_>>()).collect()
}

/// What a step did, or that the process died in it.
enum Did {
    Showed(Vec<Shown>),
    Died,
}

/// The steps whose outcomes differ between two transcripts.
pub(in crate::analysis) fn changed(above: &Transcript, below: &Transcript) -> Vec<ChangedStep> {
    let above = by_step(above);
    let differing = by_step(below).into_iter().filter_map(|(key, after)| {
        let sort = match (above.get(&key)?, after) {
            (Did::Showed(before), Did::Showed(after)) if *before != after => {
                Sort::between(&key.1, before, &after)
            }
            (Did::Showed(_), Did::Died) | (Did::Died, Did::Showed(_)) => Sort::Crash,
            _ => return None,
        };
        Some(ChangedStep { words: words(&format!("{} {}", key.0, key.1)).collect(), sort })
    });
    differing.collect()
}

/// What each step of a transcript did, by the row of `with` that it belongs to, its text, and how often that came before.
fn by_step(transcript: &Transcript) -> BTreeMap<(String, String, usize), Did> {
    let mut row = String::new();
    let mut found: Vec<((String, String), Did)> = Vec::new();
    for line in transcript.iter() {
        match line {
            Line::Row(label) => row.clone_from(label),
            Line::Step { step, outcome } => {
                let showed = Did::Showed(outcome.iter().cloned().collect());
                found.push(((row.clone(), step.clone()), showed));
            }
            Line::More(more) => {
                if let Some((_, Did::Showed(shown))) = found.last_mut() {
                    shown.push(more.clone());
                }
            }
            Line::Crashed { step, .. } => found.push(((row.clone(), step.clone()), Did::Died)),
            Line::Silent | Line::TimedOut { .. } | Line::Other(_) => {}
        }
    }
    let mut times: BTreeMap<(String, String), usize> = BTreeMap::new();
    let numbered = found.into_iter().map(|((row, step), did)| {
        let time = times.entry((row.clone(), step.clone())).or_default();
        *time += 1;
        ((row, step, *time), did)
    });
    numbered.collect()
}
