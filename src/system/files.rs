//! Files that other processes may look at while we write them, and that a kill may interrupt.

use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result};
use tempfile::NamedTempFile;

use super::scratch::OwnDirectory;

/// Takes a lock until the file is dropped; the system frees it when a process dies. `on_wait` is called
/// when another process has it. The file stays, as removing it would let two processes in.
pub(crate) fn lock(path: &Path, on_wait: impl FnOnce()) -> Result<File> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    }
    let file = File::options().create(true).truncate(false).write(true).open(path);
    let file = file.with_context(|| format!("cannot open {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            on_wait();
            file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
            Ok(file)
        }
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock {}", path.display()))
        }
    }
}

/// A new folder in `parent`, to be filled and then put in its place. What a killed process left behind for
/// the same `owner` is removed: the caller holds the owner's lock, so nobody works on it.
pub(crate) fn staging(parent: &Path, owner: &str) -> Result<OwnDirectory> {
    fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    staged(parent).filter(|(of, _)| of == owner).for_each(|(_, folder)| _ = fs::remove_dir_all(folder));
    OwnDirectory::new(parent, &format!("{STAGING}{owner}@"))
        .with_context(|| format!("cannot create a folder in {}", parent.display()))
}

/// What the names of folders begin with that are being filled; the owner and an `@` follow.
const STAGING: &str = ".staging-";

/// The folders in `parent` that are being filled, or were, with their owners.
fn staged(parent: &Path) -> impl Iterator<Item = (String, PathBuf)> {
    fs::read_dir(parent).into_iter().flatten().flatten().filter_map(|entry| {
        let name = entry.file_name();
        let (owner, _) = name.to_str()?.strip_prefix(STAGING)?.rsplit_once('@')?;
        Some((owner.to_owned(), entry.path()))
    })
}

/// Removes the folders in `parent` that killed processes were filling: those of owners whose lock is free.
pub(crate) fn remove_abandoned(parent: &Path, lock: impl Fn(&str) -> PathBuf) {
    for (owner, folder) in staged(parent) {
        let lock = File::options().create(true).truncate(false).write(true).open(lock(&owner));
        if let Ok(lock) = lock
            && lock.try_lock().is_ok()
        {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// Gives a filled folder its name, in place of a damaged one.
pub(crate) fn put_in_place(staging: OwnDirectory, target: &Path) -> Result<()> {
    remove_all(target).with_context(|| format!("cannot remove {}", target.display()))?;
    fs::rename(staging.path(), target).with_context(|| format!("cannot create {}", target.display()))?;
    staging.keep();
    Ok(())
}

/// Removes whatever has this name, if anything has; of a link only the link.
fn remove_all(path: &Path) -> std::io::Result<()> {
    match path.symlink_metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
    }
}

/// The folder of a file; that of a name alone is the current one.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Finds out whether [`write_atomically`] can write a file, before there is anything to write. Missing folders are made;
/// the file itself is not touched.
///
/// # Errors
/// Why it cannot.
pub fn check_writable(path: &Path) -> std::io::Result<()> {
    if path.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    if stands_for_another(path) {
        return Ok(());
    }
    fs::create_dir_all(folder_of(path))?;
    NamedTempFile::new_in(folder_of(path)).map(drop)
}

/// Writes a file so that a reader sees the old or the new content, never a part. Missing folders are made. A device, a pipe
/// and what a symbolic link leads to are written into: another file in their place would be the end of them.
///
/// # Errors
/// When the file or its folder cannot be written.
pub fn write_atomically(path: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    let _under_way = WRITES.read().unwrap_or_else(PoisonError::into_inner);
    let write = || -> std::io::Result<()> {
        if stands_for_another(path) {
            return fs::write(path, content.as_ref());
        }
        let folder = folder_of(path);
        fs::create_dir_all(folder)?;
        if super::linux::write_nameless(folder, path, content.as_ref()).is_ok() {
            return Ok(());
        }
        let mut file = NamedTempFile::new_in(folder)?;
        file.write_all(content.as_ref())?;
        // A temporary file is for its owner's eyes; ours is a file like any other.
        #[cfg(unix)]
        file.as_file().set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
        file.persist(path)?;
        Ok(())
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// Whether there is something else than a file: `/dev/null`, `/dev/stdout`, a pipe.
fn stands_for_another(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// Held by those who write.
static WRITES: RwLock<()> = RwLock::new(());

/// Waits until no file is being written. Nobody begins to write one afterwards.
pub(super) fn complete_writes() {
    std::mem::forget(WRITES.write().unwrap_or_else(PoisonError::into_inner));
}

/// Size and time of a file, which change whenever it is written.
pub(crate) fn stamp(path: &Path) -> Option<String> {
    let metadata = path.metadata().ok()?;
    let time = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{} {}\n", metadata.len(), time.as_nanos()))
}

/// Removes a file that need not be there.
///
/// # Errors
/// When it is there and cannot be removed.
pub fn remove(file: &Path) -> Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", file.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn what_a_link_leads_to_is_written_into_and_the_link_stays() {
        let folder = tempfile::tempdir().unwrap();
        let [file, link] = ["a.txt", "link"].map(|name| folder.path().join(name));
        fs::write(&file, "longer than the next").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        check_writable(&link).unwrap();
        write_atomically(&link, "next").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "next");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    fn a_file_is_made_or_replaced_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep/a.txt");
        for content in ["first", "second", "third"] {
            write_atomically(&file, content).unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap(), content);
            assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
            // What a killed process left, also where its file was removed afterwards.
            fs::write(file.with_file_name(".a.txt.new"), "half").unwrap();
            if content == "second" {
                fs::remove_file(&file).unwrap();
            }
        }
        #[cfg(unix)]
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&file.metadata().unwrap().permissions()) & 0o700,
            0o600
        );
        assert!(write_atomically(file.parent().unwrap(), "").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "what failed leaves nothing");
    }

    #[test]
    fn what_cannot_be_written_is_known_before() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep/results.jsonl");
        check_writable(&file).unwrap();
        assert!(file.parent().unwrap().is_dir() && !file.exists());
        write_atomically(&file, "1").unwrap();
        check_writable(&file).unwrap();
        assert_eq!(check_writable(folder.path()).unwrap_err().kind(), ErrorKind::IsADirectory);
        assert!(check_writable(&file.join("below-a-file")).is_err());
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
    }
}
