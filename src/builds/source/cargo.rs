//! `crate`: cargo itself fetches the crate, through a generated package that depends on nothing else.
//!
//! One package per source, because `links = "sqlite3"` forbids two versions in one graph.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::Context;
use serde::Deserialize;

use super::{folder_of, locked};
use crate::builds::error::BuildError;
use crate::project::Project;
use crate::system::files::write_atomically;

/// The part of `cargo metadata` that is read.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: semver::Version,
    manifest_path: PathBuf,
}

/// The folder of a crate's files.
pub(super) fn fetch(project: &Project, name: &str, version: &str) -> Result<PathBuf, BuildError> {
    let package = folder_of(project, &format!("crate-{name}-{version}"));
    locked(&package, || {
        if let Some(known) = remembered(&package) {
            return Ok(known);
        }
        write_package(&package, name, version)?;
        let metadata = metadata(&package, name, version)?;
        let folder = folder_in(&metadata, name, version)?;
        write_atomically(&package.join("location"), folder.to_string_lossy().as_bytes())?;
        Ok(folder)
    })
}

/// Where cargo unpacked it last time, if it is still there: a call of cargo takes 100 ms.
fn remembered(package: &Path) -> Option<PathBuf> {
    let folder = PathBuf::from(fs::read_to_string(package.join("location")).ok()?);
    folder.join("Cargo.toml").is_file().then_some(folder)
}

/// Writes the generated package. `[workspace]` keeps it out of the workspace that surrounds it.
fn write_package(package: &Path, name: &str, version: &str) -> Result<(), BuildError> {
    // A version requirement does not allow build metadata (`+…`).
    let exact = version.split_once('+').map_or(version, |(version, _)| version);
    let manifest = format!(
        "[package]\nname = \"source\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[workspace]\n\n[lib]\n\
         path = \"lib.rs\"\n\n[dependencies]\n{name} = {{ version = \"={exact}\", default-features = false }}\n"
    );
    fs::create_dir_all(package).with_context(|| format!("cannot create {}", package.display()))?;
    write_atomically(&package.join("lib.rs"), b"")?;
    write_atomically(&package.join("Cargo.toml"), manifest.as_bytes())?;
    Ok(())
}

/// Runs `cargo metadata`, which downloads what is missing; tries without the network first.
fn metadata(package: &Path, name: &str, version: &str) -> Result<Metadata, BuildError> {
    let offline = run(package, true)?;
    let output = if offline.status.success() { offline } else { run(package, false)? };
    if !output.status.success() {
        return Err(BuildError::Tool {
            program: format!("cargo cannot fetch {name} {version}"),
            reason: String::from_utf8_lossy(&output.stderr).into_owned(),
            help: "check the network, and the crate's name and version".to_owned(),
        });
    }
    Ok(serde_json::from_slice(&output.stdout).context("cannot read what `cargo metadata` prints")?)
}

fn run(package: &Path, offline: bool) -> Result<Output, BuildError> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(&cargo);
    command
        .args(["metadata", "--format-version", "1", "--quiet", "--filter-platform"])
        .arg(env!("SQLITE_CONTRACTS_TARGET"))
        .args(offline.then_some("--offline"))
        .current_dir(package);
    command.output().map_err(|error| BuildError::Tool {
        program: cargo.to_string_lossy().into_owned(),
        reason: error.to_string(),
        help: "install Rust's cargo, or name it in the variable CARGO".to_owned(),
    })
}

fn folder_in(metadata: &Metadata, name: &str, version: &str) -> Result<PathBuf, BuildError> {
    let exact = version.split_once('+').map_or(version, |(version, _)| version);
    metadata
        .packages
        .iter()
        .find(|package| package.name == name && package.version.to_string().starts_with(exact))
        .and_then(|package| package.manifest_path.parent())
        .map(Path::to_owned)
        .with_context(|| format!("`cargo metadata` does not list {name} {version}"))
        .map_err(BuildError::from)
}
