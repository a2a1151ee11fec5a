//! What a build did with a statement, small enough to keep and to compare: the type and a digest of every value.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::{Deserialize, Serialize};

use crate::engine::{Ended, Ran};
use crate::outcome::shown::MISSING;
use crate::outcome::sqlite_names::code_name;
use crate::outcome::value::Value;
use crate::outcome::{Outcome, plan};

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Type {
    /// `NULL`
    Null,
    /// An integer.
    Integer,
    /// A double.
    Real,
    /// A text.
    Text,
    /// A blob.
    Blob,
}

/// A value: its type, and a digest of its bits.
pub(super) type Cell = (Type, u64);

/// What a build did with a statement.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Answer {
    /// Its rows, in an order of their own: SQL promises none.
    Rows(Vec<Vec<Cell>>),
    /// How a statement would be executed: the ways to each table, in their order.
    Plan(Vec<String>),
    /// That a call did what it was asked to, or was not made, in a word: `OK`.
    Said(String),
    /// An extended result code, and the message or the code's name.
    Failed(i32, String),
    /// The process died; of what is said in other words of a process and of a copy of one.
    Crashed,
    /// It was stopped for its use of time or room, which says nothing of the library.
    Stopped,
}

/// What a build did with a program: an answer for each statement.
pub type Answers = Vec<Answer>;

impl Answer {
    /// The answers of a program of these statements.
    pub(super) fn all_of(ran: &Ran, statements: &[String]) -> Answers {
        let outcomes = ran.outcomes.iter().zip(statements);
        let mut answers: Answers = outcomes.map(|(outcome, sql)| Self::of_statement(outcome, sql)).collect();
        answers.extend(ran.ended.as_ref().map(|ended| match ended {
            Ended::Crashed(_) => Self::Crashed,
            Ended::Stopped => Self::Stopped,
        }));
        answers
    }

    pub(super) fn of_statement(outcome: &Outcome, sql: &str) -> Self {
        match outcome {
            Outcome::Rows(rows) if sql.starts_with(PLAN) => Self::Plan(
                plan::lines(rows, sql)
                    .iter()
                    .map(|line| line.trim_start())
                    .filter(is_way)
                    .map(str::to_owned)
                    .collect(),
            ),
            other => Self::of(other),
        }
    }

    pub(super) fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Rows(rows) => {
                let mut rows: Vec<Vec<Cell>> =
                    rows.iter().map(|row| row.iter().map(cell).collect()).collect();
                rows.sort_unstable();
                Self::Rows(rows)
            }
            Outcome::Error { code, message } => {
                Self::Failed(*code, message.clone().unwrap_or_else(|| code_name(*code)))
            }
            Outcome::Row(row) => Self::Rows(vec![row.iter().map(cell).collect()]),
            Outcome::Value(value) => Self::Rows(vec![vec![cell(value)]]),
            Outcome::Quantity(number) => Self::Rows(vec![vec![cell(&Value::Integer(*number))]]),
            Outcome::Missing(function) => Self::Failed(0, format!("{MISSING}{function}")),
            other => Self::Said(other.to_string()),
        }
    }
}

/// How statements begin that ask for a plan.
pub(super) const PLAN: &str = "EXPLAIN QUERY PLAN ";

/// Whether a line of a plan is a way to a table. What holds others together is told since 3.24 in other words, and of
/// subqueries how they are kept.
fn is_way(line: &&str) -> bool {
    line.split_once(' ').is_some_and(|(verb, _)| ["SCAN", "SEARCH", "USE"].contains(&verb))
}

fn cell(value: &Value) -> Cell {
    match value {
        Value::Null => (Type::Null, 0),
        Value::Integer(n) => (Type::Integer, digest(n)),
        Value::Real(x) => (Type::Real, digest(&if x.is_nan() { f64::NAN } else { *x }.to_bits())),
        Value::Text(bytes) => (Type::Text, digest(bytes)),
        Value::Blob(bytes) => (Type::Blob, digest(bytes)),
    }
}

/// A digest that every process computes alike.
pub(super) fn digest(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "NULL",
            Self::Integer => "integer",
            Self::Real => "real",
            Self::Text => "text",
            Self::Blob => "blob",
        })
    }
}
