//! Whether an outcome keeps a promise.

use regex::Regex;

use super::Expect;
use crate::contract::literal::Literal;
use crate::contract::verb::Kind;
use crate::outcome::sqlite_names::code_number;
use crate::outcome::value::{Value, ulps};
use crate::outcome::{Outcome, tuple};

impl Expect {
    /// Whether the outcome keeps the promise.
    pub fn holds(&self, kind: Kind, outcome: &Outcome) -> bool {
        match self {
            Self::OneOf(options) => options.iter().any(|option| option.holds(kind, outcome)),
            Self::Missing(function) => matches!(outcome, Outcome::Missing(missing) if missing == function),
            Self::Refused(words) => {
                matches!(outcome, Outcome::Refused(reason) if message_holds(words, reason))
            }
            Self::Near { near, ulps } => near_holds(*near, *ulps, outcome),
            Self::Error { error, message } => error_holds(error, message.as_deref(), outcome),
            Self::Rows(rows) => rows_hold(rows, outcome),
            Self::Unordered(rows) => unordered_hold(rows, outcome),
            Self::Scalar(literal) => scalar_holds(literal, kind, outcome),
        }
    }
}

/// The regular expression between slashes.
pub(super) fn pattern(message: &str) -> Option<&str> {
    message.strip_prefix('/')?.strip_suffix('/')
}

fn message_holds(expected: &str, actual: &str) -> bool {
    match pattern(expected) {
        Some(pattern) => Regex::new(pattern).is_ok_and(|regex| regex.is_match(actual)),
        None => expected == actual,
    }
}

/// A primary name covers its extended codes: `BUSY` holds for BUSY_SNAPSHOT too.
fn code_holds(expected: &str, actual: i32) -> bool {
    code_number(expected).is_some_and(|number| number == actual || (number < 256 && number == actual & 0xff))
}

fn error_holds(error: &str, message: Option<&str>, outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Error { code, message: actual } => {
            code_holds(error, *code)
                && message
                    .is_none_or(|expected| message_holds(expected, actual.as_deref().unwrap_or_default()))
        }
        _ => false,
    }
}

fn near_holds(near: f64, within: u64, outcome: &Outcome) -> bool {
    let value = match outcome {
        Outcome::Value(value) => Some(value),
        Outcome::Rows(rows) => match rows.as_slice() {
            [row] if row.len() == 1 => row.first(),
            _ => None,
        },
        _ => None,
    };
    matches!(value, Some(Value::Real(x)) if ulps(near, *x).is_some_and(|ulps| ulps <= within))
}

fn rows_hold(expected: &[Vec<Literal>], outcome: &Outcome) -> bool {
    let row_holds = |expected: &[Literal], actual: &[Value]| {
        expected.len() == actual.len() && expected.iter().zip(actual).all(|(e, a)| e.to_value() == *a)
    };
    match outcome {
        Outcome::Rows(rows) => {
            expected.len() == rows.len() && expected.iter().zip(rows).all(|(e, a)| row_holds(e, a))
        }
        // `[1, "a"]` was read as two one-column rows; for `step` it is one row.
        Outcome::Row(row) => match expected {
            [one] => row_holds(one, row),
            many => row_holds(&many.iter().flatten().cloned().collect::<Vec<_>>(), row),
        },
        _ => false,
    }
}

/// Rows are brought into one order by how they are shown, which shows values that differ differently.
fn unordered_hold(expected: &[Vec<Literal>], outcome: &Outcome) -> bool {
    let Outcome::Rows(rows) = outcome else { return false };
    let expected = expected.iter().map(|row| row.iter().map(Literal::to_value).collect::<Vec<_>>());
    let mut expected: Vec<Vec<Value>> = expected.collect();
    let mut actual = rows.clone();
    expected.sort_by_cached_key(|row| tuple(row));
    actual.sort_by_cached_key(|row| tuple(row));
    expected == actual
}

fn scalar_holds(literal: &Literal, kind: Kind, outcome: &Outcome) -> bool {
    if let (Kind::Code | Kind::Row, Some(name)) = (kind, literal.text()) {
        return match outcome {
            Outcome::Code(code) => code_holds(&name, *code),
            Outcome::Error { code, .. } => code_holds(&name, *code),
            Outcome::Row(_) => name == "ROW",
            _ => false,
        };
    }
    if let Some(bound) = literal.bound() {
        return outcome.number().is_some_and(|n| bound.holds(n));
    }
    match outcome {
        Outcome::Value(value) => literal.to_value() == *value,
        Outcome::Growth { growth, .. } if literal.is_flat() => growth.is_flat(),
        Outcome::Growth { growth, .. } => literal.to_value() == Value::Integer(growth.rate()),
        Outcome::Misses(misses) => literal.to_value() == Value::Integer(misses.missed.cast_signed()),
        Outcome::Rows(rows) => rows.len() == 1 && rows[0] == [literal.to_value()],
        other => other.quantity().is_some_and(|n| literal.to_value() == Value::Integer(n)),
    }
}
