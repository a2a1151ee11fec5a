//! Confinement by the library itself: its file systems, <https://sqlite.org/c3ref/vfs.html>, open only files in some
//! directories. They keep their names and all else that they do, so that SQL sees no difference.
//!
//! It is for systems that cannot confine a process. What opens files without a file system of SQLite, such as functions
//! that a fork adds, goes past it.

use std::collections::BTreeMap;
use std::ffi::{c_char, c_int};
use std::path::{Path, PathBuf};
use std::ptr::null;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use libsqlite3_sys as sys;

use super::library::loaded;
use super::value::text;
use super::{Call, Library, call};

type Opener = unsafe extern "C" fn(
    *mut sys::sqlite3_vfs,
    *const c_char,
    *mut sys::sqlite3_file,
    c_int,
    *mut c_int,
) -> c_int;

/// The file system that keeps databases in memory: its names are no paths.
const IN_MEMORY: &[u8] = b"memdb";

static DIRECTORIES: OnceLock<Vec<PathBuf>> = OnceLock::new();
/// What file systems opened files with, by their addresses.
static OPENERS: Mutex<BTreeMap<usize, Opener>> = Mutex::new(BTreeMap::new());

/// From now on the library opens only files in these directories.
pub(crate) fn open_only_in(directories: Vec<PathBuf>) {
    let _ = DIRECTORIES.set(directories);
}

/// To be called before a connection is opened. It initializes the library, as opening does.
pub(super) fn confine(library: &Library) -> Call<()> {
    if directories().is_empty() {
        return Ok(());
    }
    // SAFETY: NULL asks for the default file system, the first of a list; there is none when the library does not start.
    let mut next = unsafe { call!(library, sqlite3_vfs_find(null())) };
    // SAFETY: the library registered this file system, and only this thread is in the library.
    while let Some(vfs) = unsafe { next.as_mut() } {
        replace_opener(vfs);
        next = vfs.pNext;
    }
    Ok(())
}

fn replace_opener(vfs: &mut sys::sqlite3_vfs) {
    let address = std::ptr::from_mut(vfs) as usize;
    if let Some(opener) = vfs.xOpen
        && !openers().contains_key(&address)
    {
        openers().insert(address, opener);
        vfs.xOpen = Some(open);
    }
}

fn openers() -> MutexGuard<'static, BTreeMap<usize, Opener>> {
    OPENERS.lock().unwrap_or_else(PoisonError::into_inner)
}

unsafe extern "C" fn open(
    vfs: *mut sys::sqlite3_vfs,
    name: *const c_char,
    file: *mut sys::sqlite3_file,
    flags: c_int,
    flags_out: *mut c_int,
) -> c_int {
    let opener = openers().get(&(vfs as usize)).copied();
    // SAFETY: SQLite lends the file system for the call.
    let name_of_vfs = unsafe { (*vfs).zName };
    // SAFETY: the name of a file system ends with a zero byte.
    let is_in_memory = unsafe { text(name_of_vfs) }.as_deref() == Some(IN_MEMORY);
    // SAFETY: SQLite lends the file's name for the call, or hands over NULL.
    let name_of_file = unsafe { text(name) };
    match opener {
        Some(opener) if is_in_memory || may_open(name_of_file) => {
            // SAFETY: the arguments are the caller's, unchanged.
            unsafe { opener(vfs, name, file, flags, flags_out) }
        }
        _ => {
            // SAFETY: SQLite hands over a place for a file, which has no methods when it is not open.
            unsafe { (*file).pMethods = null() };
            sys::SQLITE_CANTOPEN
        }
    }
}

/// A file without a name is temporary, and in the directory for these.
fn may_open(name: Option<Vec<u8>>) -> bool {
    match name {
        Some(name) => is_inside(Path::new(&*String::from_utf8_lossy(&name))),
        None => temporary_directory().is_none_or(|directory| is_inside(Path::new(&directory))),
    }
}

/// Whether the file that is opened by this path is in one of the directories.
fn is_inside(path: &Path) -> bool {
    let opened = path.canonicalize().or_else(|_| {
        // It is made by opening it; where a link leads nowhere, what it leads to would be made.
        let is_link = path.symlink_metadata().is_ok();
        let parent = path.parent().filter(|_| !is_link).ok_or(std::io::ErrorKind::NotFound)?;
        Ok::<_, std::io::Error>(parent.canonicalize()?.join(path.file_name().unwrap_or_default()))
    });
    opened.is_ok_and(|opened| directories().iter().any(|directory| opened.starts_with(directory)))
}

fn directories() -> &'static [PathBuf] {
    DIRECTORIES.get().map_or(&[], Vec::as_slice)
}

/// What `PRAGMA temp_store_directory` has set.
fn temporary_directory() -> Option<String> {
    // SAFETY: it is a variable, a pointer to a text.
    let variable = unsafe { loaded()?.function::<*const *const c_char>("sqlite3_temp_directory") }.ok()?;
    // SAFETY: the library is never unloaded, and only this thread is in it.
    let directory = unsafe { variable.read() };
    // SAFETY: the text ends with a zero byte, or it is NULL.
    unsafe { text(directory) }.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}
