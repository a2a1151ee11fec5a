//! What a connection says of itself and of its last call.

use std::ffi::{c_char, c_int};
use std::ptr::{NonNull, null, null_mut};

use libsqlite3_sys as sys;

use super::super::calls::{numbers, texts};
use super::super::statement::{RawStatement, Statement, c_string};
use super::super::value::text;
use super::super::{Call, Library, call};
use super::Connection;
use crate::contract::verb::TableColumn;
use crate::outcome::Outcome;
use crate::outcome::sqlite_names::DbCounter;
use crate::outcome::value::Value;

impl Connection {
    numbers! {
        /// `sqlite3_changes`
        pub(crate) fn changes() -> Value = integer(sqlite3_changes);
        /// `sqlite3_total_changes`
        pub(crate) fn total_changes() -> Value = integer(sqlite3_total_changes);
        /// `sqlite3_changes64`, from 3.37.0 on
        pub(crate) fn changes64() -> Value = integer(sqlite3_changes64);
        /// `sqlite3_total_changes64`, from 3.37.0 on
        pub(crate) fn total_changes64() -> Value = integer(sqlite3_total_changes64);
        /// `sqlite3_last_insert_rowid`
        pub(crate) fn last_insert_rowid() -> Value = integer(sqlite3_last_insert_rowid);
        /// `sqlite3_errcode`
        pub(crate) fn errcode() -> c_int = plain(sqlite3_errcode);
        /// `sqlite3_extended_errcode`
        pub(crate) fn extended_errcode() -> c_int = plain(sqlite3_extended_errcode);
        /// `sqlite3_error_offset`
        pub(crate) fn error_offset() -> Value = integer(sqlite3_error_offset);
        /// `sqlite3_get_autocommit`
        pub(crate) fn autocommit() -> Value = integer(sqlite3_get_autocommit);
        /// `sqlite3_is_interrupted`, from 3.41.0 on
        pub(crate) fn is_interrupted() -> Value = integer(sqlite3_is_interrupted);
    }

    texts! {
        /// `sqlite3_errmsg`
        pub(crate) fn errmsg() = sqlite3_errmsg;
    }

    /// `sqlite3_set_errmsg`, from 3.51.0 on
    pub(crate) fn set_errmsg(&self, library: &Library, code: c_int, message: Option<&str>) -> Call<Outcome> {
        type Function = unsafe extern "C" fn(*mut sys::sqlite3, c_int, *const c_char) -> c_int;
        // SAFETY: the signature is that of sqlite3.h. The bindings are older.
        let function: Function = unsafe { library.function("sqlite3_set_errmsg")? };
        let message = message.map(c_string).transpose()?;
        let start = message.as_ref().map_or(null(), |message| message.as_ptr());
        // SAFETY: the connection is open, and the message, which SQLite copies, ends with a zero byte or is NULL.
        let set = unsafe { function(self.raw.as_ptr(), code, start) };
        Ok(Outcome::from_code(set))
    }

    /// `sqlite3_txn_state`, from 3.34.0 on
    pub(crate) fn txn_state(&self, library: &Library, schema: &str) -> Call<Value> {
        let schema = c_string(schema)?;
        // SAFETY: the connection is open, and the name ends with a zero byte.
        Ok(match unsafe { call!(library, sqlite3_txn_state(self.raw.as_ptr(), schema.as_ptr())) } {
            sys::SQLITE_TXN_NONE => Value::text("none"),
            sys::SQLITE_TXN_READ => Value::text("read"),
            sys::SQLITE_TXN_WRITE => Value::text("write"),
            _ => Value::Null,
        })
    }

    /// `sqlite3_db_readonly`
    pub(crate) fn readonly(&self, library: &Library, schema: &str) -> Call<Value> {
        let schema = c_string(schema)?;
        // SAFETY: the connection is open, and the name ends with a zero byte.
        let readonly = unsafe { call!(library, sqlite3_db_readonly(self.raw.as_ptr(), schema.as_ptr())) };
        Ok(Value::Integer(readonly.into()))
    }

    /// `sqlite3_db_filename`, relative to the directory that the case runs in.
    pub(crate) fn filename(&self, library: &Library, schema: &str) -> Call<Value> {
        let schema = c_string(schema)?;
        // SAFETY: the connection is open, and the name ends with a zero byte.
        let path = unsafe { call!(library, sqlite3_db_filename(self.raw.as_ptr(), schema.as_ptr())) };
        // SAFETY: the path ends with a zero byte, or is NULL.
        let Some(path) = (unsafe { text(path) }) else { return Ok(Value::Null) };
        let path = std::path::PathBuf::from(String::from_utf8_lossy(&path).into_owned());
        let here = std::env::current_dir().ok();
        // A path that cannot be made relative says nothing beyond its name that would be the same elsewhere.
        let shown = match here.as_deref().map(|here| path.strip_prefix(here)) {
            Some(Ok(relative)) => Some(relative.as_os_str()),
            _ => path.file_name(),
        };
        Ok(Value::text(&shown.unwrap_or_default().to_string_lossy()))
    }

    /// The statement after `after`, or the first one.
    pub(crate) fn next_stmt(
        &self,
        library: &Library,
        after: Option<&Statement>,
    ) -> Call<Option<RawStatement>> {
        let after = after.map_or(null_mut(), |statement| statement.raw.as_ptr());
        // SAFETY: the connection is open, and the statement not finalized. Of another connection's SQLite returns the
        // one after it.
        let next = unsafe { call!(library, sqlite3_next_stmt(self.raw.as_ptr(), after)) };
        Ok((!next.is_null()).then_some(RawStatement(next as usize)))
    }

    /// How many statements `sqlite3_next_stmt` finds.
    pub(crate) fn stmt_count(&self, library: &Library) -> Call<Value> {
        // SAFETY: the connection is open.
        unsafe { stmt_count(library, self.raw) }
    }

    /// `sqlite3_db_status`: the present value or the highest one.
    pub(crate) fn status(&self, library: &Library, counter: DbCounter, peak: bool, reset: bool) -> Call<i64> {
        // SAFETY: the connection is open.
        unsafe { status(library, self.raw, counter, peak, reset) }
    }

    /// `sqlite3_table_column_metadata`: one row.
    pub(crate) fn table_column(&self, library: &Library, about: &TableColumn) -> Call<Outcome> {
        let schema = about.schema.as_deref().map(c_string).transpose()?;
        let column = about.column.as_deref().map(c_string).transpose()?;
        let table = c_string(&about.table)?;
        let start = |name: &Option<std::ffi::CString>| name.as_ref().map_or(null(), |name| name.as_ptr());
        let (mut kind, mut collation): (*const c_char, *const c_char) = (null(), null());
        let (mut not_null, mut key, mut autoincrement) = (0, 0, 0);
        // SAFETY: the connection is open, each name ends with a zero byte or is NULL, and there is a place for each result.
        let code = unsafe {
            call!(
                library,
                sqlite3_table_column_metadata(
                    self.raw.as_ptr(),
                    start(&schema),
                    table.as_ptr(),
                    start(&column),
                    &mut kind,
                    &mut collation,
                    &mut not_null,
                    &mut key,
                    &mut autoincrement,
                )
            )
        };
        match self.outcome(library, code)? {
            Outcome::Code(_) => {}
            failed => return Ok(failed),
        }
        // SAFETY: SQLite lends texts that end with a zero byte, or NULL.
        let word = |start| unsafe { text(start) }.map_or(Value::Null, Value::Text);
        let integer = |n: c_int| Value::Integer(n.into());
        let row = vec![word(kind), word(collation), integer(not_null), integer(key), integer(autoincrement)];
        Ok(Outcome::Rows(vec![row]))
    }
}

/// # Safety
/// The connection is open.
pub(in crate::worker::ffi) unsafe fn status(
    library: &Library,
    db: NonNull<sys::sqlite3>,
    counter: DbCounter,
    peak: bool,
    reset: bool,
) -> Call<i64> {
    let (mut current, mut highest) = (0, 0);
    let (db, number, reset) = (db.as_ptr(), counter.number(), reset.into());
    // SAFETY: the caller vouches for the connection, and there is a place for each number.
    match unsafe { call!(library, sqlite3_db_status(db, number, &mut current, &mut highest, reset)) } {
        sys::SQLITE_OK => Ok(if peak { highest } else { current }.into()),
        code => Err(Outcome::from_code(code)),
    }
}

/// # Safety
/// The connection is open.
pub(in crate::worker::ffi) unsafe fn stmt_count(library: &Library, db: NonNull<sys::sqlite3>) -> Call<Value> {
    let (mut count, mut statement) = (0, null_mut());
    loop {
        // SAFETY: the caller vouches for the connection; the statement is one of its own.
        statement = unsafe { call!(library, sqlite3_next_stmt(db.as_ptr(), statement)) };
        if statement.is_null() {
            return Ok(Value::Integer(count));
        }
        count += 1;
    }
}
