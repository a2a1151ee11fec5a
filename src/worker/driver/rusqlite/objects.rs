//! Blobs, backups and whole databases.

use super::super::{Outcome, bytes, done, integer, named, value};
use super::Rusqlite;
use super::sections::{Backups, Blobs, HandedOut};
use crate::contract::verb::{
    BackupInit, BackupStep, BlobOpen, BlobRead, BlobReopen, BlobWrite, DeserializeArguments, OnBackup,
    OnBlob, SerializeArguments,
};
use crate::outcome::sqlite_names::DeserializeFlag;
use crate::outcome::value::Value;
use crate::worker::ffi::{Call, RusqliteBackup, RusqliteBlob, rusqlite_outcome};

impl Rusqlite {
    fn blob(&mut self, name: &str) -> Call<&mut RusqliteBlob> {
        named(self.blobs.get_mut(name), name)
    }

    fn backup(&self, name: &str) -> Call<&RusqliteBackup> {
        named(self.backups.get(name), name)
    }
}

impl HandedOut for Rusqlite {
    /// `Connection::serialize`, which itself looks first whether it need copy.
    fn serialize(&mut self, arguments: &SerializeArguments) -> Call<Outcome> {
        self.library.need("sqlite3_serialize")?;
        let connection = self.connection_mut(&arguments.db)?.get_mut()?;
        let data = connection.serialize(arguments.database.as_str()).map_err(rusqlite_outcome)?;
        let (size, image) = (i64::try_from(data.len()).unwrap_or(i64::MAX), data.to_vec());
        drop(data);
        if let Some(name) = &arguments.keep {
            self.images.insert(name.clone(), image);
        }
        Ok(integer(size))
    }

    /// `Connection::deserialize_read_exact`: the bytes are copied into memory of SQLite's.
    fn deserialize(&mut self, arguments: &DeserializeArguments) -> Call<Outcome> {
        self.library.need("sqlite3_deserialize")?;
        let DeserializeArguments { image: name, db, database, flags } = arguments;
        let image = named(self.images.get(name), name)?.clone();
        let read_only = flags.contains(&DeserializeFlag::Readonly);
        let connection = self.connection_mut(db)?.get_mut()?;
        connection
            .deserialize_read_exact(database.as_str(), image.as_slice(), image.len(), read_only)
            .map(done)
            .map_err(rusqlite_outcome)
    }

    fn value(&mut self, name: &String) -> Call<Outcome> {
        named(self.images.get(name), name).map(|image| value(Value::Blob(image.clone())))
    }

    fn value_free(&mut self, name: &String) -> Call<Outcome> {
        named(self.images.remove(name), name).map(drop).map(done)
    }
}

impl Blobs for Rusqlite {
    fn blob_open(&mut self, open: &BlobOpen) -> Call<Outcome> {
        let blob = RusqliteBlob::open(self.connection(&open.db)?, open)?;
        self.blobs.insert(open.blob.to_string(), blob);
        Ok(Outcome::OK)
    }

    fn blob_read(&mut self, read: &BlobRead) -> Call<Outcome> {
        self.blob(&read.blob)?.read(read.offset, read.length)
    }

    fn blob_write(&mut self, write: &BlobWrite) -> Call<Outcome> {
        let bytes = bytes(&write.value)?;
        self.blob(&write.blob)?.write(write.offset, &bytes).map(done)
    }

    fn blob_bytes(&mut self, on: &OnBlob) -> Call<Outcome> {
        Ok(value(self.blob(&on.blob)?.size()))
    }

    fn blob_reopen(&mut self, reopen: &BlobReopen) -> Call<Outcome> {
        self.blob(&reopen.blob)?.reopen(reopen.row).map(done)
    }

    fn blob_close(&mut self, on: &OnBlob) -> Call<Outcome> {
        named(self.blobs.remove(on.blob.as_str()), &on.blob)?.close().map(done)
    }
}

impl Backups for Rusqlite {
    /// The destination leaves the table for the call: Rust wants it mutable beside the source.
    fn backup_init(&mut self, init: &BackupInit) -> Call<Outcome> {
        let mut to = named(self.connections.remove(&init.to), &init.to)?;
        let backup = self.connection(&init.from).and_then(|from| RusqliteBackup::new(from, &mut to, init));
        self.connections.insert(init.to.clone(), to);
        self.backups.insert(init.backup.to_string(), backup?);
        Ok(Outcome::OK)
    }

    fn backup_step(&mut self, step: &BackupStep) -> Call<Outcome> {
        self.backup(&step.backup)?.step(step.pages)
    }

    fn backup_remaining(&mut self, on: &OnBackup) -> Call<Outcome> {
        Ok(value(self.backup(&on.backup)?.remaining()))
    }

    fn backup_pagecount(&mut self, on: &OnBackup) -> Call<Outcome> {
        Ok(value(self.backup(&on.backup)?.pagecount()))
    }

    fn backup_finish(&mut self, on: &OnBackup) -> Call<Outcome> {
        named(self.backups.remove(on.backup.as_str()), &on.backup).map(drop).map(done)
    }
}
