//! `npm`: a package's tarball, fetched by `npm pack`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use super::{folder_of, locked, unpack};
use crate::builds::error::BuildError;
use crate::project::Project;

const HELP: &str = "this source needs npm (it comes with Node.js) and the network";

/// The folder of a package's files, `package/` inside it as npm packs them.
pub(crate) fn fetch(project: &Project, name: &str, version: &str) -> Result<PathBuf, BuildError> {
    let key = format!("npm-{}-{version}", name.replace('/', "-"));
    let folder = folder_of(project, &key);
    locked(&folder, || {
        if !folder.is_dir() {
            unpack::into_place(&folder, |staging| {
                let tarball = pack(staging, name, version)?;
                unpack::unpack(&tarball, staging)?;
                Ok(std::fs::remove_file(&tarball).context("cannot remove the tarball")?)
            })?;
        }
        Ok(folder.clone())
    })
}

/// Makes npm write the tarball into `folder`, and returns its path.
fn pack(folder: &Path, name: &str, version: &str) -> Result<PathBuf, BuildError> {
    let tool = |reason: String| BuildError::Tool {
        program: format!("npm pack {name}@{version}"),
        reason,
        help: HELP.to_owned(),
    };
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let output = Command::new(npm)
        .args(["pack", "--ignore-scripts", "--silent", &format!("{name}@{version}")])
        .current_dir(folder)
        .output()
        .map_err(|error| tool(error.to_string()))?;
    if !output.status.success() {
        return Err(tool(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    std::fs::read_dir(folder)
        .context("cannot read what npm wrote")?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "tgz"))
        .ok_or_else(|| tool("it wrote no tarball".to_owned()))
}
