//! Whether a text of SQL works on a build, and which statement is the first that does not.

use anyhow::Result;
use serde::Serialize;

use crate::builds::Build;
use crate::contract::{Contract, PlacedStep};
use crate::diagnostic::Location;
use crate::engine::Engine;
use crate::outcome::Outcome;
use crate::record::report::Verdict;

/// The result of trying statements one after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Trial {
    /// The first statement that did not work; `None` when all did.
    pub failing: Option<Failing>,
}

/// A statement that does not work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failing {
    /// `schema.sql:12:1`
    pub place: Location,
    /// The statement on one line.
    pub statement: String,
    /// How it failed: `ERROR: near "RETURNING": syntax error`.
    pub error: String,
}

impl Trial {
    /// Tries the statements of a contract made by [`Contract::of_sql`] on a build, one after the other.
    ///
    /// # Errors
    /// Those of [`Engine::run`].
    pub fn run(engine: &Engine, contract: &Contract, build: &Build) -> Result<Self> {
        let (mut trial, mut seen) = (Self::default(), 0);
        let cell = engine.watch(contract, build, &mut |_, placed, outcome| {
            trial.see(placed, outcome);
            seen += 1;
        })?;
        let mut steps = contract.cases.iter().flat_map(|case| &case.runs).flat_map(|run| &run.steps);
        let next = steps.nth(seen);
        let ended = cell.cases.iter().find_map(|case| Some((case.verdict, case.reason.as_ref()?)));
        if let (Some((Verdict::Crashed | Verdict::TimedOut, reason)), Some(next)) = (ended, next) {
            // A statement that crashed the process has no outcome.
            trial.fail(next, reason.clone());
        }
        Ok(trial)
    }

    /// Whether every statement works.
    pub fn works(&self) -> bool {
        self.failing.is_none()
    }

    fn see(&mut self, placed: &PlacedStep, outcome: &Outcome) {
        if !outcome.succeeded() {
            self.fail(placed, outcome.to_string());
        }
    }

    /// Only the first failure counts: the others may follow from it.
    fn fail(&mut self, placed: &PlacedStep, error: String) {
        self.failing.get_or_insert_with(|| Failing {
            place: placed.place.clone(),
            statement: statement(&placed.step.verb.describe()).to_owned(),
            error,
        });
    }
}

/// The SQL of a step as transcripts show it, without its verb.
fn statement(described: &str) -> &str {
    described.split_once(' ').map_or(described, |(_, sql)| sql)
}
