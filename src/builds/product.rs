//! A compiled build: a folder with the library and a `build.json` that describes where it came from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::UNIX_EPOCH;

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
}

/// The state of a library's file, to detect a damaged one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibraryFile {
    /// Its name in the product's folder, or the path of an existing library.
    pub file: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// When it was last written, in nanoseconds since 1970.
    pub modified: u64,
    /// Its checksum.
    pub sha256: String,
}

impl LibraryFile {
    /// The state of a library in `directory` (or of an absolute path).
    pub(super) fn of(directory: &Path, file: &Path) -> Result<Self> {
        let path = directory.join(file);
        let (size, modified) = size_and_time(&path)?;
        Ok(Self { file: file.to_owned(), size, modified, sha256: sha256_of(&path)? })
    }

    /// Whether the file is still the same. The checksum is computed only when the time differs, as it does when a CI
    /// cache has restored the folder.
    fn is_whole(&self, directory: &Path) -> bool {
        let path = directory.join(&self.file);
        match size_and_time(&path) {
            Ok((size, _)) if size != self.size => false,
            Ok((_, modified)) if modified == self.modified => true,
            Ok(_) => sha256_of(&path).is_ok_and(|sha256| sha256 == self.sha256),
            Err(_) => false,
        }
    }
}

fn size_and_time(path: &Path) -> Result<(u64, u64)> {
    let metadata = path.metadata().with_context(|| format!("cannot read {}", path.display()))?;
    let since = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let nanoseconds = since.and_then(|since| u64::try_from(since.as_nanos()).ok());
    Ok((metadata.len(), nanoseconds.unwrap_or(0)))
}

impl Product {
    /// The product in `directory`; `None` when its files are missing, unreadable or changed.
    pub(super) fn read(directory: &Path) -> Option<Self> {
        let info: BuildInfo = serde_json::from_slice(&std::fs::read(directory.join(INFO)).ok()?).ok()?;
        info.library.is_whole(directory).then(|| Self {
            build: info.build.clone(),
            directory: directory.to_owned(),
            library: directory.join(&info.library.file),
            preload: info.preload.clone(),
            info,
        })
    }

    /// Sets what a process needs to load this product: preloaded libraries and environment variables.
    pub fn prepare(&self, command: &mut Command) {
        prepare(command, &self.preload, &self.info.environment);
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
