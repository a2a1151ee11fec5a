//! Replays of one trace on several builds: what a build did, and what differs between two.
//!
//! A trace says what came out where it was recorded; each build is compared with that. Between two builds there is more to
//! compare: plans, work and memory, of which a trace says nothing.

mod between;
mod group;
mod statement;

pub(crate) use between::LINE_ENDS;
pub use between::between;
pub(crate) use group::error;
pub use group::{Group, KnownDrift};
pub(in crate::analysis) use statement::result_column;

use std::collections::BTreeMap;

use anyhow::Result;

use crate::builds::Build;
use crate::contract::Contract;
use crate::contract::verb::{Call, Verb};
use crate::engine::{Engine, NotReplayed};
use crate::outcome::Outcome;
use crate::outcome::replayed::{BEYOND, CALLS, Difference, Kind, NOT_MADE, words};
use crate::outcome::value::Value;
use crate::record::report::CellReport;

/// What the replay of a trace came to on a build.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replayed {
    /// How many calls the trace has.
    pub calls: u64,
    /// How many of them did something else than they did when they were recorded.
    pub differ: u64,
    /// Those that were not made, by the reason.
    pub not_made: BTreeMap<String, u64>,
    /// The differences from the recording.
    pub differences: Vec<Difference>,
    /// How many more there are, in groups that were not told apart.
    pub beyond: u64,
    /// The lines of each statement's plan.
    plans: BTreeMap<String, Vec<String>>,
    /// How often each statement ended, and the steps of the virtual machine that it took.
    work: BTreeMap<String, (u64, u64)>,
    /// How often `sqlite3_exec` ran each statement, whose steps nobody is told.
    executed: BTreeMap<String, u64>,
    /// What was not given back and how much was held, by what it is and its statement.
    memory: BTreeMap<(String, String), u64>,
}

impl Replayed {
    /// Replays the trace of a contract on a build. Beside the report there is what the replay came to, or why it did not
    /// come to its end.
    ///
    /// # Errors
    /// Those of [`Engine::watch`], and when no call could be made: then nothing is known of the build.
    pub fn run(
        engine: &Engine,
        contract: &Contract,
        build: &Build,
    ) -> Result<(CellReport, Result<Self, String>)> {
        let mut replayed = Self::default();
        let mut why = Some("it is no trace".to_owned());
        let report = engine.watch(contract, build, &mut |_, placed, outcome| {
            if let (Verb::Call(call), Outcome::Rows(rows)) = (&placed.step.verb, outcome) {
                replayed.read(call, rows);
                if matches!(call, Call::ReplayMemory(_)) {
                    why = None;
                }
            }
        })?;
        if replayed.is_nothing() {
            let reasons: Vec<&str> = replayed.not_made.keys().map(String::as_str).collect();
            let words = format!("none of its calls could be made: {}", reasons.join("; "));
            let (trace, build) = (contract.id.clone(), build.name().to_owned());
            return Err(NotReplayed { trace, build, why: words }.into());
        }
        let ended = report.cases.iter().find_map(|case| case.reason.clone());
        let why = why.map(|why| ended.unwrap_or(why));
        Ok((report, why.map_or(Ok(replayed), Err)))
    }

    fn read(&mut self, call: &Call, rows: &[Vec<Value>]) {
        let read: fn(&mut Self, &[Value]) -> Option<()> = match call {
            Call::Replay(_) => Self::read_difference,
            Call::ReplayPlans(_) => Self::read_plan,
            Call::ReplayWork(_) => Self::read_work,
            Call::ReplayMemory(_) => Self::read_memory,
            _ => return,
        };
        for row in rows {
            read(self, row);
        }
    }

    fn read_difference(&mut self, row: &[Value]) -> Option<()> {
        match row {
            [Value::Text(calls), Value::Integer(all), _, _, _, Value::Integer(differ)]
                if calls == CALLS.as_bytes() =>
            {
                (self.calls, self.differ) = (u64::try_from(*all).ok()?, u64::try_from(*differ).ok()?);
            }
            [what, Value::Integer(count)] => {
                let (what, count) = (words(what)?, u64::try_from(*count).ok()?);
                if let Some(why) = what.strip_prefix(NOT_MADE) {
                    self.not_made.insert(why.to_owned(), count);
                }
                if what == BEYOND {
                    self.beyond = count;
                }
            }
            row => self.differences.push(Difference::read(row)?),
        }
        Some(())
    }

    fn read_plan(&mut self, row: &[Value]) -> Option<()> {
        let [statement, line] = row else { return None };
        self.plans.entry(words(statement)?).or_default().push(words(line)?);
        Some(())
    }

    fn read_work(&mut self, row: &[Value]) -> Option<()> {
        let [statement, Value::Integer(times), steps] = row else { return None };
        let (statement, times) = (words(statement)?, u64::try_from(*times).ok()?);
        match steps {
            Value::Integer(steps) => {
                self.work.insert(statement, (times, u64::try_from(*steps).ok()?));
            }
            _ => {
                self.executed.insert(statement, times);
            }
        }
        Some(())
    }

    fn read_memory(&mut self, row: &[Value]) -> Option<()> {
        let [what, statement, Value::Integer(count)] = row else { return None };
        self.memory.insert((words(what)?, words(statement)?), u64::try_from(*count).ok()?);
        Some(())
    }

    /// How often a statement ended.
    fn times(&self, statement: &str) -> u64 {
        let worked = self.work.get(statement).map_or(0, |(times, _)| *times);
        worked + self.executed.get(statement).copied().unwrap_or(0)
    }

    /// The calls that could not be made.
    pub fn lost(&self) -> u64 {
        self.not_made.values().sum()
    }

    /// Whether nothing was compared.
    fn is_nothing(&self) -> bool {
        self.calls > 0 && self.calls == self.lost() && self.differences.is_empty()
    }

    /// Whether it ended in a call from which the library did not come back.
    fn is_cut(&self) -> bool {
        self.differences.iter().any(|difference| matches!(difference.kind, Kind::Crash | Kind::Hang))
    }
}
