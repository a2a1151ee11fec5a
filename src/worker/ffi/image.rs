//! A whole database as bytes, <https://sqlite.org/c3ref/serialize.html>.

use std::rc::Weak;

use libsqlite3_sys as sys;

use super::connection::Connection;
use super::kept::Image;
use super::statement::c_string;
use super::{Call, Library, call};
use crate::outcome::Outcome;
use crate::outcome::sqlite_names::DeserializeFlag;

impl Connection {
    /// `sqlite3_serialize`: the bytes, which are ours to free. `None` where SQLite gives none.
    pub fn serialize(&self, library: &Library, database: &str) -> Call<Option<Image>> {
        let database = c_string(database)?;
        let mut length = 0;
        let start = call!(library, sqlite3_serialize(self.owner().db, database.as_ptr(), &mut length, 0));
        let length = usize::try_from(length).unwrap_or(0);
        Ok((!start.is_null()).then_some(Image { start, length, lent_to: Weak::new() }))
    }

    /// The size of what `sqlite3_serialize` shows with `SQLITE_SERIALIZE_NOCOPY`: the connection's own bytes, so
    /// there is nothing to keep. `None` where the database does not stand in memory in one piece.
    pub fn serialized_in_place(&self, library: &Library, database: &str) -> Call<Option<usize>> {
        let database = c_string(database)?;
        let mut length = 0;
        let (db, flags) = (self.owner().db, sys::SQLITE_SERIALIZE_NOCOPY);
        let start = call!(library, sqlite3_serialize(db, database.as_ptr(), &mut length, flags));
        Ok((!start.is_null()).then_some(usize::try_from(length).unwrap_or(0)))
    }

    /// `sqlite3_deserialize`. With the flag `freeonclose` the bytes are SQLite's from now on, even when it
    /// refuses them; without it they come back, lent to this connection.
    pub fn deserialize(
        &self,
        library: &Library,
        database: &str,
        image: Image,
        flags: &[DeserializeFlag],
    ) -> Call<(Outcome, Option<Image>)> {
        library.need("sqlite3_deserialize")?;
        let (owner, database) = (self.owner(), c_string(database)?);
        let given = flags.contains(&DeserializeFlag::Freeonclose);
        if flags.contains(&DeserializeFlag::Resizeable) && !given {
            let refused = Outcome::Refused("SQLite resizes only what it may free".to_owned());
            return Ok((refused, Some(image)));
        }
        let flags = flags.iter().fold(0, |all, flag| all | flag.number().unsigned_abs());
        let length = i64::try_from(image.length).unwrap_or(i64::MAX);
        let code = call!(
            library,
            sqlite3_deserialize(owner.db, database.as_ptr(), image.start, length, length, flags)
        );
        let outcome = owner.outcome(library, code)?;
        let back = (!given).then(|| Image { lent_to: owner.lease(), ..image });
        Ok((outcome, back))
    }
}
