//! The files of a case as they were, for steps that are run again and again.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::{fs, io};

/// The files of a case's directory, which is the worker's own.
pub(super) struct Files {
    contents: BTreeMap<OsString, Vec<u8>>,
}

impl Files {
    /// What is there now.
    pub fn remember() -> io::Result<Self> {
        let mut contents = BTreeMap::new();
        for name in names()? {
            let bytes = fs::read(&name)?;
            contents.insert(name, bytes);
        }
        Ok(Self { contents })
    }

    /// Makes the directory what it was: files that came go, those that were there have their contents again.
    pub fn restore(&self) -> io::Result<()> {
        for name in names()? {
            if !self.contents.contains_key(&name) {
                fs::remove_file(name)?;
            }
        }
        self.contents.iter().try_for_each(|(name, bytes)| fs::write(name, bytes))
    }
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
