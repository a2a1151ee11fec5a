//! How much memory SQLite holds between the calls of a trace.

use std::ffi::c_int;

use super::handles::Sort;
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

    /// Whether a process has a connection open.
    pub(crate) fn has_open(&self, process: u32) -> bool {
        !self.handles.borrow().left(process, Sort::Db).is_empty()
    }
}
