//! Where a build's C code comes from: one module per kind, each of which yields a local folder.

mod archive;
mod cargo;
mod checkout;
mod nested;
mod npm;
mod pypi;
mod raw;
mod unpack;

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;
use sha2::{Digest, Sha256};

pub use checkout::{CheckIn, Checkout};
pub(crate) use npm::fetch as npm_package;
pub(crate) use pypi::fetch as pypi_package;
pub(super) use raw::{RawSource, published};

use super::error::BuildError;
use super::patch::Replacement;
use crate::diagnostic::{Diagnostics, SourceText};
use crate::project::Project;
use crate::system::files;

/// The `source` of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// C code that we compile.
    Code(Code),
    /// An existing shared library.
    Library(LibrarySource),
}

/// C code, pinned by the checksum of its main file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Who publishes it.
    pub origin: Origin,
    /// The main C file inside it; by default the `sqlite3.c` there.
    pub file: Option<String>,
    /// SHA-256 of the main C file, in lower-case hexadecimal.
    pub sha256: String,
    /// What is replaced in it before it is compiled: the patches of a distribution.
    pub patch: Vec<Replacement>,
}

/// An existing shared library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LibrarySource {
    /// A path (from the project's root) or a name that the system's loader knows.
    pub library: String,
    /// Its `SQLITE_SOURCE_ID`; `None` where it differs from machine to machine.
    pub source_id: Option<String>,
}

/// Who publishes a piece of C code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A crate that bundles an amalgamation.
    Crate {
        /// The crate's name.
        name: String,
        /// Its exact version.
        version: String,
    },
    /// An npm package that bundles an amalgamation.
    Npm {
        /// The package's name, with its scope.
        name: String,
        /// Its exact version.
        version: String,
    },
    /// A zip or tar.gz: a path from the project's root, or an https address.
    Archive(String),
    /// A folder, from the project's root.
    Path(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Crate { name, version } => write!(f, "crate {name} {version}"),
            Self::Npm { name, version } => write!(f, "npm {name} {version}"),
            Self::Archive(place) => write!(f, "archive {place}"),
            Self::Path(path) => write!(f, "path {path}"),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => code.origin.fmt(f),
            Self::Library(library) => write!(f, "library {}", library.library),
        }
    }
}

impl Source {
    /// Whether the manifest pins exactly one SQLite.
    pub fn is_pinned(&self) -> bool {
        !matches!(self, Self::Library(LibrarySource { source_id: None, .. }))
    }

    /// The source that a manifest's `source:` describes.
    pub(super) fn from_raw(
        text: &SourceText,
        raw: &serde_yaml::Spanned<RawSource>,
    ) -> Result<Self, Diagnostics> {
        raw::check(text, raw)
    }
}

/// C code on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The main C file.
    pub main: PathBuf,
    /// The folder that the source was unpacked in.
    root: PathBuf,
    /// Whether it was unpacked here, so that it may be deleted and fetched again.
    is_ours: bool,
}

impl Fetched {
    /// The folder of the main C file: the headers of its version are beside it.
    pub fn directory(&self) -> &Path {
        self.main.parent().unwrap_or(Path::new("."))
    }

    /// The main C file as a manifest's `file` names it.
    pub(super) fn file(&self) -> String {
        let relative = self.main.strip_prefix(&self.root).unwrap_or(&self.main);
        relative.to_string_lossy().replace('\\', "/")
    }
}

/// Fetches C code, and finds its main file.
///
/// # Errors
/// When the network, the disk or a program fails, or the file is missing.
pub(super) fn fetch(project: &Project, origin: &Origin, file: Option<&str>) -> Result<Fetched, BuildError> {
    let (folder, is_ours) = match origin {
        Origin::Crate { name, version } => (cargo::fetch(project, name, version)?, false),
        Origin::Npm { name, version } => (npm::fetch(project, name, version)?, true),
        Origin::Archive(place) => (archive::fetch(project, place)?, true),
        Origin::Path(path) => (project.root().join(path), false),
    };
    let main = match file {
        Some(file) => {
            if is_ours {
                nested::unpack_on_the_way(&folder, file)?;
            }
            folder.join(file)
        }
        None => find_amalgamation(&folder)?,
    };
    if !main.is_file() {
        let hint = hint(&folder, origin);
        let file = file.unwrap_or("sqlite3.c").to_owned();
        return Err(BuildError::NoMainFile { file, directory: folder, hint });
    }
    Ok(Fetched { main, root: folder, is_ours })
}

/// The files that could have been meant.
fn hint(folder: &Path, origin: &Origin) -> String {
    let found: Vec<String> = amalgamations(folder)
        .iter()
        .filter_map(|path| Some(path.strip_prefix(folder).ok()?.display().to_string()))
        .collect();
    match found.as_slice() {
        [] => format!("is {origin} the right source?"),
        found => format!("it contains {}: name it with `file:`", found.join(", ")),
    }
}

/// The `sqlite3.c` at the top, else the only one, else of several the one in a folder `sqlite3` (a crate may
/// bundle a cipher beside it).
fn find_amalgamation(folder: &Path) -> Result<PathBuf, BuildError> {
    let top = folder.join("sqlite3.c");
    if top.is_file() {
        return Ok(top);
    }
    let mut found = amalgamations(folder);
    if found.len() > 1 {
        found.retain(|path| path.parent().is_some_and(|parent| parent.ends_with("sqlite3")));
    }
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(BuildError::NoMainFile {
            file: "sqlite3.c".to_owned(),
            directory: folder.to_owned(),
            hint: "name the main C file with `file:`".to_owned(),
        }),
        several => Err(BuildError::NoMainFile {
            file: "sqlite3.c".to_owned(),
            directory: folder.to_owned(),
            hint: format!("there are {} of that name: choose one with `file:`", several.len()),
        }),
    }
}

/// Every `sqlite3.c` at most four folders deep.
fn amalgamations(folder: &Path) -> Vec<PathBuf> {
    fn walk(folder: &Path, depth: u32, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() && depth > 0 {
                walk(&path, depth - 1, found);
            } else if path.file_name().is_some_and(|name| name == "sqlite3.c") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(folder, 4, &mut found);
    found.sort();
    found
}

/// Rejects a source whose main file is not the pinned one. A source that was unpacked here is deleted, so that the
/// next run fetches it again.
pub(super) fn verify(build: &str, fetched: &Fetched, pinned: &str) -> Result<(), BuildError> {
    let found = sha256_of(&fetched.main)?;
    if found == pinned {
        return Ok(());
    }
    if fetched.is_ours {
        std::fs::remove_dir_all(&fetched.root).ok();
    }
    let file = fetched.main.clone();
    Err(BuildError::Checksum { build: build.to_owned(), file, pinned: pinned.to_owned(), found })
}

/// SHA-256 of a file, in lower-case hexadecimal.
pub(super) fn sha256_of(path: &Path) -> anyhow::Result<String> {
    let mut file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        let count = file.read(&mut buffer).with_context(|| format!("cannot read {}", path.display()))?;
        if count == 0 {
            return Ok(hex(&hasher.finalize()));
        }
        hasher.update(&buffer[..count]);
    }
}

/// Bytes as lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Where the sources of a project are kept, one folder per source.
fn folder_of(project: &Project, key: &str) -> PathBuf {
    sources(project).join(key)
}

fn sources(project: &Project) -> PathBuf {
    project.scratch().join("sources")
}

/// Runs `work` while no other process works on the same source.
fn locked<T>(folder: &Path, work: impl FnOnce() -> Result<T, BuildError>) -> Result<T, BuildError> {
    let _lock = files::lock(&lock_of(folder), || ())?;
    work()
}

fn lock_of(folder: &Path) -> PathBuf {
    let name = format!("{}.lock", folder.file_name().unwrap_or_default().to_string_lossy());
    folder.with_file_name(name)
}

/// Removes the sources that killed processes were unpacking.
pub(super) fn remove_abandoned(project: &Project) {
    files::remove_abandoned(&sources(project), |key| lock_of(&folder_of(project, key)));
}
