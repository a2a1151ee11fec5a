//! What a recorder leaves in a folder while a program runs, and how that becomes the file of a trace.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use minicbor::decode::Decoder;

use super::about::{About, Begun, Ended, KeptFile, Packed};
use super::container::Kind;
use super::event::Event;
use super::hide::Secrets;
use super::output::{Output, Unwritten};
use crate::system;

/// The folder of files within a recording.
const FILES: &str = "files";
/// What an empty file beside the copies ends with: that the recording knows this file.
const KNOWN: &str = ".known";
/// What the reason of a process that could not write on ends with.
const STOPPED: &str = ".stopped";
/// What the part of a process ends with that was being written. It sorts behind the numbers of the others.
const LAST: &str = "last";
/// What a part begins with; then the length of what is whole, and which part it is.
const MAGIC: &[u8; 8] = b"SQLREC2\n";
const HEADER: usize = 24;
/// How much of a file goes into one frame.
const PIECE: usize = 8 << 20;
/// What a recording says of itself from its beginning.
const BEGUN: &str = "begun.json";
/// Room on the disk that is given back when the trace is made of the recording: what is on a full disk becomes a trace too.
const RESERVE: &str = "reserve";
const RESERVED: usize = 1 << 19;

/// What a folder's name ends with while it is removed.
const REMOVED: &str = ".removed";

/// A folder into which recorders write.
#[derive(Debug)]
pub struct Recording {
    folder: PathBuf,
    begun: Begun,
    /// By process: its parts in their order.
    processes: Vec<(String, Vec<PathBuf>)>,
    files: Vec<PathBuf>,
    stopped: BTreeMap<String, String>,
    still_running: Vec<String>,
}

impl Recording {
    /// A new folder that is ready for recorders. Others may not read it, as they may not read the trace: what the program's
    /// databases hold comes into it.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn prepare(folder: &Path, begun: &Begun) -> Result<()> {
        let cannot = || format!("cannot make {}", folder.display());
        make_private(folder).with_context(cannot)?;
        let fill = || -> Result<()> {
            fs::create_dir(folder.join(FILES))?;
            fs::write(folder.join(BEGUN), serde_json::to_vec(begun)?)?;
            Ok(fs::write(folder.join(RESERVE), vec![1; RESERVED])?)
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
            let name = entry?.file_name();
            if !name.to_str().is_some_and(is_of_recorder) {
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
        read().with_context(|| format!("{} is no recording that `record` left", folder.display()))
    }

    /// The processes of a recording that write to it now, by their names in it; none where the system does not tell.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn running(folder: &Path) -> Result<Vec<String>> {
        let mut running = Vec::new();
        for path in entries(&fs::canonicalize(folder).unwrap_or(folder.to_owned()))? {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let Some((process, LAST)) = name.rsplit_once('.') else { continue };
            let number = process.split('-').next().and_then(|number| number.parse().ok());
            if number.is_some_and(|number| system::is_mapped(number, &path)) {
                running.push(process.to_owned());
            }
        }
        Ok(running)
    }

    /// What recorders have written so far.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(folder: &Path) -> Result<Self> {
        let begun = Self::begun(folder)?;
        // Asked first: who ends meanwhile has written all of it, and is only said to be running.
        let still_running = Self::running(folder)?;
        let mut processes: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
        let mut stopped = BTreeMap::new();
        for path in entries(folder)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            match name.rsplit_once('.') {
                Some((process, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => {
                    processes.entry(process.to_owned()).or_default().push(path);
                }
                // When the process died while it was copied, it is there already.
                Some((process, LAST)) => {
                    let parts = processes.entry(process.to_owned()).or_default();
                    if number_of(&path)? == parts.len() as u64 {
                        parts.push(path);
                    }
                }
                Some((process, _)) if name.ends_with(STOPPED) => {
                    let reason = fs::read_to_string(&path).ok().filter(|reason| !reason.is_empty());
                    let reason = reason.unwrap_or_else(|| "there was no room to say why".to_owned());
                    stopped.insert(process.to_owned(), reason);
                }
                _ => {}
            }
        }
        let mut files = entries(&folder.join(FILES))?;
        files.retain(|file| !file.to_string_lossy().ends_with(KNOWN));
        processes.retain(|_, parts| !parts.is_empty());
        let mut in_order = Vec::new();
        for (name, parts) in processes {
            in_order.push((order_of(&parts[0])?, name, parts));
        }
        in_order.sort();
        let processes = in_order.into_iter().map(|(_, name, parts)| (name, parts)).collect();
        Ok(Self { folder: folder.to_owned(), begun, processes, files, stopped, still_running })
    }

    /// Whether no process called SQLite.
    pub fn is_empty(&self) -> bool {
        self.processes.is_empty()
    }

    /// Makes one file of it, which appears when it is done; where values are to be hidden, without them and without files.
    /// On a full disk it takes the room of what it has written already, and then holds all whole frames that it has.
    ///
    /// # Errors
    /// When not even the first frame can be written, or a part cannot be read.
    pub fn pack(&self, to: &Path, ended: Ended) -> Result<Packed> {
        let about = self.about(ended)?;
        let secrets = if self.begun.hides { Some(self.secrets()?) } else { None };
        // Nobody needs it any more, and where it is gone already there is as much room.
        let _ = fs::remove_file(self.folder.join(RESERVE));
        let mut words = Vec::new();
        ciborium::into_writer(&about, &mut words)?;
        let cannot = || format!("cannot write {}", to.display());
        let mut output = Output::beside(to, &words).with_context(cannot)?;
        let cut = match self.write(&mut output, secrets.as_ref()) {
            Ok(()) => None,
            Err(error) => Some(error.downcast::<Unwritten>()?.to_string()),
        };
        output.persist(to).with_context(cannot)?;
        Ok(Packed { about, cut })
    }

    /// Everything behind the first frame.
    fn write(&self, output: &mut Output, secrets: Option<&Secrets>) -> Result<()> {
        if secrets.is_none() {
            for (number, path) in (0..).zip(&self.files) {
                write_file(output, number, path)?;
            }
        }
        for (number, (_, parts)) in (0..).zip(&self.processes) {
            let mut hider = secrets.map(|secrets| secrets.hider(number as usize));
            for part in parts {
                let events = events(part)?;
                let events = match &mut hider {
                    Some(hider) => hider.hide(&events)?,
                    None => events,
                };
                output.frame(Kind::Events, number, &events)?;
                output.is_done_with(part);
            }
        }
        Ok(output.frame(Kind::End, 0, &[])?)
    }

    /// What is to be known of all processes before anything of one can be hidden.
    fn secrets(&self) -> Result<Secrets> {
        let mut secrets = Secrets::default();
        for (_, parts) in &self.processes {
            let mut look = secrets.begin();
            parts.iter().try_for_each(|part| look.at(&events(part)?, &mut secrets))?;
            look.finish(&mut secrets);
        }
        secrets.settle();
        Ok(secrets)
    }

    fn about(&self, ended: Ended) -> Result<About> {
        let mut command = self.begun.command.clone();
        if self.begun.hides {
            command.truncate(1);
        }
        let kept = |path: &PathBuf| {
            let size = fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?.len();
            Ok(KeptFile { name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(), size })
        };
        Ok(About {
            made_by: env!("CARGO_PKG_VERSION").to_owned(),
            command,
            machine: format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
            status: ended.status,
            signal: ended.signal,
            is_hidden: self.begun.hides,
            processes: self.processes.iter().map(|(name, _)| name.clone()).collect(),
            files: self.files.iter().map(kept).collect::<Result<_>>()?,
            stopped: self.stopped.clone(),
            still_running: self.still_running.clone(),
        })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Whether a recorder, or who prepares its folder, writes something of this name beside what says that it is a recording:
/// `417-0.last`, `417-0.000003`.
fn is_of_recorder(name: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_process =
        |text: &str| text.split_once('-').is_some_and(|(id, turn)| is_number(id) && is_number(turn));
    let part = name.rsplit_once('.').filter(|(process, _)| is_process(process));
    let is_part = |end: &str| end == LAST || end == "unfinished" || end == &STOPPED[1..] || is_number(end);
    [FILES, RESERVE, "order"].contains(&name) || part.is_some_and(|(_, end)| is_part(end))
}

/// Makes a folder that others may not enter.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The files of a folder, by their names.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let read = || fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect();
    let entries: std::io::Result<Vec<PathBuf>> = read();
    let mut entries = entries.with_context(|| format!("cannot read {}", folder.display()))?;
    entries.retain(|entry| entry.is_file());
    entries.sort();
    Ok(entries)
}

fn write_file(output: &mut Output, number: u32, path: &Path) -> Result<()> {
    let mut file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    loop {
        let mut piece = Vec::new();
        (&mut file).take(PIECE as u64).read_to_end(&mut piece)?;
        output.frame(Kind::File, number, &piece)?;
        if piece.len() < PIECE {
            output.is_done_with(path);
            return Ok(());
        }
    }
}

/// What is whole in a part of a recording.
fn events(part: &Path) -> Result<Vec<u8>> {
    let mut bytes = fs::read(part).with_context(|| format!("cannot read {}", part.display()))?;
    // A process that died between making the file and writing to it.
    if bytes.len() < HEADER || bytes[..8] == [0; 8] {
        return Ok(Vec::new());
    }
    let length = field(&bytes, 8);
    let end = usize::try_from(length).ok().and_then(|length| length.checked_add(HEADER));
    match end.filter(|end| bytes.starts_with(MAGIC) && *end <= bytes.len()) {
        Some(end) => {
            bytes.truncate(end);
            bytes.drain(..HEADER);
            Ok(bytes)
        }
        None => bail!("{} is no part of a recording", part.display()),
    }
}

fn field(header: &[u8], at: usize) -> u64 {
    header.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u64::from_ne_bytes(*bytes))
}

/// Which part of its process it says to be.
fn number_of(part: &Path) -> Result<u64> {
    let mut header = Vec::new();
    let read = File::open(part).and_then(|file| file.take(HEADER as u64).read_to_end(&mut header));
    read.with_context(|| format!("cannot read {}", part.display()))?;
    Ok(field(&header, 16))
}

/// When a process began, among all.
fn order_of(part: &Path) -> Result<u64> {
    let bytes = events(part)?;
    let mut decoder = Decoder::new(&bytes);
    while decoder.position() < bytes.len() {
        match Event::read(&mut decoder) {
            Ok(Event::Order(order)) => return Ok(order),
            Ok(Event::Thread(_)) => {}
            _ => break,
        }
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remainder_has_nothing_but_what_recorders_write() {
        let room = tempfile::tempdir().unwrap();
        let folder = room.path().join("a.trace.recording");
        fs::create_dir_all(folder.join(FILES)).unwrap();
        for name in ["order", RESERVE, "417-0.last", "417-0.000003", "417-12.stopped", "417-0.unfinished"] {
            fs::write(folder.join(name), "").unwrap();
        }
        assert!(Recording::is_remainder(&folder).unwrap());
        for name in [BEGUN, "notes.txt", "x-0.last", "417.last", "417-0.txt"] {
            fs::write(folder.join(name), "").unwrap();
            assert!(!Recording::is_remainder(&folder).unwrap(), "{name}");
            fs::remove_file(folder.join(name)).unwrap();
        }
    }

    #[test]
    fn a_folder_is_removed_also_where_another_removal_was_ended() {
        let room = tempfile::tempdir().unwrap();
        let folder = room.path().join("a.trace.recording");
        let begun = Begun { command: Vec::new(), hides: false, recorder: 0 };
        Recording::prepare(&folder, &begun).unwrap();
        fs::create_dir(room.path().join("a.trace.recording.removed")).unwrap();
        fs::write(room.path().join("a.trace.recording.removed/order"), "").unwrap();
        Recording::remove(&folder).unwrap();
        assert_eq!(fs::read_dir(room.path()).unwrap().count(), 0);
    }
}
