//! The watched file system, <https://sqlite.org/c3ref/vfs.html>: it does all its work by the library's own default one,
//! and lets `worker::io` count its calls, fail them, and keep what they write. Between two calls of one actor another may
//! be let run ([`super::actor`]). While a block runs, the files are in memory where that shows no difference ([`in_memory`]).

mod file;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod in_memory;
#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
#[path = "not_in_memory.rs"]
mod in_memory;
mod system;
mod wal_index;

use std::cell::Cell;
use std::ffi::CString;

use libsqlite3_sys as sys;

pub(crate) use self::in_memory::{Contents, InMemory, notice_room};
pub(crate) use self::wal_index::WalIndexHeaders;
use super::statement::c_string;
use super::{Call, Library, call};
use crate::outcome::Outcome;

/// The name by which contracts ask for it.
const NAME: &str = "watched";

thread_local! {
    /// Whether connections that name no file system get the watched one.
    static USUAL: Cell<bool> = const { Cell::new(false) };
    /// Whether this thread cannot have it: all its files are one thread's.
    static UNAVAILABLE: Cell<bool> = const { Cell::new(false) };
}

/// From now on this thread opens no connection with the watched file system.
pub(crate) fn make_unavailable() {
    UNAVAILABLE.set(true);
}

/// Opens connections that name no file system with the watched one, as long as it lives.
pub(crate) struct Watching(bool);

impl Watching {
    pub(crate) fn all() -> Self {
        Self(USUAL.replace(true))
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        USUAL.set(self.0);
    }
}

/// Whether steps of a block run.
fn is_watching() -> bool {
    USUAL.get()
}

/// The name of a file system for `sqlite3_open_v2`; `None` asks for the default one. The watched one is there when this
/// returns its name.
pub(super) fn named(library: &Library, name: Option<&str>) -> Call<Option<CString>> {
    let name = name.or_else(|| is_watching().then_some(NAME));
    if name == Some(NAME) {
        if UNAVAILABLE.get() {
            return Err(Outcome::Refused("the watched file system is for one thread".to_owned()));
        }
        register(library)?;
    }
    name.map(c_string).transpose()
}

fn register(library: &Library) -> Call<()> {
    // SAFETY: NULL asks for the default file system; there is none when the library does not start.
    let real = unsafe { call!(library, sqlite3_vfs_find(std::ptr::null())) };
    if real.is_null() {
        return Err(Outcome::Refused("the library has no file system".to_owned()));
    }
    // SAFETY: the library registered this file system, and is never unloaded.
    let ours = unsafe { system::over(real) };
    // SAFETY: it lives as long as the process. One that is registered already is put in its place again.
    match unsafe { call!(library, sqlite3_vfs_register(ours, 0)) } {
        sys::SQLITE_OK => Ok(()),
        code => Err(Outcome::from_code(code)),
    }
}

/// Takes the watched file system away, where there is one.
pub(crate) fn unregister(library: &Library) {
    let unregister = || -> Call<()> {
        let ours = system::take_registered();
        if !ours.is_null() {
            // SAFETY: it lives as long as the process, also where a connection that was given up has a file of it.
            unsafe { call!(library, sqlite3_vfs_unregister(ours)) };
        }
        Ok(())
    };
    // A library without this function could not register it.
    let _ = unregister();
}
