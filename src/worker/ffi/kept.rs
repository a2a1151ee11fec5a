//! What SQLite hands out and the caller has to free.

use std::ffi::c_char;
use std::ptr::NonNull;
use std::rc::Weak;

use libsqlite3_sys as sys;

use super::owner::{InUse, Open};
use super::value::{LentValue, text};
use super::{Call, Library, call};
use crate::outcome::Outcome;
use crate::outcome::value::Value;

/// Something of SQLite's that is ours to free, by the function that belongs to it. Dropping it frees nothing:
/// that is the mistake which contracts are about.
pub(crate) enum Kept {
    /// A copy of a value, <https://sqlite.org/c3ref/value_dup.html>.
    Value(ValueCopy),
    /// Of `exec`, `expanded_sql`, `mprintf`.
    Text(Text),
    /// A serialized database, <https://sqlite.org/c3ref/serialize.html>.
    Serialized(Serialized),
    /// The result of <https://sqlite.org/c3ref/free_table.html>.
    Table(Table),
}

/// A copy of a value.
pub(crate) struct ValueCopy {
    raw: NonNull<sys::sqlite3_value>,
    _in_use: InUse,
}

/// A text that ends with a zero byte, or NULL.
pub(crate) struct Text {
    start: *mut c_char,
    _in_use: InUse,
}

/// The bytes of a serialized database.
pub(crate) struct Serialized {
    start: NonNull<u8>,
    length: usize,
    /// The connections that read from these bytes, as long as they or their handles live.
    lent_to: Vec<Weak<Open>>,
    _in_use: InUse,
}

/// `rows` times `columns` texts after one row of column names.
pub(crate) struct Table {
    cells: *mut *mut c_char,
    rows: usize,
    columns: usize,
    _in_use: InUse,
}

impl Kept {
    /// Copies a value; NULL from SQLite means that memory ran out.
    pub(super) fn copy(library: &Library, value: LentValue<'_>) -> Call<Self> {
        // SAFETY: the value is lent for as long as it is in this scope.
        let raw = NonNull::new(unsafe { call!(library, sqlite3_value_dup(value.raw.as_ptr())) });
        let raw = raw.ok_or_else(|| Outcome::from_code(sys::SQLITE_NOMEM))?;
        Ok(Self::Value(ValueCopy { raw, _in_use: InUse::new() }))
    }

    /// Its value, or the rows of a table.
    pub(crate) fn read(&self, library: &Library) -> Call<Outcome> {
        Ok(match self {
            // SAFETY: the copy is not freed before `free` takes it.
            Self::Value(copy) => Outcome::Value(unsafe { LentValue::new(copy.raw) }.read(library)?),
            Self::Text(text) => Outcome::Value(text.read().map_or(Value::Null, Value::Text)),
            Self::Serialized(image) => Outcome::Value(Value::Blob(image.bytes().to_vec())),
            Self::Table(table) => Outcome::Rows(table.read()),
        })
    }

    /// Whether a connection still reads from it, so that freeing it would pull the ground away.
    pub(crate) fn is_lent(&self) -> bool {
        matches!(self, Self::Serialized(image) if image.is_lent())
    }

    /// `sqlite3_value_free`, `sqlite3_free` or `sqlite3_free_table`. Refuses it while it is lent.
    pub(crate) fn free(self, library: &Library) -> Call<()> {
        if self.is_lent() {
            return Err(Outcome::Refused("a connection reads from it".to_owned()));
        }
        match self {
            // SAFETY: SQLite made this copy for us, and it is used up here.
            Self::Value(copy) => unsafe { call!(library, sqlite3_value_free(copy.raw.as_ptr())) },
            Self::Text(text) => text.free(library)?,
            // SAFETY: SQLite allocated these bytes for us, no connection reads from them, and they are used up here.
            Self::Serialized(image) => unsafe { call!(library, sqlite3_free(image.start.as_ptr().cast())) },
            // SAFETY: SQLite made this table for us, and it is used up here.
            Self::Table(table) => unsafe { call!(library, sqlite3_free_table(table.cells)) },
        }
        Ok(())
    }
}

impl Text {
    /// # Safety
    /// SQLite allocated `start` for the caller and ended it with a zero byte; or it is NULL.
    pub(super) unsafe fn new(start: *mut c_char) -> Self {
        Self { start, _in_use: InUse::new() }
    }

    pub(super) fn read(&self) -> Option<Vec<u8>> {
        // SAFETY: it ends with a zero byte, and is not freed before `free` takes it.
        unsafe { text(self.start) }
    }

    pub(super) fn free(self, library: &Library) -> Call<()> {
        // SAFETY: SQLite allocated it for us, and it is used up here; NULL is nothing to free.
        unsafe { call!(library, sqlite3_free(self.start.cast())) };
        Ok(())
    }

    /// The text for SQLite to free.
    pub(super) fn into_raw(self) -> *mut c_char {
        self.start
    }
}

impl Serialized {
    /// # Safety
    /// SQLite allocated `length` bytes at `start` for the caller.
    pub(super) unsafe fn new(start: NonNull<u8>, length: usize) -> Self {
        Self { start, length, lent_to: Vec::new(), _in_use: InUse::new() }
    }

    /// Its bytes, for SQLite to read and write.
    pub(super) fn start(&self) -> *mut u8 {
        self.start.as_ptr()
    }

    pub(super) fn is_lent(&self) -> bool {
        self.lent_to.iter().any(|connection| connection.strong_count() > 0)
    }

    /// Enters that a connection reads from it.
    pub(super) fn lend(&mut self, to: Weak<Open>) {
        self.lent_to.push(to);
    }

    /// How many bytes it has.
    pub(crate) fn size(&self) -> usize {
        self.length
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: SQLite said that `length` bytes are at `start`; they are freed only with this image, and nothing
        // calls SQLite, which may write to them, while somebody has the slice.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.length) }
    }
}

impl Table {
    /// # Safety
    /// SQLite made `cells` for the caller: `columns` texts or NULLs, `rows` times and once more.
    pub(super) unsafe fn new(cells: *mut *mut c_char, rows: usize, columns: usize) -> Self {
        Self { cells, rows, columns, _in_use: InUse::new() }
    }

    /// The column names, then the rows; nothing for a table without columns.
    fn read(&self) -> Vec<Vec<Value>> {
        if self.columns == 0 {
            return Vec::new();
        }
        // SAFETY: SQLite said that so many cells are there, the column names first.
        let cells = unsafe { std::slice::from_raw_parts(self.cells, (self.rows + 1) * self.columns) };
        // SAFETY: a cell is NULL or ends with a zero byte.
        let value = |cell: &*mut c_char| unsafe { text(*cell) }.map_or(Value::Null, Value::Text);
        cells.chunks(self.columns).map(|row| row.iter().map(value).collect()).collect()
    }
}
