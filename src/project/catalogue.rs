//! The files that this library provides for other projects: its contracts, its profiles, and the sources of SQLite's
//! versions. They are compiled in, so that an installed program and a test archive have them wherever they run.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use semver::Version;
use sha2::{Digest, Sha256};

use super::Project;
use crate::diagnostic::SourceText;

/// Name and text of each file of a kind, by name.
type Files = &'static [(&'static str, &'static str)];

const CONTRACTS: Files = include!(concat!(env!("OUT_DIR"), "/contracts.rs"));
const PROFILES: Files = include!(concat!(env!("OUT_DIR"), "/profiles.rs"));
const ADVISORIES: Files = include!(concat!(env!("OUT_DIR"), "/advisories.rs"));
const MANIFESTS: Files = include!(concat!(env!("OUT_DIR"), "/manifests.rs"));

/// The ids of its contracts: `precision/money-round`.
pub fn contracts() -> impl Iterator<Item = &'static str> {
    CONTRACTS.iter().map(|(id, _)| *id)
}

/// The areas of its contracts: `precision`.
pub fn areas() -> BTreeSet<&'static str> {
    contracts().filter_map(|id| Some(id.split_once('/')?.0)).collect()
}

/// The contract of this id.
pub fn contract(id: &str) -> Option<SourceText> {
    let (_, text) = CONTRACTS.iter().find(|(known, _)| *known == id)?;
    Some(source("contracts", id, text))
}

/// Its advisories: ids and files.
pub(crate) fn advisories() -> impl Iterator<Item = (&'static str, SourceText)> {
    ADVISORIES.iter().map(|(id, text)| (*id, source("advisories", id, text)))
}

/// Which changes it leaves without a promise.
pub(crate) fn left() -> SourceText {
    SourceText::new(format!("{PLACE}/discover.yaml"), include_str!("../../discover.yaml"))
}

/// How far its builds were searched.
pub(crate) fn searched() -> SourceText {
    SourceText::new(format!("{PLACE}/searched.yaml"), include_str!("../../searched.yaml"))
}

/// Its profiles: names and files.
pub(crate) fn profiles() -> impl Iterator<Item = (&'static str, SourceText)> {
    PROFILES.iter().map(|(name, text)| (*name, source("sqlite-builds/profiles", name, text)))
}

/// Its manifests: the builds' names and files.
pub(crate) fn manifests() -> impl Iterator<Item = (&'static str, SourceText)> {
    let name = |path: &'static str| path.rsplit_once('/').map_or(path, |(_, name)| name);
    MANIFESTS.iter().map(move |(path, text)| (name(path), source("sqlite-builds", path, text)))
}

/// Whether it has a build of this name.
pub fn has_build(name: &str) -> bool {
    manifests().any(|(known, _)| known == name)
}

/// Whether a run in its own project takes this build of it where none is named: the core builds, with `all` the extended ones
/// too.
pub fn is_usual(name: &str, all: bool) -> bool {
    let is_of = |tier: &str| MANIFESTS.iter().any(|(path, _)| path.strip_prefix(tier) == Some(name));
    is_of("core/") || all && is_of("extended/")
}

/// The names of its builds of a profile that are of a version.
pub fn builds_of(profile: &str) -> impl Iterator<Item = &'static str> {
    let is_of = move |name: &&str| {
        name.split_once('-').is_some_and(|(version, of)| of == profile && Version::parse(version).is_ok())
    };
    manifests().map(|(name, _)| name).filter(is_of)
}

/// What it has, in a line: `146 builds, SQLite 3.7.17 to 3.54.1; 212 contracts, 80 advisories`.
pub fn summary() -> String {
    let version = |path: &str| Version::parse(path.rsplit_once('/')?.1.split('-').next()?).ok();
    let versions = || MANIFESTS.iter().filter_map(|(path, _)| version(path));
    let ends = versions().min().zip(versions().max());
    let range = ends.map_or(String::new(), |(oldest, newest)| format!(", SQLite {oldest} to {newest}"));
    let (builds, contracts, advisories) = (MANIFESTS.len(), CONTRACTS.len(), ADVISORIES.len());
    format!("{builds} builds{range}; {contracts} contracts, {advisories} advisories")
}

/// A project that has all its builds and includes all its contracts, in a folder of `cache` that is named by what is in
/// it; products are kept in `cache` itself, so that another release of this library finds those that it shares.
///
/// # Errors
/// When it cannot be written.
pub fn project(cache: &Path) -> Result<Project> {
    let files = project_files();
    let folder = cache.join("projects").join(digest_of(&files));
    if !folder.is_dir() {
        write_all(&folder, &files).with_context(|| format!("cannot write {}", folder.display()))?;
    }
    Ok(Project::at(folder).with_target(cache))
}

/// A short digest of its builds and of the areas of its contracts, which tells releases of it apart.
pub fn digest() -> String {
    digest_of(&project_files())
}

fn digest_of(files: &[(PathBuf, String)]) -> String {
    let mut digest = Sha256::new();
    for (path, text) in files {
        digest.update(path.as_os_str().as_encoded_bytes());
        digest.update(text);
    }
    digest.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

fn project_files() -> Vec<(PathBuf, String)> {
    let manifest = |(path, text): &(&str, &str)| {
        (PathBuf::from(format!("sqlite-builds/{path}.yaml")), (*text).to_owned())
    };
    let areas: Vec<&str> = areas().into_iter().collect();
    let include = format!("include: [{}]\n", areas.join(", "));
    let include = (PathBuf::from("contracts/include.yaml"), include);
    MANIFESTS.iter().map(manifest).chain([include]).collect()
}

/// Writes files into a new folder, which is there either whole or not at all.
fn write_all(folder: &Path, files: &[(PathBuf, String)]) -> std::io::Result<()> {
    let parent = folder.parent().unwrap_or(folder);
    fs::create_dir_all(parent)?;
    let new = tempfile::tempdir_in(parent)?;
    for (path, text) in files {
        let file = new.path().join(path);
        fs::create_dir_all(file.parent().unwrap_or(&file))?;
        fs::write(file, text)?;
    }
    match fs::rename(new.path(), folder) {
        // Another process has written the same.
        Err(_) if folder.is_dir() => Ok(()),
        renamed => renamed,
    }
}

/// Shows the reader of a message that the file does not belong to the project.
const PLACE: &str = "<sqlite-contracts>";

fn source(folder: &str, name: &str, text: &'static str) -> SourceText {
    SourceText::new(format!("{PLACE}/{folder}/{name}.yaml"), text)
}

/// Whether a text is one of its files, rather than the project's.
pub(crate) fn has(text: &SourceText) -> bool {
    text.path().starts_with(PLACE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_this_repository_are_compiled_in() {
        assert!(areas().is_superset(&BTreeSet::from(["memory-caps", "precision", "statement-lifetime"])));
        let contract = contract("precision/money-round").unwrap();
        assert_eq!(contract.path(), "<sqlite-contracts>/contracts/precision/money-round.yaml");
        assert!(contract.text().contains("\ncases:"));
        assert!(profiles().any(|(name, _)| name == "rusqlite"));
        assert!(manifests().any(|(name, text)| name == "3.50.4-rusqlite" && text.text().contains("3.50.4")));
    }

    #[test]
    fn they_are_summed_up_in_a_line() {
        let summary = summary();
        assert!(summary.contains(" builds, SQLite 3.7.17 to 3."), "{summary}");
        assert!(summary.ends_with(" advisories"), "{summary}");
    }

    #[test]
    fn they_are_a_project_outside_of_any() {
        let cache = tempfile::tempdir().unwrap();
        let project = project(cache.path()).unwrap();
        assert_eq!(super::project(cache.path()).unwrap().root(), project.root());
        assert_eq!(project.products(), cache.path().join("sqlite-builds"));
        let builds = crate::builds::BuildSet::load(&project).unwrap();
        assert_eq!(builds.iter().count(), MANIFESTS.len());
        assert_eq!(crate::contract::Contract::load_all(&project).unwrap().len(), contracts().count());
    }
}
