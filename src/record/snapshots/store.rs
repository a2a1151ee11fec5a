//! Snapshot files: written for review, then accepted or rejected.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::path::Path;

use anyhow::{Result, anyhow};

use super::file::SnapshotFile;
use super::judge::Drift;
use super::name::{SnapshotName, State};
use super::recorded::Recorded;
use super::settle::{changes, nothing_to_say};
use super::update::{Destination, Update};
use crate::record::lineage::Lineage;
use crate::system::files::remove;

/// Writes the snapshot of a drift where `INSTA_UPDATE` says, or as a pending one; `title` is the promise of its contract.
/// Returns whether the drift passes the test.
///
/// # Errors
/// When a file cannot be written, or an environment variable of insta is invalid.
pub fn record(
    folder: &Path,
    name: &SnapshotName,
    title: Option<&str>,
    drift: &Drift,
    is_pending: bool,
) -> Result<bool> {
    let update = Update::from_env()?;
    let snapshot = SnapshotFile::of(drift, title);
    let destination = update.destination(drift.own.is_some());
    match if is_pending { Destination::Pending } else { destination } {
        Destination::Record => {
            put_on_record(folder, name, drift, &snapshot)?;
            return Ok(true);
        }
        Destination::Pending => {
            snapshot.write(folder, name, State::Pending).map_err(|error| cannot_write(folder, error))?;
        }
        Destination::Nowhere => {}
    }
    Ok(update.passes)
}

/// Of a file system that takes nothing more, the message is the same for all snapshots: a run says it once.
fn cannot_write(folder: &Path, error: anyhow::Error) -> anyhow::Error {
    let reason = error.root_cause().downcast_ref::<io::Error>();
    match reason.map(io::Error::kind) {
        Some(ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::ReadOnlyFilesystem) => {
            anyhow!("cannot write snapshots to {}: {}", folder.display(), error.root_cause())
        }
        _ => error,
    }
}

/// Accepts the pending snapshot of `name`: it becomes the record.
///
/// # Errors
/// When a file cannot be read or written.
pub fn accept(folder: &Path, name: &SnapshotName, drift: &Drift) -> Result<()> {
    put_on_record(folder, name, drift, &SnapshotFile::read(&name.file(folder, State::Pending))?)
}

/// Replaces the record of a build. The record of a build that does what it inherits again is removed.
fn put_on_record(folder: &Path, name: &SnapshotName, drift: &Drift, snapshot: &SnapshotFile) -> Result<()> {
    match drift.goes_back() {
        true => remove(&name.file(folder, State::Accepted))?,
        false => snapshot.write(folder, name, State::Accepted)?,
    }
    reject(folder, name)
}

/// Deletes the pending snapshot of `name`.
pub fn reject(folder: &Path, name: &SnapshotName) -> Result<()> {
    remove(&name.file(folder, State::Pending))
}

/// Removes a snapshot, and its folders when they become empty.
pub fn remove_snapshot(folder: &Path, name: &SnapshotName, state: State) -> Result<()> {
    let file = name.file(folder, state);
    remove(&file)?;
    // Removing a folder that is not empty fails, which ends the loop.
    let mut above = file.ancestors().skip(1).take_while(|dir| *dir != folder);
    above.all(|dir| std::fs::remove_dir(dir).is_ok());
    Ok(())
}

/// Deletes the pending snapshots of a contract that are not needed now that all of them are known; only those of builds
/// for which `concerns` is true.
pub fn drop_settled(
    recorded: &Recorded,
    lineage: &Lineage,
    contract: &str,
    concerns: impl Fn(&str) -> bool,
) -> Result<()> {
    let snapshots = recorded.contract(contract)?;
    for (case, snapshots) in snapshots.cases() {
        for build in nothing_to_say(lineage, snapshots).iter().filter(|build| concerns(build)) {
            reject(recorded.folder(), &SnapshotName::new(contract, case, build))?;
        }
    }
    Ok(())
}

/// Adds the pending snapshots that cannot be found by looking at one cell: of builds that do what is on record, but
/// would inherit something else once a change above them is accepted. `said` has the transcripts of a case by build.
///
/// They follow from existing pending files, so where none are written none are added.
pub fn add_returns(
    recorded: &Recorded,
    lineage: &Lineage,
    contract: &str,
    case: &str,
    said: &BTreeMap<String, String>,
) -> Result<()> {
    let snapshots = recorded.contract(contract)?;
    let snapshots = snapshots.case(case);
    for (build, drift) in changes(lineage, snapshots, said) {
        let waits = |build: &str| snapshots.pending.contains_key(build);
        let is_said = said.contains_key(&build);
        let follows = drift
            .inherited
            .as_ref()
            .is_some_and(|inherited| waits(&inherited.from) || lineage.forebears(&inherited.from).any(waits));
        if is_said && follows && drift.own.is_none() && !waits(&build) {
            let name = SnapshotName::new(contract, case, &build);
            SnapshotFile::of(&drift, None).write(recorded.folder(), &name, State::Pending)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_full_disk_all_snapshots_say_the_same() {
        let said = |file: &str, kind: ErrorKind| {
            let error = anyhow::Error::new(io::Error::from(kind)).context(format!("cannot write {file}"));
            format!("{:#}", cannot_write(Path::new("snapshots"), error))
        };
        let full = said("a", ErrorKind::StorageFull);
        assert_eq!(full, format!("cannot write snapshots to snapshots: {}", ErrorKind::StorageFull));
        assert_eq!(full, said("b", ErrorKind::StorageFull));
        assert!(said("a", ErrorKind::IsADirectory).starts_with("cannot write a: "));
    }
}
