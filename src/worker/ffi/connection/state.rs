//! What a connection says of itself and of its last call.

use std::ffi::{c_char, c_int};
use std::ptr::{null, null_mut};

use libsqlite3_sys as sys;

use super::super::statement::{RawStatement, Statement, c_string};
use super::super::value::text;
use super::super::{Call, Library, call};
use super::Connection;
use crate::contract::verb::TableColumn;
use crate::outcome::Outcome;
use crate::outcome::sqlite_names::DbCounter;
use crate::outcome::value::Value;

impl Connection {
    /// `sqlite3_changes`
    pub fn changes(&self, library: &Library) -> Call<Value> {
        Ok(Value::Integer(call!(library, sqlite3_changes(self.raw)).into()))
    }

    /// `sqlite3_total_changes`
    pub fn total_changes(&self, library: &Library) -> Call<Value> {
        Ok(Value::Integer(call!(library, sqlite3_total_changes(self.raw)).into()))
    }

    /// `sqlite3_last_insert_rowid`
    pub fn last_insert_rowid(&self, library: &Library) -> Call<Value> {
        Ok(Value::Integer(call!(library, sqlite3_last_insert_rowid(self.raw))))
    }

    /// `sqlite3_errcode`
    pub fn errcode(&self, library: &Library) -> Call<c_int> {
        Ok(call!(library, sqlite3_errcode(self.raw)))
    }

    /// `sqlite3_extended_errcode`
    pub fn extended_errcode(&self, library: &Library) -> Call<c_int> {
        Ok(call!(library, sqlite3_extended_errcode(self.raw)))
    }

    /// `sqlite3_errmsg`
    pub fn errmsg(&self, library: &Library) -> Call<Value> {
        Ok(text(call!(library, sqlite3_errmsg(self.raw))).map_or(Value::Null, Value::Text))
    }

    /// `sqlite3_error_offset`
    pub fn error_offset(&self, library: &Library) -> Call<Value> {
        Ok(Value::Integer(call!(library, sqlite3_error_offset(self.raw)).into()))
    }

    /// `sqlite3_get_autocommit`
    pub fn autocommit(&self, library: &Library) -> Call<Value> {
        Ok(Value::Integer(call!(library, sqlite3_get_autocommit(self.raw)).into()))
    }

    /// `sqlite3_txn_state`, from 3.34.0 on
    pub fn txn_state(&self, library: &Library, schema: &str) -> Call<Value> {
        let schema = c_string(schema)?;
        Ok(match call!(library, sqlite3_txn_state(self.raw, schema.as_ptr())) {
            sys::SQLITE_TXN_NONE => Value::text("none"),
            sys::SQLITE_TXN_READ => Value::text("read"),
            sys::SQLITE_TXN_WRITE => Value::text("write"),
            _ => Value::Null,
        })
    }

    /// `sqlite3_db_readonly`
    pub fn readonly(&self, library: &Library, schema: &str) -> Call<Value> {
        let schema = c_string(schema)?;
        Ok(Value::Integer(call!(library, sqlite3_db_readonly(self.raw, schema.as_ptr())).into()))
    }

    /// `sqlite3_db_filename`, relative to the directory that the case runs in.
    pub fn filename(&self, library: &Library, schema: &str) -> Call<Value> {
        let schema = c_string(schema)?;
        let Some(path) = text(call!(library, sqlite3_db_filename(self.raw, schema.as_ptr()))) else {
            return Ok(Value::Null);
        };
        let path = std::path::PathBuf::from(String::from_utf8_lossy(&path).into_owned());
        let here = std::env::current_dir().ok();
        // A path that cannot be made relative says nothing beyond its name that would be the same elsewhere.
        let shown = match here.as_deref().map(|here| path.strip_prefix(here)) {
            Some(Ok(relative)) => Some(relative.as_os_str()),
            _ => path.file_name(),
        };
        Ok(Value::text(&shown.unwrap_or_default().to_string_lossy()))
    }

    /// `sqlite3_is_interrupted`, from 3.41.0 on
    pub fn is_interrupted(&self, library: &Library) -> Call<Value> {
        Ok(Value::Integer(call!(library, sqlite3_is_interrupted(self.raw)).into()))
    }

    /// The statement after `after`, or the first one.
    pub fn next_stmt(&self, library: &Library, after: Option<&Statement>) -> Call<Option<RawStatement>> {
        let after = after.map_or(null_mut(), |statement| statement.raw);
        let next = call!(library, sqlite3_next_stmt(self.raw, after));
        Ok((!next.is_null()).then_some(RawStatement(next as usize)))
    }

    /// How many statements `sqlite3_next_stmt` finds.
    pub fn stmt_count(&self, library: &Library) -> Call<Value> {
        stmt_count(library, self.raw)
    }

    /// `sqlite3_db_status`: the present value or the highest one.
    pub fn status(&self, library: &Library, counter: DbCounter, peak: bool, reset: bool) -> Call<i64> {
        status(library, self.raw, counter, peak, reset)
    }

    /// `sqlite3_table_column_metadata`: one row.
    pub fn table_column(&self, library: &Library, about: &TableColumn) -> Call<Outcome> {
        let schema = about.schema.as_deref().map(c_string).transpose()?;
        let column = about.column.as_deref().map(c_string).transpose()?;
        let table = c_string(&about.table)?;
        let start = |name: &Option<std::ffi::CString>| name.as_ref().map_or(null(), |name| name.as_ptr());
        let (mut kind, mut collation): (*const c_char, *const c_char) = (null(), null());
        let (mut not_null, mut key, mut autoincrement) = (0, 0, 0);
        let code = call!(
            library,
            sqlite3_table_column_metadata(
                self.raw,
                start(&schema),
                table.as_ptr(),
                start(&column),
                &mut kind,
                &mut collation,
                &mut not_null,
                &mut key,
                &mut autoincrement,
            )
        );
        match self.outcome(library, code)? {
            Outcome::Code(_) => {}
            failed => return Ok(failed),
        }
        let word = |start| text(start).map_or(Value::Null, Value::Text);
        let integer = |n: c_int| Value::Integer(n.into());
        let row = vec![word(kind), word(collation), integer(not_null), integer(key), integer(autoincrement)];
        Ok(Outcome::Rows(vec![row]))
    }
}

pub(in crate::worker::ffi) fn status(
    library: &Library,
    db: *mut sys::sqlite3,
    counter: DbCounter,
    peak: bool,
    reset: bool,
) -> Call<i64> {
    let (mut current, mut highest) = (0, 0);
    let (number, reset) = (counter.number(), reset.into());
    match call!(library, sqlite3_db_status(db, number, &mut current, &mut highest, reset)) {
        sys::SQLITE_OK => Ok(if peak { highest } else { current }.into()),
        code => Err(Outcome::from_code(code)),
    }
}

pub(in crate::worker::ffi) fn stmt_count(library: &Library, db: *mut sys::sqlite3) -> Call<Value> {
    let (mut count, mut statement) = (0, null_mut());
    loop {
        statement = call!(library, sqlite3_next_stmt(db, statement));
        if statement.is_null() {
            return Ok(Value::Integer(count));
        }
        count += 1;
    }
}
