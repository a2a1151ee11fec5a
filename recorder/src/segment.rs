//! A part of a trace: a file that is mapped, so that what was written to it survives whatever the process dies of, and
//! costs no system call.

use std::ffi::c_void;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a segment begins with; then the length of what is whole, in the machine's byte order.
const MAGIC: [u8; 8] = *b"SQLREC1\n";
const HEADER: usize = 16;
/// Large enough that a new one is rare, small enough for many short processes.
const SIZE: usize = 1 << 20;

/// The parts of one process's trace, of which the last is being written.
pub(crate) struct Parts {
    folder: PathBuf,
    /// What no other process of the recording is called.
    pub(crate) name: String,
    count: u32,
    last: Segment,
    order: Order,
}

impl Parts {
    /// The first part. A process has a new name also after `exec`, and when its number was another's before.
    pub(crate) fn new(folder: PathBuf) -> io::Result<Self> {
        let order = Order::open(&folder.join("order"))?;
        for turn in 0.. {
            let name = format!("{}-{turn}", std::process::id());
            match Segment::new(&part(&folder, &name, 0), 0) {
                Ok(last) => return Ok(Self { folder, name, count: 1, last, order }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// A new part, with room for at least so many bytes.
    pub(crate) fn next(&mut self, bytes: usize) -> io::Result<()> {
        self.last = Segment::new(&part(&self.folder, &self.name, self.count), bytes)?;
        self.count += 1;
        Ok(())
    }

    /// Where the last part may be written.
    pub(crate) fn room(&self) -> (*mut u8, *mut u8) {
        let Segment { base, size } = self.last;
        (base.wrapping_add(HEADER), base.wrapping_add(size))
    }

    /// What lies before `end` is whole.
    #[inline]
    pub(crate) fn publish(&self, end: *mut u8) {
        let base = self.last.base;
        // SAFETY: the second eight bytes of a mapping.
        let length = unsafe { AtomicU64::from_ptr(base.add(MAGIC.len()).cast()) };
        length.store((end as usize - base as usize - HEADER) as u64, Ordering::Release);
    }

    /// The number of what happens now, among all processes of the recording.
    #[inline]
    pub(crate) fn now(&self) -> u64 {
        self.order.next()
    }

    /// Says beside the parts why there are no more.
    pub(crate) fn stop(self, error: &io::Error) {
        let _ = std::fs::write(self.folder.join(format!("{}.stopped", self.name)), error.to_string());
    }
}

fn part(folder: &Path, name: &str, number: u32) -> PathBuf {
    folder.join(format!("{name}.{number:06}"))
}

struct Segment {
    base: *mut u8,
    size: usize,
}

impl Segment {
    /// A new file, with room for at least so many bytes.
    fn new(path: &Path, bytes: usize) -> io::Result<Self> {
        let size = (bytes + HEADER).max(SIZE);
        let file = File::options().read(true).write(true).create_new(true).open(path)?;
        let base = map(&file, size)?;
        // SAFETY: the mapping is larger than the header.
        unsafe { base.copy_from_nonoverlapping(MAGIC.as_ptr(), MAGIC.len()) };
        Ok(Self { base, size })
    }
}

impl Drop for Segment {
    fn drop(&mut self) {
        // SAFETY: mapped by `map`, and not used any more.
        unsafe { libc::munmap(self.base.cast(), self.size) };
    }
}

/// Maps a file of this size. Its room is taken now: a full disk would be a signal later.
fn map(file: &File, size: usize) -> io::Result<*mut u8> {
    reserve(file, size)?;
    let access = libc::PROT_READ | libc::PROT_WRITE;
    // SAFETY: a new mapping of an open file.
    let base = unsafe { libc::mmap(null_mut(), size, access, libc::MAP_SHARED, file.as_raw_fd(), 0) };
    if base == libc::MAP_FAILED { Err(io::Error::last_os_error()) } else { Ok(base.cast()) }
}

#[cfg(target_os = "linux")]
fn reserve(file: &File, size: usize) -> io::Result<()> {
    // SAFETY: an open file.
    match unsafe { libc::posix_fallocate(file.as_raw_fd(), 0, size as libc::off_t) } {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}

#[cfg(not(target_os = "linux"))]
fn reserve(file: &File, size: usize) -> io::Result<()> {
    file.set_len(size as u64)
}

/// Counts what all processes of a recording do: one number for each begin and each end of a call.
struct Order(*mut c_void);

impl Order {
    fn open(path: &Path) -> io::Result<Self> {
        let file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
        map(&file, size_of::<AtomicU64>()).map(|base| Self(base.cast()))
    }

    #[inline]
    fn next(&self) -> u64 {
        // SAFETY: the mapping is never removed.
        unsafe { AtomicU64::from_ptr(self.0.cast()) }.fetch_add(1, Ordering::AcqRel)
    }
}
