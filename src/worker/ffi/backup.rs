//! Copying a database page by page, <https://sqlite.org/c3ref/backup_finish.html>.

use std::ffi::c_int;

use libsqlite3_sys as sys;

use super::connection::Connection;
use super::owner::Owner;
use super::statement::c_string;
use super::{Call, Library, call};
use crate::outcome::Outcome;
use crate::outcome::value::Value;

/// A backup that lives until [`Backup::finish`].
pub struct Backup {
    raw: *mut sys::sqlite3_backup,
    /// SQLite keeps the source alive as long as the backup, and the destination not: that one is on us.
    to: Owner,
    /// Told that the source is in use.
    _from: Owner,
}

impl Backup {
    /// `sqlite3_backup_init`, each side a connection and the name of one of its databases. What is wrong is
    /// said by the destination.
    pub fn init(library: &Library, to: (&Connection, &str), from: (&Connection, &str)) -> Call<Self> {
        let (to, to_name) = (to.0.owner(), c_string(to.1)?);
        let (from, from_name) = (from.0.owner(), c_string(from.1)?);
        let raw = call!(library, sqlite3_backup_init(to.db, to_name.as_ptr(), from.db, from_name.as_ptr()));
        if !raw.is_null() {
            return Ok(Self { raw, to, _from: from });
        }
        let code = call!(library, sqlite3_errcode(to.db));
        Err(to.outcome(library, code)?)
    }

    /// `sqlite3_backup_step`: OK when pages remain, DONE when none do.
    pub fn step(&self, library: &Library, pages: c_int) -> Call<Outcome> {
        self.need_destination()?;
        Ok(Outcome::from_code(call!(library, sqlite3_backup_step(self.raw, pages))))
    }

    /// `sqlite3_backup_remaining`, as of the last step.
    pub fn remaining(&self, library: &Library) -> Call<Value> {
        Ok(Value::Integer(call!(library, sqlite3_backup_remaining(self.raw)).into()))
    }

    /// `sqlite3_backup_pagecount`, as of the last step.
    pub fn pagecount(&self, library: &Library) -> Call<Value> {
        Ok(Value::Integer(call!(library, sqlite3_backup_pagecount(self.raw)).into()))
    }

    /// `sqlite3_backup_finish`
    pub fn finish(self, library: &Library) -> Call<Outcome> {
        self.need_destination()?;
        let code = call!(library, sqlite3_backup_finish(self.raw));
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
