//! Where files are not kept in memory: each system has calls of its own.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use super::super::Library;
use crate::worker::io::Content;

/// The files of a directory by their names.
pub(crate) type Contents = BTreeMap<OsString, Content>;

/// That the files of this process's directory are in memory, which they never are.
pub(crate) enum InMemory {}

impl InMemory {
    pub(crate) fn begin(_: &Library, _: &Contents, _: Option<PathBuf>) -> Option<Self> {
        None
    }

    pub(crate) fn contents(&self) -> Contents {
        match *self {}
    }

    pub(crate) fn put(&self, _: &Contents) {
        match *self {}
    }
}

/// Who finds no room is not noticed.
pub(crate) fn notice_room(_: &Library) {}

/// Whether a file with this name is there; `None` where files are not in memory.
pub(super) fn is_there(_: &str) -> Option<bool> {
    None
}
