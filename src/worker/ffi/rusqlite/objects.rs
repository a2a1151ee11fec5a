//! rusqlite's blobs and backups.

use std::rc::Rc;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::blob::Blob;
use self_cell::{MutBorrow, self_cell};

use super::{Alone, Borrow, RusqliteConnection, Shared, outcome};
use crate::contract::verb::{BackupInit, BlobOpen};
use crate::outcome::Outcome;
use crate::outcome::value::Value;

/// `rusqlite::blob::Blob`
pub(crate) struct RusqliteBlob {
    opened: Opened,
    _borrow: Borrow,
}

/// `None` once it is closed.
type MaybeBlob<'c> = Option<Blob<'c>>;

self_cell!(
    struct Opened {
        owner: Rc<Shared>,
        #[not_covariant]
        dependent: MaybeBlob,
    }
);

impl RusqliteBlob {
    /// `Connection::blob_open`
    pub(crate) fn open(connection: &RusqliteConnection, what: &BlobOpen) -> Result<Self, Outcome> {
        let BlobOpen { database, table, column, row, write, .. } = what;
        let (database, table, column) = (database.as_str(), table.as_str(), column.as_str());
        let opened = Opened::try_new(connection.connection.clone(), |shared| {
            shared.connection.blob_open(database, table, column, *row, !write).map(Some).map_err(outcome)
        })?;
        Ok(Self { opened, _borrow: connection.borrows.borrow("a blob") })
    }

    fn with<T>(&mut self, use_it: impl FnOnce(&mut Blob<'_>) -> T) -> T {
        self.opened.with_dependent_mut(|_, blob| use_it(blob.as_mut().expect("`close` uses it up")))
    }

    /// `Blob::read_at_exact`
    pub(crate) fn read(&mut self, offset: i32, length: i32) -> Result<Outcome, Outcome> {
        let (offset, length) = (size(offset)?, size(length)?);
        self.with(|blob| {
            // Longer than the blob is refused: one byte too many is as good as a million.
            let mut bytes = vec![0; length.min(blob.len() + 1)];
            blob.read_at_exact(&mut bytes, offset).map_err(outcome)?;
            Ok(Outcome::Value(Value::Blob(bytes)))
        })
    }

    /// `Blob::write_at`
    pub(crate) fn write(&mut self, offset: i32, bytes: &[u8]) -> Result<(), Outcome> {
        let offset = size(offset)?;
        self.with(|blob| blob.write_at(bytes, offset).map_err(outcome))
    }

    /// `Blob::size`
    pub(crate) fn size(&mut self) -> Value {
        Value::Integer(self.with(|blob| blob.size()).into())
    }

    /// `Blob::reopen`
    pub(crate) fn reopen(&mut self, row: i64) -> Result<(), Outcome> {
        self.with(|blob| blob.reopen(row).map_err(outcome))
    }

    /// `Blob::close`
    pub(crate) fn close(mut self) -> Result<(), Outcome> {
        self.opened.with_dependent_mut(|_, blob| blob.take().map_or(Ok(()), Blob::close)).map_err(outcome)
    }
}

fn size(n: i32) -> Result<usize, Outcome> {
    usize::try_from(n).map_err(|_| Outcome::Refused(format!("{n} is no usize")))
}

/// `rusqlite::backup::Backup`
pub(crate) struct RusqliteBackup {
    begun: Begun,
    _from: Borrow,
    _to: Borrow,
}

struct Sides {
    from: Rc<Shared>,
    to: MutBorrow<Alone>,
}

type Copying<'c> = Backup<'c, 'c>;

self_cell!(
    struct Begun {
        owner: Sides,
        #[not_covariant]
        dependent: Copying,
    }
);

/// Who has a connection for itself as long as it lives.
pub(super) const DESTINATION: &str = "a backup into it";

impl RusqliteBackup {
    /// `Backup::new_with_names`
    pub(crate) fn new(
        from: &RusqliteConnection,
        to: &mut RusqliteConnection,
        init: &BackupInit,
    ) -> Result<Self, Outcome> {
        let (from_name, to_name) = (init.from_database.as_str(), init.to_database.as_str());
        to.get_mut()?;
        let sides = Sides { from: from.connection.clone(), to: MutBorrow::new(Alone::new(&to.connection)?) };
        let begun = Begun::try_new(sides, |Sides { from, to }| {
            let to = &mut to.borrow_mut().connection;
            Backup::new_with_names(&from.connection, from_name, to, to_name).map_err(outcome)
        })?;
        Ok(Self { begun, _from: from.borrows.borrow("a backup"), _to: to.borrows.borrow(DESTINATION) })
    }

    fn with<T>(&self, use_it: impl FnOnce(&Copying<'_>) -> T) -> T {
        self.begun.with_dependent(|_, backup| use_it(backup))
    }

    /// `Backup::step`
    pub(crate) fn step(&self, pages: i32) -> Result<Outcome, Outcome> {
        Ok(Outcome::from_code(match self.with(|backup| backup.step(pages)).map_err(outcome)? {
            StepResult::Done => rusqlite::ffi::SQLITE_DONE,
            StepResult::More => rusqlite::ffi::SQLITE_OK,
            StepResult::Busy => rusqlite::ffi::SQLITE_BUSY,
            StepResult::Locked => rusqlite::ffi::SQLITE_LOCKED,
            other => return Err(Outcome::Refused(format!("{other:?}"))),
        }))
    }

    /// `Backup::progress`: pages that remain.
    pub(crate) fn remaining(&self) -> Value {
        Value::Integer(self.with(|backup| backup.progress()).remaining.into())
    }

    /// `Backup::progress`: pages of the source.
    pub(crate) fn pagecount(&self) -> Value {
        Value::Integer(self.with(|backup| backup.progress()).pagecount.into())
    }
}
