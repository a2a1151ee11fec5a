//! The files of a case as they were, for steps that are run again and again.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::{fs, io};

use crate::worker::io::Image;

/// The files of a case's directory, which is the worker's own.
pub(super) struct Files {
    contents: BTreeMap<OsString, Vec<u8>>,
}

impl Files {
    /// What is there now.
    pub(super) fn remember() -> io::Result<Self> {
        let mut contents = BTreeMap::new();
        for name in names()? {
            let bytes = fs::read(&name)?;
            contents.insert(name, bytes);
        }
        Ok(Self { contents })
    }

    /// Such files, to be put there.
    pub(super) fn of(image: &Image) -> Self {
        let contents = image.iter().map(|(name, bytes)| (name.into(), bytes.clone()));
        Self { contents: contents.collect() }
    }

    /// The contents by their names.
    pub(super) fn into_contents(self) -> BTreeMap<OsString, Vec<u8>> {
        self.contents
    }

    /// Makes the directory what it was: files that came go, those that were there have their contents again.
    pub(super) fn restore(&self) -> io::Result<()> {
        for name in names()? {
            if !self.contents.contains_key(&name) {
                fs::remove_file(name)?;
            }
        }
        self.contents.iter().try_for_each(|(name, bytes)| put_back(name, bytes))
    }
}

/// Gives a file its contents again, over the old ones: a file that is cut to nothing first costs ext4 fifty times
/// as much.
fn put_back(name: &OsString, bytes: &[u8]) -> io::Result<()> {
    if fs::read(name).is_ok_and(|now| now == bytes) {
        return Ok(());
    }
    let mut file = File::options().write(true).create(true).truncate(false).open(name)?;
    file.write_all(bytes)?;
    file.set_len(bytes.len() as u64)
}

fn names() -> io::Result<Vec<OsString>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(Path::new("."))? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            names.push(entry.file_name());
        }
    }
    Ok(names)
}
