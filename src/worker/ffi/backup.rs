//! Copying a database page by page, <https://sqlite.org/c3ref/backup_finish.html>.

use std::ffi::c_int;
use std::ptr::NonNull;

use libsqlite3_sys as sys;

use super::calls::numbers;
use super::connection::Connection;
use super::owner::Owner;
use super::statement::c_string;
use super::{Call, Library, call};
use crate::outcome::Outcome;
use crate::outcome::value::Value;

/// A backup that lives until [`Backup::finish`].
pub(crate) struct Backup {
    raw: NonNull<sys::sqlite3_backup>,
    /// SQLite keeps the source alive as long as the backup, and the destination not: that one is on us.
    to: Owner,
    /// Told that the source is in use.
    _from: Owner,
}

impl Backup {
    numbers! {
        /// `sqlite3_backup_remaining`, as of the last step.
        pub(crate) fn remaining() -> Value = integer(sqlite3_backup_remaining);
        /// `sqlite3_backup_pagecount`, as of the last step.
        pub(crate) fn pagecount() -> Value = integer(sqlite3_backup_pagecount);
    }

    /// `sqlite3_backup_init`, each side a connection and the name of one of its databases. What is wrong is
    /// said by the destination.
    pub(crate) fn init(library: &Library, to: (&Connection, &str), from: (&Connection, &str)) -> Call<Self> {
        let (to, to_text) = (to.0, c_string(to.1)?);
        let (from, from_text) = (from.0, c_string(from.1)?);
        let (to_db, from_db) = (to.raw.as_ptr(), from.raw.as_ptr());
        let (to_name, from_name) = (to_text.as_ptr(), from_text.as_ptr());
        // SAFETY: both connections are open, and the names end with a zero byte.
        let raw = unsafe { call!(library, sqlite3_backup_init(to_db, to_name, from_db, from_name)) };
        match NonNull::new(raw) {
            Some(raw) => Ok(Self { raw, to: to.owner(), _from: from.owner() }),
            None => Err(to.outcome(library, to.errcode(library)?)?),
        }
    }

    /// `sqlite3_backup_step`: OK when pages remain, DONE when none do.
    pub(crate) fn step(&self, library: &Library, pages: c_int) -> Call<Outcome> {
        self.need_destination()?;
        // SAFETY: the backup is not finished, and its destination not closed.
        Ok(Outcome::from_code(unsafe { call!(library, sqlite3_backup_step(self.raw.as_ptr(), pages)) }))
    }

    /// `sqlite3_backup_finish`
    pub(crate) fn finish(self, library: &Library) -> Call<Outcome> {
        self.need_destination()?;
        // SAFETY: the backup is not finished yet, and is used up here; its destination is not closed.
        let code = unsafe { call!(library, sqlite3_backup_finish(self.raw.as_ptr())) };
        self.to.outcome(library, code)
    }

    /// SQLite says that the destination must not be closed before the backup is finished, and does not look:
    /// it would use freed memory.
    fn need_destination(&self) -> Call<()> {
        match self.to.is_open() {
            true => Ok(()),
            false => Err(Outcome::Refused("the backup's destination was closed before it".to_owned())),
        }
    }
}
