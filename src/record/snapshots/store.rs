//! Snapshot files: written by insta for review, accepted or rejected by a person.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::Once;

use anyhow::{Context, Result};

use super::judge::Drift;
use super::name::{SnapshotName, State};
use super::recorded::Recorded;
use super::settle::{changes, nothing_to_say};
use crate::record::lineage::Lineage;
use crate::system::files::{remove, write_atomically};

/// Gives a drift to insta, which does what its users expect of it: a pending file for review, nothing at
/// all under `CI`, whatever `INSTA_UPDATE` says. True when insta lets it pass.
pub fn assert_with_insta(folder: &Path, name: &SnapshotName, description: &str, text: &str) -> bool {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder.join(&name.contract));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_snapshot_suffix(&name.build);
    settings.set_omit_expression(true);
    settings.set_description(description);
    settings.bind(|| quietly(|| insta::assert_snapshot!(name.case.as_str(), text)))
}

/// Whether `assertion` returned. Its panic is not reported: the caller has a better message.
fn quietly(assertion: impl FnOnce()) -> bool {
    thread_local!(static QUIET: Cell<bool> = const { Cell::new(false) });
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                report(info);
            }
        }));
    });
    QUIET.set(true);
    let passed = panic::catch_unwind(AssertUnwindSafe(assertion)).is_ok();
    QUIET.set(false);
    passed
}

/// What review tools show above a drift.
pub fn description(title: Option<&str>, drift: &Drift) -> String {
    let from = drift.inherited.as_ref().map(|inherited| format!("differs from {}", inherited.from));
    let parts: Vec<String> = title.map(str::to_owned).into_iter().chain(from).collect();
    parts.join("; ")
}

/// Accepts what waits under `name`: its pending file becomes the record, and the record of a build that went
/// back to what it inherits is removed.
pub fn accept(folder: &Path, name: &SnapshotName, drift: &Drift) -> Result<()> {
    if drift.goes_back() {
        remove(&name.file(folder, State::Accepted))?;
        return reject(folder, name);
    }
    let pending = name.file(folder, State::Pending);
    let text = std::fs::read_to_string(&pending)
        .with_context(|| format!("cannot read the pending snapshot {}", pending.display()))?;
    write_atomically(&name.file(folder, State::Accepted), &without_line_number(&text))?;
    remove(&pending)
}

/// Drops what waits under `name`.
pub fn reject(folder: &Path, name: &SnapshotName) -> Result<()> {
    remove(&name.file(folder, State::Pending))
}

/// Removes a snapshot, and its folders when they are empty then.
pub fn remove_snapshot(folder: &Path, name: &SnapshotName, state: State) -> Result<()> {
    let file = name.file(folder, state);
    remove(&file)?;
    // A folder that is not empty refuses, and so ends this.
    let mut above = file.ancestors().skip(1).take_while(|dir| *dir != folder);
    above.all(|dir| std::fs::remove_dir(dir).is_ok());
    Ok(())
}

/// Drops the pending snapshots of a contract that say nothing, now that all of them are there, of the builds
/// that `concerns` names.
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

/// Adds the pending snapshots that a cell alone cannot know to need: of builds that do what is on record, but
/// would inherit something else once a change above them is accepted. `said` is what builds did in a case.
///
/// They follow pending files that insta wrote, so where insta writes none (`CI`) nothing is written here.
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
            .is_some_and(|inherited| waits(&inherited.from) || lineage.ancestors(&inherited.from).any(waits));
        if is_said && follows && drift.own.is_none() && !waits(&build) {
            let name = SnapshotName::new(contract, case, &build);
            write_atomically(&name.file(recorded.folder(), State::Pending), &as_insta_writes(&drift))?;
        }
    }
    Ok(())
}

fn as_insta_writes(drift: &Drift) -> String {
    let description = serde_json::Value::from(description(None, drift));
    format!("---\nsource: {}\ndescription: {description}\n---\n{}\n", file!(), drift.after.trim_end())
}

/// insta records the line of the assertion in pending files only.
fn without_line_number(snapshot: &str) -> String {
    let Some((header, text)) =
        snapshot.strip_prefix("---\n").and_then(|snapshot| snapshot.split_once("\n---\n"))
    else {
        return snapshot.to_owned();
    };
    let header: Vec<&str> = header.lines().filter(|line| !line.starts_with("assertion_line:")).collect();
    format!("---\n{}\n---\n{text}", header.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accepted_snapshot_has_no_line_number() {
        let pending = "---\nsource: src/a.rs\nassertion_line: 7\ndescription: a\n---\nassertion_line: 1\n";
        assert_eq!(
            without_line_number(pending),
            "---\nsource: src/a.rs\ndescription: a\n---\nassertion_line: 1\n"
        );
    }
}
