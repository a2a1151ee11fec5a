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
type Cell = (Type, u64);

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

    fn of(outcome: &Outcome) -> Self {
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

/// How messages begin that say that something is not there at all. A syntax error is one: the parser knows the rest of
/// what is generated. Which table is missing is said of the tables of functions as well.
const ABSENT: [&str; 6] =
    ["no such function: ", "unknown function: ", "no such module: ", "near \"", "RIGHT and FULL ", MISSING];

fn is_of_absence(message: &str) -> bool {
    let is_table_of_function = |name: &str| name.len() > 2 && !name.contains('.');
    ABSENT.iter().any(|start| message.starts_with(start))
        || message.strip_prefix("no such table: ").is_some_and(is_table_of_function)
}

/// A message without names and values of one program. Those of functions and the words of syntax stay: they say what
/// the difference is about.
fn shape(message: &str) -> String {
    if let Some(name) = message.strip_prefix("unknown function: ") {
        return format!("no such function: {}", name.trim_end_matches("()"));
    }
    if is_of_absence(message) {
        return message.to_owned();
    }
    let kept = message.split('\'').step_by(2).collect::<Vec<_>>().join("…");
    let kept =
        kept.find("constraint failed").map_or(kept.as_str(), |at| &kept[..at + "constraint failed".len()]);
    let mut before = "";
    let mut words: Vec<&str> = Vec::new();
    for word in kept.split_whitespace() {
        let is_article = word == "a" && !before.ends_with(':');
        words.push(if is_of_program(word) && !is_article { "…" } else { word });
        before = word;
    }
    words.dedup();
    words.join(" ")
}

/// Whether a word of a message is a number or a name of the program: those have one letter, or are in quotes.
fn is_of_program(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let is_short = |part: &str| part.len() < 2 || part.bytes().any(|byte| byte.is_ascii_digit());
    !bare.is_empty() && bare.split('.').all(is_short) || word.contains('…')
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
            Self::Plan => f.write_str("another plan"),
            Self::Appears(_) => f.write_str("is known now"),
            Self::Vanishes(_) => f.write_str("is no longer known"),
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
        assert_eq!(shape("bad JSON path: '$[#-]'"), "bad JSON path: …");
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
