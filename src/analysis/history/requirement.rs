//! Whether a subject works on a build, and what is the first thing in it that does not.

use anyhow::Result;
use schemars::JsonSchema;
use serde::Serialize;

use crate::analysis::replay::Replayed;
use crate::builds::Build;
use crate::contract::{Contract, PlacedStep};
use crate::engine::Engine;
use crate::outcome::Outcome;
use crate::record::report::Verdict;
use crate::subject::Subject;

/// The result of trying statements one after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Trial {
    /// The first statement that did not work; `None` when all did.
    pub failing: Option<Failing>,
}

/// A statement that does not work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Failing {
    /// `schema.sql:12:1`; of a trace `app.trace, call 12`
    pub place: String,
    /// The statement on one line, or the step or case of a contract.
    pub statement: String,
    /// How it failed: `ERROR: near "RETURNING": syntax error`.
    pub error: String,
}

impl Trial {
    /// Tries a contract on a build. SQL works when no statement fails; a trace, when no call fails that succeeded in the
    /// recording; a contract that promises something, when every
    /// case can run and keeps its promises.
    ///
    /// # Errors
    /// Those of [`Engine::run`].
    pub fn run(engine: &Engine, subject: &Subject, contract: &Contract, build: &Build) -> Result<Self> {
        if subject.is_trace() {
            Self::of_calls(engine, contract, build)
        } else if subject.is_sql() {
            Self::of_statements(engine, contract, build)
        } else {
            Self::of_promises(engine, contract, build)
        }
    }

    /// Whether everything works.
    pub fn works(&self) -> bool {
        self.failing.is_none()
    }

    fn of_statements(engine: &Engine, contract: &Contract, build: &Build) -> Result<Self> {
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

    /// The first call that fails and did not.
    fn of_calls(engine: &Engine, contract: &Contract, build: &Build) -> Result<Self> {
        let failing = |place: String, statement: &str, error: &str| {
            Some(Failing { place, statement: statement.to_owned(), error: error.to_owned() })
        };
        let failing =
            match Replayed::run(engine, contract, build)?.1 {
                Err(why) => failing(contract.file().to_owned(), &contract.title, &why),
                Ok(replayed) => replayed.differences.iter().find(|it| it.fails()).and_then(|it| {
                    failing(format!("{}, {}", contract.file(), it.place), &it.statement, &it.new)
                }),
            };
        Ok(Self { failing })
    }

    /// The first case that does not hold.
    fn of_promises(engine: &Engine, contract: &Contract, build: &Build) -> Result<Self> {
        let cell = engine.run(contract, build)?;
        let mut cases = contract.cases.iter().zip(&cell.cases);
        let failing = cases.find_map(|(case, did)| match did.verdict {
            Verdict::Holds => None,
            Verdict::Broken => did.failures.first().map(|failure| Failing {
                place: failure.place.to_string(),
                statement: failure.step_in_row(),
                error: format!("{}, not {}", failure.actual, failure.expected),
            }),
            Verdict::Unsupported | Verdict::Crashed | Verdict::TimedOut | Verdict::CouldNotRun => {
                Some(Failing {
                    place: case.place.to_string(),
                    statement: case.name.clone(),
                    error: did.reason.as_deref().unwrap_or(did.verdict.as_str()).to_owned(),
                })
            }
        });
        Ok(Self { failing })
    }

    fn see(&mut self, placed: &PlacedStep, outcome: &Outcome) {
        if !outcome.succeeded() {
            self.fail(placed, outcome.to_string());
        }
    }

    /// Only the first failure counts: the others may follow from it.
    fn fail(&mut self, placed: &PlacedStep, error: String) {
        self.failing.get_or_insert_with(|| Failing {
            place: placed.place.to_string(),
            statement: statement(&placed.step.verb.describe()).to_owned(),
            error,
        });
    }
}

/// The SQL of a step as transcripts show it, without its verb.
fn statement(described: &str) -> &str {
    described.split_once(' ').map_or(described, |(_, sql)| sql)
}
