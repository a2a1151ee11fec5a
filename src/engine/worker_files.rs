//! The files of one worker, which are removed with it.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::system::scratch::Scratch;

/// Files of one worker.
pub(super) struct WorkerFiles {
    /// Takes its standard error.
    stderr: PathBuf,
    /// Takes its notes on the runs of a request.
    pub notes: PathBuf,
    /// Takes its stack when it dies.
    pub stack: PathBuf,
    /// The directory in which its cases run, one after the other, each finding it empty.
    pub case: PathBuf,
    /// Whether other workers use it too, so that it is not theirs to make and remove.
    shares_case: bool,
    /// The directory for the library's temporary files.
    pub temporary: PathBuf,
}

impl WorkerFiles {
    /// The files of a worker of this number, none of which exists yet.
    pub(super) fn new(scratch: &Scratch, number: usize) -> Self {
        let file = |what| scratch.file(&format!("worker-{number}.{what}"));
        Self {
            stderr: file("stderr"),
            notes: file("notes"),
            stack: file("stack"),
            case: file("case"),
            shares_case: false,
            temporary: file("temporary"),
        }
    }

    /// The same with cases in a directory that exists and that several workers use.
    pub(super) fn sharing(mut self, case: &Path) -> Self {
        self.case = case.to_owned();
        self.shares_case = true;
        self
    }

    /// Makes them, and returns the one for standard error.
    pub(super) fn make(&self) -> Result<File> {
        let create =
            |path: &Path| File::create_new(path).with_context(|| format!("cannot make {}", path.display()));
        create(&self.notes)?;
        create(&self.stack)?;
        for directory in self.directories() {
            std::fs::create_dir(directory).context("cannot make a directory for cases")?;
        }
        create(&self.stderr)
    }

    /// The directories that are its own.
    fn directories(&self) -> impl Iterator<Item = &Path> {
        let case = (!self.shares_case).then_some(&*self.case);
        case.into_iter().chain([&*self.temporary])
    }

    /// The file in which it saved its stack.
    pub(super) fn saved_stack(&self) -> String {
        let bytes = std::fs::read(&self.stack).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// How many bytes it has written to its standard error.
    pub(super) fn length_of_said(&self) -> u64 {
        std::fs::metadata(&self.stderr).map_or(0, |metadata| metadata.len())
    }

    /// What it wrote to its standard error after so many bytes.
    pub(super) fn said(&self, after: u64) -> String {
        let bytes = std::fs::read(&self.stderr).unwrap_or_default();
        let new = bytes.get(usize::try_from(after).unwrap_or(usize::MAX)..).unwrap_or_default();
        String::from_utf8_lossy(new).into_owned()
    }
}

impl Drop for WorkerFiles {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.stderr);
        let _ = std::fs::remove_file(&self.notes);
        let _ = std::fs::remove_file(&self.stack);
        for directory in self.directories() {
            let _ = std::fs::remove_dir_all(directory);
        }
    }
}
