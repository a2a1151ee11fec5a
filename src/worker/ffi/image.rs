//! A whole database as bytes, <https://sqlite.org/c3ref/serialize.html>.

use std::ptr::NonNull;

use libsqlite3_sys as sys;

use super::connection::Connection;
use super::kept::Serialized;
use super::statement::c_string;
use super::{Call, Library, call};
use crate::outcome::Outcome;
use crate::outcome::sqlite_names::DeserializeFlag;

impl Connection {
    /// `sqlite3_serialize`: the bytes, which are ours to free. `None` where SQLite gives none.
    pub(crate) fn serialize(&self, library: &Library, database: &str) -> Call<Option<Serialized>> {
        let database = c_string(database)?;
        let mut length = 0;
        let (db, name) = (self.raw.as_ptr(), database.as_ptr());
        // SAFETY: the connection is open, and the name ends with a zero byte.
        let start = unsafe { call!(library, sqlite3_serialize(db, name, &mut length, 0)) };
        let length = usize::try_from(length).unwrap_or(0);
        // SAFETY: without SQLITE_SERIALIZE_NOCOPY SQLite allocates so many bytes for us.
        Ok(NonNull::new(start).map(|start| unsafe { Serialized::new(start, length) }))
    }

    /// The size of what `sqlite3_serialize` shows with `SQLITE_SERIALIZE_NOCOPY`: the connection's own bytes, so
    /// there is nothing to keep. `None` where the database does not stand in memory in one piece.
    pub(crate) fn serialized_in_place(&self, library: &Library, database: &str) -> Call<Option<usize>> {
        let database = c_string(database)?;
        let mut length = 0;
        let (db, name, flags) = (self.raw.as_ptr(), database.as_ptr(), sys::SQLITE_SERIALIZE_NOCOPY);
        // SAFETY: the connection is open, and the name ends with a zero byte.
        let start = unsafe { call!(library, sqlite3_serialize(db, name, &mut length, flags)) };
        Ok((!start.is_null()).then_some(usize::try_from(length).unwrap_or(0)))
    }

    /// `sqlite3_deserialize`. With the flag `freeonclose` the bytes are SQLite's from now on, even when it
    /// refuses them; without it they come back, lent to this connection.
    pub(crate) fn deserialize(
        &self,
        library: &Library,
        database: &str,
        mut image: Serialized,
        flags: &[DeserializeFlag],
    ) -> Call<(Outcome, Option<Serialized>)> {
        library.need("sqlite3_deserialize")?;
        let database = c_string(database)?;
        let given = flags.contains(&DeserializeFlag::Freeonclose);
        let resizeable = flags.contains(&DeserializeFlag::Resizeable);
        if let Some(refusal) = refusal(given, resizeable, &image) {
            return Ok((Outcome::Refused(refusal.to_owned()), Some(image)));
        }
        let flags = flags.iter().fold(0, |all, flag| all | flag.number().unsigned_abs());
        let (db, name, start) = (self.raw.as_ptr(), database.as_ptr(), image.start());
        let length = i64::try_from(image.size()).unwrap_or(i64::MAX);
        // SAFETY: the connection is open and the name ends with a zero byte. So many bytes are there; SQLite may free
        // them where they are given away here, and where not, they stay until no handle of the connection is left.
        let code = unsafe { call!(library, sqlite3_deserialize(db, name, start, length, length, flags)) };
        let outcome = self.outcome(library, code)?;
        if given {
            return Ok((outcome, None));
        }
        image.lend(self.owner().lease());
        Ok((outcome, Some(image)))
    }
}

/// Why SQLite must not have an image on these terms.
fn refusal(given: bool, resizeable: bool, image: &Serialized) -> Option<&'static str> {
    if resizeable && !given {
        return Some("SQLite resizes only what it may free");
    }
    (given && image.is_lent()).then_some("another connection reads from it")
}
