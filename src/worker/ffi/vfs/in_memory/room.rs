//! The system calls that take room on a device: SQLite's file system for Unix makes them by ours, which take notice of a
//! device that has none. What SQLite says of it, it says of other things too, and an instant later there may be room.

use std::ffi::{c_int, c_void};
use std::io;

use libsqlite3_sys as sys;

use super::calls::{SystemCall, system_calls};
use super::{has, set};
use crate::worker::environment;

/// Notices from now on which calls find no room.
pub(super) fn notice(vfs: *mut sys::sqlite3_vfs) {
    // One that it was not compiled with is not there, and what cannot be replaced is not noticed.
    calls().iter().filter(|call| has(vfs, call.name)).for_each(|call| _ = set(vfs, call));
}

fn calls() -> Vec<SystemCall> {
    system_calls! {
        write: unsafe extern "C" fn(c_int, *const c_void, usize) -> isize, false;
        pwrite: unsafe extern "C" fn(c_int, *const c_void, usize, i64) -> isize, false;
        pwrite64: unsafe extern "C" fn(c_int, *const c_void, usize, i64) -> isize, false;
        ftruncate: unsafe extern "C" fn(c_int, i64) -> c_int, false;
        fallocate: unsafe extern "C" fn(c_int, i64, i64) -> c_int, false;
    }
}

fn noticed<T: PartialOrd<T> + From<i8>>(result: T) -> T {
    if result < T::from(0) {
        environment::notice(&io::Error::last_os_error());
    }
    result
}

pub(super) unsafe extern "C" fn write(descriptor: c_int, bytes: *const c_void, size: usize) -> isize {
    // SAFETY: the arguments are the caller's.
    noticed(unsafe { libc::write(descriptor, bytes, size) })
}

pub(super) unsafe extern "C" fn pwrite(
    descriptor: c_int,
    bytes: *const c_void,
    size: usize,
    at: i64,
) -> isize {
    // SAFETY: the arguments are the caller's.
    noticed(unsafe { libc::pwrite(descriptor, bytes, size, at) })
}

unsafe extern "C" fn pwrite64(descriptor: c_int, bytes: *const c_void, size: usize, at: i64) -> isize {
    // SAFETY: the arguments are the caller's.
    unsafe { pwrite(descriptor, bytes, size, at) }
}

pub(super) unsafe extern "C" fn ftruncate(descriptor: c_int, length: i64) -> c_int {
    // SAFETY: the arguments are the caller's.
    noticed(unsafe { libc::ftruncate(descriptor, length) })
}

/// `posix_fallocate`, which returns what others leave in `errno`.
pub(super) unsafe extern "C" fn fallocate(descriptor: c_int, at: i64, length: i64) -> c_int {
    // SAFETY: the arguments are the caller's.
    let number = unsafe { libc::posix_fallocate(descriptor, at, length) };
    environment::notice(&io::Error::from_raw_os_error(number));
    number
}
