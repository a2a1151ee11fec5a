//! Database files as they are when they are first opened: copied beside the trace, before the first change.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::limits::quietly;
use crate::trace::{self, event};

/// What a recording keeps of a file beside its database.
const BESIDE: [&str; 3] = ["", "-journal", "-wal"];

/// A file is about to be opened as a database: what is there is kept, unless the recording has it, or made it.
pub(crate) fn before_open(path: &[u8]) {
    let Some(folder) = trace::folder() else { return };
    let file = Path::new(OsStr::from_bytes(path));
    let Ok(metadata) = fs::metadata(file) else { return write(path, None, false) };
    if !metadata.is_file() {
        return write(path, None, false);
    }
    let name = name(&metadata);
    match quietly(|| keep(&folder.join("files"), &name, file)) {
        Ok(is_new) => write(path, Some(&name), is_new),
        Err(error) => trace::note(&format!("not kept: {}: {error}", file.display())),
    }
}

/// It was opened: if that made it, it is the recording's own.
pub(crate) fn after_open(path: &[u8]) {
    let Some(folder) = trace::folder() else { return };
    if let Ok(metadata) = fs::metadata(OsStr::from_bytes(path)) {
        let _ = claim(&folder.join("files"), &name(&metadata));
    }
}

fn write(path: &[u8], copy: Option<&str>, is_new: bool) {
    trace::ordered(|trace| {
        trace.event(event::FILE, 3);
        trace.items.text(path);
        match copy {
            Some(name) => trace.items.text(name.as_bytes()),
            None => trace.items.null(),
        }
        trace.items.boolean(is_new);
    });
}

/// What tells a file from every other that was at its path: a number that the file system gave it, and when.
fn name(metadata: &Metadata) -> String {
    let born = metadata.created().ok().and_then(|born| born.duration_since(UNIX_EPOCH).ok());
    let born = born.map_or(0, |born| born.as_nanos());
    format!("{:x}-{:x}-{born:x}", metadata.dev(), metadata.ino())
}

/// Who creates the mark of a file keeps it; the mark is locked meanwhile, so that other processes wait.
fn claim(files: &Path, name: &str) -> io::Result<Option<File>> {
    match File::options().write(true).create_new(true).open(mark(files, name)) {
        Ok(mark) => Ok(Some(mark)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(None),
        Err(error) => Err(error),
    }
}

fn mark(files: &Path, name: &str) -> PathBuf {
    files.join(format!("{name}.known"))
}

/// Whether it was copied now.
fn keep(files: &Path, name: &str, file: &Path) -> io::Result<bool> {
    let Some(mark_file) = claim(files, name)? else {
        File::open(mark(files, name))?.lock_shared()?;
        return Ok(false);
    };
    mark_file.lock()?;
    for beside in BESIDE {
        let mut from = file.as_os_str().to_owned();
        from.push(beside);
        match fs::copy(&from, files.join(format!("{name}{beside}"))) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound && !beside.is_empty() => {}
            Err(error) => {
                // A part of a file is none.
                for beside in BESIDE {
                    let _ = fs::remove_file(files.join(format!("{name}{beside}")));
                }
                return Err(error);
            }
        }
    }
    Ok(true)
}
