//! The beginning of a file as memory that outlives its process: what is written there is in the file at once, without
//! a system call, whatever the process dies of.

use std::fs::File;
use std::io;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{FallocateFlags, fallocate};
use rustix::mm::{MapFlags, ProtFlags, mmap};

/// The window on a file, mapped as long as the process lives. Copies of the process share it.
#[derive(Debug)]
pub(crate) struct Window {
    start: NonNull<u8>,
    length: usize,
}

/// The bytes of the number that a file begins with.
const NUMBER: usize = size_of::<u64>();

impl Window {
    /// Maps the first `length` bytes, which are reserved: a write cannot find the disk full.
    ///
    /// # Errors
    /// When the system reserves or maps none, and when the number that the file begins with does not fit.
    pub(crate) fn new(file: &File, length: usize) -> io::Result<Self> {
        if length < NUMBER {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        fallocate(file, FallocateFlags::empty(), 0, length as u64)?;
        let may = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: a new mapping at a place that the system chooses covers no other memory.
        let start = unsafe { mmap(std::ptr::null_mut(), length, may, MapFlags::SHARED, file, 0) }?;
        let start = NonNull::new(start.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Self { start, length })
    }

    /// The number that the file begins with, as this machine writes it.
    pub(crate) fn number(&self) -> u64 {
        self.cell().load(Ordering::Acquire)
    }

    /// Writes the number that the file begins with, after all that was written before.
    pub(crate) fn set_number(&self, number: u64) {
        self.cell().store(number, Ordering::Release);
    }

    fn cell(&self) -> &AtomicU64 {
        // SAFETY: mappings begin with a page, so the place is aligned, and `new` has seen that a number fits. It is
        // mapped for as long as the process lives, and `write` leaves it alone.
        unsafe { AtomicU64::from_ptr(self.start.as_ptr().cast()) }
    }

    /// Writes these bytes behind the number, at this place of the file. Returns whether they fit.
    pub(crate) fn write(&mut self, at: usize, bytes: &[u8]) -> bool {
        let fits = at >= NUMBER && at.checked_add(bytes.len()).is_some_and(|end| end <= self.length);
        if fits {
            // SAFETY: the place is within the mapping.
            let place = unsafe { self.start.add(at) };
            // SAFETY: the bytes fit there, and nothing refers to that memory: it is only ever written, here.
            unsafe { place.copy_from_nonoverlapping(NonNull::from(bytes).cast(), bytes.len()) };
        }
        fits
    }
}
