//! The connection behind a handle, and its words for a code.

use std::cell::Cell;
use std::ffi::c_int;
use std::ptr::null_mut;
use std::rc::{Rc, Weak};

use libsqlite3_sys as sys;

use super::value::text;
use super::{Call, Library, call};
use crate::outcome::Outcome;

/// The connection that another handle was made on. It may be asked only as long as nobody gave it up: after that
/// it is freed with the last of its handles.
#[derive(Clone)]
pub(super) struct Owner {
    pub(super) db: *mut sys::sqlite3,
    pub(super) open: Rc<Cell<bool>>,
}

impl Owner {
    /// Whether nobody has given the connection up.
    pub(super) fn is_open(&self) -> bool {
        self.open.get()
    }

    /// What the connection reads from for as long as it or one of its handles lives.
    pub(super) fn lease(&self) -> Weak<Cell<bool>> {
        Rc::downgrade(&self.open)
    }

    /// A code with the connection's words for it, where it may be asked.
    pub(super) fn outcome(&self, library: &Library, code: c_int) -> Call<Outcome> {
        let db = if self.is_open() { self.db } else { null_mut() };
        outcome(library, db, code)
    }
}

/// A code with the connection's words for it. The extended code is asked of the connection where the call's
/// own code is only the primary one.
pub(super) fn outcome(library: &Library, db: *mut sys::sqlite3, code: c_int) -> Call<Outcome> {
    if matches!(code, sys::SQLITE_OK | sys::SQLITE_ROW | sys::SQLITE_DONE) {
        return Ok(Outcome::Code(code));
    }
    if db.is_null() {
        return Ok(Outcome::from_code(code));
    }
    let extended = call!(library, sqlite3_extended_errcode(db));
    // A call that is refused as misuse leaves the connection's last error as it was.
    if extended & 0xff != code & 0xff {
        return Ok(Outcome::from_code(code));
    }
    let message = text(call!(library, sqlite3_errmsg(db)));
    let message = message.map(|words| String::from_utf8_lossy(&words).into_owned());
    Ok(Outcome::Error { code: extended, message })
}
