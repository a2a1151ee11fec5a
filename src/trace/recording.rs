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
use super::folder::{FILES, LAST, RESERVE, STOPPED, entries, parts};
use super::hide::Secrets;
use super::output::{Output, Unwritten};

/// What an empty file beside the copies ends with: that the recording knows this file.
const KNOWN: &str = ".known";
/// What a part begins with; then the length of what is whole, and which part it is.
const MAGIC: &[u8; 8] = b"SQLREC2\n";
const HEADER: usize = 24;
/// How much of a file goes into one frame.
const PIECE: usize = 8 << 20;
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
    /// What recorders have written so far.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(folder: &Path) -> Result<Self> {
        let begun = Self::begun(folder)?;
        let parts = parts(folder)?;
        // Asked first: who ends meanwhile has written all of it, and is only said to be running.
        let still_running = Self::running(folder)?;
        let mut processes: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
        let mut stopped = BTreeMap::new();
        for path in entries(&parts)? {
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
        let mut files = entries(&parts.join(FILES))?;
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
