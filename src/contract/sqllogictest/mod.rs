//! Scripts of sqllogictest in SQLite's own dialect, <https://sqlite.org/sqllogictest/doc/trunk/about.wiki>, read as SQLite's own runner
//! reads them.
//!
//! The parser is our own: that of the crate `sqllogictest` takes other words (`statement count`, patterns after `error`), takes a label for
//! the name of an engine, and comes with an asynchronous runner of thirty packages.

mod lines;
mod mistake;
mod script;

use std::borrow::Cow;

use self::lines::Lines;
pub use self::mistake::Mistake;

/// Results of more values than this are compared by their hash, until a script sets another threshold.
pub const USUAL_THRESHOLD: usize = 8;

/// The name of the engine that `skipif` and `onlyif` mean.
const ENGINE: &str = "sqlite";

/// A label is told from others by so many bytes.
const LABEL_BYTES: usize = 20;

/// A record of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<'a> {
    /// The line of its first word, from 1.
    pub line: usize,
    /// What it asks.
    pub asks: Asks<'a>,
}

/// What a record asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asks<'a> {
    /// `statement ok` or `statement error`.
    Statement {
        /// The SQL, which may be several statements.
        sql: Cow<'a, str>,
        /// Whether it must fail.
        fails: bool,
    },
    /// `query`, whose first statement alone is run.
    Query {
        /// The SQL.
        sql: Cow<'a, str>,
        /// How it is asked.
        query: Query<'a>,
    },
    /// A `query` with a label that is not for SQLite: its result must be that of the others of this label.
    Skipped {
        /// The label.
        label: &'a str,
        /// The result.
        result: Vec<&'a str>,
    },
}

/// How a query is asked, and what it must return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query<'a> {
    /// The letter of each column: `T`, `I` or `R`.
    pub types: &'a str,
    /// How the result is sorted before it is compared.
    pub sort: Sort,
    /// All queries of one label have one result.
    pub label: Option<&'a str>,
    /// The lines of the result. A prototype has none.
    pub result: Option<Vec<&'a str>>,
    /// A result of more values is one line with their hash; 0 is no limit.
    pub threshold: usize,
}

/// How a result is sorted before it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Not at all.
    No,
    /// By rows.
    Rows,
    /// Every value for itself.
    Values,
}

/// The records of a script, one after the other, up to the first mistake.
#[derive(Debug, Clone)]
pub struct Records<'a> {
    lines: Lines<'a>,
    threshold: usize,
    is_over: bool,
}

impl<'a> Records<'a> {
    /// The records of a text whose first line is this one of its file, and where this threshold is in force.
    pub fn of(text: &'a str, line: usize, threshold: usize) -> Self {
        Self { lines: Lines::of(text, line), threshold, is_over: false }
    }

    /// The threshold that is in force for the next record.
    pub fn threshold(&self) -> usize {
        self.threshold
    }

    /// The byte at which the next record can begin, and its line.
    fn position(&self) -> (usize, usize) {
        self.lines.position()
    }

    fn record(&mut self) -> Result<Option<Record<'a>>, Mistake> {
        loop {
            let Some(words) = self.lines.first_of_record() else { return Ok(None) };
            let mut words = Words::of(words, self.lines.line());
            let mut is_skipped = false;
            while let "skipif" | "onlyif" = words.first {
                let is_ours = words.engine()?.eq_ignore_ascii_case(ENGINE);
                is_skipped |= is_ours == (words.first == "skipif");
                let next = self.lines.next_line().unwrap_or_default();
                words = Words::of(next, self.lines.line());
            }
            let record = match words.first {
                "statement" => self.statement(&words, is_skipped)?,
                "query" => self.query(&words, is_skipped)?,
                "halt" if is_skipped => None,
                "halt" => return Ok(None),
                "hash-threshold" => {
                    if !is_skipped {
                        self.threshold = words.threshold()?;
                    }
                    None
                }
                _ => return Err(words.unknown()),
            };
            self.lines.end_record();
            if record.is_some() {
                return Ok(record);
            }
        }
    }

    fn statement(&mut self, words: &Words<'a>, is_skipped: bool) -> Result<Option<Record<'a>>, Mistake> {
        let fails = words.fails()?;
        let sql = self.lines.text_until(None);
        words.asks_for(&sql)?;
        Ok((!is_skipped).then_some(Record { line: words.line, asks: Asks::Statement { sql, fails } }))
    }

    fn query(&mut self, words: &Words<'a>, is_skipped: bool) -> Result<Option<Record<'a>>, Mistake> {
        let (types, sort) = (words.types()?, words.sort()?);
        let label = (!words.fourth.is_empty()).then(|| cut(words.fourth));
        let sql = self.lines.text_until(Some("----"));
        words.asks_for(&sql)?;
        let result = self.lines.is_at("----").then(|| self.lines.rest_of_record());
        let asks = match (is_skipped, label, result) {
            (false, label, result) => {
                Asks::Query { sql, query: Query { types, sort, label, result, threshold: self.threshold } }
            }
            (true, Some(label), Some(result)) if !result.is_empty() => Asks::Skipped { label, result },
            (true, ..) => return Ok(None),
        };
        Ok(Some(Record { line: words.line, asks }))
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, Mistake>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let record = self.record().transpose();
        self.is_over = !matches!(record, Some(Ok(_)));
        record
    }
}

fn cut(label: &str) -> &str {
    let end = (0..=LABEL_BYTES.min(label.len())).rev().find(|at| label.is_char_boundary(*at));
    &label[..end.unwrap_or(0)]
}

/// The first four words of a line.
struct Words<'a> {
    line: usize,
    first: &'a str,
    second: &'a str,
    third: &'a str,
    fourth: &'a str,
}

impl<'a> Words<'a> {
    fn of(text: &'a str, line: usize) -> Self {
        let mut words = text.split_ascii_whitespace();
        let mut next = || words.next().unwrap_or_default();
        Self { line, first: next(), second: next(), third: next(), fourth: next() }
    }

    fn mistake(&self, word: &str, message: impl Into<String>, help: impl Into<String>) -> Mistake {
        Mistake { line: self.line, word: word.to_owned(), message: message.into(), help: help.into() }
    }

    fn engine(&self) -> Result<&'a str, Mistake> {
        match self.second {
            "" => Err(self.mistake(self.first, "the name of an engine is missing", "write `skipif sqlite`")),
            engine => Ok(engine),
        }
    }

    fn threshold(&self) -> Result<usize, Mistake> {
        let help = "write how many values are too many to be listed: `hash-threshold 8`; 0 is no limit";
        self.second
            .parse()
            .map_err(|_| self.mistake(self.first, format!("`{}` is no threshold", self.second), help))
    }

    fn fails(&self) -> Result<bool, Mistake> {
        match self.second {
            "ok" => Ok(false),
            "error" => Ok(true),
            other => Err(self.mistake(
                if other.is_empty() { self.first } else { other },
                "a statement is `ok` or `error`",
                "write `statement ok`, or `statement error` where it must fail",
            )),
        }
    }

    /// A record without SQL would ask nothing, and hold.
    fn asks_for(&self, sql: &str) -> Result<(), Mistake> {
        match sql.trim().is_empty() {
            true => Err(self.mistake(
                self.first,
                format!("the `{}` has no SQL", self.first),
                "write its SQL on the lines below it, without an empty line before",
            )),
            false => Ok(()),
        }
    }

    fn types(&self) -> Result<&'a str, Mistake> {
        let help = "write a letter for each column: `T` for text, `I` for integer, `R` for real, as in `query IIT rowsort`";
        let (types, first) = (self.second, self.first);
        if types.is_empty() {
            return Err(self.mistake(first, "the types of the columns are missing", help));
        }
        match types.chars().find(|letter| !matches!(letter, 'T' | 'I' | 'R')) {
            Some(letter) => Err(self.mistake(types, format!("`{letter}` is the type of no column"), help)),
            None => Ok(types),
        }
    }

    fn sort(&self) -> Result<Sort, Mistake> {
        match self.third {
            "" | "nosort" => Ok(Sort::No),
            "rowsort" => Ok(Sort::Rows),
            "valuesort" => Ok(Sort::Values),
            other => Err(self.mistake(
                other,
                format!("results are not sorted by `{other}`"),
                "write `nosort`, `rowsort` or `valuesort`",
            )),
        }
    }

    fn unknown(&self) -> Mistake {
        const KNOWN: [&str; 6] = ["statement", "query", "skipif", "onlyif", "hash-threshold", "halt"];
        let near = crate::diagnostic::nearest(self.first, &KNOWN);
        let help = near.map_or_else(
            || format!("a record begins with one of `{}`, after an empty line", KNOWN.join("`, `")),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("no record begins with `{}`", self.first);
        match self.first {
            "" => self.mistake("", "a record is missing after `skipif` or `onlyif`", help),
            first => self.mistake(first, message, help),
        }
    }
}

#[cfg(test)]
mod tests;
