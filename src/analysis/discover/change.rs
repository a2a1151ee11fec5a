//! How what one build does differs from what another does.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::answer::{Answer, Cell, Type};
use super::message::{is_of_absence, shape};

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
    /// It would be executed in another way.
    Plan,
    /// A function, module or syntax is known that was not, in these words. What comes of it depends on the program.
    Appears(String),
    /// One is known no longer.
    Vanishes(String),
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
            (Answer::Crashed, _) | (_, Answer::Crashed) => Self::Crash,
            (Answer::Failed(_, message), _) if is_of_absence(message) => Self::Appears(shape(message)),
            (_, Answer::Failed(_, message)) if is_of_absence(message) => Self::Vanishes(shape(message)),
            (Answer::Failed(before, _), Answer::Failed(after, _)) if before != after => {
                Self::Code(*before, *after)
            }
            (Answer::Failed(_, before), Answer::Failed(_, after)) => {
                Self::Message(shape(before), shape(after))
            }
            (_, Answer::Failed(_, message)) => Self::Fails(shape(message)),
            (Answer::Failed(_, message), _) => Self::Works(shape(message)),
            (Answer::Plan(_), _) | (_, Answer::Plan(_)) => Self::Plan,
            (Answer::Rows(before), Answer::Rows(after)) => rows(before, after),
            (Answer::Said(_), _) | (_, Answer::Said(_)) => Self::Rows,
        })
    }

    /// Whether nothing but the result shows it.
    pub fn is_silent(&self) -> bool {
        matches!(self, Self::Value(..) | Self::Rows)
    }

    /// Whether one drift may show itself in one program as this and in another one as `other`: a value that changes
    /// decides which rows there are.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self == other || (self.is_silent() && other.is_silent())
    }

    /// Whether a program with this change may become one with `other` when it is made smaller: a value that changes
    /// may be what makes another function fail.
    pub(super) fn may_become(&self, other: &Self) -> bool {
        self.is_like(other) || (other.is_silent() && self.absent().is_none())
    }

    /// The function whose absence, or the words in which the absence of something, makes the difference.
    pub(super) fn absent(&self) -> Option<&str> {
        match self {
            Self::Appears(what) | Self::Vanishes(what) => Some(what),
            _ => None,
        }
    }

    /// Whether the words alone say what is absent. A syntax error names the word at which reading ended.
    pub(super) fn names_what_is_absent(&self) -> bool {
        self.absent().is_some_and(|what| !what.starts_with("near "))
    }

    /// Its kind in a word.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Value(..) => "value",
            Self::Rows => "rows",
            Self::Crash => "crash",
            Self::Fails(_) | Self::Works(_) | Self::Code(..) => "error",
            Self::Message(..) => "message",
            Self::Appears(_) | Self::Vanishes(_) => "feature",
            Self::Plan => "plan",
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
            Self::Vanishes(_) => 6,
            Self::Plan => 7,
            Self::Message(..) => 8,
            Self::Appears(_) => 9,
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
            Self::Plan => f.write_str("another plan"),
            Self::Appears(_) => f.write_str("is known now"),
            Self::Vanishes(_) => f.write_str("is no longer known"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Outcome;
    use crate::outcome::value::Value;

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
    fn errors_are_told_apart_by_code_and_by_their_words_without_names_of_the_program() {
        let (x, y) = (failed(1, "no such column: a"), failed(1, "no such column: x.b"));
        let words = "no such column: …".to_owned();
        assert_eq!(change(x.clone(), rows_of(&[])), Some(Change::Works(words.clone())));
        assert_eq!(change(rows_of(&[]), y), Some(Change::Fails(words.clone())));
        assert_eq!(change(x.clone(), failed(19, "")), Some(Change::Code(1, 19)));
        let wrong = failed(1, "wrong number of arguments to function round()");
        let shown = "wrong number of arguments to function round()".to_owned();
        assert_eq!(change(x, wrong), Some(Change::Message(words, shown)));
        assert_eq!(change(Answer::Stopped, rows_of(&[])), None);
    }

    #[test]
    fn what_is_absent_is_one_change_whatever_comes_of_it_later() {
        let absent = || failed(1, "no such function: sign");
        let appears = Some(Change::Appears("no such function: sign".to_owned()));
        assert_eq!(change(absent(), rows_of(&[])), appears);
        assert_eq!(change(absent(), failed(1, "no such column: a")), appears);
        assert_eq!(change(failed(1, "unknown function: sign()"), failed(1, "no such table: t")), appears);
        let vanishes = Change::Vanishes("near \"OVER\": syntax error".to_owned());
        assert_eq!(change(rows_of(&[]), failed(1, "near \"OVER\": syntax error")), Some(vanishes));
        assert_eq!(change(failed(1, "no such table: t"), rows_of(&[])).unwrap().absent(), None);
        assert!(change(failed(1, "no such table: json_each"), rows_of(&[])).unwrap().absent().is_some());
    }

    #[test]
    fn of_calls_codes_and_values_are_compared() {
        let ok = || Answer::of(&Outcome::OK);
        let misuse = Answer::of(&Outcome::Error { code: 21, message: None });
        assert_eq!(change(ok(), misuse), Some(Change::Fails("MISUSE".to_owned())));
        let value = |n| Answer::of(&Outcome::Value(Value::Integer(n)));
        assert_eq!(change(value(0), value(1)), Some(Change::Value(Type::Integer, Type::Integer)));
        assert_eq!(change(Answer::of(&Outcome::Row(vec![Value::Null])), ok()), Some(Change::Rows));
        let missing = Answer::of(&Outcome::Missing("sqlite3_error_offset".to_owned()));
        assert!(change(missing, value(-1)).unwrap().names_what_is_absent());
    }

    #[test]
    fn plans_are_compared_by_their_ways_to_tables() {
        let plan = |detail: &str| {
            let row = [2, 0, 0].map(Value::Integer).into_iter().chain([Value::text(detail)]).collect();
            Answer::of_statement(&Outcome::Rows(vec![row]), "EXPLAIN QUERY PLAN SELECT 1")
        };
        assert_eq!(plan("SCAN TABLE t AS x"), plan("SCAN x"));
        assert_eq!(plan("SCAN SUBQUERY 0x55d0c8f2"), plan("SCAN SUBQUERY 1"));
        assert_eq!(change(plan("SCAN TABLE t"), plan("SEARCH t USING INDEX i1 (a=?)")), Some(Change::Plan));
        assert_eq!(plan("COMPOUND QUERY"), Answer::Plan(Vec::new()));
    }

    #[test]
    fn the_first_statement_that_differs_counts() {
        let (same, x) = (rows_of(&[]), failed(1, "out of memory"));
        let found = Change::between(&[same.clone(), x.clone(), x.clone()], &[same.clone(), same, x]);
        assert_eq!(found, Some((1, Change::Works("out of memory".to_owned()))));
    }
}
