//! Blobs and backups.

use super::super::{Outcome, bytes, value};
use super::Capi;
use super::sections::{Backups, Blobs};
use crate::contract::verb::{
    BackupInit, BackupStep, BlobOpen, BlobRead, BlobReopen, BlobWrite, OnBackup, OnBlob,
};
use crate::worker::ffi::{Backup, Blob, Call};

impl Blobs for Capi {
    fn blob_open(&mut self, open: &BlobOpen) -> Call<Outcome> {
        let blob = Blob::open(self.library, self.connection(&open.db)?, open)?;
        self.blobs.keep(&open.blob, blob);
        Ok(Outcome::OK)
    }

    fn blob_read(&mut self, read: &BlobRead) -> Call<Outcome> {
        self.blobs.get(&read.blob)?.read(self.library, read.offset, read.length)
    }

    fn blob_write(&mut self, write: &BlobWrite) -> Call<Outcome> {
        let bytes = bytes(&write.value)?;
        self.blobs.get(&write.blob)?.write(self.library, write.offset, &bytes)
    }

    fn blob_bytes(&mut self, on: &OnBlob) -> Call<Outcome> {
        self.blobs.get(&on.blob)?.size(self.library).map(value)
    }

    fn blob_reopen(&mut self, reopen: &BlobReopen) -> Call<Outcome> {
        self.blobs.get(&reopen.blob)?.reopen(self.library, reopen.row)
    }

    fn blob_close(&mut self, on: &OnBlob) -> Call<Outcome> {
        self.blobs.take(&on.blob)?.close(self.library)
    }
}

impl Backups for Capi {
    fn backup_init(&mut self, init: &BackupInit) -> Call<Outcome> {
        let to = (self.connection(&init.to)?, init.to_database.as_str());
        let from = (self.connection(&init.from)?, init.from_database.as_str());
        let backup = Backup::init(self.library, to, from)?;
        self.backups.keep(&init.backup, backup);
        Ok(Outcome::OK)
    }

    fn backup_step(&mut self, step: &BackupStep) -> Call<Outcome> {
        self.backups.get(&step.backup)?.step(self.library, step.pages)
    }

    fn backup_remaining(&mut self, on: &OnBackup) -> Call<Outcome> {
        self.backups.get(&on.backup)?.remaining(self.library).map(value)
    }

    fn backup_pagecount(&mut self, on: &OnBackup) -> Call<Outcome> {
        self.backups.get(&on.backup)?.pagecount(self.library).map(value)
    }

    fn backup_finish(&mut self, on: &OnBackup) -> Call<Outcome> {
        self.backups.take(&on.backup)?.finish(self.library)
    }
}
