//! rusqlite's blobs and backups.

use rusqlite::backup::{Backup, StepResult};
use rusqlite::blob::Blob;

use super::{Borrow, RusqliteConnection, outcome};
use crate::contract::verb::{BackupInit, BlobOpen};
use crate::outcome::Outcome;
use crate::outcome::value::Value;

/// `rusqlite::blob::Blob`
pub struct RusqliteBlob {
    // Dropped in this order.
    blob: Blob<'static>,
    _borrow: Borrow,
}

impl RusqliteBlob {
    /// `Connection::blob_open`
    pub fn open(connection: &RusqliteConnection, what: &BlobOpen) -> Result<Self, Outcome> {
        let BlobOpen { database, table, column, row, write, .. } = what;
        let blob =
            connection.get().blob_open(database.as_str(), table.as_str(), column.as_str(), *row, !write);
        let blob = blob.map_err(outcome)?;
        // SAFETY: the connection is boxed and cannot be closed while the blob borrows it.
        let blob = unsafe { std::mem::transmute::<Blob<'_>, Blob<'static>>(blob) };
        Ok(Self { blob, _borrow: connection.borrows.borrow("a blob") })
    }

    /// `Blob::read_at_exact`
    pub fn read(&self, offset: i32, length: i32) -> Result<Outcome, Outcome> {
        let (offset, length) = (size(offset)?, size(length)?);
        // Longer than the blob is refused: one byte too many is as good as a million.
        let mut bytes = vec![0; length.min(self.blob.len() + 1)];
        self.blob.read_at_exact(&mut bytes, offset).map_err(outcome)?;
        Ok(Outcome::Value(Value::Blob(bytes)))
    }

    /// `Blob::write_at`
    pub fn write(&mut self, offset: i32, bytes: &[u8]) -> Result<(), Outcome> {
        self.blob.write_at(bytes, size(offset)?).map_err(outcome)
    }

    /// `Blob::size`
    pub fn size(&self) -> Value {
        Value::Integer(self.blob.size().into())
    }

    /// `Blob::reopen`
    pub fn reopen(&mut self, row: i64) -> Result<(), Outcome> {
        self.blob.reopen(row).map_err(outcome)
    }

    /// `Blob::close`
    pub fn close(self) -> Result<(), Outcome> {
        self.blob.close().map_err(outcome)
    }
}

fn size(n: i32) -> Result<usize, Outcome> {
    usize::try_from(n).map_err(|_| Outcome::Refused(format!("{n} is no usize")))
}

/// `rusqlite::backup::Backup`
pub struct RusqliteBackup {
    // Dropped in this order.
    backup: Backup<'static, 'static>,
    _from: Borrow,
    _to: Borrow,
}

/// Who has a connection for itself as long as it lives.
pub(super) const DESTINATION: &str = "a backup into it";

impl RusqliteBackup {
    /// `Backup::new_with_names`
    pub fn new(
        from: &RusqliteConnection,
        to: &mut RusqliteConnection,
        init: &BackupInit,
    ) -> Result<Self, Outcome> {
        let (from_name, to_name) = (init.from_database.as_str(), init.to_database.as_str());
        let backup = Backup::new_with_names(from.get(), from_name, to.get_mut()?, to_name);
        let backup = backup.map_err(outcome)?;
        // SAFETY: both connections are boxed and cannot be closed while the backup borrows them; the
        // destination cannot even be used.
        let backup = unsafe { std::mem::transmute::<Backup<'_, '_>, Backup<'static, 'static>>(backup) };
        Ok(Self { backup, _from: from.borrows.borrow("a backup"), _to: to.borrows.borrow(DESTINATION) })
    }

    /// `Backup::step`
    pub fn step(&self, pages: i32) -> Result<Outcome, Outcome> {
        Ok(Outcome::from_code(match self.backup.step(pages).map_err(outcome)? {
            StepResult::Done => rusqlite::ffi::SQLITE_DONE,
            StepResult::More => rusqlite::ffi::SQLITE_OK,
            StepResult::Busy => rusqlite::ffi::SQLITE_BUSY,
            StepResult::Locked => rusqlite::ffi::SQLITE_LOCKED,
            other => return Err(Outcome::Refused(format!("{other:?}"))),
        }))
    }

    /// `Backup::progress`: pages that remain.
    pub fn remaining(&self) -> Value {
        Value::Integer(self.backup.progress().remaining.into())
    }

    /// `Backup::progress`: pages of the source.
    pub fn pagecount(&self) -> Value {
        Value::Integer(self.backup.progress().pagecount.into())
    }
}
