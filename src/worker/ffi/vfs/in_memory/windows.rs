//! Memory through which SQLite looks at files: what `mmap` returns where a file is no file of the system's.

use std::alloc::{Layout, alloc_zeroed, handle_alloc_error};
use std::ptr::NonNull;

use crate::worker::io::{Inode, MemoryFiles};

/// Where windows begin, and what their sizes are multiples of.
const PAGE: usize = 4096;

/// A window on a part of a file.
struct Window {
    memory: Memory,
    /// The bytes of it that are mapped.
    length: usize,
    inode: Inode,
    /// Where in the file it begins.
    at: usize,
    /// Whether SQLite writes through it.
    writes: bool,
}

/// Zeroed pages. They are never freed but used again: new ones cost as much as a short run of SQLite.
struct Memory {
    start: NonNull<u8>,
    size: usize,
}

// SAFETY: it is memory of the process, which no thread has by itself.
unsafe impl Send for Memory {}

/// The windows that are open, and the memory of those that were.
#[derive(Default)]
pub(super) struct Windows {
    open: Vec<Window>,
    spare: Vec<Memory>,
}

impl Windows {
    /// Opens a window. It begins with what is in the file.
    pub(super) fn open(
        &mut self,
        files: &MemoryFiles,
        inode: Inode,
        at: usize,
        length: usize,
        writes: bool,
    ) -> NonNull<u8> {
        let memory = self.memory(length);
        let start = memory.start;
        let there = files.content(inode).and_then(|content| content.get(at..)).unwrap_or_default();
        let window = Window { memory, length, inode, at, writes };
        window.update(at, &there[..there.len().min(length)]);
        self.open.push(window);
        start
    }

    fn memory(&mut self, length: usize) -> Memory {
        let size = length.next_multiple_of(PAGE).max(PAGE);
        if let Some(at) = self.spare.iter().position(|memory| memory.size == size) {
            let memory = self.spare.swap_remove(at);
            // SAFETY: so many bytes are there, and no window has them.
            unsafe { memory.start.write_bytes(0, size) };
            return memory;
        }
        let Ok(layout) = Layout::from_size_align(size, PAGE) else { unreachable!("no mapping is so large") };
        // SAFETY: its size is not zero.
        let start = unsafe { alloc_zeroed(layout) };
        Memory { start: NonNull::new(start).unwrap_or_else(|| handle_alloc_error(layout)), size }
    }

    /// Closes the end of a window from here on, or all of it. What was written through it is in the file from now on.
    /// Returns whether there is such a window.
    pub(super) fn close(&mut self, files: &mut MemoryFiles, address: usize) -> bool {
        let Some(at) = self.at(address) else { return false };
        self.open[at].save(files);
        let kept = address - self.open[at].memory.start.as_ptr().addr();
        if kept == 0 {
            let window = self.open.swap_remove(at);
            self.spare.push(window.memory);
        } else {
            self.open[at].length = kept;
        }
        true
    }

    /// Opens a window on the same part of a file, of another length, instead of one. Returns `None` where there is none.
    pub(super) fn resize(
        &mut self,
        files: &mut MemoryFiles,
        address: usize,
        length: usize,
    ) -> Option<NonNull<u8>> {
        let Window { inode, at, writes, .. } = self.open[self.at(address)?];
        self.close(files, address);
        Some(self.open(files, inode, at, length, writes))
    }

    fn at(&self, address: usize) -> Option<usize> {
        self.open.iter().position(|window| {
            let start = window.memory.start.as_ptr().addr();
            (start..start + window.length).contains(&address)
        })
    }

    /// Shows bytes that were written to a file.
    pub(super) fn show(&self, inode: Inode, at: usize, bytes: &[u8]) {
        self.open.iter().filter(|window| window.inode == inode).for_each(|window| window.update(at, bytes));
    }

    /// Shows no more of a file than this length.
    pub(super) fn cut(&self, inode: Inode, length: usize) {
        for window in self.open.iter().filter(|window| window.inode == inode) {
            let kept = length.saturating_sub(window.at).min(window.length);
            // SAFETY: the window has as many bytes as this.
            let end = unsafe { window.memory.start.add(kept) };
            // SAFETY: the rest of them.
            unsafe { end.write_bytes(0, window.length - kept) };
        }
    }

    /// Brings what was written through windows into the files.
    pub(super) fn save(&self, files: &mut MemoryFiles) {
        self.open.iter().for_each(|window| window.save(files));
    }
}

impl Window {
    /// Copies what it shows of these bytes of the file.
    fn update(&self, at: usize, bytes: &[u8]) {
        let begin = at.max(self.at);
        let end = (at + bytes.len()).min(self.at + self.length);
        if begin < end {
            // SAFETY: the place is in the window.
            let to = unsafe { self.memory.start.add(begin - self.at) };
            let from = &bytes[begin - at..end - at];
            // SAFETY: so many bytes are there behind the place, and they are not those of the file.
            unsafe { to.copy_from_nonoverlapping(NonNull::from(from).cast(), from.len()) };
        }
    }

    fn save(&self, files: &mut MemoryFiles) {
        if self.writes {
            // SAFETY: so many bytes are there, and SQLite writes none of them during this call.
            let bytes = unsafe { std::slice::from_raw_parts(self.memory.start.as_ptr(), self.length) };
            files.overwrite(self.inode, self.at, bytes);
        }
    }
}
