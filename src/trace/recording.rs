//! What a recorder leaves in a folder while a program runs, and how that becomes the file of a trace.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use minicbor::decode::Decoder;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::container::{Kind, Writer};
use super::event::Event;
use super::hide::Secrets;

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

/// What a trace says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The version of this library that wrote the file.
    pub made_by: String,
    /// The recorded command.
    pub command: Vec<String>,
    /// The machine: `x86_64-linux`.
    pub machine: String,
    /// The status with which the command ended.
    pub status: Option<i32>,
    /// The signal of which it died.
    pub signal: Option<i32>,
    /// Whether values were replaced by what tells them apart.
    pub is_hidden: bool,
    /// The processes that called SQLite, in the order of their first calls.
    pub processes: Vec<String>,
    /// The database files, as they were at their first open.
    pub files: Vec<KeptFile>,
    /// The processes that could not write on, with the reason.
    pub stopped: BTreeMap<String, String>,
}

/// A file in a trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFile {
    /// What [`Event::File`] calls it; a journal or a log beside it has its ending behind that.
    pub name: String,
    /// Its bytes.
    pub size: u64,
}

/// How a recorded command ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ended {
    /// Its exit status.
    pub status: Option<i32>,
    /// The signal of which it died.
    pub signal: Option<i32>,
}

/// A folder into which recorders write.
#[derive(Debug)]
pub struct Recording {
    folder: PathBuf,
    /// By process: its parts in their order.
    processes: Vec<(String, Vec<PathBuf>)>,
    files: Vec<PathBuf>,
    stopped: BTreeMap<String, String>,
}

impl Recording {
    /// A folder that is ready for recorders.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn prepare(folder: &Path) -> Result<()> {
        let files = folder.join(FILES);
        fs::create_dir_all(&files).with_context(|| format!("cannot make {}", files.display()))
    }

    /// What recorders have written so far.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(folder: &Path) -> Result<Self> {
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
                    stopped.insert(process.to_owned(), fs::read_to_string(&path).unwrap_or_default());
                }
                _ => {}
            }
        }
        let mut files = entries(&folder.join(FILES))?;
        files.retain(|file| !file.to_string_lossy().ends_with(KNOWN));
        processes.retain(|_, parts| !parts.is_empty());
        let mut begun = Vec::new();
        for (name, parts) in processes {
            begun.push((order_of(&parts[0])?, name, parts));
        }
        begun.sort();
        let processes = begun.into_iter().map(|(_, name, parts)| (name, parts)).collect();
        Ok(Self { folder: folder.to_owned(), processes, files, stopped })
    }

    /// Whether no process called SQLite.
    pub fn is_empty(&self) -> bool {
        self.processes.is_empty()
    }

    /// Makes one file of it, which appears when it is whole. With `hides`, without values and files.
    ///
    /// # Errors
    /// When it cannot be written, or a part cannot be read.
    pub fn pack(&self, to: &Path, command: Vec<String>, ended: Ended, hides: bool) -> Result<About> {
        let mut about = self.about(command, ended)?;
        about.is_hidden = hides;
        if hides {
            about.command.truncate(1);
        }
        let beside = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = NamedTempFile::new_in(beside).with_context(|| format!("cannot write {}", to.display()))?;
        let mut writer = Writer::new(BufWriter::new(file))?;
        let mut words = Vec::new();
        ciborium::into_writer(&about, &mut words)?;
        writer.frame(Kind::About, 0, &words)?;
        if !hides {
            for (number, path) in (0..).zip(&self.files) {
                pack_file(&mut writer, number, path)?;
            }
        }
        let secrets = if hides { Some(self.secrets()?) } else { None };
        for (number, (_, parts)) in (0..).zip(&self.processes) {
            let mut hider = secrets.as_ref().map(|secrets| secrets.hider(number as usize));
            for part in parts {
                let events = events(part)?;
                let events = match &mut hider {
                    Some(hider) => hider.hide(&events)?,
                    None => events,
                };
                writer.frame(Kind::Events, number, &events)?;
            }
        }
        let file = writer.finish()?.into_inner()?;
        file.persist(to).with_context(|| format!("cannot write {}", to.display()))?;
        Ok(about)
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

    fn about(&self, command: Vec<String>, ended: Ended) -> Result<About> {
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
            is_hidden: false,
            processes: self.processes.iter().map(|(name, _)| name.clone()).collect(),
            files: self.files.iter().map(kept).collect::<Result<_>>()?,
            stopped: self.stopped.clone(),
        })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
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

fn pack_file(writer: &mut Writer<impl Write>, number: u32, path: &Path) -> Result<()> {
    let mut file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    loop {
        let mut piece = Vec::new();
        (&mut file).take(PIECE as u64).read_to_end(&mut piece)?;
        writer.frame(Kind::File, number, &piece)?;
        if piece.len() < PIECE {
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
