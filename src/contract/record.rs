//! How an outcome enters the transcript.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::outcome::value::{Value, short_hash};
use crate::outcome::{Outcome, tuple};

/// `record:` of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// As it is.
    Raw,
    /// Not at all.
    None,
    /// `negative`, `zero` or `positive`.
    Sign,
    /// The range of this width that holds the number: `4096..8192`.
    Bucket(u64),
    /// The hash of the outcome: that it changed, not how.
    Hash,
    /// These columns of each row, from 0. Where a row does not have one of them, the outcome is recorded as it is.
    Columns(Vec<usize>),
    /// The rows in an order of their own, for a query without ORDER BY.
    Sorted,
}

impl Record {
    /// The outcome as recorded: nothing, one line, or one line per row. What is no number (an error where a
    /// size was hoped for) is recorded as it is.
    pub fn lines(&self, outcome: &Outcome) -> Vec<String> {
        match (self, outcome.number()) {
            (Self::None, _) => Vec::new(),
            (Self::Sign, Some(n)) => vec![sign(n).to_owned()],
            (Self::Bucket(width), Some(n)) => vec![remarked(bucket(n, *width), outcome)],
            (Self::Bucket(width), None) => bucket_rows(outcome, *width).unwrap_or_else(|| outcome.lines()),
            (Self::Columns(columns), _) => only(columns, outcome).unwrap_or_else(|| outcome.clone()).lines(),
            (Self::Sorted, _) => sorted(outcome.lines()),
            (Self::Hash, _) if outcome.succeeded() => {
                vec![format!("sha256 {}", short_hash(outcome.lines().join("\n").as_bytes()))]
            }
            _ => outcome.lines(),
        }
    }
}

fn sign(n: f64) -> &'static str {
    if n > 0.0 {
        "positive"
    } else if n < 0.0 {
        "negative"
    } else {
        "zero"
    }
}

/// A number's range, and what belongs to it.
fn remarked(range: String, outcome: &Outcome) -> String {
    outcome.remark().map_or_else(|| range.clone(), |remark| format!("{range} ({remark})"))
}

/// The outcome with these columns of its rows; `None` where it does not have them.
fn only(columns: &[usize], outcome: &Outcome) -> Option<Outcome> {
    let row = |row: &Vec<Value>| columns.iter().map(|at| row.get(*at).cloned()).collect::<Option<Vec<_>>>();
    match outcome {
        Outcome::Row(only) => row(only).map(Outcome::Row),
        Outcome::Rows(rows) => rows.iter().map(row).collect::<Option<_>>().map(Outcome::Rows),
        _ => None,
    }
}

fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines
}

/// Rows that end in a count: the count's range instead of it.
fn bucket_rows(outcome: &Outcome, width: u64) -> Option<Vec<String>> {
    let Outcome::Rows(rows) = outcome else { return None };
    let row = |row: &Vec<Value>| match row.as_slice() {
        [names @ .., Value::Integer(count)] if !names.is_empty() => {
            Some(format!("{} {}", tuple(names), bucket(*count as f64, width)))
        }
        _ => None,
    };
    rows.iter().map(row).collect()
}

fn bucket(n: f64, width: u64) -> String {
    let width = width.max(1) as f64;
    let low = (n / width).floor() * width;
    format!("{low}..{}", low + width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_recorded_by_sign_and_bucket_and_errors_as_they_are() {
        let size = Outcome::Quantity(5000);
        assert_eq!(Record::Bucket(4096).lines(&size), ["4096..8192"]);
        assert_eq!(Record::Sign.lines(&size), ["positive"]);
        assert_eq!(Record::Bucket(4096).lines(&Outcome::Quantity(-1)), ["-4096..0"]);
        assert!(Record::None.lines(&size).is_empty());
        assert_eq!(Record::Bucket(4096).lines(&Outcome::from_code(7)), ["NOMEM"]);
        let counts = [[64, 130], [128, 7]].map(|row| row.map(Value::Integer).to_vec()).to_vec();
        assert_eq!(Record::Bucket(100).lines(&Outcome::Rows(counts)), ["64 100..200", "128 0..100"]);
        let least = Outcome::LeastMemory { bytes: 70_000, remark: Some("not monotonic".to_owned()) };
        assert_eq!(Record::Bucket(65536).lines(&least), ["65536..131072 (not monotonic)"]);
    }

    #[test]
    fn rows_are_recorded_by_some_of_their_columns_or_without_their_order() {
        let rows = [[3, 30], [1, 10]].map(|row| row.map(Value::Integer).to_vec());
        let rows = Outcome::Rows(rows.to_vec());
        let columns = |columns: &[usize]| Record::Columns(columns.to_vec());
        assert_eq!(columns(&[1]).lines(&rows), ["30", "10"]);
        assert_eq!(columns(&[1, 0]).lines(&rows), ["(30, 3)", "(10, 1)"]);
        assert_eq!(columns(&[2]).lines(&rows), ["(3, 30)", "(1, 10)"]);
        assert_eq!(columns(&[0]).lines(&Outcome::Row(vec![Value::Null, Value::Null])), ["ROW NULL"]);
        assert_eq!(columns(&[0]).lines(&Outcome::from_code(1)), ["ERROR"]);
        assert_eq!(Record::Sorted.lines(&rows), ["(1, 10)", "(3, 30)"]);
    }
}
