//! The code that a running process has loaded.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::system::mappings::{self, Mapping};

/// The files of code that a process has mapped, as this process can read them: also those of a container, and those that
/// were replaced since. With each is the path that the process knows it by.
///
/// # Errors
/// When there is no such process, it cannot be looked at, or this is no Linux.
pub fn files(pid: u32) -> Result<Vec<(PathBuf, String)>> {
    if !cfg!(target_os = "linux") {
        bail!("a running process can be looked at on Linux only: name its program or its libraries instead");
    }
    let maps = format!("/proc/{pid}/maps");
    let text = match std::fs::read_to_string(&maps) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => bail!("there is no process {pid}"),
        read => read.with_context(|| format!("cannot look at process {pid}"))?,
    };
    let mut known = BTreeSet::new();
    let code = mappings::of_files(&text).filter(|mapping| mapping.is_code && known.insert(mapping.path));
    Ok(code.map(|Mapping { range, path, .. }| (readable(pid, range, path), path.to_owned())).collect())
}

/// The mapped file itself where the system lets us have it, else the path as the process sees it.
fn readable(pid: u32, range: &str, path: &str) -> PathBuf {
    let mapped = PathBuf::from(format!("/proc/{pid}/map_files/{range}"));
    if std::fs::File::open(&mapped).is_ok() {
        return mapped;
    }
    PathBuf::from(format!("/proc/{pid}/root{}", path.trim_end_matches(" (deleted)")))
}
