//! A database connection.

use std::cell::Cell;
use std::ffi::{c_char, c_int};
use std::ptr::null_mut;
use std::rc::{Rc, Weak};

use libsqlite3_sys as sys;

use super::kept::{Kept, Table};
use super::owner::{Owner, outcome};
use super::statement::{RawStatement, Statement, c_string};
use super::value::text;
use super::{Call, Library, call};
use crate::contract::literal::Literal;
use crate::contract::verb::{Lifetime, PrepareVersion};
use crate::names::{DbCounter, DbSwitch, LimitName};
use crate::outcome::Outcome;
use crate::value::Value;

type PrepareFunction = unsafe extern "C" fn(
    *mut sys::sqlite3,
    *const c_char,
    c_int,
    *mut *mut sys::sqlite3_stmt,
    *mut *const c_char,
) -> c_int;

/// A connection that lives until [`Connection::close`] or [`Connection::close_v2`].
pub struct Connection {
    pub(super) raw: *mut sys::sqlite3,
    /// Told to its handles, which must not ask a connection that was given up.
    open: Rc<Cell<bool>>,
}

/// A connection that a callback works on while others may close it; it keeps nothing alive.
pub struct Alias {
    pub(super) raw: *mut sys::sqlite3,
    pub(super) open: Weak<Cell<bool>>,
}

impl Alias {
    /// `sqlite3_exec`, or `None` where the connection was given up.
    pub(super) fn exec(&self, library: &Library, sql: &str) -> Option<Outcome> {
        self.open.upgrade().filter(|open| open.get())?;
        let done = Connection::lent(self.raw).exec(library, sql);
        Some(done.map_or_else(
            |instead| instead,
            |(outcome, message)| {
                let _ = message.free(library);
                outcome
            },
        ))
    }
}

impl Connection {
    /// The connection as its handles know it.
    pub(super) fn owner(&self) -> Owner {
        Owner { db: self.raw, open: self.open.clone() }
    }

    /// `sqlite3_open_v2`. A failed open frees what SQLite made of the connection.
    pub fn open(library: &Library, path: &str, flags: c_int) -> Call<Self> {
        let path = c_string(path)?;
        let mut raw = null_mut();
        let code = call!(library, sqlite3_open_v2(path.as_ptr(), &mut raw, flags, std::ptr::null()));
        if code == sys::SQLITE_OK {
            return Ok(Self { raw, open: Rc::new(Cell::new(true)) });
        }
        let failed = outcome(library, raw, code)?;
        call!(library, sqlite3_close(raw));
        Err(failed)
    }

    /// A connection that SQLite or rusqlite lends for the moment.
    pub(super) fn lent(raw: *mut sys::sqlite3) -> Self {
        Self { raw, open: Rc::new(Cell::new(true)) }
    }

    /// The connection for a callback that works on it.
    pub fn alias(&self) -> Alias {
        Alias { raw: self.raw, open: Rc::downgrade(&self.open) }
    }

    /// `sqlite3_close`: the connection comes back when it answers BUSY.
    pub fn close(self, library: &Library) -> Call<Result<(), (Self, Outcome)>> {
        match call!(library, sqlite3_close(self.raw)) {
            sys::SQLITE_OK => {
                self.open.set(false);
                Ok(Ok(()))
            }
            code => {
                let failed = outcome(library, self.raw, code)?;
                Ok(Err((self, failed)))
            }
        }
    }

    /// `sqlite3_close_v2`: gone for us; a zombie in SQLite while statements live.
    pub fn close_v2(self, library: &Library) -> Call<Outcome> {
        // SAFETY: the signature is that of sqlite3.h, unchanged since 3.7.14.
        let function: unsafe extern "C" fn(*mut sys::sqlite3) -> c_int =
            unsafe { library.function("sqlite3_close_v2")? };
        self.open.set(false);
        // SAFETY: the connection is live, and consumed here.
        Ok(Outcome::from_code(unsafe { function(self.raw) }))
    }

    /// `sqlite3_exec` without a callback, with its message, which is ours to free.
    pub fn exec(&self, library: &Library, sql: &str) -> Call<(Outcome, Kept)> {
        let sql = c_string(sql)?;
        let mut message: *mut c_char = null_mut();
        let code = call!(library, sqlite3_exec(self.raw, sql.as_ptr(), None, null_mut(), &mut message));
        Ok((said(self.outcome(library, code)?, message), Kept::Text(message)))
    }

    /// `sqlite3_get_table`, whose result is ours to free; its message is freed here.
    pub fn get_table(&self, library: &Library, sql: &str) -> Call<Kept> {
        let sql = c_string(sql)?;
        let (mut cells, mut rows, mut columns) = (null_mut(), 0, 0);
        let mut message: *mut c_char = null_mut();
        let code = call!(
            library,
            sqlite3_get_table(self.raw, sql.as_ptr(), &mut cells, &mut rows, &mut columns, &mut message)
        );
        let outcome = said(self.outcome(library, code)?, message);
        call!(library, sqlite3_free(message.cast()));
        let size = |n: c_int| usize::try_from(n).unwrap_or(0);
        match outcome {
            Outcome::Code(_) => Ok(Kept::Table(Table { cells, rows: size(rows), columns: size(columns) })),
            failed => Err(failed),
        }
    }

    /// All rows of one statement.
    pub fn query(&self, library: &Library, sql: &str, values: &[Literal]) -> Call<Outcome> {
        let statement = self.prepare(library, sql, PrepareVersion::V2, 0)?;
        let rows = rows(library, &statement, values);
        statement.finalize(library)?;
        rows
    }

    /// `sqlite3_prepare`, `_v2` or `_v3`.
    pub fn prepare(
        &self,
        library: &Library,
        sql: &str,
        version: PrepareVersion,
        flags: u32,
    ) -> Call<Statement> {
        let sql = c_string(sql)?;
        let (db, start, mut raw) = (self.raw, sql.as_ptr(), null_mut());
        let tail = null_mut();
        let code = match version {
            PrepareVersion::V1 => {
                // SAFETY: the signature is that of sqlite3.h, the same as v2's.
                let function: PrepareFunction = unsafe { library.function("sqlite3_prepare")? };
                // SAFETY: the connection is live and the text ends with a zero byte.
                unsafe { function(db, start, -1, &mut raw, tail) }
            }
            PrepareVersion::V2 => call!(library, sqlite3_prepare_v2(db, start, -1, &mut raw, tail)),
            PrepareVersion::V3 => call!(library, sqlite3_prepare_v3(db, start, -1, flags, &mut raw, tail)),
        };
        match self.outcome(library, code)? {
            Outcome::Code(_) if raw.is_null() => {
                Err(Outcome::Refused("there is no statement in this SQL".to_owned()))
            }
            Outcome::Code(_) => Ok(Statement { raw, owner: self.owner() }),
            failed => Err(failed),
        }
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

    /// `sqlite3_db_status`: the present value or the highest one.
    pub fn status(&self, library: &Library, counter: DbCounter, peak: bool, reset: bool) -> Call<i64> {
        status(library, self.raw, counter, peak, reset)
    }

    /// `sqlite3_db_release_memory`
    pub fn release_memory(&self, library: &Library) -> Call<Outcome> {
        Ok(Outcome::from_code(call!(library, sqlite3_db_release_memory(self.raw))))
    }

    /// `sqlite3_limit`: the limit before the call.
    pub fn limit(&self, library: &Library, limit: LimitName, value: c_int) -> Call<Value> {
        Ok(Value::Integer(call!(library, sqlite3_limit(self.raw, limit.number(), value)).into()))
    }

    /// `sqlite3_db_config` for the switches: the state after the call.
    pub fn switch(&self, library: &Library, switch: DbSwitch, value: c_int) -> Call<Value> {
        let mut state: c_int = -1;
        let code = call!(library, sqlite3_db_config(self.raw, switch.number(), value, &mut state));
        match code {
            sys::SQLITE_OK => Ok(Value::Integer(state.into())),
            code => Err(Outcome::from_code(code)),
        }
    }

    /// `sqlite3_busy_timeout`
    pub fn busy_timeout(&self, library: &Library, ms: c_int) -> Call<Outcome> {
        let code = call!(library, sqlite3_busy_timeout(self.raw, ms));
        self.outcome(library, code)
    }

    /// `sqlite3_interrupt`
    pub fn interrupt(&self, library: &Library) -> Call<()> {
        call!(library, sqlite3_interrupt(self.raw));
        Ok(())
    }

    pub(super) fn outcome(&self, library: &Library, code: c_int) -> Call<Outcome> {
        outcome(library, self.raw, code)
    }
}

/// More rows than this are no contract's: they would only fill the memory until the deadline.
pub(super) const MOST_ROWS: usize = 100_000;

fn rows(library: &Library, statement: &Statement, values: &[Literal]) -> Call<Outcome> {
    for (at, value) in (1..).zip(values) {
        let bound = statement.bind(library, at, value, Lifetime::Transient)?;
        if !bound.succeeded() {
            return Ok(bound);
        }
    }
    let mut rows = Vec::new();
    loop {
        match statement.step(library)? {
            Outcome::Row(_) if rows.len() == MOST_ROWS => {
                return Ok(Outcome::Refused(format!("more than {MOST_ROWS} rows")));
            }
            Outcome::Row(row) => rows.push(row),
            Outcome::Code(_) => return Ok(Outcome::Rows(rows)),
            failed => return Ok(failed),
        }
    }
}

pub(super) fn status(
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

pub(super) fn stmt_count(library: &Library, db: *mut sys::sqlite3) -> Call<Value> {
    let (mut count, mut statement) = (0, null_mut());
    loop {
        statement = call!(library, sqlite3_next_stmt(db, statement));
        if statement.is_null() {
            return Ok(Value::Integer(count));
        }
        count += 1;
    }
}

/// An error with the words that came beside the code, where some did.
fn said(outcome: Outcome, message: *const c_char) -> Outcome {
    match (outcome, text(message)) {
        (Outcome::Error { code, .. }, Some(words)) => {
            Outcome::Error { code, message: Some(String::from_utf8_lossy(&words).into_owned()) }
        }
        (outcome, _) => outcome,
    }
}
