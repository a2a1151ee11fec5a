//! A file that a worker can load, made of a copy that was built for another program.
//!
//! Only what concerns loading is changed, in a file of its own: SQLite's code stays byte for byte as it is.
//!
//! - Its initialisers are dropped, so that it does nothing when it is loaded. SQLite has none; a program's own would do
//!   what the program does.
//! - What the file takes from its host (a Python module from Python) may be missing: it is NULL then. No function of
//!   SQLite uses it; one that did would crash the worker, and nothing else.
//! - A program becomes a library. The system's loader refuses programs because their own start-up would be missing,
//!   which SQLite does not need. One with fixed addresses is loaded there; the worker checks that.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::elf::{self, Adapted};
use super::{Code, Copy, Kind};
use crate::worker::foreign::{Addresses, SIDECAR};

/// Why a copy cannot be run on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotLoadable(pub String);

impl fmt::Display for NotLoadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The function without which nothing can be asked.
const OPEN: &str = "sqlite3_open_v2";

/// Libraries that a copy may bring along, when this machine has them: the C library and what SQLite is built with.
const KNOWN: [&str; 15] = [
    "libc.so.",
    "libm.so.",
    "libpthread.so.",
    "libdl.so.",
    "librt.so.",
    "libgcc_s.so.",
    "ld-linux",
    "libatomic.so.",
    "libz.so.",
    "libcrypto.so.",
    "libicui18n.so.",
    "libicuuc.so.",
    "libicudata.so.",
    "libstdc++.so.",
    "libreadline.so.",
];

/// Where the system's libraries are.
const DIRECTORIES: [&str; 6] =
    ["/lib64", "/usr/lib64", "/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/usr/lib", "/lib"];

/// A file that a worker can load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loadable {
    /// The file.
    pub library: PathBuf,
    /// The libraries that the copy wants and this machine, or this tool, does not know.
    pub without: BTreeSet<String>,
}

/// Makes the file, in `directory`.
///
/// # Errors
/// When it cannot be written. The inner error is a copy that cannot be run here.
pub fn prepare(copy: &Copy, directory: &Path) -> Result<Result<Loadable, NotLoadable>> {
    if let Some(reason) = obstacle(&copy.code) {
        return Ok(Err(NotLoadable(reason)));
    }
    let mut bytes =
        std::fs::read(&copy.file).with_context(|| format!("cannot read {}", copy.file.display()))?;
    let Some(adapted) = elf::adapt(&mut bytes, is_here) else {
        return Ok(Err(NotLoadable("its file is damaged, or linked in a way that is not known".to_owned())));
    };
    let Adapted { is_fixed, without } = match adapted {
        Ok(adapted) => adapted,
        Err(reason) => return Ok(Err(NotLoadable(reason))),
    };
    let library = directory.join(format!("{}.so", &copy.sha256[..16]));
    let addresses = Addresses { is_fixed, functions: copy.code.functions.clone() };
    let write = || {
        std::fs::write(&library, &bytes)?;
        std::fs::write(library.with_extension(SIDECAR), serde_json::to_vec(&addresses)?)
    };
    write().with_context(|| format!("cannot write {}", library.display()))?;
    Ok(Ok(Loadable { library, without }))
}

/// What is known to stand against it before its file is read.
fn obstacle(code: &Code) -> Option<String> {
    if !cfg!(target_os = "linux") {
        return Some("copies are run on Linux only".to_owned());
    }
    if code.kind != Kind::Elf {
        return Some(format!("it is {}", code.kind.as_str()));
    }
    let machine = code.machine.map(|machine| format!("{machine:?}").to_lowercase());
    let here = std::env::consts::ARCH;
    match machine {
        Some(machine) if machine == here => {}
        Some(machine) => return Some(format!("it is for {machine}, and this machine is {here}")),
        None => return Some("its file is damaged".to_owned()),
    }
    (!code.functions.contains_key(OPEN))
        .then(|| "its file does not say where SQLite's functions are (it is stripped)".to_owned())
}

fn is_here(library: &str) -> bool {
    KNOWN.iter().any(|known| library.starts_with(known))
        && !library.contains('/')
        && !library.contains("musl")
        && DIRECTORIES.iter().any(|directory| Path::new(directory).join(library).exists())
}
