//! The system calls of SQLite's file system for Unix, as it makes them of files in memory. Those of other files and
//! descriptors are the system's.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::io::{self, ErrorKind};
use std::ptr::null_mut;

use libsqlite3_sys as sys;

use super::files::with;
use super::room;
use crate::worker::io::{How, Status};

/// A system call by SQLite's name for it.
pub(super) struct SystemCall {
    pub name: &'static CStr,
    pub ours: sys::sqlite3_syscall_ptr,
    /// Whether there is no doing without it. SQLite has those only that it was compiled with.
    pub is_needed: bool,
}

/// System calls: the name of each, which is that of ours, and whether there is no doing without it.
macro_rules! system_calls {
    ($($name:ident: $type:ty, $is_needed:literal;)+) => {
        vec![$({
            let ours: $type = $name;
            // SAFETY: a pointer to a function is one whatever its signature, and SQLite calls it by its own.
            let ours = unsafe { std::mem::transmute::<$type, sys::sqlite3_syscall_ptr>(ours) };
            let name = concat!(stringify!($name), "\0");
            let name = std::ffi::CStr::from_bytes_with_nul(name.as_bytes()).unwrap_or_default();
            SystemCall { name, ours, is_needed: $is_needed }
        }),+]
    };
}
pub(super) use system_calls;

/// All system calls that are made in memory.
pub(super) fn all() -> Vec<SystemCall> {
    system_calls! {
        open: unsafe extern "C" fn(*const c_char, c_int, c_int) -> c_int, true;
        close: unsafe extern "C" fn(c_int) -> c_int, true;
        access: unsafe extern "C" fn(*const c_char, c_int) -> c_int, true;
        stat: unsafe extern "C" fn(*const c_char, *mut libc::stat) -> c_int, true;
        lstat: unsafe extern "C" fn(*const c_char, *mut libc::stat) -> c_int, false;
        fstat: unsafe extern "C" fn(c_int, *mut libc::stat) -> c_int, true;
        ftruncate: unsafe extern "C" fn(c_int, i64) -> c_int, true;
        fcntl: unsafe extern "C" fn(c_int, c_int, *mut libc::flock) -> c_int, true;
        read: unsafe extern "C" fn(c_int, *mut c_void, usize) -> isize, true;
        pread: unsafe extern "C" fn(c_int, *mut c_void, usize, i64) -> isize, false;
        pread64: unsafe extern "C" fn(c_int, *mut c_void, usize, i64) -> isize, false;
        write: unsafe extern "C" fn(c_int, *const c_void, usize) -> isize, true;
        pwrite: unsafe extern "C" fn(c_int, *const c_void, usize, i64) -> isize, false;
        pwrite64: unsafe extern "C" fn(c_int, *const c_void, usize, i64) -> isize, false;
        fchmod: unsafe extern "C" fn(c_int, libc::mode_t) -> c_int, false;
        fchown: unsafe extern "C" fn(c_int, libc::uid_t, libc::gid_t) -> c_int, false;
        fallocate: unsafe extern "C" fn(c_int, i64, i64) -> c_int, false;
        unlink: unsafe extern "C" fn(*const c_char) -> c_int, true;
        mmap: unsafe extern "C" fn(*mut c_void, usize, c_int, c_int, c_int, i64) -> *mut c_void, false;
        munmap: unsafe extern "C" fn(*mut c_void, usize) -> c_int, false;
        mremap: unsafe extern "C" fn(*mut c_void, usize, usize, c_int) -> *mut c_void, false;
    }
}

/// What a system call returns, and leaves in `errno`.
fn returned<T: From<i8>>(result: io::Result<T>) -> T {
    result.unwrap_or_else(|error| {
        let number = number_of(&error);
        // SAFETY: it takes nothing.
        let place = unsafe { libc::__errno_location() };
        // SAFETY: it is this thread's own place.
        unsafe { *place = number };
        T::from(-1)
    })
}

fn number_of(error: &io::Error) -> c_int {
    match error.kind() {
        ErrorKind::NotFound => libc::ENOENT,
        ErrorKind::AlreadyExists => libc::EEXIST,
        ErrorKind::IsADirectory => libc::EISDIR,
        ErrorKind::InvalidInput => libc::EBADF,
        ErrorKind::FileTooLarge => libc::EFBIG,
        _ => error.raw_os_error().unwrap_or(libc::EIO),
    }
}

/// # Safety
/// The path ends with a zero byte, and is there for as long as `'a` says.
unsafe fn bytes<'a>(path: *const c_char) -> &'a [u8] {
    // SAFETY: the caller vouches for it.
    unsafe { CStr::from_ptr(path) }.to_bytes()
}

unsafe extern "C" fn open(path: *const c_char, flags: c_int, mode: c_int) -> c_int {
    let how = How {
        creates: flags & libc::O_CREAT != 0,
        exclusive: flags & libc::O_EXCL != 0,
        writes: flags & libc::O_ACCMODE != libc::O_RDONLY,
        truncates: flags & libc::O_TRUNC != 0,
        nameless: flags & libc::O_TMPFILE == libc::O_TMPFILE,
        mode: mode.unsigned_abs() & 0o777,
    };
    // SAFETY: SQLite lends a path for the call.
    let ours = with(|state| state.open(unsafe { bytes(path) }, how));
    // SAFETY: the arguments are the caller's.
    ours.map_or_else(|| unsafe { libc::open(path, flags, mode) }, returned)
}

unsafe extern "C" fn close(descriptor: c_int) -> c_int {
    // SAFETY: it is a descriptor of SQLite's.
    with(|state| state.close(descriptor)).map_or_else(|| unsafe { libc::close(descriptor) }, |()| 0)
}

unsafe extern "C" fn access(path: *const c_char, mode: c_int) -> c_int {
    // SAFETY: SQLite lends a path for the call.
    let ours = with(|state| state.status_of(unsafe { bytes(path) }));
    // SAFETY: the arguments are the caller's.
    ours.map_or_else(|| unsafe { libc::access(path, mode) }, |found| returned(found.map(|_| 0)))
}

unsafe extern "C" fn stat(path: *const c_char, into: *mut libc::stat) -> c_int {
    // SAFETY: SQLite lends a path for the call.
    let ours = with(|state| state.status_of(unsafe { bytes(path) }));
    // SAFETY: the arguments are the caller's.
    ours.map_or_else(|| unsafe { libc::stat(path, into) }, |found| unsafe { tell(found, into) })
}

unsafe extern "C" fn lstat(path: *const c_char, into: *mut libc::stat) -> c_int {
    // SAFETY: SQLite lends a path for the call.
    let ours = with(|state| state.status_of(unsafe { bytes(path) }));
    // SAFETY: the arguments are the caller's.
    ours.map_or_else(|| unsafe { libc::lstat(path, into) }, |found| unsafe { tell(found, into) })
}

unsafe extern "C" fn fstat(descriptor: c_int, into: *mut libc::stat) -> c_int {
    let ours = with(|state| state.status_of_open(descriptor));
    // SAFETY: the arguments are the caller's.
    ours.map_or_else(|| unsafe { libc::fstat(descriptor, into) }, |found| unsafe { tell(Ok(found), into) })
}

/// Writes what is known of a file, or of a directory.
///
/// # Safety
/// There is a place for it.
unsafe fn tell(found: io::Result<Option<Status>>, into: *mut libc::stat) -> c_int {
    /// A device that no file of the system is on.
    const DEVICE: u64 = u64::MAX;
    let told = found.map(|status| {
        // SAFETY: it is numbers, for all of which zero is one.
        let mut stat: libc::stat = unsafe { std::mem::zeroed() };
        stat.st_dev = DEVICE;
        stat.st_blksize = 4096;
        match status {
            Some(status) => {
                stat.st_ino = status.inode;
                stat.st_mode = libc::S_IFREG | status.mode;
                stat.st_nlink = u8::from(status.has_name).into();
                stat.st_size = i64::try_from(status.size).unwrap_or(i64::MAX);
            }
            None => (stat.st_mode, stat.st_nlink) = (libc::S_IFDIR | 0o755, 1),
        }
        // SAFETY: the caller vouches for the place.
        unsafe { into.write(stat) };
        0
    });
    returned(told)
}

unsafe extern "C" fn ftruncate(descriptor: c_int, length: i64) -> c_int {
    let ours = with(|state| state.set_length(descriptor, usize::try_from(length).unwrap_or(0)));
    // SAFETY: the arguments are the caller's.
    ours.map_or_else(|| unsafe { room::ftruncate(descriptor, length) }, |done| returned(done.map(|()| 0)))
}

/// A process can take every lock that no other has, and no other knows the files. SQLite passes the last argument as one
/// of any number; where this is compiled it comes the same way.
unsafe extern "C" fn fcntl(descriptor: c_int, command: c_int, argument: *mut libc::flock) -> c_int {
    if with(|state| state.has(descriptor)).is_none() {
        // SAFETY: the arguments are the caller's.
        return unsafe { libc::fcntl(descriptor, command, argument) };
    }
    if command == libc::F_GETLK {
        // SAFETY: this command has such an argument.
        unsafe { (*argument).l_type = libc::F_UNLCK as i16 };
    }
    0
}

/// Of a library that was compiled without `pread`, which goes to the place first. No call lets that be replaced, so the
/// descriptor itself knows the place. It stays where it is: such a library goes to the place before each call.
unsafe extern "C" fn read(descriptor: c_int, buffer: *mut c_void, size: usize) -> isize {
    match with(|state| state.place_of(descriptor)) {
        // SAFETY: the arguments are the caller's.
        Some(at) => unsafe { pread(descriptor, buffer, size, at) },
        // SAFETY: the arguments are the caller's.
        None => unsafe { libc::read(descriptor, buffer, size) },
    }
}

unsafe extern "C" fn pread(descriptor: c_int, buffer: *mut c_void, size: usize, at: i64) -> isize {
    let ours = with(|state| {
        state.has(descriptor)?;
        // SAFETY: SQLite lends so many bytes for the call.
        let buffer = unsafe { std::slice::from_raw_parts_mut(buffer.cast(), size) };
        Some(state.read(descriptor, usize::try_from(at).unwrap_or(usize::MAX), buffer))
    });
    let counted = |read: io::Result<usize>| returned(read.map(|n| isize::try_from(n).unwrap_or(0)));
    // SAFETY: the arguments are the caller's.
    ours.map_or_else(|| unsafe { libc::pread(descriptor, buffer, size, at) }, counted)
}

unsafe extern "C" fn pread64(descriptor: c_int, buffer: *mut c_void, size: usize, at: i64) -> isize {
    // SAFETY: the arguments are the caller's.
    unsafe { pread(descriptor, buffer, size, at) }
}

/// As `read`, of a library without `pwrite`.
unsafe extern "C" fn write(descriptor: c_int, buffer: *const c_void, size: usize) -> isize {
    match with(|state| state.place_of(descriptor)) {
        // SAFETY: the arguments are the caller's.
        Some(at) => unsafe { pwrite(descriptor, buffer, size, at) },
        // SAFETY: the arguments are the caller's.
        None => unsafe { room::write(descriptor, buffer, size) },
    }
}

unsafe extern "C" fn pwrite(descriptor: c_int, buffer: *const c_void, size: usize, at: i64) -> isize {
    let ours = with(|state| {
        state.has(descriptor)?;
        // SAFETY: SQLite lends so many bytes for the call.
        let bytes = unsafe { std::slice::from_raw_parts(buffer.cast(), size) };
        Some(state.write(descriptor, usize::try_from(at).unwrap_or(0), bytes))
    });
    let counted = |written: io::Result<()>| returned(written.map(|()| isize::try_from(size).unwrap_or(0)));
    // SAFETY: the arguments are the caller's.
    ours.map_or_else(|| unsafe { room::pwrite(descriptor, buffer, size, at) }, counted)
}

unsafe extern "C" fn pwrite64(descriptor: c_int, buffer: *const c_void, size: usize, at: i64) -> isize {
    // SAFETY: the arguments are the caller's.
    unsafe { pwrite(descriptor, buffer, size, at) }
}

unsafe extern "C" fn fchmod(descriptor: c_int, mode: libc::mode_t) -> c_int {
    let ours = with(|state| state.set_mode(descriptor, mode));
    // SAFETY: the arguments are the caller's.
    ours.map_or_else(|| unsafe { libc::fchmod(descriptor, mode) }, |done| returned(done.map(|()| 0)))
}

unsafe extern "C" fn fchown(descriptor: c_int, user: libc::uid_t, group: libc::gid_t) -> c_int {
    // SAFETY: the arguments are the caller's.
    with(|state| state.has(descriptor))
        .map_or_else(|| unsafe { libc::fchown(descriptor, user, group) }, |()| 0)
}

/// `posix_fallocate`, which returns what others leave in `errno`.
unsafe extern "C" fn fallocate(descriptor: c_int, at: i64, length: i64) -> c_int {
    let ours = with(|state| state.lengthen(descriptor, usize::try_from(at + length).unwrap_or(0)));
    // SAFETY: the arguments are the caller's.
    ours.map_or_else(
        || unsafe { room::fallocate(descriptor, at, length) },
        |done| done.map_or_else(|error| number_of(&error), |()| 0),
    )
}

unsafe extern "C" fn unlink(path: *const c_char) -> c_int {
    // SAFETY: SQLite lends a path for the call.
    let ours = with(|state| state.unlink(unsafe { bytes(path) }));
    // SAFETY: the arguments are the caller's.
    ours.map_or_else(|| unsafe { libc::unlink(path) }, |done| returned(done.map(|()| 0)))
}

unsafe extern "C" fn mmap(
    address: *mut c_void,
    length: usize,
    protection: c_int,
    flags: c_int,
    descriptor: c_int,
    at: i64,
) -> *mut c_void {
    let writes = protection & libc::PROT_WRITE != 0;
    let ours = with(|state| state.map(descriptor, usize::try_from(at).unwrap_or(0), length, writes));
    // SAFETY: the arguments are the caller's.
    ours.unwrap_or_else(|| unsafe { libc::mmap(address, length, protection, flags, descriptor, at) })
}

unsafe extern "C" fn munmap(address: *mut c_void, length: usize) -> c_int {
    // SAFETY: the arguments are the caller's.
    with(|state| state.unmap(address.addr())).map_or_else(|| unsafe { libc::munmap(address, length) }, |()| 0)
}

unsafe extern "C" fn mremap(address: *mut c_void, before: usize, length: usize, flags: c_int) -> *mut c_void {
    let ours = with(|state| state.remap(address.addr(), length));
    // SAFETY: the arguments are the caller's, and without MREMAP_FIXED nothing reads a fifth.
    ours.unwrap_or_else(|| unsafe { libc::mremap(address, before, length, flags, null_mut::<c_void>()) })
}
