//! What a replay came to.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::outcome::Outcome;
use crate::outcome::replayed::{
    AT_MOST, BEYOND, CALLS, DIFFER, Difference, Kind, NEVER_FINALIZED, NOT_MADE, with_column,
};
use crate::outcome::value::Value;

/// Differences that are alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) kind: Kind,
    /// The statement, normalised, or the function.
    pub(crate) statement: String,
    pub(crate) count: u64,
    /// Where the first is: process and call.
    pub(crate) place: (u32, u64),
    /// The column of the value that differs, from 1, where the statement has several.
    pub(crate) column: Option<u32>,
    pub(crate) old: String,
    pub(crate) new: String,
}

/// The plan of a statement and how much it does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Work {
    /// The lines of its plan, at its first execution.
    pub(crate) plan: Vec<String>,
    /// How often it was finalized.
    pub(crate) times: u64,
    /// How often `sqlite3_exec` ran it to its end, which tells nobody its steps.
    pub(crate) executed: u64,
    /// Steps of SQLite's virtual machine.
    pub(crate) steps: u64,
    /// How many such statements were there when their process ended.
    pub(crate) left: u64,
}

/// Bytes that SQLite holds, as far as the library counts them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Held {
    /// When the processes ended and had closed nothing more, all together.
    pub(crate) at_end: u64,
    /// After the last connection was closed.
    pub(crate) after_close: u64,
    /// The most at any time.
    pub(crate) most: u64,
}

impl Held {
    /// Without what was held before.
    pub(crate) fn without(self, before: u64) -> Self {
        let Self { at_end, after_close, most } = self;
        Self {
            at_end: at_end.saturating_sub(before),
            after_close: after_close.saturating_sub(before),
            most: most.saturating_sub(before),
        }
    }
}

/// A replay on one build.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Report {
    /// How many calls there are.
    pub(crate) calls: u64,
    /// How many did what they did.
    pub(crate) same: u64,
    /// How many did not.
    pub(crate) differ: u64,
    /// Those that were made and say nothing of behaviour.
    pub(crate) not_compared: u64,
    /// Those that were not made, by the reason.
    pub(crate) not_made: BTreeMap<String, u64>,
    pub(crate) groups: Vec<Group>,
    /// Differences of further groups, which are not told apart.
    pub(crate) beyond: u64,
    pub(crate) statements: BTreeMap<String, Work>,
    pub(crate) held: Held,
    /// How many processes there are: a place names its process only among several.
    pub(crate) processes: usize,
    /// The call before which it was stopped: process, place, function, and statement.
    pub(crate) stopped: Option<(u32, u64, String, String)>,
    /// Differences that a second replay did not have.
    pub(crate) unsteady: u64,
    /// The byte behind the last whole frame, where the trace was cut short.
    pub(crate) cut_at: Option<u64>,
    /// How many processes still ran when the trace was made.
    pub(crate) still_running: u64,
}

impl Report {
    /// What two replays of the same trace agree on.
    pub(crate) fn agreed(mut self, other: &Self) -> Self {
        let before = self.groups.len();
        let others: HashSet<&Group> = other.groups.iter().collect();
        self.groups.retain(|group| others.contains(group));
        self.unsteady = (before - self.groups.len()) as u64;
        self
    }

    /// The counts, and a row for each group.
    pub(crate) fn outcome(&self) -> Outcome {
        let mut rows = vec![vec![
            Value::text(CALLS),
            number(self.calls),
            Value::text("same"),
            number(self.same),
            Value::text(DIFFER),
            number(self.differ),
        ]];
        let not_made = self.not_made.iter().map(|(why, count)| (format!("{NOT_MADE}{why}"), *count));
        let unsteady = (self.unsteady > 0).then(|| ("not twice the same".to_owned(), self.unsteady));
        let compared = (self.not_compared > 0).then(|| ("not compared".to_owned(), self.not_compared));
        let beyond = (self.beyond > 0).then(|| (BEYOND.to_owned(), self.beyond));
        for (what, count) in compared.into_iter().chain(not_made).chain(unsteady).chain(beyond) {
            rows.push(vec![Value::text(&what), number(count)]);
        }
        if let Some(at) = self.cut_at {
            rows.push(vec![Value::text("the trace is cut short behind byte"), number(at)]);
        }
        if self.still_running > 0 {
            rows.push(vec![
                Value::text("processes that ran on behind the trace"),
                number(self.still_running),
            ]);
        }
        rows.extend(self.groups.iter().map(|group| self.row(group)));
        Outcome::Rows(rows)
    }

    fn row(&self, group: &Group) -> Vec<Value> {
        let (process, call) = group.place;
        let place = match self.processes {
            0 | 1 => format!("call {call}"),
            _ => format!("process {}, call {call}", process + 1),
        };
        let place = group.column.map_or(place.clone(), |column| with_column(&place, column));
        Difference {
            kind: group.kind,
            statement: group.statement.clone(),
            count: group.count,
            place,
            old: group.old.clone(),
            new: group.new.clone(),
        }
        .row()
    }

    /// The plan of each statement.
    pub(crate) fn plans(&self) -> Outcome {
        let planned = self.statements.iter().filter(|(_, work)| !work.plan.is_empty());
        let lines = planned.flat_map(|(statement, work)| {
            let line = |line: &String| vec![Value::text(statement), Value::text(line)];
            work.plan.iter().map(line).collect::<Vec<_>>()
        });
        Outcome::Rows(lines.collect())
    }

    /// How often each statement ended, with its steps: `NULL` where `sqlite3_exec` ran it.
    pub(crate) fn work(&self) -> Outcome {
        let rows = |(statement, work): (&String, &Work)| {
            let worked = (work.times > 0).then(|| (work.times, number(work.steps)));
            let executed = (work.executed > 0).then_some((work.executed, Value::Null));
            let row = |(times, steps)| vec![Value::text(statement), number(times), steps];
            worked.into_iter().chain(executed).map(row).collect::<Vec<_>>()
        };
        Outcome::Rows(self.statements.iter().flat_map(rows).collect())
    }

    /// What was not given back, and how much was held.
    pub(crate) fn memory(&self) -> Outcome {
        let left = self.statements.iter().filter(|(_, work)| work.left > 0);
        let left = left.map(|(statement, work)| (NEVER_FINALIZED, statement.as_str(), work.left));
        let Held { at_end, after_close, most } = self.held;
        let held = [
            ("bytes when processes ended", at_end),
            ("bytes after the last close", after_close),
            (AT_MOST, most),
        ];
        let held = held.into_iter().map(|(what, bytes)| (what, "", bytes));
        let row = |(what, statement, count): (&str, &str, u64)| {
            vec![Value::text(what), Value::text(statement), number(count)]
        };
        Outcome::Rows(left.chain(held).map(row).collect())
    }
}

fn number(count: u64) -> Value {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}
