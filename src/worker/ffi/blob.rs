//! Incremental I/O on one value, <https://sqlite.org/c3ref/blob_open.html>.

use std::ffi::c_int;
use std::ptr::null_mut;

use libsqlite3_sys as sys;

use super::connection::Connection;
use super::owner::Owner;
use super::statement::c_string;
use super::{Call, Library, call};
use crate::contract::verb::BlobOpen;
use crate::outcome::Outcome;
use crate::outcome::value::Value;

/// A blob handle that lives until [`Blob::close`]. It holds a statement of its connection.
pub struct Blob {
    raw: *mut sys::sqlite3_blob,
    owner: Owner,
}

impl Blob {
    /// `sqlite3_blob_open`
    pub fn open(library: &Library, connection: &Connection, what: &BlobOpen) -> Call<Self> {
        let owner = connection.owner();
        let (database, table) = (c_string(&what.database)?, c_string(&what.table)?);
        let column = c_string(&what.column)?;
        let mut raw = null_mut();
        let code = call!(
            library,
            sqlite3_blob_open(
                owner.db,
                database.as_ptr(),
                table.as_ptr(),
                column.as_ptr(),
                what.row,
                what.write.into(),
                &mut raw
            )
        );
        match owner.outcome(library, code)? {
            Outcome::Code(_) => Ok(Self { raw, owner }),
            failed => Err(failed),
        }
    }

    /// `sqlite3_blob_read`: bytes, all of them or none.
    pub fn read(&self, library: &Library, offset: c_int, length: c_int) -> Call<Outcome> {
        // More than the whole blob is refused before a byte is written, so no larger buffer is needed.
        let size = call!(library, sqlite3_blob_bytes(self.raw)).min(length);
        let mut bytes = vec![0; usize::try_from(size).unwrap_or(0)];
        let start = bytes.as_mut_ptr().cast();
        let code = call!(library, sqlite3_blob_read(self.raw, start, length, offset));
        match self.owner.outcome(library, code)? {
            Outcome::Code(_) => Ok(Outcome::Value(Value::Blob(bytes))),
            failed => Ok(failed),
        }
    }

    /// `sqlite3_blob_write`: it overwrites and never grows the value.
    pub fn write(&self, library: &Library, offset: c_int, bytes: &[u8]) -> Call<Outcome> {
        let length = c_int::try_from(bytes.len()).unwrap_or(c_int::MAX);
        let code = call!(library, sqlite3_blob_write(self.raw, bytes.as_ptr().cast(), length, offset));
        self.owner.outcome(library, code)
    }

    /// `sqlite3_blob_bytes`
    pub fn size(&self, library: &Library) -> Call<Value> {
        Ok(Value::Integer(call!(library, sqlite3_blob_bytes(self.raw)).into()))
    }

    /// `sqlite3_blob_reopen`: the same column of another row.
    pub fn reopen(&self, library: &Library, row: i64) -> Call<Outcome> {
        let code = call!(library, sqlite3_blob_reopen(self.raw, row));
        self.owner.outcome(library, code)
    }

    /// `sqlite3_blob_close`: the handle is gone whatever it returns.
    pub fn close(self, library: &Library) -> Call<Outcome> {
        let code = call!(library, sqlite3_blob_close(self.raw));
        self.owner.outcome(library, code)
    }
}
