//! The methods of the watched file system itself.

use std::ffi::{CStr, c_char, c_int};
use std::path::Path;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicPtr, Ordering};

use libsqlite3_sys as sys;

use super::super::actor;
use super::super::value::text;
use super::file::{self, About, File};
use super::{in_memory, is_watching};
use crate::outcome::io::{FileKind, Operation};
use crate::worker::io::{self, Change, Fate};

const NAME: &CStr = c"watched";

/// The one file system of this process, once it is made.
static OURS: AtomicPtr<sys::sqlite3_vfs> = AtomicPtr::new(null_mut());
/// The same as long as it is registered.
static REGISTERED: AtomicPtr<sys::sqlite3_vfs> = AtomicPtr::new(null_mut());

/// The file system over the library's default one, to be registered.
///
/// # Safety
/// `real` is a registered file system, which lives as long as the process.
pub(super) unsafe fn over(real: *mut sys::sqlite3_vfs) -> *mut sys::sqlite3_vfs {
    let mut ours = OURS.load(Ordering::Acquire);
    if ours.is_null() {
        // SAFETY: the caller vouches for it.
        ours = Box::leak(Box::new(unsafe { made_over(real) }));
        OURS.store(ours, Ordering::Release);
    }
    REGISTERED.store(ours, Ordering::Release);
    ours
}

/// The file system if it is registered, which it is no longer from now on; else NULL.
pub(super) fn take_registered() -> *mut sys::sqlite3_vfs {
    REGISTERED.swap(null_mut(), Ordering::AcqRel)
}

/// # Safety
/// As of [`over`].
unsafe fn made_over(real: *mut sys::sqlite3_vfs) -> sys::sqlite3_vfs {
    // Of a file system of the first version only the fields up to `xGetLastError` are there, and no other is read unless
    // the version says so.
    // SAFETY: each version has this field.
    let version = unsafe { (*real).iVersion };
    // SAFETY: the same.
    let size = unsafe { (*real).szOsFile };
    // SAFETY: the same.
    let longest = unsafe { (*real).mxPathname };
    let has = |at_least: c_int| version >= at_least;
    // What takes no file system by its own account is taken as it is.
    macro_rules! as_it_is {
        ($($version:literal: $method:ident),+) => {
            sys::sqlite3_vfs {
                iVersion: version.min(3),
                szOsFile: size + c_int::try_from(size_of::<File>()).unwrap_or(0),
                mxPathname: longest,
                pNext: null_mut(),
                zName: NAME.as_ptr(),
                pAppData: real.cast(),
                xOpen: Some(open),
                xDelete: Some(delete),
                xAccess: Some(access),
                xFullPathname: Some(full_pathname),
                xRandomness: Some(randomness),
                xSleep: Some(sleep),
                xCurrentTime: Some(current_time),
                xGetLastError: Some(get_last_error),
                xCurrentTimeInt64: if has(2) { Some(current_time_int64) } else { None },
                $($method: if has($version) {
                    // SAFETY: the version has this field.
                    unsafe { (*real).$method }
                } else {
                    None
                }),+
            }
        };
    }
    as_it_is! {
        1: xDlOpen, 1: xDlError, 1: xDlSym, 1: xDlClose,
        3: xSetSystemCall, 3: xGetSystemCall, 3: xNextSystemCall
    }
}

/// Calls a method of the file system below with arguments that are the caller's, unchanged.
macro_rules! below {
    ($vfs:ident.$method:ident($($argument:expr),*)) => {{
        // SAFETY: SQLite hands over the file system that it was registered with, which is ours.
        let real: *mut sys::sqlite3_vfs = unsafe { (*$vfs).pAppData }.cast();
        // SAFETY: the file system below lives as long as the process, and has this method: ours has it for that reason.
        match unsafe { (*real).$method } {
            // SAFETY: the arguments are the caller's.
            Some(method) => unsafe { method(real, $($argument),*) },
            None => sys::SQLITE_ERROR,
        }
    }};
}

unsafe extern "C" fn open(
    vfs: *mut sys::sqlite3_vfs,
    name: *const c_char,
    file: *mut sys::sqlite3_file,
    flags: c_int,
    flags_out: *mut c_int,
) -> c_int {
    // SAFETY: the name is SQLite's.
    let about = About::new(FileKind::of_flags(flags), unsafe { name_of(name) });
    actor::pause(Operation::Open, about.kind);
    // SAFETY: SQLite hands over a place of the size that we asked for.
    unsafe { (*file).pMethods = null() };
    if let Fate::Fails(code) | Fate::Halved(code) = io::before(Operation::Open, about.kind) {
        return code;
    }
    let was_there = in_memory::is_there(&about.name).unwrap_or_else(|| Path::new(&about.name).exists());
    // SAFETY: behind our own part is the place for the file of the file system below.
    let real = unsafe { file::below(file) };
    // SAFETY: as above; a file that did not open has no methods.
    unsafe { (*real).pMethods = null() };
    let code = below!(vfs.xOpen(name, real, flags, flags_out));
    // SAFETY: the file system below has set it, or it is NULL as it was.
    if unsafe { (*real).pMethods }.is_null() {
        return code;
    }
    if !was_there {
        io::changed(&about.name, || Change::Made);
    }
    // SAFETY: the place is ours, and the file behind it is open.
    unsafe { file::begin(file, about) };
    code
}

unsafe extern "C" fn delete(vfs: *mut sys::sqlite3_vfs, name: *const c_char, sync: c_int) -> c_int {
    // SAFETY: the name is SQLite's.
    let file = unsafe { name_of(name) };
    let kind = FileKind::of_name(&file);
    actor::pause(Operation::Delete, kind);
    if let Fate::Fails(code) | Fate::Halved(code) = io::before(Operation::Delete, kind) {
        return code;
    }
    let code = below!(vfs.xDelete(name, sync));
    if code == sys::SQLITE_OK {
        io::changed(&file, || Change::Deleted { synced: sync != 0 });
    }
    code
}

unsafe extern "C" fn access(
    vfs: *mut sys::sqlite3_vfs,
    name: *const c_char,
    flags: c_int,
    result: *mut c_int,
) -> c_int {
    // SAFETY: the name is SQLite's.
    let kind = FileKind::of_name(&unsafe { name_of(name) });
    actor::pause(Operation::Access, kind);
    match io::before(Operation::Access, kind) {
        Fate::Made => below!(vfs.xAccess(name, flags, result)),
        Fate::Fails(code) | Fate::Halved(code) => code,
    }
}

/// Nobody sleeps in a block: another actor runs meanwhile, or what is waited for does not come anyway.
unsafe extern "C" fn sleep(vfs: *mut sys::sqlite3_vfs, microseconds: c_int) -> c_int {
    let _ = io::before(Operation::Sleep, FileKind::None);
    if actor::pause(Operation::Sleep, FileKind::None) || is_watching() {
        return microseconds;
    }
    below!(vfs.xSleep(microseconds))
}

unsafe extern "C" fn full_pathname(
    vfs: *mut sys::sqlite3_vfs,
    name: *const c_char,
    size: c_int,
    path: *mut c_char,
) -> c_int {
    below!(vfs.xFullPathname(name, size, path))
}

unsafe extern "C" fn randomness(vfs: *mut sys::sqlite3_vfs, size: c_int, bytes: *mut c_char) -> c_int {
    below!(vfs.xRandomness(size, bytes))
}

unsafe extern "C" fn current_time(vfs: *mut sys::sqlite3_vfs, time: *mut f64) -> c_int {
    below!(vfs.xCurrentTime(time))
}

unsafe extern "C" fn current_time_int64(vfs: *mut sys::sqlite3_vfs, time: *mut i64) -> c_int {
    below!(vfs.xCurrentTimeInt64(time))
}

unsafe extern "C" fn get_last_error(vfs: *mut sys::sqlite3_vfs, size: c_int, text: *mut c_char) -> c_int {
    below!(vfs.xGetLastError(size, text))
}

/// The last part of a path; nothing for a file without a name.
///
/// # Safety
/// The path ends with a zero byte, or is NULL.
unsafe fn name_of(path: *const c_char) -> String {
    // SAFETY: the caller vouches for it.
    let path = unsafe { text(path) }.unwrap_or_default();
    let path = String::from_utf8_lossy(&path);
    let name = Path::new(&*path).file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
