//! Incremental I/O on one value, <https://sqlite.org/c3ref/blob_open.html>.

use std::ffi::c_int;
use std::ptr::{NonNull, null_mut};

use libsqlite3_sys as sys;

use super::calls::{codes, numbers};
use super::connection::Connection;
use super::owner::Owner;
use super::statement::c_string;
use super::{Call, Library, call};
use crate::contract::verb::BlobOpen;
use crate::outcome::Outcome;
use crate::outcome::value::Value;

/// A blob handle that lives until [`Blob::close`]. It holds a statement of its connection.
pub(crate) struct Blob {
    raw: NonNull<sys::sqlite3_blob>,
    owner: Owner,
}

impl Blob {
    numbers! {
        /// `sqlite3_blob_bytes`
        pub(crate) fn size() -> Value = integer(sqlite3_blob_bytes);
        fn bytes() -> c_int = plain(sqlite3_blob_bytes);
    }

    codes! {
        /// `sqlite3_blob_reopen`: the same column of another row.
        pub(crate) fn reopen(row: i64) = sqlite3_blob_reopen;
    }

    /// `sqlite3_blob_open`
    pub(crate) fn open(library: &Library, connection: &Connection, what: &BlobOpen) -> Call<Self> {
        let (database, table) = (c_string(&what.database)?, c_string(&what.table)?);
        let column = c_string(&what.column)?;
        let mut raw = null_mut();
        // SAFETY: the connection is open, the names end with a zero byte, and there is a place for the blob.
        let code = unsafe {
            call!(
                library,
                sqlite3_blob_open(
                    connection.raw.as_ptr(),
                    database.as_ptr(),
                    table.as_ptr(),
                    column.as_ptr(),
                    what.row,
                    what.write.into(),
                    &mut raw
                )
            )
        };
        let outcome = connection.outcome(library, code)?;
        match NonNull::new(raw) {
            Some(raw) if outcome.succeeded() => Ok(Self { raw, owner: connection.owner() }),
            _ => Err(outcome),
        }
    }

    /// `sqlite3_blob_read`: bytes, all of them or none.
    pub(crate) fn read(&self, library: &Library, offset: c_int, length: c_int) -> Call<Outcome> {
        // More than the whole blob is refused before a byte is written, so no larger buffer is needed.
        let size = self.bytes(library)?.min(length);
        let mut bytes = vec![0; usize::try_from(size).unwrap_or(0)];
        let start = bytes.as_mut_ptr().cast();
        // SAFETY: the blob is not closed; what SQLite reads of it fits in the bytes.
        let code = unsafe { call!(library, sqlite3_blob_read(self.raw.as_ptr(), start, length, offset)) };
        match self.outcome(library, code)? {
            Outcome::Code(_) => Ok(Outcome::Value(Value::Blob(bytes))),
            failed => Ok(failed),
        }
    }

    /// `sqlite3_blob_write`: it overwrites and never grows the value.
    pub(crate) fn write(&self, library: &Library, offset: c_int, bytes: &[u8]) -> Call<Outcome> {
        let length = c_int::try_from(bytes.len()).unwrap_or(c_int::MAX);
        let (raw, start) = (self.raw.as_ptr(), bytes.as_ptr().cast());
        // SAFETY: the blob is not closed, and so many bytes are there.
        let code = unsafe { call!(library, sqlite3_blob_write(raw, start, length, offset)) };
        self.outcome(library, code)
    }

    /// `sqlite3_blob_close`: the handle is gone whatever it returns.
    pub(crate) fn close(self, library: &Library) -> Call<Outcome> {
        // SAFETY: the blob is not closed yet, and is used up here.
        let code = unsafe { call!(library, sqlite3_blob_close(self.raw.as_ptr())) };
        self.outcome(library, code)
    }

    fn outcome(&self, library: &Library, code: c_int) -> Call<Outcome> {
        self.owner.outcome(library, code)
    }
}
