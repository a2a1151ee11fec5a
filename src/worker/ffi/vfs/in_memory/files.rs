//! The files in memory of this process, with the descriptors and the memory that SQLite has of them.

use std::ffi::c_void;
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, AsRawFd, IntoRawFd};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::windows::Windows;
use crate::worker::io::{How, MemoryFiles, Status};
use crate::worker::spent;

/// The files, what is open of them, and what can be used again.
#[derive(Default)]
pub(super) struct State {
    pub files: MemoryFiles,
    windows: Windows,
    /// Descriptors that no file of ours has. Each is of an empty file of the system's of its own, because SQLite syncs files,
    /// and goes to a place in one, without asking us.
    spare: Vec<i32>,
}

static STATE: Mutex<Option<State>> = Mutex::new(None);

/// The place of the state.
pub(super) fn place() -> MutexGuard<'static, Option<State>> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does something with the files, where there are any.
pub(super) fn with<T>(use_them: impl FnOnce(&mut State) -> Option<T>) -> Option<T> {
    place().as_mut().and_then(use_them)
}

/// Each returns `None` where the path or the descriptor is none of ours.
impl State {
    pub(super) fn has(&self, descriptor: i32) -> Option<()> {
        self.files.is_open(descriptor).then_some(())
    }

    pub(super) fn open(&mut self, path: &[u8], how: How) -> Option<io::Result<i32>> {
        let is_directory = self.files.is_directory(path);
        if !is_directory && !self.files.has_directory_of(path) {
            return None;
        }
        Some(self.descriptor().and_then(|descriptor| {
            if is_directory && !how.nameless {
                self.files.open_directory(descriptor);
                return Ok(descriptor);
            }
            let opened = self.files.open(descriptor, path, how);
            if opened.is_err() {
                self.spare.push(descriptor);
            }
            opened.map(|()| descriptor)
        }))
    }

    /// A descriptor that no file has. It is never closed.
    fn descriptor(&mut self) -> io::Result<i32> {
        /// Lower ones are standard streams, which SQLite does not take.
        const LOWEST: i32 = 3;
        if let Some(descriptor) = self.spare.pop() {
            return Ok(descriptor);
        }
        let behind = rustix::fs::memfd_create("a file in memory", rustix::fs::MemfdFlags::CLOEXEC)?;
        if behind.as_raw_fd() >= LOWEST {
            return Ok(behind.into_raw_fd());
        }
        Ok(rustix::io::fcntl_dupfd_cloexec(behind.as_fd(), LOWEST)?.into_raw_fd())
    }

    /// The place in a file to which SQLite went last.
    pub(super) fn place_of(&self, descriptor: i32) -> Option<i64> {
        self.has(descriptor)?;
        // SAFETY: the call reads no memory, and the descriptor is ours.
        Some(unsafe { libc::lseek(descriptor, 0, libc::SEEK_CUR) })
    }

    pub(super) fn close(&mut self, descriptor: i32) -> Option<()> {
        self.has(descriptor)?;
        self.files.close(descriptor);
        self.spare.push(descriptor);
        Some(())
    }

    /// What is known of a file, or that it is a directory.
    pub(super) fn status_of(&self, path: &[u8]) -> Option<io::Result<Option<Status>>> {
        if self.files.is_directory(path) {
            return Some(Ok(None));
        }
        let status = || self.files.status_of(path).map(Some).ok_or(ErrorKind::NotFound.into());
        self.files.has_directory_of(path).then(status)
    }

    pub(super) fn status_of_open(&self, descriptor: i32) -> Option<Option<Status>> {
        self.has(descriptor)?;
        Some(self.files.status_of_open(descriptor))
    }

    pub(super) fn unlink(&mut self, path: &[u8]) -> Option<io::Result<()>> {
        self.files.has_directory_of(path).then(|| self.files.unlink(path))
    }

    pub(super) fn read(&self, descriptor: i32, at: usize, into: &mut [u8]) -> io::Result<usize> {
        self.files.read(descriptor, at, into)
    }

    pub(super) fn write(&mut self, descriptor: i32, at: usize, bytes: &[u8]) -> io::Result<()> {
        self.check_budget(descriptor, at.saturating_add(bytes.len()))?;
        let inode = self.files.write(descriptor, at, bytes)?;
        self.windows.show(inode, at, bytes);
        Ok(())
    }

    pub(super) fn set_length(&mut self, descriptor: i32, length: usize) -> Option<io::Result<()>> {
        self.has(descriptor)?;
        if let Some(status) = self.files.status_of_open(descriptor) {
            self.windows.cut(status.inode, length);
        }
        Some(self.resize(descriptor, length))
    }

    /// Makes a file at least so long.
    pub(super) fn lengthen(&mut self, descriptor: i32, length: usize) -> Option<io::Result<()>> {
        self.has(descriptor)?;
        let size = self.files.status_of_open(descriptor).map_or(0, |status| status.size);
        Some(self.resize(descriptor, length.max(size)))
    }

    fn resize(&mut self, descriptor: i32, length: usize) -> io::Result<()> {
        self.check_budget(descriptor, length)?;
        self.files.set_length(descriptor, length)
    }

    /// Whether a file may have such a length. The system limits its own files.
    fn check_budget(&self, descriptor: i32, length: usize) -> io::Result<()> {
        let size = self.files.status_of_open(descriptor).map_or(0, |status| status.size);
        let is_allowed =
            length <= size || spent::allows_file(length, self.files.bytes().saturating_add(length - size));
        is_allowed.then_some(()).ok_or(ErrorKind::FileTooLarge.into())
    }

    pub(super) fn set_mode(&mut self, descriptor: i32, mode: u32) -> Option<io::Result<()>> {
        self.has(descriptor)?;
        Some(self.files.set_mode(descriptor, mode))
    }

    pub(super) fn map(
        &mut self,
        descriptor: i32,
        at: usize,
        length: usize,
        writes: bool,
    ) -> Option<*mut c_void> {
        self.has(descriptor)?;
        let inode = self.files.status_of_open(descriptor)?.inode;
        Some(self.windows.open(&self.files, inode, at, length, writes).as_ptr().cast())
    }

    pub(super) fn unmap(&mut self, address: usize) -> Option<()> {
        self.windows.close(&mut self.files, address).then_some(())
    }

    pub(super) fn remap(&mut self, address: usize, length: usize) -> Option<*mut c_void> {
        self.windows.resize(&mut self.files, address, length).map(|start| start.as_ptr().cast())
    }

    /// Brings what SQLite wrote to mapped memory into the files.
    pub(super) fn save(&mut self) {
        self.windows.save(&mut self.files);
    }
}
