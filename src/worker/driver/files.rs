//! Files of the case's directory, without SQLite.

use std::cell::RefCell;
use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};

use super::{Outcome, bytes};
use crate::contract::verb::{FileBytes, WriteFile};
use crate::outcome::value::{Value, short_hash_of};
use crate::system;
use crate::worker::environment;
use crate::worker::ffi::Call;

thread_local! {
    /// What the case has opened, until it ends: a process that closes a file loses all its locks on it, SQLite's too.
    static OPENED: RefCell<Vec<File>> = RefCell::default();
}

/// The size of a file, which opens none.
pub(super) fn size(path: &str) -> Outcome {
    let size = std::fs::metadata(path).ok().and_then(|metadata| i64::try_from(metadata.len()).ok());
    Outcome::Value(size.map_or(Value::Null, Value::Integer))
}

/// Some bytes of a file.
pub(super) fn read(read: &FileBytes) -> Call<Outcome> {
    let part = |file: &mut File| {
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(read.offset))?;
        file.take(read.length).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    value(of_existing(&read.path, part).map(|bytes| bytes.map(Value::Blob)))
}

/// The first digits of a file's sha256.
pub(super) fn hash(path: &str) -> Call<Outcome> {
    let hash = |file: &mut File| {
        file.seek(SeekFrom::Start(0))?;
        short_hash_of(file)
    };
    value(of_existing(path, hash).map(|hash| hash.map(|hash| Value::text(&hash))))
}

/// Writes a file, or over a part of it.
pub(super) fn write(write: &WriteFile) -> Call<Outcome> {
    let bytes = bytes(&write.bytes)?;
    let written = with_file(&write.path, |file| {
        if write.offset.is_none() {
            file.set_len(0)?;
        }
        file.seek(SeekFrom::Start(write.offset.unwrap_or(0)))?;
        file.write_all(&bytes)
    });
    written.map(|()| Outcome::OK).map_err(refused)
}

/// All bytes of a file.
pub(super) fn read_whole(path: &str) -> Call<Vec<u8>> {
    let whole = |file: &mut File| {
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0))?;
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let found = of_existing(path, whole).map_err(refused)?;
    found.ok_or_else(|| Outcome::Refused(format!("there is no file `{path}`")))
}

/// Makes a file of these bytes, and returns how many there are.
pub(super) fn write_whole(path: &str, bytes: &[u8]) -> Call<Outcome> {
    let written = with_file(path, |file| {
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        file.write_all(bytes)
    });
    written.map_err(refused)?;
    Ok(super::integer(i64::try_from(bytes.len()).unwrap_or(i64::MAX)))
}

/// How many files of the case's directory others than these functions have open.
pub(super) fn count_others() -> Call<Outcome> {
    let others = others_open().map_err(refused)?;
    Ok(super::integer(i64::try_from(others).unwrap_or(i64::MAX)))
}

/// The same as a number.
pub(super) fn others_open() -> io::Result<usize> {
    let ours = OPENED.with_borrow(Vec::len);
    // The case's directory is the worker's own.
    let all = std::env::current_dir().and_then(|directory| system::open_files(&directory))?;
    Ok(all.saturating_sub(ours))
}

/// Closes what the case has opened, when SQLite has no more locks to lose.
pub(super) fn close() {
    OPENED.take();
}

fn value(read: io::Result<Option<Value>>) -> Call<Outcome> {
    read.map(|value| Outcome::Value(value.unwrap_or(Value::Null))).map_err(refused)
}

/// Uses a file, where there is one.
fn of_existing<T>(path: &str, use_it: impl FnOnce(&mut File) -> io::Result<T>) -> io::Result<Option<T>> {
    if std::fs::exists(path)? { with_file(path, use_it).map(Some) } else { Ok(None) }
}

/// Uses a file, which is made where there is none.
fn with_file<T>(path: &str, use_it: impl FnOnce(&mut File) -> io::Result<T>) -> io::Result<T> {
    OPENED.with_borrow_mut(|opened| {
        let at = match std::fs::metadata(path).ok().and_then(|metadata| place(opened, &metadata)) {
            Some(at) => at,
            None => {
                opened.push(File::options().read(true).write(true).create(true).truncate(false).open(path)?);
                opened.len() - 1
            }
        };
        use_it(&mut opened[at])
    })
}

/// Where a file stands among those that are open.
fn place(opened: &[File], metadata: &Metadata) -> Option<usize> {
    opened.iter().position(|file| file.metadata().is_ok_and(|other| system::is_same_file(&other, metadata)))
}

fn refused(error: io::Error) -> Outcome {
    environment::notice(&error);
    Outcome::Refused(match error.kind() {
        ErrorKind::NotFound => "there is no such directory".to_owned(),
        _ => error.to_string(),
    })
}
