//! SQL on a connection, at once or compiled: <https://sqlite.org/c3ref/exec.html>,
//! <https://sqlite.org/c3ref/free_table.html>, <https://sqlite.org/c3ref/prepare.html>.

use std::ffi::{c_char, c_int};
use std::ptr::{NonNull, null_mut};

use libsqlite3_sys as sys;

use super::super::kept::{Kept, Table, Text};
use super::super::statement::{Statement, c_string};
use super::super::{Call, Library, call};
use super::Connection;
use crate::contract::literal::Literal;
use crate::contract::verb::{Lifetime, PrepareVersion};
use crate::outcome::Outcome;
use crate::worker::spent::Rows;

type PrepareFunction = unsafe extern "C" fn(
    *mut sys::sqlite3,
    *const c_char,
    c_int,
    *mut *mut sys::sqlite3_stmt,
    *mut *const c_char,
) -> c_int;

impl Connection {
    /// `sqlite3_exec` without a callback, with its message, which is ours to free.
    pub(crate) fn exec(&self, library: &Library, sql: &str) -> Call<(Outcome, Kept)> {
        let sql = c_string(sql)?;
        let (db, mut message) = (self.raw.as_ptr(), null_mut());
        // SAFETY: the connection is open, the SQL ends with a zero byte, and there is a place for the message.
        let code = unsafe { call!(library, sqlite3_exec(db, sql.as_ptr(), None, null_mut(), &mut message)) };
        // SAFETY: the message ends with a zero byte and is ours to free, or it is NULL.
        let message = unsafe { Text::new(message) };
        Ok((said(self.outcome(library, code)?, &message), Kept::Text(message)))
    }

    /// `sqlite3_get_table`, whose result is ours to free; its message is freed here.
    pub(crate) fn get_table(&self, library: &Library, sql: &str) -> Call<Kept> {
        let sql = c_string(sql)?;
        let (mut cells, mut rows, mut columns) = (null_mut(), 0, 0);
        let (db, start, mut message) = (self.raw.as_ptr(), sql.as_ptr(), null_mut());
        // SAFETY: the connection is open, the SQL ends with a zero byte, and there is a place for each result.
        let code = unsafe {
            call!(library, sqlite3_get_table(db, start, &mut cells, &mut rows, &mut columns, &mut message))
        };
        // SAFETY: the message ends with a zero byte and is ours to free, or it is NULL.
        let message = unsafe { Text::new(message) };
        let outcome = said(self.outcome(library, code)?, &message);
        message.free(library)?;
        let size = |n: c_int| usize::try_from(n).unwrap_or(0);
        match outcome {
            // SAFETY: SQLite made this table for us, of so many rows and columns.
            Outcome::Code(_) => Ok(Kept::Table(unsafe { Table::new(cells, size(rows), size(columns)) })),
            failed => Err(failed),
        }
    }

    /// All rows of one statement.
    pub(crate) fn query(&self, library: &Library, sql: &str, values: &[Literal]) -> Call<Outcome> {
        let statement = self.prepare(library, sql, PrepareVersion::V2, 0)?;
        let rows = rows(library, &statement, values);
        statement.finalize(library)?;
        rows
    }

    /// `sqlite3_prepare`, `_v2` or `_v3`.
    pub(crate) fn prepare(
        &self,
        library: &Library,
        sql: &str,
        version: PrepareVersion,
        flags: u32,
    ) -> Call<Statement> {
        let sql = c_string(sql)?;
        let (db, start, tail) = (self.raw.as_ptr(), sql.as_ptr(), null_mut());
        let mut raw = null_mut();
        let code = match version {
            PrepareVersion::V1 => {
                // SAFETY: the signature is that of sqlite3.h, the same as v2's.
                let function: PrepareFunction = unsafe { library.function("sqlite3_prepare")? };
                // SAFETY: the connection is open, the SQL ends with a zero byte, and there is a place for the statement.
                unsafe { function(db, start, -1, &mut raw, tail) }
            }
            // SAFETY: as for version 1.
            PrepareVersion::V2 => unsafe {
                call!(library, sqlite3_prepare_v2(db, start, -1, &mut raw, tail))
            },
            // SAFETY: as for version 1; SQLite ignores flags that it does not know.
            PrepareVersion::V3 => unsafe {
                call!(library, sqlite3_prepare_v3(db, start, -1, flags, &mut raw, tail))
            },
        };
        match (self.outcome(library, code)?, NonNull::new(raw)) {
            // SAFETY: SQLite made this statement for us on this connection.
            (Outcome::Code(_), Some(raw)) => Ok(unsafe { Statement::new(raw, self.owner()) }),
            (Outcome::Code(_), None) => Err(Outcome::Refused("there is no statement in this SQL".to_owned())),
            (failed, _) => Err(failed),
        }
    }
}

fn rows(library: &Library, statement: &Statement, values: &[Literal]) -> Call<Outcome> {
    for (at, value) in (1..).zip(values) {
        let bound = statement.bind(library, at, value, Lifetime::Transient)?;
        if !bound.succeeded() {
            return Ok(bound);
        }
    }
    let mut rows = Rows::new();
    loop {
        match statement.step(library)? {
            Outcome::Row(row) => match rows.push(row) {
                Ok(()) => {}
                Err(refused) => return Ok(refused),
            },
            Outcome::Code(_) => return Ok(rows.all()),
            failed => return Ok(failed),
        }
    }
}

/// An error with the words that came beside the code, where some did.
fn said(outcome: Outcome, message: &Text) -> Outcome {
    match (outcome, message.read()) {
        (Outcome::Error { code, .. }, Some(words)) => {
            Outcome::Error { code, message: Some(String::from_utf8_lossy(&words).into_owned()) }
        }
        (outcome, _) => outcome,
    }
}
