//! The folder of a recording: what `record` puts there, where recorders write, and what is left of one.
//!
//! Recorders write into a folder inside it that no other recording has. A process that outlives its recording still has that
//! name and no other, so that it writes nothing into a later recording to the same output.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::about::Begun;
use super::recording::Recording;
use crate::system;

/// What the folder begins with into which recorders write; then letters that make it this recording's alone.
const PARTS: &str = "parts-";
/// The folder of database files in it.
pub(super) const FILES: &str = "files";
/// What the reason of a process that could not write on ends with.
pub(super) const STOPPED: &str = ".stopped";
/// What the part of a process ends with that was being written. It sorts behind the numbers of the others.
pub(super) const LAST: &str = "last";
/// What a recording says of itself from its beginning.
const BEGUN: &str = "begun.json";
/// Room on the disk that is given back when the trace is made of the recording: what is on a full disk becomes a trace too.
pub(super) const RESERVE: &str = "reserve";
const RESERVED: usize = 1 << 19;

/// What a folder's name ends with while it is removed.
const REMOVED: &str = ".removed";

impl Recording {
    /// Makes a new folder, and returns the one inside it into which recorders are to write. Others may not read it, as they
    /// may not read the trace: what the program's databases hold comes into it.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn prepare(folder: &Path, begun: &Begun) -> Result<PathBuf> {
        let cannot = || format!("cannot make {}", folder.display());
        make_private(folder).with_context(cannot)?;
        let fill = || -> Result<PathBuf> {
            let parts = tempfile::Builder::new().prefix(PARTS).tempdir_in(folder)?.keep();
            fs::create_dir(parts.join(FILES))?;
            fs::write(folder.join(BEGUN), serde_json::to_vec(begun)?)?;
            fs::write(folder.join(RESERVE), vec![1; RESERVED])?;
            Ok(parts)
        };
        fill().inspect_err(|_| drop(fs::remove_dir_all(folder))).with_context(cannot)
    }

    /// Removes a folder of recorders. It gets another name before, so that a process that calls SQLite for the first time
    /// now finds none, and puts nothing into what is being removed.
    ///
    /// # Errors
    /// When it cannot be renamed or removed.
    pub fn remove(folder: &Path) -> std::io::Result<()> {
        let mut name = folder.as_os_str().to_owned();
        name.push(REMOVED);
        let removed = PathBuf::from(name);
        // What was ended while it did this.
        if removed.is_dir() {
            fs::remove_dir_all(&removed)?;
        }
        fs::rename(folder, &removed)?;
        fs::remove_dir_all(removed)
    }

    /// Whether a folder is what is left of a recording that was being made or removed: it does not say what it is, and has
    /// nothing but what recorders write. No trace can be made of it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn is_remainder(folder: &Path) -> std::io::Result<bool> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let is_of_one = entry.file_name() == RESERVE
                || is_parts(&entry.path()) && names(&entry.path())?.iter().all(|name| is_of_recorder(name));
            if !is_of_one {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What a recording says of itself.
    ///
    /// # Errors
    /// When this folder is none.
    pub fn begun(folder: &Path) -> Result<Begun> {
        let read = || -> Result<Begun> { Ok(serde_json::from_slice(&fs::read(folder.join(BEGUN))?)?) };
        read().with_context(|| is_none(folder))
    }

    /// The processes of a recording that write to it now, by their names in it; none where the system does not tell.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn running(folder: &Path) -> Result<Vec<String>> {
        let parts = parts(folder)?;
        let mut running = Vec::new();
        for path in entries(&fs::canonicalize(&parts).unwrap_or(parts))? {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let Some((process, LAST)) = name.rsplit_once('.') else { continue };
            let number = process.split('-').next().and_then(|number| number.parse().ok());
            if number.is_some_and(|number| system::is_mapped(number, &path)) {
                running.push(process.to_owned());
            }
        }
        Ok(running)
    }
}

/// The folder of a recording into which its recorders write.
///
/// # Errors
/// When there is none.
pub(super) fn parts(folder: &Path) -> Result<PathBuf> {
    let inside = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths = inside.filter_map(|entry| Some(entry.ok()?.path()));
    paths.find(|path| is_parts(path)).with_context(|| is_none(folder))
}

fn is_none(folder: &Path) -> String {
    format!("{} is no recording that `record` left", folder.display())
}

fn is_parts(path: &Path) -> bool {
    path.is_dir() && path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PARTS))
}

fn names(folder: &Path) -> std::io::Result<Vec<String>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

/// Whether a recorder, or who prepares its folder, gives something this name: `417-0.last`, `417-0.000003`.
fn is_of_recorder(name: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_process =
        |text: &str| text.split_once('-').is_some_and(|(id, turn)| is_number(id) && is_number(turn));
    let part = name.rsplit_once('.').filter(|(process, _)| is_process(process));
    let is_part = |end: &str| end == LAST || end == "unfinished" || end == &STOPPED[1..] || is_number(end);
    [FILES, "order"].contains(&name) || part.is_some_and(|(_, end)| is_part(end))
}

/// Makes a folder that others may not enter.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The files of a folder, by their names.
pub(super) fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let read = || fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect();
    let entries: std::io::Result<Vec<PathBuf>> = read();
    let mut entries = entries.with_context(|| format!("cannot read {}", folder.display()))?;
    entries.retain(|entry| entry.is_file());
    entries.sort();
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun() -> Begun {
        Begun { command: Vec::new(), hides: false, recorder: 0 }
    }

    #[test]
    fn a_remainder_has_nothing_but_what_recorders_write() {
        let room = tempfile::tempdir().unwrap();
        let folder = room.path().join("a.trace.recording");
        let parts = folder.join("parts-Q4x9aZ");
        fs::create_dir_all(parts.join(FILES)).unwrap();
        fs::write(folder.join(RESERVE), "").unwrap();
        for name in ["order", "417-0.last", "417-0.000003", "417-12.stopped", "417-0.unfinished"] {
            fs::write(parts.join(name), "").unwrap();
        }
        assert!(Recording::is_remainder(&folder).unwrap());
        for name in [BEGUN, "notes.txt", "417-0.last", "parts-list.txt"] {
            fs::write(folder.join(name), "").unwrap();
            assert!(!Recording::is_remainder(&folder).unwrap(), "{name}");
            fs::remove_file(folder.join(name)).unwrap();
        }
        for name in ["notes.txt", "x-0.last", "417.last", "417-0.txt"] {
            fs::write(parts.join(name), "").unwrap();
            assert!(!Recording::is_remainder(&folder).unwrap(), "{name}");
            fs::remove_file(parts.join(name)).unwrap();
        }
    }

    #[test]
    fn a_folder_is_removed_also_where_another_removal_was_ended() {
        let room = tempfile::tempdir().unwrap();
        let folder = room.path().join("a.trace.recording");
        Recording::prepare(&folder, &begun()).unwrap();
        fs::create_dir(room.path().join("a.trace.recording.removed")).unwrap();
        fs::write(room.path().join("a.trace.recording.removed/order"), "").unwrap();
        Recording::remove(&folder).unwrap();
        assert_eq!(fs::read_dir(room.path()).unwrap().count(), 0);
    }

    #[test]
    fn recordings_of_one_name_one_after_the_other_write_into_other_folders() {
        let room = tempfile::tempdir().unwrap();
        let folder = room.path().join("a.trace.recording");
        let first = Recording::prepare(&folder, &begun()).unwrap();
        assert_eq!(parts(&folder).unwrap(), first);
        Recording::remove(&folder).unwrap();
        let second = Recording::prepare(&folder, &begun()).unwrap();
        assert_eq!(parts(&folder).unwrap(), second);
        assert!(second.starts_with(&folder) && !first.exists());
    }
}
