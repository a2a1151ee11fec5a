//! The tables and cursors that SQLite has of ours.
//!
//! Each has an address of its own, because SQLite writes to it. It is freed when SQLite says so and at the latest with
//! the case; what SQLite says of an address that is none of ours finds nothing and harms nothing.

use std::collections::BTreeMap;
use std::ptr::NonNull;
use std::rc::Rc;

use libsqlite3_sys as sys;

use super::super::with_table;
use super::VirtualTable;
use crate::outcome::value::Value;

/// An object at an address of its own.
struct Lent<T>(NonNull<T>);

impl<T: Default> Lent<T> {
    fn new() -> Self {
        Self(NonNull::from(Box::leak(Box::new(T::default()))))
    }
}

impl<T> Drop for Lent<T> {
    fn drop(&mut self) {
        // SAFETY: it was leaked by `new`, and only once; SQLite has given it back, or its connection is gone.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}

/// Where a statement stands in a table.
pub(super) struct Cursor {
    pub(crate) table: Rc<VirtualTable>,
    /// The row where it stands, from 1.
    pub(crate) row: i64,
    /// What a table that holds rows has found, with rowids.
    pub(super) found: Vec<(i64, Vec<Value>)>,
    /// The values of its arguments, by their columns.
    pub(super) arguments: BTreeMap<i32, Value>,
}

impl Cursor {
    /// How many rows there are to read.
    pub(super) fn count(&self) -> i64 {
        match self.table.holding() {
            Some(_) => i64::try_from(self.found.len()).unwrap_or(i64::MAX),
            None => self.table.rows(),
        }
    }

    /// The row where it stands, of a table that holds rows.
    pub(super) fn current(&self) -> Option<&(i64, Vec<Value>)> {
        usize::try_from(self.row - 1).ok().and_then(|at| self.found.get(at))
    }

    /// The value of a column there: a row's own, else an argument.
    pub(super) fn value(&self, column: i32) -> Value {
        let at = usize::try_from(column).unwrap_or(usize::MAX);
        let own = self.current().and_then(|(_, row)| row.get(at));
        own.or_else(|| self.arguments.get(&column)).cloned().unwrap_or(Value::Null)
    }
}

/// What SQLite has of ours, by its address.
#[derive(Default)]
pub(crate) struct Objects {
    tables: BTreeMap<usize, (Rc<VirtualTable>, Lent<sys::sqlite3_vtab>)>,
    cursors: BTreeMap<usize, (Cursor, Lent<sys::sqlite3_vtab_cursor>)>,
}

impl Objects {
    pub(super) fn lend_table(&mut self, table: VirtualTable) -> *mut sys::sqlite3_vtab {
        let lent = Lent::<sys::sqlite3_vtab>::new();
        let raw = lent.0.as_ptr();
        self.tables.insert(raw as usize, (Rc::new(table), lent));
        raw
    }

    pub(super) fn lend_cursor(&mut self, table: Rc<VirtualTable>) -> *mut sys::sqlite3_vtab_cursor {
        let lent = Lent::<sys::sqlite3_vtab_cursor>::new();
        let raw = lent.0.as_ptr();
        let cursor = Cursor { table, row: 1, found: Vec::new(), arguments: BTreeMap::new() };
        self.cursors.insert(raw as usize, (cursor, lent));
        raw
    }
}

/// The table that SQLite means by this address.
pub(super) fn table_at(raw: *mut sys::sqlite3_vtab) -> Option<Rc<VirtualTable>> {
    with_table(|ours| ours.objects.tables.get(&(raw as usize)).map(|(table, _)| table.clone()))
}

/// Uses the cursor that SQLite means by this address.
pub(super) fn with_cursor<T>(
    raw: *mut sys::sqlite3_vtab_cursor,
    use_it: impl FnOnce(&mut Cursor) -> T,
) -> Option<T> {
    with_table(|ours| ours.objects.cursors.get_mut(&(raw as usize)).map(|(cursor, _)| use_it(cursor)))
}

/// Frees a table; `false` when there is none at this address.
pub(super) fn free_table(raw: *mut sys::sqlite3_vtab) -> bool {
    with_table(|ours| ours.objects.tables.remove(&(raw as usize))).is_some()
}

/// Frees a cursor; `false` when there is none at this address.
pub(super) fn free_cursor(raw: *mut sys::sqlite3_vtab_cursor) -> bool {
    with_table(|ours| ours.objects.cursors.remove(&(raw as usize))).is_some()
}
