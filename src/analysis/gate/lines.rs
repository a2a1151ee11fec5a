//! Lines of a transcript, told apart by what they say: a value, an error, or a cost.

use std::collections::BTreeMap;

use crate::contract::Case;
use crate::contract::verb::Kind;
use crate::outcome::shows_failure;

/// What a row of an outcome with several begins with.
const ROW: &str = "    ";

/// The steps of a case by the text that transcripts show them with, and whether each counts something.
pub(super) struct Steps(BTreeMap<String, bool>);

/// What a line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// A size or a counter.
    Cost,
    /// A step that did not do what it was asked to.
    Error,
    /// Anything else.
    Value,
}

impl Steps {
    /// Of all runs of a case.
    pub fn of(case: &Case) -> Self {
        let steps = case.runs.iter().flat_map(|run| &run.steps);
        Self(steps.map(|placed| (placed.step.verb.describe(), is_cost(placed.step.verb.kind()))).collect())
    }

    /// What each line of a transcript says. Rows stand below the line of their step.
    pub fn read(&self, transcript: &[String]) -> Vec<Says> {
        let mut of_cost = false;
        let read = transcript.iter().map(|line| {
            let outcome = match self.split(line) {
                Some((is_cost, outcome)) => {
                    of_cost = is_cost;
                    outcome
                }
                None => {
                    of_cost &= line.starts_with(ROW);
                    line.trim_start()
                }
            };
            says(of_cost, outcome)
        });
        read.collect()
    }

    /// The step of a line, by the longest text that fits: SQL may hold an arrow too.
    fn split<'a>(&self, line: &'a str) -> Option<(bool, &'a str)> {
        let outcome = |step: &str| line.strip_prefix(step)?.strip_prefix(" →").map(str::trim_start);
        let fits = self.0.iter().filter_map(|(step, is_cost)| Some((step.len(), *is_cost, outcome(step)?)));
        fits.max_by_key(|(length, ..)| *length).map(|(_, is_cost, outcome)| (is_cost, outcome))
    }
}

fn is_cost(kind: Kind) -> bool {
    matches!(kind, Kind::Quantity | Kind::Growth | Kind::Counts)
}

fn says(of_cost: bool, outcome: &str) -> Says {
    match (shows_failure(outcome), of_cost) {
        (true, _) => Says::Error,
        (false, true) => Says::Cost,
        (false, false) => Says::Value,
    }
}
