//! Everything that reads files which people write, or that lie about. The fuzz target of `fuzz/` has it from here.

use std::fs;
use std::path::Path;

use sqlite_contracts::analysis::gate::Policy;
use sqlite_contracts::builds::BuildSet;
use sqlite_contracts::builds::cargo_lock::Lock;
use sqlite_contracts::contract::Contract;
use sqlite_contracts::diagnostic::{Diagnostics, SourceText};
use sqlite_contracts::matrix::results;
use sqlite_contracts::project::Project;
use sqlite_contracts::record::snapshots::file::SnapshotFile;
use sqlite_contracts::record::transcript::Line;
use sqlite_contracts::subject::Subject;
use sqlite_contracts::worker::budget::Budget;

/// Reads bytes as a file of some kind, in a folder that is [prepared](prepare). Returns whether it was accepted.
pub(crate) type Read = fn(&Path, &[u8]) -> bool;

/// The kinds of files.
pub(crate) const KINDS: [(&str, Read); 9] = [
    ("contract", contract),
    ("manifest", manifest),
    ("profile", profile),
    ("policy", policy),
    ("lock", lock),
    ("snapshot", snapshot),
    ("sql", sql),
    ("budget", budget),
    ("results", results),
];

/// Makes a folder a project with the profiles of this repository.
pub(crate) fn prepare(repository: &Path, folder: &Path) {
    let (from, to) = (repository.join("sqlite-builds/profiles"), folder.join("sqlite-builds/profiles"));
    fs::create_dir_all(&to).unwrap();
    fs::create_dir_all(folder.join("sqlite-builds/core")).unwrap();
    for profile in fs::read_dir(from).unwrap() {
        let profile = profile.unwrap();
        fs::copy(profile.path(), to.join(profile.file_name())).unwrap();
    }
}

fn text(bytes: &[u8]) -> SourceText {
    SourceText::new("torture.yaml", String::from_utf8_lossy(bytes).into_owned())
}

/// Whether it was accepted; a refusal is also rendered, since that is part of the time that it takes.
fn accepted<T>(result: Result<T, Diagnostics>) -> bool {
    result.map_err(|mistakes| assert!(!mistakes.render(false).is_empty())).is_ok()
}

fn contract(_: &Path, bytes: &[u8]) -> bool {
    accepted(Contract::read("torture/input", &text(bytes)))
}

fn policy(_: &Path, bytes: &[u8]) -> bool {
    accepted(Policy::parse(&text(bytes)))
}

fn lock(_: &Path, bytes: &[u8]) -> bool {
    accepted(Lock::parse(&text(bytes)))
}

fn sql(_: &Path, bytes: &[u8]) -> bool {
    accepted(Subject::sql(&String::from_utf8_lossy(bytes), 1))
}

fn budget(_: &Path, bytes: &[u8]) -> bool {
    Budget::default().with(&String::from_utf8_lossy(bytes)).is_ok()
}

/// The file has the name that it gives itself, as far as it does: any other is refused without a look at the rest.
fn manifest(folder: &Path, bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let is_plain =
        |word: &&str| word.len() < 50 && !word.contains(|c: char| !c.is_ascii_alphanumeric() && c != '.');
    let field =
        |key: &str| text.lines().find_map(|line| line.strip_prefix(key)).map(str::trim).filter(is_plain);
    let (version, profile) = (field("version:"), field("profile:"));
    let name = format!("core/{}-{}.yaml", version.unwrap_or("3.46.0"), profile.unwrap_or("rusqlite"));
    builds_with(folder, &name, bytes)
}

fn profile(folder: &Path, bytes: &[u8]) -> bool {
    builds_with(folder, "profiles/torture.yaml", bytes)
}

fn builds_with(folder: &Path, file: &str, bytes: &[u8]) -> bool {
    let file = folder.join("sqlite-builds").join(file);
    fs::write(&file, bytes).unwrap();
    let loaded = accepted(BuildSet::load(&Project::at(folder)));
    fs::remove_file(file).unwrap();
    loaded
}

fn snapshot(folder: &Path, bytes: &[u8]) -> bool {
    let file = folder.join("torture.snap");
    fs::write(&file, bytes).unwrap();
    let Ok(read) = SnapshotFile::read(&file) else { return false };
    read.text.lines().all(|line| line.parse::<Line>().is_ok_and(|read| read.to_string() == line))
}

fn results(folder: &Path, bytes: &[u8]) -> bool {
    let file = folder.join("results.jsonl");
    fs::write(&file, bytes).unwrap();
    results::read(&file).is_ok()
}
