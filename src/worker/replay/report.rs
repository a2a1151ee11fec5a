//! What a replay came to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::outcome::Outcome;
use crate::outcome::value::Value;

/// What is different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Kind {
    /// The library died in a call.
    Crash,
    /// A call did not come back.
    Hang,
    /// The library has no such function.
    Missing,
    /// A value.
    Value,
    /// A value of a statement that draws at random: another build draws otherwise from the same beginning.
    Random,
    /// How many rows there are.
    Rows,
    /// The order of the same rows.
    Order,
    /// A call succeeds where it failed or fails where it succeeded, or fails with other words.
    Error,
    /// The code of an error.
    Code,
    /// A function of the program's is called with other arguments, or another number of times.
    CalledOtherwise,
}

impl Kind {
    const ALL: [Self; 10] = [
        Self::Crash,
        Self::Hang,
        Self::Missing,
        Self::Value,
        Self::Random,
        Self::Rows,
        Self::Order,
        Self::Error,
        Self::Code,
        Self::CalledOtherwise,
    ];

    /// The kind of these words.
    fn of_words(words: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.words() == words)
    }

    /// The kind in words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Crash => "crash",
            Self::Hang => "hang",
            Self::Missing => "missing",
            Self::Value => "value",
            Self::Random => "random",
            Self::Rows => "rows",
            Self::Order => "order",
            Self::Error => "error",
            Self::Code => "code",
            Self::CalledOtherwise => "called otherwise",
        }
    }
}

/// Differences that are alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) kind: Kind,
    /// The statement, normalised, or the function.
    pub(crate) statement: String,
    pub(crate) count: u64,
    /// Where the first is: process and call.
    pub(crate) place: (u32, u64),
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
    /// Steps of SQLite's virtual machine.
    pub(crate) steps: u64,
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
    pub(crate) statements: BTreeMap<String, Work>,
    /// How many processes there are: a place names its process only among several.
    pub(crate) processes: usize,
    /// The call before which it was stopped: process, place, function, and statement.
    pub(crate) stopped: Option<(u32, u64, String, String)>,
    /// Differences that a second replay did not have.
    pub(crate) unsteady: u64,
    /// The byte behind the last whole frame, where the trace was cut short.
    pub(crate) cut_at: Option<u64>,
}

impl Report {
    /// What two replays of the same trace agree on.
    pub(crate) fn agreed(mut self, other: &Self) -> Self {
        let before = self.groups.len();
        self.groups.retain(|group| other.groups.contains(group));
        self.unsteady = (before - self.groups.len()) as u64;
        self
    }

    /// The counts, and a row for each group.
    pub(crate) fn outcome(&self) -> Outcome {
        let mut rows = vec![vec![
            Value::text("calls"),
            number(self.calls),
            Value::text("same"),
            number(self.same),
            Value::text("differ"),
            number(self.differ),
        ]];
        let not_made = self.not_made.iter().map(|(why, count)| (format!("not made: {why}"), *count));
        let unsteady = (self.unsteady > 0).then(|| ("not twice the same".to_owned(), self.unsteady));
        let compared = (self.not_compared > 0).then(|| ("not compared".to_owned(), self.not_compared));
        for (what, count) in compared.into_iter().chain(not_made).chain(unsteady) {
            rows.push(vec![Value::text(&what), number(count)]);
        }
        if let Some(at) = self.cut_at {
            rows.push(vec![Value::text("the trace is cut short behind byte"), number(at)]);
        }
        rows.extend(self.groups.iter().map(|group| self.row(group)));
        Outcome::Rows(rows)
    }

    fn row(&self, group: &Group) -> Vec<Value> {
        vec![
            Value::text(group.kind.words()),
            Value::text(&group.statement),
            number(group.count),
            Value::text(&group.place_in_words(self.processes)),
            Value::text(&group.old),
            Value::text(&group.new),
        ]
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

    /// The steps of each statement.
    pub(crate) fn work(&self) -> Outcome {
        let worked = self.statements.iter().filter(|(_, work)| work.times > 0);
        let row = |(statement, work): (&String, &Work)| {
            vec![Value::text(statement), number(work.times), number(work.steps)]
        };
        Outcome::Rows(worked.map(row).collect())
    }
}

impl Group {
    /// The groups in an outcome that [`Report::outcome`] made.
    pub(crate) fn all_in(outcome: &Outcome) -> Vec<Self> {
        match outcome {
            Outcome::Rows(rows) => rows.iter().filter_map(|row| Self::of_row(row)).collect(),
            _ => Vec::new(),
        }
    }

    fn of_row(row: &[Value]) -> Option<Self> {
        let text = |value: &Value| match value {
            Value::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
            _ => None,
        };
        let [kind, statement, Value::Integer(count), place, old, new] = row else { return None };
        Some(Self {
            kind: Kind::of_words(&text(kind)?)?,
            statement: text(statement)?,
            count: (*count).try_into().ok()?,
            place: place_of_words(&text(place)?)?,
            old: text(old)?,
            new: text(new)?,
        })
    }

    /// Where the first is, in a trace of so many processes.
    pub(crate) fn place_in_words(&self, processes: usize) -> String {
        let (process, call) = self.place;
        match processes {
            0 | 1 => format!("call {call}"),
            _ => format!("process {}, call {call}", process + 1),
        }
    }
}

/// The place that [`Group::place_in_words`] wrote.
fn place_of_words(words: &str) -> Option<(u32, u64)> {
    let (process, call) = words.split_once(", ").unwrap_or(("process 1", words));
    let process: u32 = process.strip_prefix("process ")?.parse().ok()?;
    Some((process.checked_sub(1)?, call.strip_prefix("call ")?.parse().ok()?))
}

fn number(count: u64) -> Value {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_read_as_they_were_written() {
        let group = |kind, place| Group {
            kind,
            statement: "SELECT round(?)".to_owned(),
            count: 2,
            place,
            old: "0.29".to_owned(),
            new: "0.28".to_owned(),
        };
        for (processes, place) in [(1, (0, 1204)), (3, (2, 7))] {
            let groups: Vec<Group> = Kind::ALL.into_iter().map(|kind| group(kind, place)).collect();
            let not_made = BTreeMap::from([("load an extension".to_owned(), 1)]);
            let report = Report { groups: groups.clone(), processes, not_made, ..Report::default() };
            assert_eq!(Group::all_in(&report.outcome()), groups);
        }
    }
}
