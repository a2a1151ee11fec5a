//! A database connection: how its life begins (<https://sqlite.org/c3ref/open.html>) and ends
//! (<https://sqlite.org/c3ref/close.html>).

mod file_control;
mod settings;
mod shared;
mod sql;
mod state;
mod unlock;

use std::ffi::c_int;
use std::ptr::{NonNull, null, null_mut};
use std::rc::{Rc, Weak};

use libsqlite3_sys as sys;

pub(super) use self::settings::frames_row;
pub(crate) use self::shared::SharedConnection;
pub(super) use self::state::{status, stmt_count};
use super::owner::{Open, Owner, outcome};
use super::statement::c_string;
use super::{Call, Library, call, files, process, vfs};
use crate::outcome::Outcome;

/// A connection that lives until [`Connection::close`] or [`Connection::close_v2`].
pub(crate) struct Connection {
    pub(super) raw: NonNull<sys::sqlite3>,
    /// Told to its handles, which must not ask a connection that was given up.
    open: Rc<Open>,
}

/// A connection that a callback works on while others may close it; it keeps nothing alive.
pub(crate) struct Alias {
    raw: NonNull<sys::sqlite3>,
    open: Weak<Open>,
}

impl Alias {
    /// # Safety
    /// The connection lives as long as `open` does and says that it is open.
    pub(super) unsafe fn new(raw: NonNull<sys::sqlite3>, open: &Rc<Open>) -> Self {
        Self { raw, open: Rc::downgrade(open) }
    }

    /// `sqlite3_exec`, or `None` where the connection was given up.
    pub(super) fn exec(&self, library: &Library, sql: &str) -> Option<Outcome> {
        self.open.upgrade().filter(|open| open.is_open())?;
        // SAFETY: the connection is open, and what SQL does closes none.
        let done = unsafe { Connection::lent(self.raw) }.exec(library, sql);
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
        // SAFETY: the connection lives until it is used up by being closed, which `open` tells.
        unsafe { Owner::new(self.raw, self.open.clone()) }
    }

    /// `sqlite3_open_v2`, and what SQLite made of the connection: of one that would not open the error can be asked,
    /// and it has to be closed. It begins with `sqlite3_initialize`, as SQLite itself does unless it was compiled with
    /// OMIT_AUTOINIT: then it crashes in a case that configures the library and does not initialise it.
    pub(crate) fn open(
        library: &Library,
        path: &str,
        flags: c_int,
        vfs: Option<&str>,
    ) -> Call<(Outcome, Option<Self>)> {
        let started = process::start(library)?;
        files::confine(library)?;
        let path = c_string(path)?;
        let vfs = vfs::named(library, vfs)?;
        let vfs = vfs.as_ref().map_or(null(), |name| name.as_ptr());
        let (mut raw, path) = (null_mut(), path.as_ptr());
        let code = match started {
            // SAFETY: the texts end with a zero byte, and there is a place for the connection.
            sys::SQLITE_OK => unsafe { call!(library, sqlite3_open_v2(path, &mut raw, flags, vfs)) },
            failed => failed,
        };
        // SAFETY: SQLite made this connection, open as far as its error can be asked for; or it is NULL.
        let outcome = unsafe { outcome(library, raw, code) }?;
        Ok((outcome, NonNull::new(raw).map(|raw| Self { raw, open: Open::new() })))
    }

    /// A connection that SQLite or rusqlite lends for the moment.
    ///
    /// # Safety
    /// It stays open for as long as what is returned, or made on it, is used.
    pub(super) unsafe fn lent(raw: NonNull<sys::sqlite3>) -> Self {
        Self { raw, open: Open::new() }
    }

    /// The connection for a callback that works on it.
    pub(crate) fn alias(&self) -> Alias {
        // SAFETY: the connection lives until it is used up by being closed, which `open` tells.
        unsafe { Alias::new(self.raw, &self.open) }
    }

    /// `sqlite3_close`: the connection comes back when it returns BUSY.
    pub(crate) fn close(self, library: &Library) -> Call<Result<(), (Self, Outcome)>> {
        // SAFETY: the connection is open, and used up here unless SQLite refuses to close it.
        match unsafe { call!(library, sqlite3_close(self.raw.as_ptr())) } {
            sys::SQLITE_OK => {
                self.open.close();
                Ok(Ok(()))
            }
            code => {
                let failed = self.outcome(library, code)?;
                Ok(Err((self, failed)))
            }
        }
    }

    /// `sqlite3_close_v2`: gone for us; a zombie in SQLite while statements live.
    pub(crate) fn close_v2(self, library: &Library) -> Call<Outcome> {
        // SAFETY: the signature is that of sqlite3.h, unchanged since 3.7.14.
        let function: unsafe extern "C" fn(*mut sys::sqlite3) -> c_int =
            unsafe { library.function("sqlite3_close_v2")? };
        self.open.close();
        // SAFETY: the connection is open, and used up here.
        Ok(Outcome::from_code(unsafe { function(self.raw.as_ptr()) }))
    }

    pub(super) fn outcome(&self, library: &Library, code: c_int) -> Call<Outcome> {
        // SAFETY: the connection is open.
        unsafe { outcome(library, self.raw.as_ptr(), code) }
    }
}
