//! Programs: what has needs.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;

use super::recorded::Recorded;
use crate::builds::Build;
use crate::contract::record::Record;
use crate::contract::step::Step;
use crate::contract::verb::{Call, Limit, Verb};
use crate::contract::{Case, Contract, PlacedStep, Run};
use crate::diagnostic::Location;
use crate::engine::Engine;
use crate::outcome::Outcome;
use crate::outcome::sqlite_names::LimitName;
use crate::outcome::value::short_hash;
use crate::record::report::CaseReport;

/// Something whose needs are searched. SQL, scripts and contracts are [`Contracts`]; a recorded program is another kind.
pub trait Program: Sync {
    /// Its statements or calls, in their order.
    fn statements(&self) -> Vec<Statement>;

    /// What each of them does on a build, with a run-time limit lowered where one is given.
    ///
    /// # Errors
    /// When nothing can be said about the build.
    fn answers(&self, on: &Build, lowered: Option<(LimitName, i32)>) -> Result<Vec<Answer>>;
}

/// A statement of a program, or a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// `schema.sql:12`
    pub place: String,
    /// On one line.
    pub text: String,
}

impl Statement {
    /// Whether it asks SQLite for something: to open a database is no statement of the program's.
    pub fn is_asked(&self) -> bool {
        !self.text.starts_with("open ")
    }
}

/// What a statement did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether it did not do what it was asked to.
    pub failed: bool,
    /// What it did, for people.
    pub said: String,
    /// Which comes first of those that differ: in a trace the first call that does. Among equals the order of the statements tells.
    pub turn: usize,
}

/// What a call says that does what it did.
pub(super) const AS_RECORDED: &str = "as it was recorded";

impl Answer {
    /// Whether it is what a recorded program got.
    pub fn is_as_recorded(&self) -> bool {
        !self.failed && self.said == AS_RECORDED
    }

    /// Whether SQLite could not read the statement.
    pub fn is_unreadable(&self) -> bool {
        const SAYS: [&str; 3] = ["syntax error", "incomplete input", "unrecognized token"];
        self.failed && SAYS.iter().any(|words| self.said.contains(words))
    }

    /// Whether a program sees no difference: errors are alike when their codes are.
    pub fn is_like(&self, other: &Self) -> bool {
        let code =
            |said: &str| said.split_once(':').map_or_else(|| said.to_owned(), |(code, _)| code.to_owned());
        self.failed == other.failed
            && (self.said == other.said || (self.failed && code(&self.said) == code(&other.said)))
    }

    pub(super) fn failed(said: impl Into<String>) -> Self {
        Self { failed: true, said: short(&said.into()), turn: 0 }
    }

    pub(super) fn done(said: impl Into<String>) -> Self {
        Self { failed: false, said: said.into(), turn: 0 }
    }
}

/// Contracts, and what is made one.
pub struct Contracts<'a> {
    engine: &'a Engine,
    /// Each with what its trace asks, where it is a trace's.
    contracts: Vec<(Arc<Contract>, Option<Recorded>)>,
}

/// Where the steps stand that lower a limit.
const LOWERED: &str = "<limit>";

impl<'a> Contracts<'a> {
    /// Contracts, one after the other; each record of a script counts as a statement. Of a trace these are its statements
    /// in their normal form, and the functions that are called.
    ///
    /// # Errors
    /// When a trace cannot be read.
    pub fn new(engine: &'a Engine, contracts: &[Arc<Contract>]) -> Result<Self> {
        let with_trace = |contract: &Arc<Contract>| {
            let contract = Arc::new(contract.finest());
            let recorded = Recorded::of(&contract)?;
            Ok((contract, recorded))
        };
        Ok(Self { engine, contracts: contracts.iter().map(with_trace).collect::<Result<_>>()? })
    }

    fn of(&self, contract: &Contract, on: &Build) -> Result<Vec<Answer>> {
        let mut answers: BTreeMap<String, Vec<Answer>> = BTreeMap::new();
        let report = self.engine.watch(contract, on, &mut |case, placed, outcome| {
            if &*placed.place.path != LOWERED {
                answers.entry(case.name.clone()).or_default().push(answer(&placed.step, outcome));
            }
        })?;
        let of_case = |(case, did): (&Case, &CaseReport)| {
            let mut answers = answers.remove(&case.name).unwrap_or_default();
            let steps = placed(case).filter(|placed| &*placed.place.path != LOWERED).count();
            if answers.len() < steps {
                answers.push(Answer::failed(did.reason.as_deref().unwrap_or(did.verdict.as_str())));
            }
            answers.resize(steps, Answer::failed("not reached"));
            fail(&mut answers, case, did);
            answers
        };
        Ok(contract.cases.iter().zip(&report.cases).flat_map(of_case).collect())
    }
}

impl Program for Contracts<'_> {
    fn statements(&self) -> Vec<Statement> {
        let statement = |placed: &PlacedStep| Statement {
            place: placed.place.without_column(),
            text: short(&words(&placed.step.verb)),
        };
        let of_contract = |(contract, recorded): &(Arc<Contract>, Option<Recorded>)| match recorded {
            Some(recorded) => recorded.statements().collect::<Vec<_>>(),
            None => contract.cases.iter().flat_map(placed).map(statement).collect(),
        };
        self.contracts.iter().flat_map(of_contract).collect()
    }

    fn answers(&self, on: &Build, lowered: Option<(LimitName, i32)>) -> Result<Vec<Answer>> {
        let mut answers = Vec::new();
        for (contract, recorded) in &self.contracts {
            answers.extend(match (recorded, lowered) {
                (Some(recorded), lowered) => recorded.answers(self.engine, contract, on, lowered)?,
                (None, None) => self.of(contract, on)?,
                (None, Some(limit)) => self.of(&with_limit(contract, limit), on)?,
            });
        }
        Ok(answers)
    }
}

/// Marks the steps whose promise is broken only beside others: checks of what was saved.
fn fail(answers: &mut [Answer], case: &Case, did: &CaseReport) {
    let steps = case.runs.iter().flat_map(|run| run.steps.iter().map(move |placed| (&run.label, placed)));
    let steps = steps.filter(|(_, placed)| &*placed.place.path != LOWERED);
    for (answer, (row, placed)) in answers.iter_mut().zip(steps).filter(|(answer, _)| !answer.failed) {
        let broken = did.failures.iter().find(|it| it.place == placed.place && it.row == *row);
        if let Some(broken) = broken {
            *answer = Answer::failed(broken.actual.as_str());
        }
    }
}

fn placed(case: &Case) -> impl Iterator<Item = &PlacedStep> {
    case.runs.iter().flat_map(|run| &run.steps)
}

fn answer(step: &Step, outcome: &Outcome) -> Answer {
    if let Outcome::Records(records) = outcome {
        let differing = records.differing.first();
        return differing.map_or_else(
            || Answer::done("as the file says"),
            |differing| Answer::failed(differing.actual.as_str()),
        );
    }
    match (step.is_kept_by(outcome), step.recorded()) {
        (false, _) => Answer::failed(outcome.to_string()),
        (true, Record::None) => Answer::done("done"),
        (true, record) => Answer::done(short(&record.lines(outcome).join(", "))),
    }
}

/// The SQL of a step, or the whole step where it is more than SQL.
fn words(verb: &Verb) -> String {
    let one_line = |sql: &str| sql.split_whitespace().collect::<Vec<_>>().join(" ");
    match verb {
        Verb::Call(Call::Query(query)) if query.values.is_empty() => one_line(&query.sql),
        Verb::Call(Call::Exec(exec)) => one_line(&exec.sql),
        Verb::Call(Call::Sqllogictest(asked)) => match asked.records().next() {
            Some(Ok(record)) => record.words(),
            _ => verb.describe(),
        },
        other => other.describe(),
    }
}

const SHOWN: usize = 160;

/// A text that is short enough for a report, and different where the whole is.
fn short(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) if text.len() > SHOWN + 40 => {
            format!("{}… (sha256 {})", &text[..end], short_hash(text.as_bytes()))
        }
        _ => text.to_owned(),
    }
}

/// The contract, with a limit lowered on each connection that it opens.
fn with_limit(contract: &Contract, (limit, value): (LimitName, i32)) -> Contract {
    let after = |placed: &PlacedStep| {
        let Verb::Call(Call::Open(open)) = &placed.step.verb else { return vec![placed.clone()] };
        let lower = Limit { db: open.db.clone(), ..Limit::of(limit, value) };
        let lower = Step { record: Some(Record::None), ..Step::of(Call::Limit(lower)) };
        vec![placed.clone(), PlacedStep { step: lower, place: Location::start_of(LOWERED) }]
    };
    let run = |run: &Run| Run { steps: run.steps.iter().flat_map(after).collect(), ..run.clone() };
    let case = |case: &Case| Case { runs: case.runs.iter().map(run).collect(), ..case.clone() };
    Contract { cases: contract.cases.iter().map(case).collect(), ..contract.clone() }
}
