//! The directory in which a worker's cases run, one after the other, each finding it empty.

use std::fs::{File, FileTimes};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Names the directory in which the directories of cases are made.
pub(crate) const VARIABLE: &str = "SQLITE_CONTRACTS_CASES";

/// A date that nothing has by itself. The system changes a directory's whenever something is made in it, so an empty
/// directory that has it still is empty: to look at a date costs a fifth of what it costs to list a directory.
const MARK: SystemTime = SystemTime::UNIX_EPOCH;

/// The directory.
#[derive(Debug)]
pub(crate) struct CaseDirectory(PathBuf);

impl CaseDirectory {
    /// A directory at this path.
    pub(crate) fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Removes everything in it, and not the directory itself: making and removing one each time costs more than a
    /// small case does.
    ///
    /// # Errors
    /// When something cannot be removed.
    pub(crate) fn clear(&self) -> io::Result<()> {
        if std::fs::metadata(&self.0)?.modified().is_ok_and(|date| date == MARK) {
            return Ok(());
        }
        remove_entries(&self.0)?;
        // Where it cannot be marked it is listed again.
        let _ = File::open(&self.0).and_then(|it| it.set_times(FileTimes::new().set_modified(MARK)));
        Ok(())
    }
}

fn remove_entries(directory: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        match entry.file_type()?.is_dir() {
            true => std::fs::remove_dir_all(entry.path())?,
            false => std::fs::remove_file(entry.path())?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_finds_its_directory_empty_each_time() {
        let parent = tempfile::tempdir().unwrap();
        let directory = CaseDirectory::at(parent.path());
        for name in ["first", "second", "third"] {
            std::fs::write(parent.path().join(name), "").unwrap();
            std::fs::create_dir(parent.path().join("folder")).unwrap();
            std::fs::write(parent.path().join("folder").join("file"), "").unwrap();
            directory.clear().unwrap();
            assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 0);
            directory.clear().unwrap();
        }
    }
}
