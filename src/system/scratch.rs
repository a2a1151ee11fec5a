//! Directories that a process has for itself, and that are gone afterwards: when it is killed, the next one removes them.

use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use tempfile::TempDir;

use super::confinement::Permits;

/// A directory that is removed when it is dropped, or when the process is [interrupted](remove_all).
#[derive(Debug)]
pub(crate) struct OwnDirectory(Option<TempDir>);

/// The directories of this process that exist now.
static OWN: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn own() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    OWN.lock().unwrap_or_else(PoisonError::into_inner)
}

impl OwnDirectory {
    /// Makes one in `parent`, with a name that begins so.
    pub(crate) fn new(parent: &Path, prefix: &str) -> io::Result<Self> {
        // Listed before anybody can remove all of them.
        let mut own = own();
        let directory = TempDir::with_prefix_in(prefix, parent)?;
        own.insert(directory.path().to_owned());
        Ok(Self(Some(directory)))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.as_ref().map_or(Path::new(""), TempDir::path)
    }

    /// Lets it stay, because it has another name now.
    pub(crate) fn keep(mut self) {
        if let Some(directory) = self.0.take() {
            own().remove(&directory.keep());
        }
    }
}

impl Drop for OwnDirectory {
    fn drop(&mut self) {
        if let Some(directory) = self.0.take() {
            let path = directory.path().to_owned();
            drop(directory);
            own().remove(&path);
        }
    }
}

/// Removes the directories that this process still has, because it ends without dropping them. None is made afterwards.
pub fn remove_all() {
    let own = own();
    for directory in &*own {
        // What other threads and processes of ours still make there would keep it from being removed.
        for _ in 0..ATTEMPTS {
            if !std::fs::remove_dir_all(directory).is_err_and(|error| error.kind() != io::ErrorKind::NotFound)
            {
                break;
            }
        }
    }
    // Whoever wants another one waits until the process ends.
    std::mem::forget(own);
}

/// How often something is tried that others may thwart at the same moment.
const ATTEMPTS: usize = 20;

/// A directory of this process that other processes know to be in use.
#[derive(Debug)]
pub struct Scratch {
    directory: OwnDirectory,
    /// Held as long as this process lives.
    _lock: File,
}

/// What the names of such directories begin with.
const PREFIX: &str = "sqlite-contracts-process-";
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
            let directory = OwnDirectory::new(parent, PREFIX)?;
            super::close_to_others(directory.path())?;
            let lock = File::create(directory.path().join(LOCK))?;
            lock.lock()?;
            // Until then it looked like one of a process that is gone.
            if directory.path().join(LOCK).exists() {
                Ok(Self { directory, _lock: lock })
            } else {
                Err(io::ErrorKind::NotFound.into())
            }
        };
        let made = (1..ATTEMPTS).find_map(|_| make().ok()).map_or_else(make, Ok);
        let scratch = made.with_context(|| format!("cannot use {}", parent.display()))?;
        sweep(parent, scratch.path());
        Ok(scratch)
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The path of something in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }
}

/// Removes what processes left behind that were killed.
fn sweep(parent: &Path, ours: &Path) {
    let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path != ours).for_each(|path| remove_abandoned(&path));
}

/// Where the [`Scratch`] was made that this directory is in.
pub(crate) fn parent(directory: &Path) -> Option<&Path> {
    directory.ancestors().find(|path| is_named_so(path))?.parent()
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

/// Removes a directory that a [`Scratch`] of this user made and whose process is gone; touches nothing else.
pub fn remove_abandoned(directory: &Path) {
    if !is_named_so(directory) || !super::is_our_directory(directory) {
        return;
    }
    let file = directory.join(LOCK);
    // A confined process may read it. Made where it is missing: its process may have been killed before it made it.
    if let Ok(lock) = File::open(&file).or_else(|_| File::create_new(&file))
        && !matches!(lock.try_lock(), Err(TryLockError::WouldBlock))
    {
        // The lock last: it is what tells that this goes on.
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
        let dead = parent.path().join(format!("{PREFIX}dead"));
        std::fs::create_dir_all(dead.join("case-1")).unwrap();
        File::create(dead.join(LOCK)).unwrap();
        let unfinished = parent.path().join(format!("{PREFIX}unfinished"));
        std::fs::create_dir_all(&unfinished).unwrap();
        let stranger = parent.path().join("somebody-else-s");
        std::fs::create_dir_all(&stranger).unwrap();
        File::create(stranger.join(LOCK)).unwrap();
        let living = Scratch::new(parent.path()).unwrap();
        assert!(!dead.exists() && !unfinished.exists() && stranger.exists());
        remove_abandoned(living.path());
        let other = Scratch::new(parent.path()).unwrap();
        assert!(living.path().exists() && other.path().exists());
        let paths = [living.path().to_owned(), other.path().to_owned()];
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&paths[0].metadata().unwrap()) & 0o077, 0);
        drop((living, other));
        assert!(paths.iter().all(|path| !path.exists() && !own().contains(path)));
    }
}
