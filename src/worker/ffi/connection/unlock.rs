//! Waiting for another connection of a shared cache, <https://sqlite.org/unlock_notify.html>.

use std::ffi::{c_int, c_void};
use std::sync::{Condvar, Mutex, PoisonError};

use libsqlite3_sys as sys;

use super::super::{Call, Library, call};
use super::Connection;
use crate::outcome::Outcome;

/// Whether the connection that was in the way has ended its transaction.
#[derive(Default)]
struct Signal {
    came: Mutex<bool>,
    changed: Condvar,
}

impl Signal {
    fn wait(&self) {
        let came = self.came.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.changed.wait_while(came, |came| !*came).unwrap_or_else(PoisonError::into_inner));
    }

    fn give(&self) {
        *self.came.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }
}

impl Connection {
    /// `sqlite3_exec`, again after each wait for a lock of the shared cache. Two that wait for each other get LOCKED.
    pub(crate) fn exec_blocking(&self, library: &Library, sql: &str) -> Call<Outcome> {
        library.need("sqlite3_unlock_notify")?;
        loop {
            let (outcome, message) = self.exec(library, sql)?;
            message.free(library)?;
            if outcome.error_code() != Some(sys::SQLITE_LOCKED_SHAREDCACHE) {
                return Ok(outcome);
            }
            match self.wait_for_unlock(library)? {
                sys::SQLITE_OK => {}
                code => return self.outcome(library, code),
            }
        }
    }

    fn wait_for_unlock(&self, library: &Library) -> Call<c_int> {
        let signal = Signal::default();
        let data = (&raw const signal).cast_mut().cast();
        // SAFETY: the connection is open. SQLite calls back once if it returns OK, and until then the signal is here.
        let code = unsafe { call!(library, sqlite3_unlock_notify(self.raw.as_ptr(), Some(unlocked), data)) };
        if code == sys::SQLITE_OK {
            signal.wait();
        }
        Ok(code)
    }
}

/// Called in the thread whose transaction is over, for all that waited.
unsafe extern "C" fn unlocked(waiting: *mut *mut c_void, count: c_int) {
    let count = usize::try_from(count).unwrap_or(0);
    // SAFETY: SQLite hands over so many of the pointers that it was given, one at least.
    for signal in unsafe { std::slice::from_raw_parts(waiting, count) } {
        // SAFETY: the one who waits keeps the signal until it is given.
        unsafe { &*signal.cast::<Signal>() }.give();
    }
}
