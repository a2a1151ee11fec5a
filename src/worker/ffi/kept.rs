//! What SQLite hands out and the caller has to free.

use std::cell::Cell;
use std::ffi::c_char;
use std::rc::Weak;

use libsqlite3_sys as sys;

use super::value::{read, text};
use super::{Call, Library, call};
use crate::outcome::Outcome;
use crate::outcome::value::Value;

/// Something of SQLite's that is ours to free, by the function that belongs to it. Dropping it frees nothing:
/// that is the mistake which contracts are about.
pub enum Kept {
    /// A copy of a value, <https://sqlite.org/c3ref/value_dup.html>.
    Value(*mut sys::sqlite3_value),
    /// A text that ends with a zero byte, or NULL: of `exec`, `expanded_sql`, `mprintf`.
    Text(*mut c_char),
    /// A serialized database, <https://sqlite.org/c3ref/serialize.html>.
    Image(Image),
    /// The result of <https://sqlite.org/c3ref/free_table.html>.
    Table(Table),
}

/// The bytes of a serialized database.
pub struct Image {
    pub(super) start: *mut u8,
    pub(super) length: usize,
    /// The connection that reads from these bytes, as long as it or one of its statements lives.
    pub(super) lent_to: Weak<Cell<bool>>,
}

/// `rows` times `columns` texts after one row of column names.
pub struct Table {
    pub(super) cells: *mut *mut c_char,
    pub(super) rows: usize,
    pub(super) columns: usize,
}

impl Kept {
    /// Copies a value; NULL from SQLite means that memory ran out.
    pub(super) fn copy(library: &Library, value: *const sys::sqlite3_value) -> Call<Self> {
        let raw = call!(library, sqlite3_value_dup(value));
        if raw.is_null() { Err(Outcome::from_code(sys::SQLITE_NOMEM)) } else { Ok(Self::Value(raw)) }
    }

    /// Its value, or the rows of a table.
    pub fn read(&self, library: &Library) -> Call<Outcome> {
        Ok(match self {
            Self::Value(raw) => Outcome::Value(read(library, *raw)?),
            Self::Text(start) => Outcome::Value(text(*start).map_or(Value::Null, Value::Text)),
            Self::Image(image) => Outcome::Value(Value::Blob(image.bytes().to_vec())),
            Self::Table(table) => Outcome::Rows(table.read()),
        })
    }

    /// Whether a connection still reads from it, so that freeing it would pull the ground away.
    pub fn is_lent(&self) -> bool {
        matches!(self, Self::Image(image) if image.lent_to.strong_count() > 0)
    }

    /// `sqlite3_value_free`, `sqlite3_free` or `sqlite3_free_table`
    pub fn free(self, library: &Library) -> Call<()> {
        match self {
            Self::Value(raw) => call!(library, sqlite3_value_free(raw)),
            Self::Text(start) => call!(library, sqlite3_free(start.cast())),
            Self::Image(image) => call!(library, sqlite3_free(image.start.cast())),
            Self::Table(table) => call!(library, sqlite3_free_table(table.cells)),
        }
        Ok(())
    }
}

impl Image {
    /// How many bytes it has.
    pub fn size(&self) -> usize {
        self.length
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: SQLite said that `length` bytes stand at `start`; they are freed only with this image, and
        // nothing writes to them while a step reads them.
        unsafe { std::slice::from_raw_parts(self.start, self.length) }
    }
}

impl Table {
    /// The column names, then the rows; nothing for a table without columns.
    fn read(&self) -> Vec<Vec<Value>> {
        if self.columns == 0 {
            return Vec::new();
        }
        // SAFETY: SQLite said that so many cells stand there, the column names first.
        let cells = unsafe { std::slice::from_raw_parts(self.cells, (self.rows + 1) * self.columns) };
        let value = |cell: &*mut c_char| text(*cell).map_or(Value::Null, Value::Text);
        cells.chunks(self.columns).map(|row| row.iter().map(value).collect()).collect()
    }
}
