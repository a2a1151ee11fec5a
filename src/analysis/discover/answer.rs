//! What a build did with a statement, small enough to keep and to compare: the type and a digest of every value.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::{Deserialize, Serialize};

use crate::engine::{Ended, Ran};
use crate::outcome::Outcome;
use crate::outcome::value::Value;

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
type Cell = (Type, u64);

/// What a build did with a statement.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Answer {
    /// Its rows, in an order of their own: SQL promises none.
    Rows(Vec<Vec<Cell>>),
    /// An extended result code, and the message.
    Failed(i32, String),
    /// The process died.
    Crashed(String),
    /// It was stopped for its use of time or room, which says nothing of the library.
    Stopped,
}

/// What a build did with a program: an answer for each statement.
pub type Answers = Vec<Answer>;

impl Answer {
    /// The answers of a program, without that of opening the database.
    pub(super) fn all_of(ran: &Ran) -> Answers {
        let mut answers: Answers = ran.outcomes.iter().skip(1).map(Self::of).collect();
        answers.extend(ran.ended.as_ref().map(|ended| match ended {
            Ended::Crashed(how) => Self::Crashed(how.clone()),
            Ended::Stopped => Self::Stopped,
        }));
        answers
    }

    fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Rows(rows) => {
                let mut rows: Vec<Vec<Cell>> =
                    rows.iter().map(|row| row.iter().map(cell).collect()).collect();
                rows.sort_unstable();
                Self::Rows(rows)
            }
            Outcome::Error { code, message } => Self::Failed(*code, message.clone().unwrap_or_default()),
            other => Self::Failed(0, other.to_string()),
        }
    }
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

/// How what one build does differs from what another does, without the values themselves: two changes of one kind in
/// programs that use the same are one drift.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// A value became another one, of these types.
    Value(Type, Type),
    /// There are other rows, or rows of another width.
    Rows,
    /// What worked fails, in these words.
    Fails(String),
    /// What failed, in these words, works.
    Works(String),
    /// It fails with another result code.
    Code(i32, i32),
    /// It fails in other words.
    Message(String, String),
    /// The process dies, or does no longer.
    Crash,
}

impl Change {
    /// What differs first between two lists of answers, and in which statement. Nothing where one of them was stopped.
    pub(super) fn between(before: &[Answer], after: &[Answer]) -> Option<(usize, Self)> {
        let mut pairs = before.iter().zip(after).enumerate();
        let (at, (before, after)) = pairs.find(|(_, (before, after))| before != after)?;
        Self::of(before, after).map(|change| (at, change))
    }

    fn of(before: &Answer, after: &Answer) -> Option<Self> {
        Some(match (before, after) {
            (Answer::Stopped, _) | (_, Answer::Stopped) => return None,
            (Answer::Crashed(_), _) | (_, Answer::Crashed(_)) => Self::Crash,
            (Answer::Rows(_), Answer::Failed(_, message)) => Self::Fails(shape(message)),
            (Answer::Failed(_, message), Answer::Rows(_)) => Self::Works(shape(message)),
            (Answer::Failed(before, _), Answer::Failed(after, _)) if before != after => {
                Self::Code(*before, *after)
            }
            (Answer::Failed(_, before), Answer::Failed(_, after)) => {
                Self::Message(shape(before), shape(after))
            }
            (Answer::Rows(before), Answer::Rows(after)) => rows(before, after),
        })
    }

    /// Whether nothing but the result shows it.
    pub fn is_silent(&self) -> bool {
        matches!(self, Self::Value(..) | Self::Rows)
    }

    /// Its kind in a word.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Value(..) => "value",
            Self::Rows => "rows",
            Self::Crash => "crash",
            Self::Fails(_) | Self::Works(_) | Self::Code(..) => "error",
            Self::Message(..) => "message",
        }
    }

    /// How much it matters: the least comes first.
    pub fn rank(&self) -> u8 {
        match self {
            Self::Value(..) => 0,
            Self::Rows => 1,
            Self::Crash => 2,
            Self::Fails(_) => 3,
            Self::Works(_) => 4,
            Self::Code(..) => 5,
            Self::Message(..) => 6,
        }
    }
}

fn rows(before: &[Vec<Cell>], after: &[Vec<Cell>]) -> Change {
    let is_shaped_alike = before.len() == after.len()
        && before.iter().zip(after).all(|(before, after)| before.len() == after.len());
    let mut cells = before.iter().flatten().zip(after.iter().flatten());
    match cells.find(|(before, after)| before != after) {
        Some((before, after)) if is_shaped_alike => Change::Value(before.0, after.0),
        _ => Change::Rows,
    }
}

/// A message without what it quotes: names and numbers of one program.
fn shape(message: &str) -> String {
    let kept = message.split('"').step_by(2).collect::<Vec<_>>().join("…");
    let kept = kept.split_once(": ").map_or(kept.as_str(), |(kind, _)| kind);
    kept.split_whitespace()
        .map(
            |word| {
                if word.contains(|c: char| c.is_ascii_digit() || "()._'".contains(c)) { "…" } else { word }
            },
        )
        .collect::<Vec<_>>()
        .join(" ")
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

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(before, after) if before == after => write!(f, "another {before}"),
            Self::Value(before, after) => write!(f, "{before} becomes {after}"),
            Self::Rows => f.write_str("other rows"),
            Self::Fails(_) => f.write_str("fails"),
            Self::Works(_) => f.write_str("works"),
            Self::Code(..) => f.write_str("another result code"),
            Self::Message(..) => f.write_str("another message"),
            Self::Crash => f.write_str("crash"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows_of(values: &[Value]) -> Answer {
        Answer::of(&Outcome::Rows(values.iter().map(|value| vec![value.clone()]).collect()))
    }

    fn failed(code: i32, message: &str) -> Answer {
        Answer::Failed(code, message.to_owned())
    }

    fn change(before: Answer, after: Answer) -> Option<Change> {
        Change::between(&[before], &[after]).map(|(_, change)| change)
    }

    #[test]
    fn values_differ_by_their_bits_and_rows_not_by_their_order() {
        let one = || rows_of(&[Value::Integer(1)]);
        assert_eq!(
            change(one(), rows_of(&[Value::Real(1.0)])),
            Some(Change::Value(Type::Integer, Type::Real))
        );
        let (a, b) = (Value::text("a"), Value::text("b"));
        assert_eq!(change(rows_of(&[a.clone(), b.clone()]), rows_of(&[b, a])), None);
        assert_eq!(change(one(), rows_of(&[])), Some(Change::Rows));
        assert_eq!(change(rows_of(&[Value::Real(f64::NAN)]), rows_of(&[Value::Real(-f64::NAN)])), None);
    }

    #[test]
    fn errors_are_told_apart_by_code_and_by_their_words_without_names() {
        let (x, y) = (failed(1, "no such function: x"), failed(1, "no such function: y"));
        assert_eq!(change(x.clone(), rows_of(&[])), Some(Change::Works("no such function".to_owned())));
        assert_eq!(change(rows_of(&[]), y), Some(Change::Fails("no such function".to_owned())));
        assert_eq!(change(x.clone(), failed(19, "")), Some(Change::Code(1, 19)));
        let syntax = failed(1, "near \"OVER\": syntax error");
        assert_eq!(change(x, syntax), Some(Change::Message("no such function".into(), "near …".into())));
        assert_eq!(change(Answer::Stopped, rows_of(&[])), None);
    }

    #[test]
    fn the_first_statement_that_differs_counts() {
        let (same, x) = (rows_of(&[]), failed(1, "x"));
        let found = Change::between(&[same.clone(), x.clone(), x.clone()], &[same.clone(), same, x]);
        assert_eq!(found, Some((1, Change::Works("x".to_owned()))));
    }
}
