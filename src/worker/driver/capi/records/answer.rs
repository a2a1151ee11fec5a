//! What a record returned, exactly and as texts.

use crate::contract::sqllogictest::Sort;
use crate::contract::verb::{ColumnAs, PrepareVersion};
use crate::outcome::value::Value;
use crate::outcome::{Outcome, tuple};
use crate::worker::ffi::{Call, Connection, Library, Statement, mprintf};

/// So many rows of one record are shown.
const SHOWN_ROWS: usize = 40;

/// What a record returned, in the order in which it came.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// Every bit of it.
    pub exact: Vec<u8>,
    /// For people, up to some rows; empty where nobody looks at it.
    pub lines: Vec<String>,
    is_shown: bool,
    rows: usize,
}

impl Answer {
    /// Nothing yet.
    pub(super) fn new(is_shown: bool) -> Self {
        Self { is_shown, ..Self::default() }
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
        self.rows += 1;
        match self.rows {
            _ if !self.is_shown => {}
            few if few <= SHOWN_ROWS => self.lines.push(tuple(row)),
            _ if self.rows == SHOWN_ROWS + 1 => self.lines.push("…".to_owned()),
            _ => {}
        }
    }

    /// Ends with a row, or an error.
    fn end(&mut self, failed: Option<&Outcome>) {
        if let Some(failed) = failed {
            self.lines.push(failed.to_string());
            self.exact.extend_from_slice(failed.to_string().as_bytes());
        } else if self.rows == 0 {
            self.lines.push("no rows".to_owned());
        } else if self.rows > SHOWN_ROWS {
            let digest = crate::outcome::value::short_hash(&self.exact);
            self.lines.push(format!("{} rows, sha256 {digest}", self.rows));
        }
        self.exact.push(0);
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
