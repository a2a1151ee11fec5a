//! Copies of SQLite in what people ship: libraries, programs, packages, whole directories.
//!
//! A copy is found by what it contains and not by its name, and nothing of it is executed here: a file is read, an archive
//! is unpacked within [limits](Limits). [`loadable`] makes of a copy a file that a worker can load.

mod archive;
mod code;
mod elf;
mod linked;
pub mod loadable;
pub mod process;
mod source_text;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

pub use code::{Code, Kind};
pub use linked::{Linked, linked};

use crate::outcome::value::hex;

/// A SQLite in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// Where it was found, the innermost file last: `app.whl/app/_sqlite3.so`. A file that lies in several places is one
    /// copy.
    pub places: Vec<String>,
    /// The file itself: where it lies, or what was unpacked of an archive.
    pub file: PathBuf,
    /// The SHA-256 of that file.
    pub sha256: String,
    /// What its file says of it.
    pub code: Code,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// The copies, in the order in which they were found.
    pub copies: Vec<Copy>,
    /// What could not be looked into, by its place, with the reason.
    pub unread: BTreeMap<String, String>,
    /// How many files were looked at.
    pub files: u64,
}

/// How much is unpacked before a file counts as hostile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The bytes of one file.
    pub file: u64,
    /// The bytes of everything together.
    pub all: u64,
    /// The files of everything together.
    pub files: u64,
    /// Archives within archives.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file: 1 << 30, all: 16 << 30, files: 2_000_000, depth: 8 }
    }
}

/// A search and what it has found so far.
pub struct Search<'a> {
    room: &'a Path,
    limits: Limits,
    unpacked: u64,
    /// What came out of decompressors.
    decompressed: Rc<Cell<u64>>,
    found: Found,
    /// By checksum: where a copy is in `found`.
    known: BTreeMap<String, usize>,
}

/// Why a part of a target was not looked into.
enum Stop {
    /// It is damaged, encrypted, or of a kind that is not read.
    Unread(String),
    /// Nothing further can be done.
    Failed(anyhow::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Unread(error.to_string())
    }
}

impl<'a> Search<'a> {
    /// A search that unpacks what archives contain into `room`, a directory that outlives the copies.
    pub fn new(room: &'a Path, limits: Limits) -> Self {
        Self {
            room,
            limits,
            unpacked: 0,
            decompressed: Rc::default(),
            found: Found::default(),
            known: BTreeMap::new(),
        }
    }

    /// What was found.
    pub fn found(self) -> Found {
        self.found
    }

    /// Looks for copies in a file, or below a directory.
    ///
    /// # Errors
    /// When it cannot be read, more comes out of it than the limits allow, or nothing can be written to the room.
    pub fn target(&mut self, target: &Path) -> Result<()> {
        let metadata = target.metadata().with_context(|| format!("cannot read {}", target.display()))?;
        match metadata.is_dir() {
            true => self.directory(target),
            false if metadata.is_file() => {
                File::open(target).with_context(|| format!("cannot read {}", target.display()))?;
                self.file(target, &target.display().to_string())
            }
            false => bail!("{} is neither a file nor a directory", target.display()),
        }
    }

    /// Links are not followed: what they lead to is somewhere else, or is found there.
    fn directory(&mut self, directory: &Path) -> Result<()> {
        let entries = std::fs::read_dir(directory).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => {
                self.unread(&directory.display().to_string(), error.to_string());
                return Ok(());
            }
        };
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => self.directory(&entry.path())?,
                Ok(kind) if kind.is_file() => {
                    self.file(&entry.path(), &entry.path().display().to_string())?
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Looks for copies in a file that is known by another name.
    ///
    /// # Errors
    /// Those of [`Search::target`].
    pub fn file(&mut self, path: &Path, place: &str) -> Result<()> {
        let looked = match File::open(path) {
            Ok(mut file) => self.stream(place, &mut file, Some(path), 0),
            Err(error) => Err(error.into()),
        };
        self.settle(place, looked)
    }

    /// Keeps why a part was not looked into.
    fn settle(&mut self, place: &str, looked: Result<(), Stop>) -> Result<()> {
        match looked {
            Ok(()) => Ok(()),
            Err(Stop::Unread(reason)) => {
                self.unread(place, reason);
                Ok(())
            }
            Err(Stop::Failed(error)) => Err(error),
        }
    }

    fn unread(&mut self, place: &str, reason: String) {
        self.found.unread.insert(place.to_owned(), reason);
    }

    /// Looks at what a stream holds: an archive, or code. `path` is where it lies by itself, if it does.
    fn stream(
        &mut self,
        place: &str,
        stream: &mut dyn Read,
        path: Option<&Path>,
        depth: usize,
    ) -> Result<(), Stop> {
        self.found.files += 1;
        if self.found.files > self.limits.files {
            return Err(Stop::Failed(anyhow::anyhow!("there are more than {} files", self.limits.files)));
        }
        let mut head = Vec::new();
        (&mut *stream).take(archive::HEAD).read_to_end(&mut head)?;
        let mut whole = head.as_slice().chain(stream);
        match archive::Format::of(&head) {
            Some(_) if depth >= self.limits.depth => {
                Err(Stop::Unread(format!("it is an archive in {depth} others")))
            }
            Some(format) => archive::each(format, self, place, &mut whole, depth),
            None if code::may_be(&head) || source_text::is_named(place) => self.code(place, &mut whole, path),
            None => Ok(()),
        }
    }

    fn code(&mut self, place: &str, stream: &mut dyn Read, path: Option<&Path>) -> Result<(), Stop> {
        let bytes = self.read(stream)?;
        let Some(code) = Code::of(&bytes).or_else(|| source_text::code(&bytes)) else { return Ok(()) };
        let sha256 = hex(&Sha256::digest(&bytes));
        if let Some(&at) = self.known.get(&sha256) {
            self.found.copies[at].places.push(place.to_owned());
            return Ok(());
        }
        let file = match path {
            Some(path) => path.to_owned(),
            None => self.unpack(&sha256, &bytes).map_err(Stop::Failed)?,
        };
        self.known.insert(sha256.clone(), self.found.copies.len());
        self.found.copies.push(Copy { places: vec![place.to_owned()], file, sha256, code });
        Ok(())
    }

    fn unpack(&self, sha256: &str, bytes: &[u8]) -> Result<PathBuf> {
        let file = self.room.join(sha256);
        std::fs::write(&file, bytes).with_context(|| format!("cannot write {}", file.display()))?;
        Ok(file)
    }

    /// The bytes of one file, within the limits.
    fn read(&mut self, stream: &mut dyn Read) -> Result<Vec<u8>, Stop> {
        let left = self.limits.all.saturating_sub(self.unpacked);
        let most = self.limits.file.min(left);
        let mut bytes = Vec::new();
        stream.take(most + 1).read_to_end(&mut bytes)?;
        let length = bytes.len() as u64;
        self.unpacked += length;
        match length > most {
            true if most == left => Err(Stop::Failed(anyhow::anyhow!(
                "what is in it is larger than {} GiB",
                self.limits.all >> 30
            ))),
            true => Err(Stop::Unread(format!("it is larger than {} MiB", self.limits.file >> 20))),
            false => Ok(bytes),
        }
    }
}
