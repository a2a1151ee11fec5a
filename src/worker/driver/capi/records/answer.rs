//! What a record returned, exactly and as texts.

use crate::contract::sqllogictest::Sort;
use crate::contract::verb::{ColumnAs, PrepareVersion};
use crate::outcome::value::Value;
use crate::outcome::{Outcome, tuple};
use crate::worker::ffi::{Call, Connection, Library, Statement, mprintf};

/// So many rows of one record are shown.
const SHOWN_ROWS: usize = 40;

/// What a record returned.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// Every bit of it.
    pub exact: Vec<u8>,
    /// For people, up to some rows; empty where nobody looks at it.
    pub lines: Vec<String>,
    is_shown: bool,
    is_sorted: bool,
    /// Where each row ends.
    rows: Vec<usize>,
}

impl Answer {
    /// Nothing yet. Rows whose order the script leaves open are sorted: in which order they came is no difference then.
    pub(super) fn new(is_shown: bool, sort: Sort) -> Self {
        Self { is_shown, is_sorted: sort != Sort::No, ..Self::default() }
    }

    /// Of a statement, which returns a code and a message.
    pub(super) fn of_outcome(outcome: &Outcome) -> Self {
        let line = outcome.to_string();
        let exact = [line.as_bytes(), &[0]].concat();
        Self { exact, lines: vec![line], ..Self::default() }
    }

    fn push(&mut self, row: &[Value]) {
        self.exact.push(b'\n');
        row.iter().for_each(|value| push_exact(&mut self.exact, value));
        self.rows.push(self.exact.len());
        // Of rows that are sorted, any may become one of the first.
        if self.is_shown && (self.is_sorted || self.lines.len() < SHOWN_ROWS) {
            self.lines.push(tuple(row));
        }
    }

    /// Ends with a row, or an error.
    fn end(&mut self, failed: Option<&Outcome>) {
        if self.is_sorted {
            self.sort();
        }
        let is_cut = self.is_shown && self.rows.len() > SHOWN_ROWS;
        if is_cut {
            self.lines.truncate(SHOWN_ROWS);
            self.lines.push("…".to_owned());
        }
        if let Some(failed) = failed {
            self.lines.push(failed.to_string());
            self.exact.extend_from_slice(failed.to_string().as_bytes());
        } else if self.rows.is_empty() {
            self.lines.push("no rows".to_owned());
        } else if is_cut {
            let digest = crate::outcome::value::short_hash(&self.exact);
            self.lines.push(format!("{} rows, sha256 {digest}", self.rows.len()));
        }
        self.exact.push(0);
    }

    fn sort(&mut self) {
        let starts = std::iter::once(0).chain(self.rows.iter().copied());
        let rows: Vec<&[u8]> = starts.zip(&self.rows).map(|(start, end)| &self.exact[start..*end]).collect();
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_unstable_by_key(|at| rows[*at]);
        self.exact = order.iter().flat_map(|at| rows[*at]).copied().collect();
        let mut lines = std::mem::take(&mut self.lines);
        if self.is_shown {
            self.lines = order.iter().map(|at| std::mem::take(&mut lines[*at])).collect();
        }
    }
}

fn push_exact(exact: &mut Vec<u8>, value: &Value) {
    let (kind, bytes) = match value {
        Value::Null => (b'n', &[][..]),
        Value::Integer(n) => (b'i', &n.to_le_bytes()[..]),
        Value::Real(x) if x.is_nan() => (b'r', &[][..]),
        Value::Real(x) => (b'r', &x.to_bits().to_le_bytes()[..]),
        Value::Text(bytes) => (b't', bytes.as_slice()),
        Value::Blob(bytes) => (b'b', bytes.as_slice()),
    };
    exact.push(kind);
    exact.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    exact.extend_from_slice(bytes);
}

/// The values of a result as SQLite's own runner writes them: each on a line, without a character below a space.
#[derive(Debug, Default)]
pub(super) struct Texts {
    bytes: Vec<u8>,
    values: usize,
    /// Where each row ends.
    rows: Vec<usize>,
}

impl Texts {
    /// Those of lines.
    pub(super) fn of(lines: &[&str]) -> Self {
        let mut texts = Self::default();
        lines.iter().for_each(|line| texts.push(line.as_bytes()));
        texts
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.values
    }

    /// All of them, each on a line.
    pub(super) fn lines(&self) -> &[u8] {
        &self.bytes
    }

    /// In the order of rows, or of values. A line feed is below all other characters, so that whole rows are in the order in
    /// which their values are.
    pub(super) fn sorted(self, sort: Sort) -> Self {
        let ends = match sort {
            Sort::No => return self,
            Sort::Rows => self.rows.clone(),
            Sort::Values => memchr::memchr_iter(b'\n', &self.bytes).map(|at| at + 1).collect(),
        };
        let mut parts: Vec<&[u8]> = Vec::with_capacity(ends.len());
        let mut start = 0;
        for end in ends {
            parts.push(&self.bytes[start..end]);
            start = end;
        }
        parts.sort_unstable();
        Self { bytes: parts.concat(), ..self }
    }

    /// Adds a row.
    #[cfg(test)]
    pub(super) fn push_row(&mut self, row: &[&str]) {
        row.iter().for_each(|text| self.push(text.as_bytes()));
        self.rows.push(self.bytes.len());
    }

    fn push(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.end();
    }

    fn end(&mut self) {
        self.bytes.push(b'\n');
        self.values += 1;
    }
}

/// What a query returns, and its texts for columns of these types; the error instead of them where it does not compile. One
/// that comes later ends the rows, as it does for SQLite's own runner, and is a part of the answer.
pub(super) fn of_query(
    library: &Library,
    connection: &Connection,
    sql: &str,
    types: &str,
    mut answer: Answer,
) -> Call<(Answer, Result<Texts, String>)> {
    let statement = match connection.prepare(library, sql, PrepareVersion::V2, 0) {
        Ok(statement) => statement,
        Err(failed) => {
            answer.end(Some(&failed));
            return Ok((answer, Err(failed.to_string())));
        }
    };
    let texts = texts(library, &statement, types, &mut answer);
    statement.finalize(library)?;
    Ok((answer, texts?))
}

fn texts(
    library: &Library,
    statement: &Statement,
    types: &str,
    answer: &mut Answer,
) -> Call<Result<Texts, String>> {
    let columns = statement.column_count(library)?;
    if columns != Value::Integer(types.len() as i64) {
        answer.exact.extend_from_slice(columns.to_string().as_bytes());
        answer.end(None);
        return Ok(Err(format!("as many columns as {columns}")));
    }
    let mut texts = Texts::default();
    let failed = loop {
        match statement.step(library)? {
            Outcome::Row(row) => {
                for (at, value) in row.iter().enumerate() {
                    write(library, statement, at as i32, value, types.as_bytes()[at], &mut texts.bytes)?;
                    texts.end();
                }
                texts.rows.push(texts.bytes.len());
                answer.push(&row);
            }
            Outcome::Code(_) => break None,
            failed => break Some(failed),
        }
    };
    answer.end(failed.as_ref());
    Ok(Ok(texts))
}

/// A value as SQLite's own runner writes it.
fn write(
    library: &Library,
    statement: &Statement,
    at: i32,
    value: &Value,
    as_type: u8,
    into: &mut Vec<u8>,
) -> Call<()> {
    let read = |read_as| statement.column(library, at, read_as);
    match (as_type, value) {
        (_, Value::Null) => into.extend_from_slice(b"NULL"),
        // An `int` of C: the lower half of a greater number.
        (b'I', Value::Integer(n)) => into.extend_from_slice((*n as i32).to_string().as_bytes()),
        (b'I', _) => {
            if let Value::Integer(n) = read(ColumnAs::Int)? {
                into.extend_from_slice(n.to_string().as_bytes());
            }
        }
        (b'R', _) => {
            let made = mprintf(library, "%.3f", &read(ColumnAs::Double)?)?;
            if let Outcome::Value(Value::Text(text)) = made.read(library)? {
                into.extend_from_slice(&text);
            }
            made.free(library)?;
        }
        (_, Value::Text(text)) => write_text(text, into),
        (_, Value::Integer(n)) => into.extend_from_slice(n.to_string().as_bytes()),
        _ => {
            if let Value::Text(text) = read(ColumnAs::Text)? {
                write_text(&text, into);
            }
        }
    }
    Ok(())
}

/// A text of C, up to its first zero byte, with signs that a terminal would not show written as `@`.
fn write_text(text: &[u8], into: &mut Vec<u8>) {
    let end = text.iter().position(|byte| *byte == 0).unwrap_or(text.len());
    match &text[..end] {
        [] => into.extend_from_slice(b"(empty)"),
        text => into.extend(text.iter().map(|byte| if matches!(byte, b' '..=b'~') { *byte } else { b'@' })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(sort: Sort, rows: &[i64]) -> Answer {
        let mut answer = Answer::new(true, sort);
        rows.iter().for_each(|n| answer.push(&[Value::Integer(*n)]));
        answer.end(None);
        answer
    }

    #[test]
    fn the_order_of_rows_counts_only_where_the_script_does_not_sort_them() {
        let (one, other) = (answer(Sort::Rows, &[2, 1]), answer(Sort::Rows, &[1, 2]));
        assert_eq!(one.exact, other.exact);
        assert_eq!(one.lines, ["1", "2"]);
        assert_eq!(answer(Sort::No, &[2, 1]).lines, ["2", "1"]);
        assert_ne!(answer(Sort::No, &[2, 1]).exact, answer(Sort::No, &[1, 2]).exact);
        assert_ne!(one.exact, answer(Sort::Rows, &[1, 3]).exact);
    }

    #[test]
    fn of_many_rows_the_first_are_shown_and_a_digest_of_all() {
        let many: Vec<i64> = (0..100).rev().collect();
        let lines = answer(Sort::Values, &many).lines;
        assert_eq!(lines.len(), SHOWN_ROWS + 2);
        assert!(lines[SHOWN_ROWS + 1].starts_with("100 rows, sha256 "), "{lines:?}");
        assert_eq!(lines, answer(Sort::Values, &(0..100).collect::<Vec<_>>()).lines);
    }
}
