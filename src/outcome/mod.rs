//! What a step did.

pub mod floats;
pub mod growth;
pub mod io;
pub mod latency;
pub(crate) mod plan;
pub(crate) mod random;
pub mod records;
pub(crate) mod relative;
pub mod replayed;
pub mod shown;
pub mod sqlite_names;
pub mod value;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::outcome::floats::Misses;
use crate::outcome::growth::Growth;
use crate::outcome::latency::Latency;
use crate::outcome::records::Records;
use crate::outcome::shown::{MISSING, NO_HANDLE, REFUSED, STOPPED};
use crate::outcome::sqlite_names::{DONE, OK, ROW, code_name};
use crate::outcome::value::Value;

/// The outcome of a step, as the worker reports it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// A call that returned `SQLITE_OK`, or a step that returned `SQLITE_DONE`.
    Code(i32),
    /// A step that returned `SQLITE_ROW`, with the row.
    Row(Vec<Value>),
    /// All rows of a query.
    Rows(Vec<Vec<Value>>),
    /// One value.
    Value(Value),
    /// A size or a counter, which is not recorded raw unless the contract asks for it.
    Quantity(i64),
    /// The result of a repetition: how its measurements developed, and how long its iterations took.
    Growth {
        /// How the measurements developed.
        growth: Growth,
        /// How long the iterations took.
        latency: Latency,
    },
    /// How many doubles came back as another one.
    Misses(Misses),
    /// What came of records that say what they must return.
    Records(Records),
    /// Any other result code: the extended code, and the connection's message where there is one.
    Error {
        /// The extended result code.
        code: i32,
        /// The message of `sqlite3_errmsg`, where there is a connection.
        message: Option<String>,
    },
    /// The library has no such function.
    Missing(String),
    /// The driver refused (rusqlite does so for a library with THREADSAFE=0, say), with its own message.
    Refused(String),
    /// The step names a handle that does not exist, because an earlier step failed.
    NoHandle(String),
    /// The live blocks of the counting allocator, or their bytes, and which steps allocated them.
    Live {
        /// The number that the counter shows.
        quantity: i64,
        /// The steps that allocated it, and how much of it.
        holders: Vec<Holder>,
    },
    /// A sweep that completed: in how many runs something was made to fail or was damaged, and the result codes.
    Swept {
        /// In how many runs something was made to fail or was damaged.
        failed: i64,
        /// The names of the result codes that were returned, or of what else the runs came to, each once.
        codes: Vec<String>,
    },
    /// The least memory under which steps work, and whether they also work under less.
    LeastMemory {
        /// The least limit, in bytes.
        bytes: i64,
        /// What else holds for that limit, such as that less is enough, too.
        remark: Option<String>,
    },
    /// What came of running the same steps in many ways.
    Tally {
        /// How many ways there were.
        runs: i64,
        /// Each thing that came, and how often.
        came: Vec<(String, i64)>,
        /// What else holds, such as that not all ways were tried.
        remark: Option<String>,
    },
    /// A repetition that stopped early: in which iteration, at which step, and what happened.
    Stopped {
        /// The number of the iteration, from 0.
        iteration: u64,
        /// The step that ended it.
        step: String,
        /// What the contract expects of the step.
        expected: Option<String>,
        /// What the step did.
        actual: String,
        /// The result code, when the step failed with one.
        code: Option<i32>,
    },
    /// A run of a sweep that did not end as expected: which run, at which step, and what happened.
    Unsound {
        /// Which run: `allocation 5`.
        at: String,
        /// The step in which it failed.
        step: String,
        /// What was expected of the step.
        expected: Option<String>,
        /// What the step did.
        actual: String,
    },
}

/// A step that allocated blocks that still live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Its number in the case, and what it does: `3 prepare SELECT 1`.
    pub step: String,
    /// How many blocks.
    pub blocks: u64,
    /// Their size in bytes.
    pub bytes: u64,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { step, blocks, bytes } = self;
        write!(f, "{bytes} bytes in {blocks} block{} of step {step}", if *blocks == 1 { "" } else { "s" })
    }
}

/// The holders on one line.
pub(crate) fn show_holders(holders: &[Holder]) -> String {
    holders.iter().map(Holder::to_string).collect::<Vec<_>>().join("; ")
}

impl Outcome {
    /// A call that returned `SQLITE_OK`, or a step that did what it was asked to and has nothing to show for it.
    pub const OK: Self = Self::Code(OK);

    /// `Code` for success, `Error` for anything else, without a message.
    pub(crate) fn from_code(code: i32) -> Self {
        match code {
            OK | ROW | DONE => Self::Code(code),
            code => Self::Error { code, message: None },
        }
    }

    /// Whether the step did what it was asked to.
    pub(crate) fn succeeded(&self) -> bool {
        matches!(
            self,
            Self::Code(_)
                | Self::Row(_)
                | Self::Rows(_)
                | Self::Value(_)
                | Self::Growth { .. }
                | Self::Misses(_)
        ) || self.quantity().is_some()
            || matches!(self, Self::Records(records) if records.differing.is_empty())
    }

    /// The code of a failed call, including one that stopped a repetition.
    pub(crate) fn error_code(&self) -> Option<i32> {
        match self {
            Self::Error { code, .. } => Some(*code),
            Self::Stopped { code, .. } => *code,
            _ => None,
        }
    }

    /// The size or counter, when it is one.
    pub fn quantity(&self) -> Option<i64> {
        match self {
            Self::Quantity(n)
            | Self::Live { quantity: n, .. }
            | Self::Swept { failed: n, .. }
            | Self::Tally { runs: n, .. }
            | Self::LeastMemory { bytes: n, .. } => Some(*n),
            _ => None,
        }
    }

    /// A remark on the number, which is recorded even where the number is recorded only by its range.
    pub fn remark(&self) -> Option<&str> {
        match self {
            Self::LeastMemory { remark, .. } | Self::Tally { remark, .. } => remark.as_deref(),
            _ => None,
        }
    }

    /// The rows that explain this statement as its plan in one form for all versions; any other outcome as it is.
    pub(crate) fn into_plan(self, sql: &str) -> Self {
        match self {
            Self::Rows(rows) => {
                let line = |line: String| vec![Value::Text(line.into_bytes())];
                Self::Rows(plan::lines(&rows, sql).into_iter().map(line).collect())
            }
            other => other,
        }
    }

    /// The number that comparisons and records of a quantity use.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Value(Value::Integer(n)) => Some(*n as f64),
            Self::Value(Value::Real(x)) => Some(*x),
            Self::Growth { growth, .. } => Some(growth.rate() as f64),
            Self::Misses(misses) => Some(misses.missed as f64),
            Self::Rows(rows) => match rows.as_slice() {
                [row] => match row.as_slice() {
                    [value] => Self::Value(value.clone()).number(),
                    _ => None,
                },
                _ => None,
            },
            other => other.quantity().map(|n| n as f64),
        }
    }

    /// The outcome on one line, or for several rows on one line per row; of a growth only the slope.
    pub fn lines(&self) -> Vec<String> {
        match self {
            Self::Growth { growth, .. } => vec![growth.rate().to_string()],
            Self::Rows(rows) if rows.len() > 1 => rows.iter().map(|row| tuple(row)).collect(),
            Self::Records(records) => records.lines(),
            Self::Tally { came, remark, .. } => {
                came.iter().map(|(what, _)| what.clone()).chain(remark.clone()).collect()
            }
            one => vec![one.to_string()],
        }
    }
}

/// A row: its values between parentheses, a single one bare.
pub(crate) fn tuple(row: &[Value]) -> String {
    match row {
        [value] => value.to_string(),
        values => {
            let shown: Vec<String> = values.iter().map(Value::to_string).collect();
            format!("({})", shown.join(", "))
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => f.write_str(&code_name(*code)),
            Self::Row(row) => write!(f, "ROW {}", tuple(row)),
            Self::Rows(rows) if rows.is_empty() => f.write_str("no rows"),
            Self::Rows(rows) => {
                f.write_str(&rows.iter().map(|row| tuple(row)).collect::<Vec<_>>().join(", "))
            }
            Self::Value(value) => write!(f, "{value}"),
            Self::Quantity(n) => write!(f, "{n}"),
            Self::Growth { growth, .. } => write!(f, "{growth}"),
            Self::Misses(misses) => write!(f, "{misses}"),
            Self::Records(records) => write!(f, "{records}"),
            Self::Error { code, message: None } => f.write_str(&code_name(*code)),
            Self::Error { code, message: Some(message) } => write!(f, "{}: {message}", code_name(*code)),
            Self::Missing(function) => write!(f, "{MISSING}{function}"),
            Self::Refused(reason) => write!(f, "{REFUSED}{reason}"),
            Self::NoHandle(name) => write!(f, "{NO_HANDLE}{name}`"),
            Self::Live { quantity, holders } if holders.is_empty() => write!(f, "{quantity}"),
            Self::Live { quantity, holders } => write!(f, "{quantity}: {}", show_holders(holders)),
            Self::Swept { codes, .. } if codes.is_empty() => f.write_str("nothing failed"),
            Self::Swept { codes, .. } => f.write_str(&codes.join(", ")),
            Self::Tally { came, remark, .. } => {
                let came = came.iter().map(|(what, times)| format!("{what} ({times})"));
                f.write_str(&came.chain(remark.clone()).collect::<Vec<_>>().join("; "))
            }
            Self::LeastMemory { bytes, remark: None } => write!(f, "{bytes}"),
            Self::LeastMemory { bytes, remark: Some(remark) } => write!(f, "{bytes} ({remark})"),
            Self::Stopped { iteration, step, expected, actual, .. } => {
                write!(f, "{STOPPED}iteration {iteration}: {step} → {actual}")?;
                expected.as_ref().map_or(Ok(()), |expected| write!(f, " (expected {expected})"))
            }
            Self::Unsound { at, step, expected, actual } => {
                write!(f, "{STOPPED}{at}: {step} → {actual}")?;
                expected.as_ref().map_or(Ok(()), |expected| write!(f, " (expected {expected})"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::shown::Shown;

    #[test]
    fn a_failure_is_known_by_its_text() {
        let outcomes = [
            Outcome::Code(0),
            Outcome::Row(vec![Value::Integer(1)]),
            Outcome::Rows(Vec::new()),
            Outcome::Value(Value::Null),
            Outcome::Quantity(-1),
            Outcome::from_code(5),
            Outcome::from_code(261),
            Outcome::from_code(9999),
            Outcome::Error { code: 1, message: Some("no such table: t".into()) },
            Outcome::Missing("sqlite3_error_offset".into()),
            Outcome::Refused("not threadsafe".into()),
            Outcome::NoHandle("db".into()),
            Outcome::Stopped {
                iteration: 1,
                step: "step".into(),
                expected: None,
                actual: "DONE".into(),
                code: None,
            },
        ];
        for outcome in outcomes {
            let shown = Shown::new(outcome.to_string());
            assert_eq!(shown.is_failure(), !outcome.succeeded(), "{outcome}");
        }
    }
}
