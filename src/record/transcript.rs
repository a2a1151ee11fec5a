//! What a case did, line by line. This is the only place that formats and parses a line.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::report::Verdict;
use crate::outcome::shown::Shown;

/// A line of a transcript. Its text, which [`fmt::Display`] writes and [`FromStr`] parses, is its form in JSON and on
/// record.
///
/// The first arrow of a line ends its step: an outcome may hold arrows, a step is written without any (see
/// `STEP_ARROW`). So a line can be read without its contract.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Line {
    /// The steps of a row of `with` follow: `with amount=34.775 places=2`.
    Row(String),
    /// A step and what it did: `query SELECT 1 → 1`. Without an outcome, rows follow, one line per row.
    Step {
        /// The step as the contract shows it, without its arrow.
        step: String,
        /// What it did; `None` when its rows follow on lines of their own.
        outcome: Option<Shown>,
    },
    /// A row of the step above, where it has several: `    (1, 2)`.
    More(Shown),
    /// The only line of a transcript without anything else to record: it puts on record that the promises held.
    Silent,
    /// The worker died in a step: `crashed: SIGSEGV in query SELECT 1`.
    Crashed {
        /// The signal, or how else the worker ended.
        how: String,
        /// The step in which it died.
        step: String,
    },
    /// The worker missed its deadline in a step: `timed out in query SELECT 1`.
    TimedOut {
        /// The step that did not end in time.
        step: String,
    },
    /// None of these: a text on record may have been edited, or written by another version of this program.
    Other(String),
}

const ROW: &str = "with ";
const ARROW: &str = " → ";
const ROWS_FOLLOW: &str = " →";
const MORE: &str = "    ";
const SILENT: &str = "every step as expected";
const CRASHED: &str = "crashed: ";
const TIMED_OUT: &str = "timed out in ";
const IN_STEP: &str = " in ";

/// How an arrow inside a step, in its SQL say, is escaped: an arrow ends the step.
const STEP_ARROW: &str = " \\u{2192}";

impl Line {
    /// A step and what it did. Line breaks, which error messages may contain, are written as `\n`.
    pub fn step(step: impl Into<String>, outcome: &str) -> Self {
        Self::Step { step: step.into(), outcome: Some(Shown::new(outcome.replace('\n', "\\n"))) }
    }

    /// The verdict of a case whose transcript ends with this line: [`Verdict::Holds`] unless the worker died.
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Crashed { .. } => Verdict::Crashed,
            Self::TimedOut { .. } => Verdict::TimedOut,
            _ => Verdict::Holds,
        }
    }

    /// The outcome of a step, or one row of it.
    pub fn outcome(&self) -> Option<&Shown> {
        match self {
            Self::Step { outcome, .. } => outcome.as_ref(),
            Self::More(row) => Some(row),
            _ => None,
        }
    }

    /// The text in three parts: the step, the separator, and the outcome. In a line without an outcome of its own,
    /// all is in the last part.
    pub fn parts(&self) -> [String; 3] {
        match self {
            Self::Step { step, outcome: Some(outcome) } => [written(step), ARROW.into(), outcome.to_string()],
            Self::More(row) => [String::new(), MORE.into(), row.to_string()],
            other => [String::new(), String::new(), other.to_string()],
        }
    }
}

/// A step as it is written before its arrow.
fn written(step: &str) -> String {
    step.replace(ROWS_FOLLOW, STEP_ARROW)
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Row(label) => write!(f, "{ROW}{label}"),
            Self::Step { step, outcome: Some(outcome) } => write!(f, "{}{ARROW}{outcome}", written(step)),
            Self::Step { step, outcome: None } => write!(f, "{}{ROWS_FOLLOW}", written(step)),
            Self::More(row) => write!(f, "{MORE}{row}"),
            Self::Silent => f.write_str(SILENT),
            Self::Crashed { how, step } => write!(f, "{CRASHED}{how}{IN_STEP}{step}"),
            Self::TimedOut { step } => write!(f, "{TIMED_OUT}{step}"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl From<&str> for Line {
    fn from(text: &str) -> Self {
        let read = |step: &str| step.replace(STEP_ARROW, ROWS_FOLLOW);
        if let Some(row) = text.strip_prefix(MORE) {
            Self::More(Shown::new(row))
        } else if let Some(label) = text.strip_prefix(ROW) {
            Self::Row(label.to_owned())
        } else if let Some(step) = text.strip_prefix(TIMED_OUT) {
            Self::TimedOut { step: step.to_owned() }
        } else if let Some((how, step)) = text.strip_prefix(CRASHED).and_then(|end| end.split_once(IN_STEP)) {
            Self::Crashed { how: how.to_owned(), step: step.to_owned() }
        } else if let Some((step, outcome)) = text.split_once(ARROW) {
            Self::Step { step: read(step), outcome: Some(Shown::new(outcome)) }
        } else if let Some(step) = text.strip_suffix(ROWS_FOLLOW) {
            Self::Step { step: read(step), outcome: None }
        } else if text == SILENT {
            Self::Silent
        } else {
            Self::Other(text.to_owned())
        }
    }
}

impl FromStr for Line {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
    }
}

impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Line {
    fn schema_name() -> Cow<'static, str> {
        "Line".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }
}

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(String::deserialize(deserializer)?.as_str().into())
    }
}

/// What a case did: the text that is on record, as its lines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Transcript(Vec<Line>);

impl Transcript {
    /// Adds a line.
    pub fn push(&mut self, line: Line) {
        self.0.push(line);
    }

    /// The verdict of a transcript on record, which depends on its last line only. Broken and unsupported cases are
    /// never on record.
    pub fn verdict_on_record(text: &str) -> Verdict {
        text.lines().last().map_or(Verdict::Holds, |line| Line::from(line).verdict())
    }
}

impl Deref for Transcript {
    type Target = [Line];

    fn deref(&self) -> &[Line] {
        &self.0
    }
}

impl FromIterator<Line> for Transcript {
    fn from_iter<I: IntoIterator<Item = Line>>(lines: I) -> Self {
        Self(lines.into_iter().collect())
    }
}

impl<'a> FromIterator<&'a str> for Transcript {
    fn from_iter<I: IntoIterator<Item = &'a str>>(lines: I) -> Self {
        lines.into_iter().map(Line::from).collect()
    }
}

/// Reads the text that is on record.
impl From<&str> for Transcript {
    fn from(text: &str) -> Self {
        text.lines().collect()
    }
}

/// Writes a line feed after each line.
impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(step: &str, outcome: &str) -> Line {
        Line::step(step, outcome)
    }

    #[test]
    fn a_line_is_read_as_it_is_written() {
        let select = || "query SELECT 1".to_owned();
        for (line, text) in [
            (Line::Row("n=1 sql=\"a → b\"".to_owned()), "with n=1 sql=\"a → b\""),
            (step("query SELECT 1", "1"), "query SELECT 1 → 1"),
            (Line::Step { step: select(), outcome: None }, "query SELECT 1 →"),
            (Line::More(Shown::new("\"meanwhile COMMIT → OK\"")), "    \"meanwhile COMMIT → OK\""),
            (Line::Silent, "every step as expected"),
            (
                Line::Crashed { how: "SIGSEGV".to_owned(), step: select() },
                "crashed: SIGSEGV in query SELECT 1",
            ),
            (Line::TimedOut { step: select() }, "timed out in query SELECT 1"),
            (Line::Other("edited by hand".to_owned()), "edited by hand"),
        ] {
            assert_eq!(line.to_string(), text);
            assert_eq!(Line::from(text), line);
            assert_eq!(serde_json::to_value(&line).unwrap(), text);
            assert_eq!(serde_json::from_value::<Line>(text.into()).unwrap(), line);
            assert_eq!(line.parts().concat(), text);
        }
    }

    #[test]
    fn arrows_of_a_step_and_of_an_outcome_are_distinguished_from_the_separator() {
        for (step, outcome, text) in [
            ("query SELECT 'a → b'", "\"a → b\"", "query SELECT 'a \\u{2192} b' → \"a → b\""),
            ("exec CREATE TABLE →", "OK", "exec CREATE TABLE \\u{2192} → OK"),
            ("query SELECT 'a→b'", "\"a→b\"", "query SELECT 'a→b' → \"a→b\""),
            (
                "repeat 10",
                "stopped at iteration 0: step → BUSY",
                "repeat 10 → stopped at iteration 0: step → BUSY",
            ),
        ] {
            let line = self::step(step, outcome);
            assert_eq!(line.to_string(), text);
            assert_eq!(Line::from(text), line);
            let rows = Line::Step { step: step.to_owned(), outcome: None };
            assert_eq!(Line::from(&*rows.to_string()), rows);
        }
    }

    #[test]
    fn a_message_with_a_line_break_stays_one_line() {
        assert_eq!(step("exec x", "ERROR: near \"\n\"").to_string(), "exec x → ERROR: near \"\\n\"");
    }

    #[test]
    fn a_transcript_says_how_its_case_ended() {
        for (last, verdict) in [
            ("crashed: SIGSEGV in query SELECT 1", Verdict::Crashed),
            ("timed out in query SELECT 1", Verdict::TimedOut),
            ("query SELECT 1 → 1", Verdict::Holds),
        ] {
            let text = format!("open :memory: → OK\n{last}\n");
            assert_eq!(Transcript::verdict_on_record(&text), verdict, "{last}");
            assert_eq!(Transcript::from(&*text).to_string(), text);
        }
    }
}
