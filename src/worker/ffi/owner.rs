//! The connection behind a handle, and its message for a code.

use std::cell::Cell;
use std::ffi::c_int;
use std::ptr::{NonNull, null_mut};
use std::rc::{Rc, Weak};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use libsqlite3_sys as sys;

use super::value::text;
use super::{Call, Library, call};
use crate::outcome::Outcome;

static IN_USE: AtomicUsize = AtomicUsize::new(0);

/// Whether there are connections, handles that were made on one, or memory of SQLite's, that may still be used.
pub(super) fn anything_in_use() -> bool {
    IN_USE.load(Ordering::Acquire) > 0
}

static LEFT_BEHIND: AtomicBool = AtomicBool::new(false);

/// Enters that this process has something of SQLite's that it can no longer free.
pub(super) fn leave_behind() {
    LEFT_BEHIND.store(true, Ordering::Release);
}

/// Whether this process has something of SQLite's that it can no longer free.
pub(crate) fn anything_left_behind() -> bool {
    LEFT_BEHIND.load(Ordering::Acquire)
}

/// That something of SQLite's may be used: nothing that it builds on may be taken away meanwhile.
pub(super) struct InUse(());

impl InUse {
    pub(super) fn new() -> Self {
        IN_USE.fetch_add(1, Ordering::AcqRel);
        Self(())
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        IN_USE.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Whether a connection may be used. It lives as long as the connection's handle or a handle that was made on it.
pub(super) struct Open {
    is_open: Cell<bool>,
    _in_use: InUse,
}

impl Open {
    pub(super) fn new() -> Rc<Self> {
        Rc::new(Self { is_open: Cell::new(true), _in_use: InUse::new() })
    }

    pub(super) fn is_open(&self) -> bool {
        self.is_open.get()
    }

    /// Enters that the connection was closed, or given up.
    pub(super) fn close(&self) {
        self.is_open.set(false);
    }
}

/// The connection that another handle was made on. It may be asked only as long as it was not given up: after that
/// it is freed with the last of its handles.
#[derive(Clone)]
pub(super) struct Owner {
    db: NonNull<sys::sqlite3>,
    open: Rc<Open>,
}

impl Owner {
    /// # Safety
    /// The connection lives as long as `open` says that it is open.
    pub(super) unsafe fn new(db: NonNull<sys::sqlite3>, open: Rc<Open>) -> Self {
        Self { db, open }
    }

    /// Whether the connection was not given up.
    pub(super) fn is_open(&self) -> bool {
        self.open.is_open()
    }

    /// What the connection reads from for as long as it or one of its handles lives.
    pub(super) fn lease(&self) -> Weak<Open> {
        Rc::downgrade(&self.open)
    }

    /// A code with the connection's message for it, where it may be asked.
    pub(super) fn outcome(&self, library: &Library, code: c_int) -> Call<Outcome> {
        let db = if self.is_open() { self.db.as_ptr() } else { null_mut() };
        // SAFETY: the connection is open.
        unsafe { outcome(library, db, code) }
    }

    /// Whether memory ran out in the last call; not known of a connection that was given up.
    pub(super) fn ran_out_of_memory(&self, library: &Library) -> Call<bool> {
        if !self.is_open() {
            return Ok(false);
        }
        // SAFETY: the connection is open.
        let code = unsafe { call!(library, sqlite3_errcode(self.db.as_ptr())) };
        Ok(code == sys::SQLITE_NOMEM)
    }
}

/// A connection that no other thread uses as long as this lives: only so its message stays where it is,
/// <https://sqlite.org/c3ref/errcode.html>.
struct Held(NonNull<sys::sqlite3_mutex>);

impl Held {
    /// Nothing where the connection has no mutex, and is one thread's.
    ///
    /// # Safety
    /// `db` is an open connection, and is not closed as long as the value lives.
    unsafe fn of(library: &Library, db: *mut sys::sqlite3) -> Call<Option<Self>> {
        // SAFETY: the caller vouches for the connection.
        let mutex = unsafe { call!(library, sqlite3_db_mutex(db)) };
        let Some(mutex) = NonNull::new(mutex) else { return Ok(None) };
        // SAFETY: the mutex lives as long as its connection.
        unsafe { call!(library, sqlite3_mutex_enter(mutex.as_ptr())) };
        Ok(Some(Self(mutex)))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // SAFETY: this thread has entered it, and who made this vouches that its connection is open.
        unsafe { sys::sqlite3_mutex_leave(self.0.as_ptr()) };
    }
}

/// A code with the connection's message for it. The extended code is asked of the connection where the call's
/// own code is only the primary one.
///
/// # Safety
/// `db` is an open connection or NULL.
pub(super) unsafe fn outcome(library: &Library, db: *mut sys::sqlite3, code: c_int) -> Call<Outcome> {
    if matches!(code, sys::SQLITE_OK | sys::SQLITE_ROW | sys::SQLITE_DONE) {
        return Ok(Outcome::Code(code));
    }
    if db.is_null() {
        return Ok(Outcome::from_code(code));
    }
    // SAFETY: the caller vouches for the connection.
    let _held = unsafe { Held::of(library, db) }?;
    // SAFETY: the caller vouches for the connection.
    let extended = unsafe { call!(library, sqlite3_extended_errcode(db)) };
    // A call that is refused as misuse leaves the connection's last error as it was.
    if extended & 0xff != code & 0xff {
        return Ok(Outcome::from_code(code));
    }
    // SAFETY: the caller vouches for the connection.
    let message = unsafe { call!(library, sqlite3_errmsg(db)) };
    // SAFETY: the connection's message ends with a zero byte, and stays until the next call.
    let message = unsafe { text(message) };
    let message = message.map(|words| String::from_utf8_lossy(&words).into_owned());
    Ok(Outcome::Error { code: extended, message })
}
