//! The parts of a trace. The last one is a file that is mapped, so that what was written to it survives whatever the process
//! dies of, and costs no system call. When it is full it is copied into a file of its own and used again: its pages are
//! there already, which new ones would be only after a fault each.

use std::ffi::c_void;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::limits::quietly;

/// What a part begins with; then the length of what is whole and the number of the part, in the machine's byte order.
const MAGIC: [u8; 8] = *b"SQLREC2\n";
const LENGTH: usize = 8;
const NUMBER: usize = 16;
const HEADER: usize = 24;
/// Large enough that a new part is rare, small enough for many short processes, and for a processor's cache.
const SIZE: usize = 1 << 19;

/// The parts of one process's trace, of which the last is being written.
pub(crate) struct Parts {
    folder: PathBuf,
    /// What no other process of the recording is called.
    pub(crate) name: String,
    count: u64,
    last: Segment,
    order: Order,
}

impl Parts {
    /// The first part. A process has a new name also after `exec`, and when its number was another's before.
    pub(crate) fn new(folder: PathBuf) -> io::Result<Self> {
        quietly(|| Self::first(folder))
    }

    fn first(folder: PathBuf) -> io::Result<Self> {
        let order = Order::open(&folder.join("order"))?;
        for turn in 0.. {
            let name = format!("{}-{turn}", std::process::id());
            match Segment::new(&last(&folder, &name), 0, SIZE) {
                Ok(last) => return Ok(Self { folder, name, count: 0, last, order }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// A new part, with room for at least so many bytes. If this process dies meanwhile, the last part has the number of
    /// the one that was copied, and is not needed, or that one is not there.
    pub(crate) fn next(&mut self, bytes: usize) -> io::Result<()> {
        quietly(|| self.go_on(bytes))
    }

    fn go_on(&mut self, bytes: usize) -> io::Result<()> {
        let unfinished = self.folder.join(format!("{}.unfinished", self.name));
        let copied = File::create(&unfinished).and_then(|mut file| file.write_all(self.last.whole()));
        if copied.is_err() {
            // The room that it takes is needed elsewhere.
            let _ = fs::remove_file(&unfinished);
        }
        copied?;
        fs::rename(&unfinished, self.folder.join(format!("{}.{:06}", self.name, self.count)))?;
        self.count += 1;
        let size = (bytes + HEADER).max(SIZE);
        if size == self.last.size {
            self.last.begin(self.count);
            return Ok(());
        }
        self.last = Segment::new(&unfinished, self.count, size)
            .inspect_err(|_| drop(fs::remove_file(&unfinished)))?;
        fs::rename(&unfinished, last(&self.folder, &self.name))
    }

    /// Where the last part may be written.
    pub(crate) fn room(&self) -> (*mut u8, *mut u8) {
        let Segment { base, size } = self.last;
        (base.wrapping_add(HEADER), base.wrapping_add(size))
    }

    /// What lies before `end` is whole.
    #[inline]
    pub(crate) fn publish(&self, end: *mut u8) {
        let length = end as usize - self.last.base as usize - HEADER;
        self.last.field(LENGTH).store(length as u64, Ordering::Release);
    }

    /// The number of what happens now, among all processes of the recording.
    #[inline]
    pub(crate) fn now(&self) -> u64 {
        self.order.next()
    }

    /// Says beside the parts why there are no more.
    pub(crate) fn stop(self, error: &io::Error) {
        quietly(|| fs::write(self.folder.join(format!("{}.stopped", self.name)), error.to_string())).ok();
    }
}

fn last(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.last"))
}

struct Segment {
    base: *mut u8,
    size: usize,
}

impl Segment {
    /// A new file of this size.
    fn new(path: &Path, number: u64, size: usize) -> io::Result<Self> {
        let file = File::options().read(true).write(true).create_new(true).open(path)?;
        let segment = Self { base: map(&file, size)?, size };
        // SAFETY: the mapping is larger than the header.
        unsafe { segment.base.copy_from_nonoverlapping(MAGIC.as_ptr(), MAGIC.len()) };
        segment.begin(number);
        Ok(segment)
    }

    /// Nothing is in it, and it has this number.
    fn begin(&self, number: u64) {
        self.field(LENGTH).store(0, Ordering::Release);
        self.field(NUMBER).store(number, Ordering::Release);
    }

    #[inline]
    fn field(&self, at: usize) -> &AtomicU64 {
        // SAFETY: eight bytes of the header, as long as the mapping.
        unsafe { AtomicU64::from_ptr(self.base.add(at).cast()) }
    }

    /// The header, and what is whole.
    fn whole(&self) -> &[u8] {
        let length = HEADER + self.field(LENGTH).load(Ordering::Acquire) as usize;
        // SAFETY: so much was written, and nobody writes now.
        unsafe { std::slice::from_raw_parts(self.base, length) }
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
