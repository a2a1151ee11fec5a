//! A prepared statement, <https://sqlite.org/c3ref/stmt.html>.

use std::ffi::{CString, c_char, c_int, c_void};
use std::ptr::NonNull;

use libsqlite3_sys as sys;

use super::calls::{codes, numbers, texts};
use super::kept::{Kept, Text};
use super::owner::Owner;
use super::value::{LentValue, bytes};
use super::{Call, Library, call};
use crate::contract::verb::ColumnAs;
use crate::outcome::Outcome;
use crate::outcome::sqlite_names::StmtCounter;
use crate::outcome::value::Value;

/// The identity of a statement, to compare and never to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RawStatement(pub(super) usize);

/// Where a column's text was: an address to compare and never to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HeldPointer(usize);

/// A statement that lives until [`Statement::finalize`].
pub(crate) struct Statement {
    pub(super) raw: NonNull<sys::sqlite3_stmt>,
    owner: Owner,
}

impl Statement {
    numbers! {
        /// `sqlite3_column_count`
        pub(crate) fn column_count() -> Value = integer(sqlite3_column_count);
        /// `sqlite3_data_count`
        pub(crate) fn data_count() -> Value = integer(sqlite3_data_count);
        /// `sqlite3_stmt_busy`
        pub(crate) fn busy() -> Value = integer(sqlite3_stmt_busy);
        /// `sqlite3_stmt_readonly`
        pub(crate) fn readonly() -> Value = integer(sqlite3_stmt_readonly);
        /// `sqlite3_stmt_isexplain`, from 3.28.0 on
        pub(crate) fn isexplain() -> Value = integer(sqlite3_stmt_isexplain);
        /// `sqlite3_bind_parameter_count`
        pub(crate) fn parameter_count() -> Value = integer(sqlite3_bind_parameter_count);

        fn raw_step() -> c_int = plain(sqlite3_step);
        fn columns() -> c_int = plain(sqlite3_column_count);
        fn column_type(at: c_int) -> c_int = plain(sqlite3_column_type);
        fn column_int(at: c_int) -> Value = integer(sqlite3_column_int);
        fn column_int64(at: c_int) -> Value = integer(sqlite3_column_int64);
        fn column_double(at: c_int) -> f64 = plain(sqlite3_column_double);
        fn column_bytes(at: c_int) -> c_int = plain(sqlite3_column_bytes);
        fn column_text(at: c_int) -> *const u8 = plain(sqlite3_column_text);
        fn column_blob(at: c_int) -> *const c_void = plain(sqlite3_column_blob);
        fn raw_value(at: c_int) -> *mut sys::sqlite3_value = plain(sqlite3_column_value);
        fn raw_expanded_sql() -> *mut c_char = plain(sqlite3_expanded_sql);
    }

    codes! {
        /// `sqlite3_reset`
        pub(crate) fn reset() = sqlite3_reset;
        /// `sqlite3_stmt_explain`, from 3.43.0 on
        pub(crate) fn explain(mode: c_int) = sqlite3_stmt_explain;
    }

    texts! {
        /// The name of a column, NULL past the last one.
        pub(crate) fn column_name(at: c_int) = sqlite3_column_name;
        /// The declared type of a column, NULL for an expression.
        pub(crate) fn column_decltype(at: c_int) = sqlite3_column_decltype;
        /// `sqlite3_sql`
        pub(crate) fn sql() = sqlite3_sql;
        /// `sqlite3_bind_parameter_name`
        pub(crate) fn parameter_name(at: c_int) = sqlite3_bind_parameter_name;
    }

    /// # Safety
    /// SQLite made the statement on this connection, and nothing else finalizes it.
    pub(super) unsafe fn new(raw: NonNull<sys::sqlite3_stmt>, owner: Owner) -> Self {
        Self { raw, owner }
    }

    /// Its identity.
    pub(crate) fn identity(&self) -> RawStatement {
        RawStatement(self.raw.as_ptr() as usize)
    }

    /// `sqlite3_step`, with the row it gives.
    pub(crate) fn step(&self, library: &Library) -> Call<Outcome> {
        match self.raw_step(library)? {
            sys::SQLITE_ROW => self.row(library).map(Outcome::Row),
            code => self.outcome(library, code),
        }
    }

    /// The current row, each column by its type.
    fn row(&self, library: &Library) -> Call<Vec<Value>> {
        let columns = self.columns(library)?;
        let mut row = Vec::with_capacity(usize::try_from(columns).unwrap_or(0));
        for at in 0..columns {
            row.push(self.value(library, at)?);
        }
        Ok(row)
    }

    /// A column by its type.
    fn value(&self, library: &Library, at: c_int) -> Call<Value> {
        Ok(match self.column_type(library, at)? {
            sys::SQLITE_INTEGER => self.column_int64(library, at)?,
            sys::SQLITE_FLOAT => Value::Real(self.column_double(library, at)?),
            sys::SQLITE_TEXT => Value::Text(self.text(library, at)?),
            sys::SQLITE_BLOB => Value::Blob(self.blob(library, at)?),
            _ => Value::Null,
        })
    }

    /// A text column's bytes. SQLite has no words for a text that it could not end with a zero byte: it returns NULL.
    fn text(&self, library: &Library, at: c_int) -> Call<Vec<u8>> {
        let text = self.column_text(library, at)?;
        if text.is_null() {
            return Err(Outcome::from_code(sys::SQLITE_NOMEM));
        }
        let size = self.column_bytes(library, at)?;
        // SAFETY: SQLite says that the text has so many bytes; asking for their number moves none.
        Ok(unsafe { bytes(text, size) })
    }

    fn blob(&self, library: &Library, at: c_int) -> Call<Vec<u8>> {
        let blob = self.column_blob(library, at)?;
        // An empty blob is NULL too.
        if blob.is_null() && self.owner.ran_out_of_memory(library)? {
            return Err(Outcome::from_code(sys::SQLITE_NOMEM));
        }
        let size = self.column_bytes(library, at)?;
        // SAFETY: SQLite says that the blob has so many bytes; asking for their number moves none.
        Ok(unsafe { bytes(blob.cast(), size) })
    }

    /// A column read as the contract asks; outside a row SQLite returns NULL and so does this.
    pub(crate) fn column(&self, library: &Library, at: c_int, read_as: ColumnAs) -> Call<Value> {
        Ok(match read_as {
            ColumnAs::Value => self.value(library, at)?,
            ColumnAs::Type => Value::text(type_name(self.column_type(library, at)?)),
            ColumnAs::Int => self.column_int(library, at)?,
            ColumnAs::Int64 => self.column_int64(library, at)?,
            ColumnAs::Double => Value::Real(self.column_double(library, at)?),
            ColumnAs::Bytes => Value::Integer(self.column_bytes(library, at)?.into()),
            ColumnAs::Text if self.column_text(library, at)?.is_null() => Value::Null,
            ColumnAs::Text => Value::Text(self.text(library, at)?),
            ColumnAs::Blob if self.column_blob(library, at)?.is_null() => Value::Null,
            ColumnAs::Blob => Value::Blob(self.blob(library, at)?),
        })
    }

    /// A copy of a column's value that outlives its row.
    pub(crate) fn value_dup(&self, library: &Library, at: c_int) -> Call<Kept> {
        let value = NonNull::new(self.raw_value(library, at)?);
        let value = value.ok_or_else(|| Outcome::from_code(sys::SQLITE_NOMEM))?;
        // SAFETY: the value stays until the next call on its statement.
        Kept::copy(library, unsafe { LentValue::new(value) })
    }

    /// The address of a column's text, `sqlite3_column_text`.
    pub(crate) fn hold(&self, library: &Library, at: c_int) -> Call<HeldPointer> {
        Ok(HeldPointer(self.column_text(library, at)? as usize))
    }

    /// `sqlite3_finalize`
    pub(crate) fn finalize(self, library: &Library) -> Call<Outcome> {
        // SAFETY: the statement is not finalized yet, and is used up here.
        let code = unsafe { call!(library, sqlite3_finalize(self.raw.as_ptr())) };
        self.outcome(library, code)
    }

    /// `sqlite3_expanded_sql`, which is ours to free.
    pub(crate) fn expanded_sql(&self, library: &Library) -> Call<Kept> {
        let sql = self.raw_expanded_sql(library)?;
        // SAFETY: the text ends with a zero byte and is ours to free, or it is NULL.
        Ok(Kept::Text(unsafe { Text::new(sql) }))
    }

    /// `sqlite3_stmt_status`
    pub(crate) fn status(&self, library: &Library, counter: StmtCounter, reset: bool) -> Call<i64> {
        // SAFETY: it takes nothing.
        let version = unsafe { call!(library, sqlite3_libversion_number()) };
        if version < since(counter) {
            return Err(Outcome::Missing(format!("SQLITE_STMTSTATUS_{}", counter.name())));
        }
        let (stmt, counter) = (self.raw.as_ptr(), counter.number());
        // SAFETY: the statement is not finalized. Older versions read past their array of counters instead of
        // refusing a number; this version has the counter.
        Ok(unsafe { call!(library, sqlite3_stmt_status(stmt, counter, reset.into())) }.into())
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
