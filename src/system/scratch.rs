//! A directory that a process has for itself, and that is gone afterwards: when the process is killed, the next one
//! removes it.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::TempDir;

use super::confinement::Permits;

/// A directory of this process.
#[derive(Debug)]
pub struct Scratch {
    directory: TempDir,
    /// Held as long as this process lives: it tells other processes that the directory is in use.
    _lock: File,
}

/// What the names of such directories begin with.
const PREFIX: &str = "process-";
/// The file whose lock says that the directory beside it is in use.
const LOCK: &str = "lock";

impl Scratch {
    /// Makes a directory of this process under `parent` and removes those of processes that are gone.
    ///
    /// # Errors
    /// When nothing can be made there.
    pub fn new(parent: &Path) -> Result<Self> {
        let make = || -> io::Result<Self> {
            std::fs::create_dir_all(parent)?;
            let directory = TempDir::with_prefix_in(PREFIX, parent)?;
            // Locked before it has its name: who sees it unlocked may remove the directory.
            let unnamed = directory.path().join("lock.new");
            let lock = File::create(&unnamed)?;
            lock.lock()?;
            std::fs::rename(unnamed, directory.path().join(LOCK))?;
            Ok(Self { directory, _lock: lock })
        };
        let scratch = make().with_context(|| format!("cannot use {}", parent.display()))?;
        sweep(parent, scratch.directory.path());
        Ok(scratch)
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The path of something in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }
}

/// Removes what processes left behind that were killed.
fn sweep(parent: &Path, ours: &Path) {
    let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path != ours).for_each(|path| remove_abandoned(&path));
}

/// Permits to [remove](remove_abandoned) this directory.
pub fn permit_removal(directory: &Path, permits: &mut Permits) {
    if is_named_so(directory) {
        permits.remove(directory, &directory.join(LOCK));
    }
}

fn is_named_so(directory: &Path) -> bool {
    directory.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(PREFIX))
}

/// Removes a directory that a [`Scratch`] made and whose process is gone; touches nothing else.
pub fn remove_abandoned(directory: &Path) {
    // A directory without a lock file is just being made.
    if is_named_so(directory)
        && let Ok(lock) = File::open(directory.join(LOCK))
        && lock.metadata().is_ok_and(|metadata| metadata.is_file())
        && !matches!(lock.try_lock(), Err(TryLockError::WouldBlock))
    {
        // The lock last: without it nobody would go on where this is interrupted.
        let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
        for entry in entries.map(|entry| entry.path()).filter(|path| !path.ends_with(LOCK)) {
            let _ = std::fs::remove_dir_all(&entry).or_else(|_| std::fs::remove_file(&entry));
        }
        let _ = std::fs::remove_dir_all(directory);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_of_dead_processes_are_swept_and_those_of_living_ones_stay() {
        let parent = TempDir::new().unwrap();
        let dead = parent.path().join("process-dead");
        std::fs::create_dir_all(dead.join("case-1")).unwrap();
        File::create(dead.join(LOCK)).unwrap();
        let stranger = parent.path().join("somebody-else-s");
        std::fs::create_dir_all(&stranger).unwrap();
        File::create(stranger.join(LOCK)).unwrap();
        let living = Scratch::new(parent.path()).unwrap();
        assert!(!dead.exists() && stranger.exists());
        remove_abandoned(living.path());
        let other = Scratch::new(parent.path()).unwrap();
        assert!(living.directory.path().exists() && other.directory.path().exists());
    }
}
