//! A database connection: how its life begins (<https://sqlite.org/c3ref/open.html>) and ends
//! (<https://sqlite.org/c3ref/close.html>).

mod settings;
mod sql;
mod state;

use std::cell::Cell;
use std::ffi::c_int;
use std::ptr::null_mut;
use std::rc::{Rc, Weak};

use libsqlite3_sys as sys;

pub(super) use self::settings::frames_row;
pub(super) use self::sql::MOST_ROWS;
pub(super) use self::state::{status, stmt_count};
use super::owner::{Owner, outcome};
use super::statement::c_string;
use super::{Call, Library, call};
use crate::outcome::Outcome;

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

    /// `sqlite3_close`: the connection comes back when it returns BUSY.
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

    pub(super) fn outcome(&self, library: &Library, code: c_int) -> Call<Outcome> {
        outcome(library, self.raw, code)
    }
}
