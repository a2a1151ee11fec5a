//! Unpacks archives, so that a folder is complete or does not exist.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use anyhow::Context;

use crate::builds::error::BuildError;
use crate::system::files;

/// Calls `fill` to write a folder that gets its name only when it is complete. The caller holds its lock.
pub(super) fn into_place(
    folder: &Path,
    fill: impl FnOnce(&Path) -> Result<(), BuildError>,
) -> Result<(), BuildError> {
    let parent = folder.parent().context("a source's folder has a parent")?;
    let owner = folder.file_name().unwrap_or_default().to_string_lossy();
    let staging = files::staging(parent, &owner)?;
    fill(staging.path())?;
    Ok(files::put_in_place(staging, folder)?)
}

/// Unpacks a zip or tar.gz; its first bytes decide which it is, whatever its name.
pub(super) fn unpack(archive: &Path, into: &Path) -> Result<(), BuildError> {
    let mut file = File::open(archive).with_context(|| format!("cannot read {}", archive.display()))?;
    let mut magic = [0; 2];
    file.read_exact(&mut magic).with_context(|| format!("{} is too short", archive.display()))?;
    file.rewind().context("cannot rewind")?;
    let unpacked = match &magic {
        b"PK" => {
            zip::ZipArchive::new(file).and_then(|mut zip| zip.extract(into)).map_err(anyhow::Error::from)
        }
        [0x1f, 0x8b] => {
            tar::Archive::new(flate2::read::GzDecoder::new(file)).unpack(into).map_err(Into::into)
        }
        _ => Err(anyhow::anyhow!("it is neither a zip nor a tar.gz")),
    };
    Ok(unpacked.with_context(|| format!("cannot unpack {}", archive.display()))?)
}
