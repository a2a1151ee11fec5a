//! A compiled build: a folder with the library and a `build.json` that describes where it came from.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::{File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use anyhow::{Context, Result};
use semver::Version;
use serde::{Deserialize, Serialize};

use super::platform;
use super::source::sha256_of;

/// The name of the file beside the library.
pub(super) const INFO: &str = "build.json";

/// A build that can be loaded.
#[derive(Debug, Clone, PartialEq)]
pub struct Product {
    /// The build's name.
    pub build: String,
    /// The product's folder.
    pub directory: PathBuf,
    /// The shared library.
    pub library: PathBuf,
    /// The content of `build.json`.
    pub info: BuildInfo,
    /// Libraries that a process must load before it starts (see [`Product::prepare`]).
    pub preload: Vec<PathBuf>,
}

/// The content of `build.json`: where a product came from, and what it reports about itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BuildInfo {
    /// `3.46.0-rusqlite`
    pub build: String,
    /// The hash of everything that can change the product, in which its folder's name ends too.
    #[serde(default)]
    pub key: String,
    /// `sqlite3_libversion()`
    pub version: Version,
    /// The profile's name.
    pub profile: String,
    /// `crate libsqlite3-sys 0.29.0`
    pub source: String,
    /// SHA-256 of the main C file; `None` for an existing library.
    pub sha256: Option<String>,
    /// `sqlite3_sourceid()`
    pub source_id: String,
    /// The date at the start of the source id: `2024-05-23`.
    pub released: Option<String>,
    /// The compiler and its version; `None` for an existing library.
    pub compiler: Option<String>,
    /// The target triple.
    pub target: String,
    /// The profile's defines and compiler arguments.
    pub flags: Vec<String>,
    /// The result of `PRAGMA compile_options`; empty where the build omits it.
    pub compile_options: Vec<String>,
    /// How long the compilation took, in seconds.
    pub seconds: f64,
    /// Libraries to load before the build.
    pub preload: Vec<PathBuf>,
    /// Environment variables that a process needs to use the build.
    pub environment: BTreeMap<String, String>,
    /// The library as it was when the product was made.
    pub library: LibraryFile,
    /// The checksum of the file with an empty one; empty in a file that was written before there were any.
    #[serde(default)]
    pub checksum: String,
}

/// The state of a library's file, to detect a damaged one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibraryFile {
    /// Its name in the product's folder, or the path of an existing library.
    pub file: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// A checksum that is quickly computed: every process compares it once.
    #[serde(default)]
    pub crc32: u32,
    /// Its checksum, by which results are remembered.
    pub sha256: String,
}

/// <https://www.gnu.org/software/libc/manual/html_node/Tunables.html>
const TUNABLES: &str = "GLIBC_TUNABLES";
const ROOM_FOR_THREADS: &str = "glibc.rtld.optional_static_tls=1048576";

/// The product that a folder should hold.
#[derive(Debug)]
pub(super) struct Place {
    pub directory: PathBuf,
    pub build: String,
    pub key: String,
    /// The version of SQLite in it, where the manifest names one.
    pub version: Option<Version>,
    /// The name of the library in it; `None` where the library is one that exists already.
    pub library: Option<&'static str>,
}

/// Why a folder does not hold the product that it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// There is no such folder.
    Missing,
    /// It holds something else, for this reason.
    Damaged(String),
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("it is not compiled"),
            Self::Damaged(reason) => write!(f, "its folder is damaged: {reason}"),
        }
    }
}

/// The libraries whose checksum this process has compared: their paths, sizes and times.
#[derive(Debug, Default)]
pub(super) struct Verified(Mutex<BTreeSet<(PathBuf, u64, Option<SystemTime>)>>);

impl LibraryFile {
    /// The state of a library in `directory` (or of an absolute path).
    pub(super) fn of(directory: &Path, file: &Path) -> Result<Self> {
        let path = directory.join(file);
        let size = path.metadata().with_context(|| format!("cannot read {}", path.display()))?.len();
        Ok(Self { file: file.to_owned(), size, crc32: crc32_of(&path)?, sha256: sha256_of(&path)? })
    }

    /// Compares the file with its checksum, unless this process has done so and it has not been written since.
    fn verify(&self, directory: &Path, verified: &Verified) -> Result<(), Flaw> {
        let path = directory.join(&self.file);
        let metadata = regular(&path)?;
        let damaged = |what: &str| Flaw::Damaged(format!("{what} of {} has changed", path.display()));
        if metadata.len() != self.size {
            return Err(damaged("the size"));
        }
        let now = (path.clone(), self.size, metadata.modified().ok());
        // Not held while a library is read: several are read side by side.
        let verified = || verified.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !verified().contains(&now) {
            if !crc32_of(&path).is_ok_and(|crc32| crc32 == self.crc32) {
                return Err(damaged("the content"));
            }
            verified().insert(now);
        }
        Ok(())
    }
}

/// What the system says of a file, which a link may lead to.
fn regular(path: &Path) -> Result<Metadata, Flaw> {
    match path.metadata() {
        Ok(metadata) if metadata.is_file() => Ok(metadata),
        Ok(_) => Err(Flaw::Damaged(format!("{} is no file", path.display()))),
        Err(error) => Err(Flaw::Damaged(format!("cannot read {}: {error}", path.display()))),
    }
}

fn crc32_of(path: &Path) -> Result<u32> {
    let mut file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let (mut hasher, mut buffer) = (crc32fast::Hasher::new(), vec![0; 1 << 18]);
    loop {
        match file.read(&mut buffer).with_context(|| format!("cannot read {}", path.display()))? {
            0 => return Ok(hasher.finalize()),
            length => hasher.update(&buffer[..length]),
        }
    }
}

impl Product {
    /// The product at this place, if it is the one that should be there.
    pub(super) fn read(place: &Place, verified: &Verified) -> Result<Self, Flaw> {
        let Place { directory, .. } = place;
        if directory.symlink_metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
            return Err(Flaw::Missing);
        }
        let file = directory.join(INFO);
        regular(&file)?;
        let unreadable = |error: String| Flaw::Damaged(format!("cannot read {}: {error}", file.display()));
        let text = std::fs::read_to_string(&file).map_err(|error| unreadable(error.to_string()))?;
        let info: BuildInfo = serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
        info.compare(place)?;
        if !info.checksum.is_empty() && info.checksum != checksum_of(&text, &info.checksum) {
            return Err(Flaw::Damaged(format!("{} has changed", file.display())));
        }
        info.library.verify(directory, verified)?;
        Ok(Self {
            build: info.build.clone(),
            directory: directory.clone(),
            library: directory.join(&info.library.file),
            preload: info.preload.clone(),
            info,
        })
    }

    /// A library that nobody here has built: nothing is known of it.
    pub(crate) fn of_library(name: &str, library: &Path) -> Self {
        let info = BuildInfo {
            build: name.to_owned(),
            key: String::new(),
            checksum: Default::default(),
            version: Version::new(0, 0, 0),
            profile: String::new(),
            source: library.display().to_string(),
            sha256: None,
            source_id: String::new(),
            released: None,
            compiler: None,
            target: String::new(),
            flags: Vec::new(),
            compile_options: Vec::new(),
            seconds: 0.0,
            preload: Vec::new(),
            // A program has more variables of a thread than the C library keeps room for.
            environment: BTreeMap::from([(TUNABLES.to_owned(), ROOM_FOR_THREADS.to_owned())]),
            library: LibraryFile { file: library.to_owned(), size: 0, crc32: 0, sha256: String::new() },
        };
        Self {
            build: name.to_owned(),
            directory: library.parent().unwrap_or(Path::new("")).to_owned(),
            library: library.to_owned(),
            preload: Vec::new(),
            info,
        }
    }

    /// Sets what a process needs to load this product: preloaded libraries and environment variables.
    pub fn prepare(&self, command: &mut Command) {
        prepare(command, &self.preload, &self.info.environment);
    }
}

/// How the checksum is written in a `build.json`.
fn line_of(checksum: &str) -> String {
    format!("\"checksum\": \"{checksum}\"")
}

/// The checksum of a `build.json` in which this one is written.
fn checksum_of(text: &str, written: &str) -> String {
    format!("{:08x}", crc32fast::hash(text.replacen(&line_of(written), &line_of(""), 1).as_bytes()))
}

impl BuildInfo {
    /// The text of `build.json`, with its checksum.
    pub(super) fn text(&self) -> serde_json::Result<String> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        Ok(text.replacen(&line_of(""), &line_of(&checksum_of(&text, "")), 1))
    }

    /// Whether it is about the product that should be at this place.
    fn compare(&self, place: &Place) -> Result<(), Flaw> {
        let is_named = place.library.is_none_or(|name| self.library.file == Path::new(name));
        let reason = match self {
            _ if self.build != place.build => format!("it holds {}", self.build),
            _ if self.key.is_empty() => {
                "its build.json does not name a key, as an older version wrote it".to_owned()
            }
            _ if self.key != place.key => format!("it was made from other inputs, whose key is {}", self.key),
            _ if place.version.as_ref().is_some_and(|version| *version != self.version) => {
                format!("its build.json says that it is SQLite {}", self.version)
            }
            _ if !is_named => format!("its build.json names {} as its library", self.library.file.display()),
            _ => return Ok(()),
        };
        Err(Flaw::Damaged(reason))
    }
}

/// See [`Product::prepare`].
pub(super) fn prepare(command: &mut Command, preload: &[PathBuf], environment: &BTreeMap<String, String>) {
    if let Ok(paths) = std::env::join_paths(preload)
        && !preload.is_empty()
    {
        command.env(platform::PRELOAD, paths);
    }
    command.envs(environment);
}
