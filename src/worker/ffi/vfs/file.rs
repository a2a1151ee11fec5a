//! The methods of a watched file, <https://sqlite.org/c3ref/io_methods.html>. It has those that the file below has, so
//! that SQLite makes the same of it.

use std::ffi::{c_int, c_void};

use libsqlite3_sys as sys;

use super::super::actor;
use super::wal_index;
use crate::outcome::io::{FileKind, Operation};
use crate::worker::io::{self, Change, Fate};

/// The beginning of the memory that SQLite provides for a file; the file of the file system below is behind it.
#[repr(C)]
pub(super) struct File {
    base: sys::sqlite3_file,
    methods: sys::sqlite3_io_methods,
    about: *mut About,
}

/// What is known of a file.
pub(super) struct About {
    pub kind: FileKind,
    /// Its name in its directory; empty for a file without one.
    pub name: String,
}

impl About {
    pub(super) fn new(kind: FileKind, name: String) -> Self {
        Self { kind, name }
    }
}

/// The file of the file system below.
///
/// # Safety
/// `file` is memory that SQLite provides for a file of ours.
pub(super) unsafe fn below(file: *mut sys::sqlite3_file) -> *mut sys::sqlite3_file {
    // SAFETY: SQLite provides as much memory as `szOsFile` asks for, of which ours is only the beginning.
    unsafe { file.byte_add(size_of::<File>()) }
}

/// Makes it a file of ours.
///
/// # Safety
/// `file` is memory that SQLite provides for a file of ours, and the file below is open.
pub(super) unsafe fn begin(file: *mut sys::sqlite3_file, about: About) {
    let ours: *mut File = file.cast();
    // SAFETY: the caller vouches for it.
    let real = unsafe { below(file) };
    // SAFETY: the file below is open.
    let real_methods = unsafe { (*real).pMethods };
    // SAFETY: an open file has methods.
    let methods = unsafe { methods_over(real_methods) };
    // SAFETY: the memory is there, and what was in it needs no drop.
    unsafe { (*ours).methods = methods };
    // SAFETY: the same.
    unsafe { (*ours).about = Box::into_raw(Box::new(about)) };
    // SAFETY: the place is in the memory of the file.
    let ours_methods = unsafe { &raw const (*ours).methods };
    // SAFETY: the methods stay where they are until the file is closed.
    unsafe { (*file).pMethods = ours_methods };
    io::opened(true);
}

/// # Safety
/// They are the methods of an open file.
unsafe fn methods_over(real: *const sys::sqlite3_io_methods) -> sys::sqlite3_io_methods {
    // SAFETY: each version has this field.
    let version = unsafe { (*real).iVersion };
    macro_rules! methods {
        ($($version:literal: $method:ident = $ours:ident),+ $(,)?) => {
            sys::sqlite3_io_methods {
                iVersion: version.min(3),
                $($method: if version >= $version {
                    // SAFETY: the version has this field.
                    unsafe { (*real).$method }.map(|_| $ours as _)
                } else {
                    None
                }),+
            }
        };
    }
    methods! {
        1: xClose = close, 1: xRead = read, 1: xWrite = write, 1: xTruncate = truncate, 1: xSync = sync,
        1: xFileSize = file_size, 1: xLock = lock, 1: xUnlock = unlock,
        1: xCheckReservedLock = check_reserved_lock, 1: xFileControl = file_control,
        1: xSectorSize = sector_size, 1: xDeviceCharacteristics = device_characteristics,
        2: xShmMap = shm_map, 2: xShmLock = shm_lock, 2: xShmBarrier = shm_barrier, 2: xShmUnmap = shm_unmap,
        3: xFetch = fetch, 3: xUnfetch = unfetch,
    }
}

/// What is known of a file of ours.
///
/// # Safety
/// `file` is an open file of ours, and stays so for as long as `'a` says.
unsafe fn about<'a>(file: *mut sys::sqlite3_file) -> &'a About {
    let ours: *mut File = file.cast();
    // SAFETY: the caller vouches for it.
    let about = unsafe { (*ours).about };
    // SAFETY: it lives until the file is closed, and nobody changes it.
    unsafe { &*about }
}

/// Calls a method of the file below with arguments that are the caller's, unchanged.
macro_rules! below {
    ($file:ident.$method:ident($($argument:expr),*)) => {{
        // SAFETY: SQLite calls the methods of open files only.
        let real = unsafe { below($file) };
        // SAFETY: the file below is open.
        let methods = unsafe { (*real).pMethods };
        // SAFETY: it has this method, since ours has it.
        match unsafe { (*methods).$method } {
            // SAFETY: the arguments are the caller's.
            Some(method) => Some(unsafe { method(real, $($argument),*) }),
            None => None,
        }
    }};
}

/// Lets a call be seen before it is made.
///
/// # Safety
/// `file` is an open file of ours.
unsafe fn before(file: *mut sys::sqlite3_file, operation: Operation) -> Fate {
    // SAFETY: the caller vouches for it.
    let kind = unsafe { about(file) }.kind;
    actor::pause(operation, kind);
    io::before(operation, kind)
}

/// A method that is only watched: it is made, or fails.
macro_rules! watched {
    ($($name:ident = $operation:ident $method:ident($($argument:ident: $type:ty),*);)+) => {$(
        unsafe extern "C" fn $name(file: *mut sys::sqlite3_file $(, $argument: $type)*) -> c_int {
            // SAFETY: SQLite calls the methods of open files only.
            match unsafe { before(file, Operation::$operation) } {
                Fate::Made => {
                    let code = below!(file.$method($($argument),*)).unwrap_or(sys::SQLITE_ERROR);
                    actor::note(Operation::$operation, code);
                    code
                }
                Fate::Fails(code) | Fate::Halved(code) => code,
            }
        }
    )+};
}

watched! {
    file_size = FileSize xFileSize(size: *mut i64);
    lock = Lock xLock(level: c_int);
    unlock = Unlock xUnlock(level: c_int);
    check_reserved_lock = CheckReservedLock xCheckReservedLock(result: *mut c_int);
    fetch = Fetch xFetch(offset: i64, size: c_int, memory: *mut *mut c_void);
    unfetch = Unfetch xUnfetch(offset: i64, memory: *mut c_void);
}

unsafe extern "C" fn close(file: *mut sys::sqlite3_file) -> c_int {
    // SAFETY: SQLite closes open files only.
    let fate = unsafe { before(file, Operation::Close) };
    wal_index::unmapped(file);
    // What is closed is closed, whatever the call says.
    let code = below!(file.xClose()).unwrap_or(sys::SQLITE_ERROR);
    let ours: *mut File = file.cast();
    // SAFETY: it was an open file of ours.
    let about = unsafe { (*ours).about };
    // SAFETY: it was made by a box, and the file is closed: nobody asks for it again.
    drop(unsafe { Box::from_raw(about) });
    io::opened(false);
    match fate {
        Fate::Made => code,
        Fate::Fails(code) | Fate::Halved(code) => code,
    }
}

unsafe extern "C" fn read(
    file: *mut sys::sqlite3_file,
    buffer: *mut c_void,
    size: c_int,
    offset: i64,
) -> c_int {
    // SAFETY: SQLite calls the methods of open files only.
    match unsafe { before(file, Operation::Read) } {
        Fate::Made => below!(file.xRead(buffer, size, offset)).unwrap_or(sys::SQLITE_ERROR),
        Fate::Fails(code) => code,
        Fate::Halved(code) => {
            let read = below!(file.xRead(buffer, size / 2, offset));
            let half = usize::try_from(size / 2).unwrap_or(0);
            let rest = usize::try_from(size).unwrap_or(0) - half;
            // SAFETY: the buffer has so many bytes.
            let rest_of_buffer = unsafe { buffer.byte_add(half) };
            // SAFETY: the same. SQLite wants zeros after what could not be read.
            unsafe { rest_of_buffer.write_bytes(0, rest) };
            read.filter(|code| *code != sys::SQLITE_OK).unwrap_or(code)
        }
    }
}

unsafe extern "C" fn write(
    file: *mut sys::sqlite3_file,
    buffer: *const c_void,
    size: c_int,
    offset: i64,
) -> c_int {
    // SAFETY: SQLite calls the methods of open files only.
    let (size, failed) = match unsafe { before(file, Operation::Write) } {
        Fate::Made => (size, None),
        Fate::Fails(code) => return code,
        Fate::Halved(code) => (size / 2, Some(code)),
    };
    let code = below!(file.xWrite(buffer, size, offset)).unwrap_or(sys::SQLITE_ERROR);
    if code != sys::SQLITE_OK {
        return code;
    }
    // SAFETY: the file is open.
    io::changed(&unsafe { about(file) }.name, || {
        let length = usize::try_from(size).unwrap_or(0);
        // SAFETY: SQLite lends so many bytes for the call.
        let bytes = unsafe { std::slice::from_raw_parts(buffer.cast::<u8>(), length) };
        Change::Bytes { at: u64::try_from(offset).unwrap_or(0), bytes: bytes.to_vec() }
    });
    failed.unwrap_or(code)
}

unsafe extern "C" fn truncate(file: *mut sys::sqlite3_file, size: i64) -> c_int {
    // SAFETY: SQLite calls the methods of open files only.
    if let Fate::Fails(code) | Fate::Halved(code) = unsafe { before(file, Operation::Truncate) } {
        return code;
    }
    let code = below!(file.xTruncate(size)).unwrap_or(sys::SQLITE_ERROR);
    if code == sys::SQLITE_OK {
        // SAFETY: the file is open.
        io::changed(&unsafe { about(file) }.name, || Change::Length(u64::try_from(size).unwrap_or(0)));
    }
    code
}

unsafe extern "C" fn sync(file: *mut sys::sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: SQLite calls the methods of open files only.
    if let Fate::Fails(code) | Fate::Halved(code) = unsafe { before(file, Operation::Sync) } {
        return code;
    }
    let code = below!(file.xSync(flags)).unwrap_or(sys::SQLITE_ERROR);
    if code == sys::SQLITE_OK {
        // SAFETY: the file is open.
        io::changed(&unsafe { about(file) }.name, || Change::Synced);
    }
    code
}

unsafe extern "C" fn shm_map(
    file: *mut sys::sqlite3_file,
    region: c_int,
    size: c_int,
    extend: c_int,
    memory: *mut *mut c_void,
) -> c_int {
    // SAFETY: SQLite calls the methods of open files only.
    if let Fate::Fails(code) | Fate::Halved(code) = unsafe { before(file, Operation::ShmMap) } {
        return code;
    }
    let code = below!(file.xShmMap(region, size, extend, memory)).unwrap_or(sys::SQLITE_ERROR);
    if code == sys::SQLITE_OK && region == 0 {
        // SAFETY: SQLite lends a place for the address, which is set.
        let page = unsafe { *memory };
        // SAFETY: it is mapped until the file gives it up, and actors share a thread.
        unsafe { wal_index::mapped(file, page.cast()) };
    }
    code
}

unsafe extern "C" fn shm_unmap(file: *mut sys::sqlite3_file, delete: c_int) -> c_int {
    // SAFETY: SQLite calls the methods of open files only.
    let fate = unsafe { before(file, Operation::ShmUnmap) };
    wal_index::unmapped(file);
    // SQLite asks once: what is not unmapped now is never freed.
    let code = below!(file.xShmUnmap(delete)).unwrap_or(sys::SQLITE_ERROR);
    match fate {
        Fate::Made => code,
        Fate::Fails(code) | Fate::Halved(code) => code,
    }
}

unsafe extern "C" fn shm_lock(file: *mut sys::sqlite3_file, offset: c_int, n: c_int, flags: c_int) -> c_int {
    const UNLOCK: c_int = 1;
    let operation = if flags & UNLOCK == 0 { Operation::ShmLock } else { Operation::ShmUnlock };
    // SAFETY: SQLite calls the methods of open files only.
    match unsafe { before(file, operation) } {
        Fate::Made => {
            let code = below!(file.xShmLock(offset, n, flags)).unwrap_or(sys::SQLITE_ERROR);
            actor::note(operation, code);
            code
        }
        Fate::Fails(code) | Fate::Halved(code) => code,
    }
}

unsafe extern "C" fn shm_barrier(file: *mut sys::sqlite3_file) {
    // SAFETY: SQLite calls the methods of open files only.
    let _ = unsafe { before(file, Operation::ShmBarrier) };
    below!(file.xShmBarrier());
}

/// An actor that would wait inside the file system would wait for ever: it is not told for how long to wait, so it asks
/// its busy handler.
unsafe extern "C" fn file_control(file: *mut sys::sqlite3_file, op: c_int, argument: *mut c_void) -> c_int {
    const LOCK_TIMEOUT: c_int = 34;
    if op == LOCK_TIMEOUT && actor::is_one() {
        return sys::SQLITE_NOTFOUND;
    }
    below!(file.xFileControl(op, argument)).unwrap_or(sys::SQLITE_NOTFOUND)
}

unsafe extern "C" fn sector_size(file: *mut sys::sqlite3_file) -> c_int {
    const USUAL: c_int = 4096;
    below!(file.xSectorSize()).unwrap_or(USUAL)
}

unsafe extern "C" fn device_characteristics(file: *mut sys::sqlite3_file) -> c_int {
    below!(file.xDeviceCharacteristics()).unwrap_or(0)
}
