//! Files in memory, for blocks that run the same steps thousands of times. SQLite's own file system works on them: the
//! library lets each system call that it makes be replaced
//! (<https://sqlite.org/c3ref/vfs.html>, `xSetSystemCall`), and ours do in memory what the kernel does. So what SQLite
//! does is what it does with files, call by call, at a tenth of the cost.

mod calls;
mod files;
mod room;
mod windows;

use std::collections::BTreeMap;
use std::ffi::{CStr, OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use libsqlite3_sys as sys;

use self::calls::SystemCall;
use self::files::{State, place, with};
use super::super::value::text;
use super::super::{Call, Library, call};
use crate::worker::io::{Content, MemoryFiles};

/// The files of a directory by their names.
pub(crate) type Contents = BTreeMap<OsString, Content>;

/// That the files of this process's directory are in memory.
pub(crate) struct InMemory {
    vfs: *mut sys::sqlite3_vfs,
    directory: Vec<u8>,
}

impl InMemory {
    /// From now on SQLite finds these files in this process's directory, and makes its temporary ones in memory. Returns
    /// `None` where the library does not let its system calls be replaced, or has files open from a time before.
    pub(crate) fn begin(library: &Library, contents: &Contents, temporary: Option<PathBuf>) -> Option<Self> {
        let directory = std::env::current_dir().ok()?;
        let vfs = default_of(library).ok()??;
        let mut state = place();
        let state = state.get_or_insert_default();
        if state.files.is_in_use() || !replace(vfs) {
            return None;
        }
        let directories = [Some(directory.clone()), temporary].into_iter().flatten();
        state.files = MemoryFiles::new(directories.map(|it| it.into_os_string().into_vec()).collect());
        let directory = directory.into_os_string().into_vec();
        put_into(state, &directory, contents);
        Some(Self { vfs, directory })
    }

    /// The files as they are now.
    pub(crate) fn contents(&self) -> Contents {
        let contents = with(|state| {
            state.save();
            let files = state.files.of(&self.directory);
            Some(files.map(|(name, content)| (OsStr::from_bytes(name).to_owned(), content.clone())).collect())
        });
        contents.unwrap_or_default()
    }

    /// Makes the files these.
    pub(crate) fn put(&self, contents: &Contents) {
        with(|state| {
            put_into(state, &self.directory, contents);
            Some(())
        });
    }
}

/// What is still open stays in memory until it is closed.
impl Drop for InMemory {
    fn drop(&mut self) {
        let mut state = place();
        let Some(state) = state.as_mut() else { return };
        state.files.end();
        if !state.files.is_in_use() {
            // SAFETY: the file system lives as long as the process.
            if let Some(set) = unsafe { (*self.vfs).xSetSystemCall } {
                // SAFETY: no name asks for the system's own calls. Nothing of ours is open.
                unsafe { set(self.vfs, std::ptr::null(), None) };
                room::notice(self.vfs);
            }
        }
    }
}

/// Notices from now on when the library finds no room for a file.
pub(crate) fn notice_room(library: &Library) {
    if let Ok(Some(vfs)) = default_of(library) {
        room::notice(vfs);
    }
}

/// Whether a file with this name is there; `None` where files are not in memory.
pub(super) fn is_there(name: &str) -> Option<bool> {
    with(|state| {
        let (directory, _) = state.files.directories().split_first()?;
        Some(state.files.status_of(&[directory.as_slice(), b"/", name.as_bytes()].concat()).is_some())
    })
}

fn put_into(state: &mut State, directory: &[u8], contents: &Contents) {
    state.files.put(directory, contents.iter().map(|(name, content)| (name.as_bytes(), content)));
}

/// The library's default file system.
fn default_of(library: &Library) -> Call<Option<*mut sys::sqlite3_vfs>> {
    // SAFETY: NULL asks for the default file system; there is none when the library does not start.
    let vfs = unsafe { call!(library, sqlite3_vfs_find(std::ptr::null())) };
    if vfs.is_null() {
        return Ok(None);
    }
    // SAFETY: the library registered this file system, and is never unloaded.
    let name = unsafe { (*vfs).zName };
    // SAFETY: the name of a file system ends with a zero byte.
    let is_for_unix = unsafe { text(name) }.is_some_and(|name| name == b"unix");
    Ok(is_for_unix.then_some(vfs))
}

/// Replaces the system calls. Returns whether that was possible.
fn replace(vfs: *mut sys::sqlite3_vfs) -> bool {
    let calls = calls::all();
    let is_replaced = |call: &SystemCall| !has(vfs, call.name) || set(vfs, call);
    let are_there = calls.iter().all(|call| !call.is_needed || has(vfs, call.name));
    are_there && calls.iter().all(is_replaced)
}

fn has(vfs: *mut sys::sqlite3_vfs, name: &CStr) -> bool {
    // SAFETY: the file system lives as long as the process.
    if unsafe { (*vfs).iVersion } < 3 {
        return false;
    }
    // SAFETY: this version has the field.
    let Some(get) = (unsafe { (*vfs).xGetSystemCall }) else { return false };
    // SAFETY: the name ends with a zero byte.
    unsafe { get(vfs, name.as_ptr()) }.is_some()
}

fn set(vfs: *mut sys::sqlite3_vfs, call: &SystemCall) -> bool {
    // SAFETY: a file system that has a call has this field.
    let Some(set) = (unsafe { (*vfs).xSetSystemCall }) else { return false };
    // SAFETY: the name ends with a zero byte, and the call has the signature by which SQLite makes it.
    unsafe { set(vfs, call.name.as_ptr(), call.ours) == sys::SQLITE_OK }
}
