//! `archive`: a zip or tar.gz, a local file or an https address.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::UNIX_EPOCH;

use anyhow::Context;
use sha2::{Digest, Sha256};

use super::{folder_of, hex, locked, unpack};
use crate::builds::error::BuildError;
use crate::project::Project;

/// The folder that the archive is unpacked in.
pub(super) fn fetch(project: &Project, place: &str) -> Result<PathBuf, BuildError> {
    let folder = folder_of(project, &format!("archive-{}", key(project, place)?));
    locked(&folder, || {
        if !folder.is_dir() {
            unpack::into_place(&folder, |staging| unpack_from(project, place, staging))?;
        }
        Ok(folder.clone())
    })
}

fn unpack_from(project: &Project, place: &str, staging: &Path) -> Result<(), BuildError> {
    if !is_remote(place) {
        return unpack::unpack(&project.root().join(place), staging);
    }
    let download = staging.join(".download");
    curl(place, &download)?;
    unpack::unpack(&download, staging)?;
    Ok(std::fs::remove_file(&download).context("cannot remove the download")?)
}

fn is_remote(place: &str) -> bool {
    place.starts_with("https://")
}

/// The key of an address is the address. A file may be replaced, so its key includes its size and time.
fn key(project: &Project, place: &str) -> Result<String, BuildError> {
    let mut hasher = Sha256::new();
    hasher.update(place);
    if !is_remote(place) {
        let path = project.root().join(place);
        let metadata = path.metadata().with_context(|| format!("cannot read {}", path.display()))?;
        let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        hasher.update(format!("{} {modified:?}", metadata.len()));
    }
    Ok(hex(&hasher.finalize()[..8]))
}

fn curl(address: &str, to: &Path) -> Result<(), BuildError> {
    let tool = |reason: String| BuildError::Tool {
        program: format!("curl {address}"),
        reason,
        help: "this source needs curl and the network; or download the archive by hand and name its path"
            .to_owned(),
    };
    let output = Command::new("curl")
        .args(["--fail", "--location", "--silent", "--show-error", "--proto", "=https", "--output"])
        .arg(to)
        .arg(address)
        .output()
        .map_err(|error| tool(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    Err(tool(String::from_utf8_lossy(&output.stderr).into_owned()))
}
