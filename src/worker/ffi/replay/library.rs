//! What the library says of itself between the calls of a trace: how much memory it holds, and what it is.

use std::ffi::c_int;

use super::handles::Sort;
use super::kinds::Said;
use super::machine::Machine;
use super::real::real;

impl Machine {
    /// The bytes that SQLite holds; 0 where the library does not count them.
    pub(crate) fn held(&self) -> u64 {
        let used = real!(self.library, sqlite3_memory_used: fn() -> i64);
        // SAFETY: it only reads a counter.
        used.map_or(0, |used| unsafe { used() }).max(0) as u64
    }

    /// The most that it has held.
    pub(crate) fn most_held(&self) -> u64 {
        let most = real!(self.library, sqlite3_memory_highwater: fn(c_int) -> i64);
        // SAFETY: it only reads a counter.
        most.map_or(0, |most| unsafe { most(0) }).max(0) as u64
    }

    /// The version and the source id.
    pub(crate) fn names(&self) -> [String; 2] {
        let version = real!(self.library, sqlite3_libversion: fn() -> Said);
        let source = real!(self.library, sqlite3_sourceid: fn() -> Said);
        let text = |said: Said| String::from_utf8_lossy(said.bytes().unwrap_or_default()).into_owned();
        [version, source].map(|name| {
            // SAFETY: it returns a text that stays.
            name.map_or_else(String::new, |name| text(unsafe { name() }))
        })
    }

    /// Whether a process has a connection open.
    pub(crate) fn has_open(&self, process: u32) -> bool {
        !self.handles.borrow().left(process, Sort::Db).is_empty()
    }
}
