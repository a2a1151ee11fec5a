//! Result codes, with what a connection says of an error.

use std::ffi::{c_char, c_int, c_void};

use crate::kinds::{Answer, Db};
use crate::real::real;
use crate::short::Short;
use crate::trace::Trace;

/// A result code. An error enters a trace with its extended code and its message.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Code(pub(crate) c_int);

pub(crate) const OK: Code = Code(0);
const MISUSE: c_int = 21;
const ROW: c_int = 100;
const DONE: c_int = 101;

/// What went wrong.
pub(crate) struct Failure {
    extended: c_int,
    message: Vec<u8>,
}

impl Answer for Code {
    type Seen = (Self, Option<Failure>);

    #[inline]
    fn look(self, connection: impl FnOnce() -> Option<Db>) -> Self::Seen {
        match self.0 {
            0 | ROW | DONE | MISUSE => (self, None),
            _ => (self, connection().map(Failure::of)),
        }
    }

    #[inline]
    fn write((code, failure): &Self::Seen, trace: &mut Trace) {
        let Some(failure) = failure else { return trace.items.integer(i64::from(code.0)) };
        trace.items.tuple(2);
        trace.items.integer(i64::from(code.0));
        failure.write(trace);
    }

    #[inline]
    fn short((code, failure): &Self::Seen, at: Short, _: &Trace) -> Option<Short> {
        failure.is_none().then(|| at.integer(code.0.into()))
    }
}

impl Failure {
    pub(crate) fn write(&self, trace: &mut Trace) {
        trace.items.tuple(2);
        trace.items.integer(i64::from(self.extended));
        trace.items.text(&self.message);
    }

    /// What the connection says of its last error, while no other thread can change that.
    #[cold]
    pub(crate) fn of(connection: Db) -> Self {
        let mutex = real!(sqlite3_db_mutex: fn(Db) -> *mut c_void);
        let enter = real!(sqlite3_mutex_enter: fn(*mut c_void) -> ());
        let leave = real!(sqlite3_mutex_leave: fn(*mut c_void) -> ());
        let extended = real!(sqlite3_extended_errcode: fn(Db) -> c_int);
        let message = real!(sqlite3_errmsg: fn(Db) -> *const c_char);
        // SAFETY: the program has this connection; a mutex that is not there may be entered.
        unsafe {
            let mutex = mutex(connection);
            enter(mutex);
            let failure =
                Self { extended: extended(connection), message: crate::real::said(message(connection)) };
            leave(mutex);
            failure
        }
    }
}
