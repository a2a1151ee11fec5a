//! The files of a case as they were, for steps that are run again and again.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
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

    /// What a file was.
    pub(super) fn get(&self, name: &str) -> Option<&[u8]> {
        self.contents.get(OsStr::new(name)).map(Vec::as_slice)
    }

    /// Makes the directory what it was: files that came go, those that were there have their contents again.
    pub(super) fn restore(&self) -> io::Result<()> {
        self.remove_others()?;
        self.contents.iter().try_for_each(|(name, bytes)| put_back(name, bytes))
    }

    /// Makes the directory what it was but for one file, which has these contents.
    pub(super) fn restore_with(&self, other: &str, bytes: &[u8]) -> io::Result<()> {
        self.remove_others()?;
        let mut same = self.contents.iter().filter(|(name, _)| *name != other);
        same.try_for_each(|(name, bytes)| put_back(name, bytes))?;
        write(other, bytes)
    }

    fn remove_others(&self) -> io::Result<()> {
        let others = names()?.into_iter().filter(|name| !self.contents.contains_key(name));
        others.into_iter().try_for_each(fs::remove_file)
    }
}

/// Gives a file its contents again where they are others now.
fn put_back(name: &OsStr, bytes: &[u8]) -> io::Result<()> {
    if fs::read(name).is_ok_and(|now| now == bytes) { Ok(()) } else { write(name, bytes) }
}

/// Writes a file over its old contents: one that is cut to nothing first costs ext4 fifty times as much.
fn write(name: impl AsRef<Path>, bytes: &[u8]) -> io::Result<()> {
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
