//! What a process may still do once it runs what its user does not trust.

use std::io;
use std::path::Path;

use super::landlock;

/// The files that a process goes on using. They are opened before it confines itself, so that what is not there shows
/// while it can still be reported.
#[derive(Debug)]
pub struct Permits(landlock::Permits);

impl Permits {
    /// Permits nothing yet.
    pub fn new() -> Self {
        Self(landlock::Permits::default())
    }

    /// Permits to make, read, write and remove files in this directory.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn write_in(&mut self, directory: &Path) -> io::Result<()> {
        self.0.write_in(directory)
    }

    /// Permits to read this file, or all files in this directory; nothing where it does not exist.
    pub fn read(&mut self, path: &Path) {
        self.0.read(path);
    }

    /// Permits to read this file, or all files in this directory, and to run them as programs.
    pub fn execute(&mut self, path: &Path) {
        self.0.execute(path);
    }

    /// Permits to read a file below `/proc/self`, as the process that confines itself finds it: a copy of a process has
    /// files of its own there.
    pub fn read_of_itself(&mut self, path: &'static Path) {
        self.0.read_of_itself(path);
    }

    /// Permits to remove this directory with all that is in it, and to read none of it but this file.
    pub fn remove(&mut self, directory: &Path, lock: &Path) {
        self.0.remove(directory, lock);
    }

    /// Confines this thread, and each that it starts, for good: to the files that are permitted, and where the kernel
    /// can do so without TCP and without signals to other processes. Returns whether the system can confine a process.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn enter(&mut self) -> io::Result<bool> {
        self.0.enter()
    }
}

impl Default for Permits {
    fn default() -> Self {
        Self::new()
    }
}

/// How the system confines a process, `Landlock 6: files, TCP, signals`; `None` where it cannot.
pub fn kind() -> Option<String> {
    landlock::kind()
}
