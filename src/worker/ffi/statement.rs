//! A prepared statement, <https://sqlite.org/c3ref/stmt.html>.

use std::ffi::{CString, c_int};

use libsqlite3_sys as sys;

use super::kept::Kept;
use super::owner::Owner;
use super::value::{bytes, text};
use super::{Call, Library, call};
use crate::contract::verb::ColumnAs;
use crate::outcome::Outcome;
use crate::outcome::sqlite_names::StmtCounter;
use crate::outcome::value::Value;

/// The identity of a statement, to compare and never to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawStatement(pub(super) usize);

/// Where a column's text was: an address to compare and never to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldPointer(usize);

/// A statement that lives until [`Statement::finalize`].
pub struct Statement {
    pub(super) raw: *mut sys::sqlite3_stmt,
    pub(super) owner: Owner,
}

impl Statement {
    /// Its identity.
    pub fn identity(&self) -> RawStatement {
        RawStatement(self.raw as usize)
    }

    /// `sqlite3_step`, with the row it gives.
    pub fn step(&self, library: &Library) -> Call<Outcome> {
        match call!(library, sqlite3_step(self.raw)) {
            sys::SQLITE_ROW => self.row(library).map(Outcome::Row),
            code => self.outcome(library, code),
        }
    }

    /// The current row, each column by its type.
    fn row(&self, library: &Library) -> Call<Vec<Value>> {
        (0..call!(library, sqlite3_column_count(self.raw))).map(|at| self.value(library, at)).collect()
    }

    /// A column by its type.
    fn value(&self, library: &Library, at: c_int) -> Call<Value> {
        Ok(match call!(library, sqlite3_column_type(self.raw, at)) {
            sys::SQLITE_INTEGER => Value::Integer(call!(library, sqlite3_column_int64(self.raw, at))),
            sys::SQLITE_FLOAT => Value::Real(call!(library, sqlite3_column_double(self.raw, at))),
            sys::SQLITE_TEXT => Value::Text(self.text(library, at)?),
            sys::SQLITE_BLOB => Value::Blob(self.blob(library, at)?),
            _ => Value::Null,
        })
    }

    /// A text column's bytes. SQLite has no words for a text that it could not end with a zero byte: it returns NULL.
    fn text(&self, library: &Library, at: c_int) -> Call<Vec<u8>> {
        let text = call!(library, sqlite3_column_text(self.raw, at));
        if text.is_null() {
            return Err(Outcome::from_code(sys::SQLITE_NOMEM));
        }
        Ok(bytes(text, call!(library, sqlite3_column_bytes(self.raw, at))))
    }

    fn blob(&self, library: &Library, at: c_int) -> Call<Vec<u8>> {
        let blob = call!(library, sqlite3_column_blob(self.raw, at));
        // An empty blob is NULL too.
        if blob.is_null() && call!(library, sqlite3_errcode(self.owner.db)) == sys::SQLITE_NOMEM {
            return Err(Outcome::from_code(sys::SQLITE_NOMEM));
        }
        Ok(bytes(blob.cast(), call!(library, sqlite3_column_bytes(self.raw, at))))
    }

    /// A column read as the contract asks; outside a row SQLite returns NULL and so does this.
    pub fn column(&self, library: &Library, at: c_int, read_as: ColumnAs) -> Call<Value> {
        let stmt = self.raw;
        Ok(match read_as {
            ColumnAs::Value => self.value(library, at)?,
            ColumnAs::Type => Value::text(type_name(call!(library, sqlite3_column_type(stmt, at)))),
            ColumnAs::Int => Value::Integer(call!(library, sqlite3_column_int(stmt, at)).into()),
            ColumnAs::Int64 => Value::Integer(call!(library, sqlite3_column_int64(stmt, at))),
            ColumnAs::Double => Value::Real(call!(library, sqlite3_column_double(stmt, at))),
            ColumnAs::Bytes => Value::Integer(call!(library, sqlite3_column_bytes(stmt, at)).into()),
            ColumnAs::Text if call!(library, sqlite3_column_text(stmt, at)).is_null() => Value::Null,
            ColumnAs::Text => Value::Text(self.text(library, at)?),
            ColumnAs::Blob if call!(library, sqlite3_column_blob(stmt, at)).is_null() => Value::Null,
            ColumnAs::Blob => Value::Blob(self.blob(library, at)?),
        })
    }

    /// A copy of a column's value that outlives its row.
    pub fn value_dup(&self, library: &Library, at: c_int) -> Call<Kept> {
        Kept::copy(library, call!(library, sqlite3_column_value(self.raw, at)))
    }

    /// The address of a column's text, `sqlite3_column_text`.
    pub fn hold(&self, library: &Library, at: c_int) -> Call<HeldPointer> {
        Ok(HeldPointer(call!(library, sqlite3_column_text(self.raw, at)) as usize))
    }

    /// `sqlite3_reset`
    pub fn reset(&self, library: &Library) -> Call<Outcome> {
        let code = call!(library, sqlite3_reset(self.raw));
        self.outcome(library, code)
    }

    /// `sqlite3_finalize`
    pub fn finalize(self, library: &Library) -> Call<Outcome> {
        let code = call!(library, sqlite3_finalize(self.raw));
        self.outcome(library, code)
    }

    /// The name of a column, NULL past the last one.
    pub fn column_name(&self, library: &Library, at: c_int) -> Call<Value> {
        Ok(text(call!(library, sqlite3_column_name(self.raw, at))).map_or(Value::Null, Value::Text))
    }

    /// The declared type of a column, NULL for an expression.
    pub fn column_decltype(&self, library: &Library, at: c_int) -> Call<Value> {
        Ok(text(call!(library, sqlite3_column_decltype(self.raw, at))).map_or(Value::Null, Value::Text))
    }

    /// `sqlite3_column_count`
    pub fn column_count(&self, library: &Library) -> Call<Value> {
        Ok(Value::Integer(call!(library, sqlite3_column_count(self.raw)).into()))
    }

    /// `sqlite3_data_count`
    pub fn data_count(&self, library: &Library) -> Call<Value> {
        Ok(Value::Integer(call!(library, sqlite3_data_count(self.raw)).into()))
    }

    /// `sqlite3_sql`
    pub fn sql(&self, library: &Library) -> Call<Value> {
        Ok(text(call!(library, sqlite3_sql(self.raw))).map_or(Value::Null, Value::Text))
    }

    /// `sqlite3_expanded_sql`, which is ours to free.
    pub fn expanded_sql(&self, library: &Library) -> Call<Kept> {
        Ok(Kept::Text(call!(library, sqlite3_expanded_sql(self.raw))))
    }

    /// `sqlite3_stmt_busy`
    pub fn busy(&self, library: &Library) -> Call<Value> {
        Ok(Value::Integer(call!(library, sqlite3_stmt_busy(self.raw)).into()))
    }

    /// `sqlite3_stmt_readonly`
    pub fn readonly(&self, library: &Library) -> Call<Value> {
        Ok(Value::Integer(call!(library, sqlite3_stmt_readonly(self.raw)).into()))
    }

    /// `sqlite3_stmt_status`
    pub fn status(&self, library: &Library, counter: StmtCounter, reset: bool) -> Call<i64> {
        // Older versions read past their array of counters instead of refusing.
        if call!(library, sqlite3_libversion_number()) < since(counter) {
            return Err(Outcome::Missing(format!("SQLITE_STMTSTATUS_{}", counter.name())));
        }
        Ok(call!(library, sqlite3_stmt_status(self.raw, counter.number(), reset.into())).into())
    }

    pub(super) fn outcome(&self, library: &Library, code: c_int) -> Call<Outcome> {
        self.owner.outcome(library, code)
    }
}

/// The version that brought a counter.
fn since(counter: StmtCounter) -> c_int {
    match counter {
        StmtCounter::FullscanStep | StmtCounter::Sort | StmtCounter::Autoindex | StmtCounter::VmStep => {
            3_008_000
        }
        StmtCounter::Reprepare | StmtCounter::Run | StmtCounter::Memused => 3_020_000,
        StmtCounter::FilterMiss | StmtCounter::FilterHit => 3_038_000,
    }
}

/// A text for C: without a zero byte inside.
pub(super) fn c_string(text: &str) -> Call<CString> {
    CString::new(text).map_err(|_| Outcome::Refused("the text has a zero byte inside".to_owned()))
}

fn type_name(code: c_int) -> &'static str {
    match code {
        sys::SQLITE_INTEGER => "integer",
        sys::SQLITE_FLOAT => "real",
        sys::SQLITE_TEXT => "text",
        sys::SQLITE_BLOB => "blob",
        _ => "null",
    }
}
