//! What the library writes to its error log, <https://sqlite.org/errlog.html>.

use std::ffi::{c_char, c_int, c_void};
use std::ptr::null_mut;
use std::sync::{Mutex, PoisonError};

use libsqlite3_sys as sys;

use super::process::config_function;
use super::value::text;
use super::{Call, Library};
use crate::outcome::Outcome;

/// More than this is no contract's: what comes later is left out.
const MOST_ENTRIES: usize = 10_000;

/// An entry: its code and its message.
type Entry = (c_int, Vec<u8>);

/// The entries, once they are kept. SQLite may write from any thread.
static ENTRIES: Mutex<Option<Vec<Entry>>> = Mutex::new(None);

/// `sqlite3_config` with SQLITE_CONFIG_LOG.
pub(super) fn keep(library: &Library) -> Call<Outcome> {
    let function = config_function(library)?;
    let write: unsafe extern "C" fn(*mut c_void, c_int, *const c_char) = write;
    let none: *mut c_void = null_mut();
    // SAFETY: this option takes a function of this signature, which is there for ever, and its user data.
    let code = unsafe { function(sys::SQLITE_CONFIG_LOG, write, none) };
    if code == sys::SQLITE_OK {
        ENTRIES.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default();
    }
    Ok(Outcome::from_code(code))
}

/// The entries since this was last asked; `None` where they are not kept.
pub(crate) fn take_log() -> Option<Vec<Entry>> {
    ENTRIES.lock().unwrap_or_else(PoisonError::into_inner).as_mut().map(std::mem::take)
}

/// What SQLite calls, which must not call SQLite.
unsafe extern "C" fn write(_: *mut c_void, code: c_int, message: *const c_char) {
    // SAFETY: the message ends with a zero byte, and stays until this returns.
    let message = unsafe { text(message) }.unwrap_or_default();
    let mut entries = ENTRIES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(entries) = entries.as_mut().filter(|entries| entries.len() < MOST_ENTRIES) {
        entries.push((code, message));
    }
}
