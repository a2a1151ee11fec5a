//! An engine, and copies to ask.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use sqlite_contracts::analysis::audit::{Asked, AuditedCopy, Questions};
use sqlite_contracts::builds::Build;
use sqlite_contracts::contract::Contract;
use sqlite_contracts::contract::advisory::Advisory;
use sqlite_contracts::copies::{Copy, Found, Limits, Search, loadable};
use sqlite_contracts::engine::Engine;
use sqlite_contracts::project::Project;
use sqlite_contracts::worker::WorkerProgram;
use tempfile::TempDir;

pub(crate) fn project() -> Project {
    Project::at(env!("CARGO_MANIFEST_DIR"))
}

/// One for all tests: its workers are used again.
pub(crate) static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let worker = WorkerProgram::new(env!("CARGO_BIN_EXE_sqlite-contracts-worker"));
    Engine::new(&project(), worker, Box::new(())).unwrap()
});

pub(crate) static ADVISORIES: LazyLock<Vec<Advisory>> = LazyLock::new(|| Advisory::all(&project()).unwrap());

static QUESTIONS: LazyLock<Questions> = LazyLock::new(|| Questions::new(ADVISORIES.clone()).unwrap());

/// The core builds, or all of them that can be made here.
pub(crate) fn builds(all: bool) -> Vec<&'static Build> {
    let is_meant = |build: &&Build| {
        // A sanitizer has to be loaded before the program, which a stranger's library cannot ask for.
        build.is_usual(all) && build.version().is_some() && !build.profile().has("sanitizer")
    };
    ENGINE.builds().iter().filter(is_meant).collect()
}

pub(crate) fn library(build: &Build) -> PathBuf {
    ENGINE.store().ensure(build, &()).unwrap().library
}

/// What is in a file, as the command finds it.
pub(crate) fn find(file: &Path, room: &Path) -> Found {
    find_within(file, room, Limits::default()).unwrap()
}

pub(crate) fn find_within(file: &Path, room: &Path, limits: Limits) -> anyhow::Result<Found> {
    let mut search = Search::new(room, limits);
    search.target(file)?;
    Ok(search.found())
}

/// An audit of the one copy in a file.
pub(crate) fn audit(file: &Path) -> AuditedCopy {
    let room = TempDir::new().unwrap();
    let found = find(file, room.path());
    assert_eq!(found.copies.len(), 1, "{found:?}");
    let mut copies = audit_copy(&found.copies[0], room.path());
    assert_eq!(copies.len(), 1, "{copies:#?}");
    copies.remove(0)
}

/// An audit of each SQLite in a file.
pub(crate) fn audit_copy(copy: &Copy, room: &Path) -> Vec<AuditedCopy> {
    let loadable = loadable::prepare(copy, room).unwrap().map_err(|reason| reason.to_string());
    QUESTIONS.ask(copy, loadable.map(|it| move |contract: &Contract| asked(contract, &it.library)))
}

fn asked(contract: &Contract, library: &Path) -> anyhow::Result<Asked> {
    let mut asked = Asked::default();
    let report =
        ENGINE.observe_library(contract, library, &mut |case, _, outcome| asked.keep(case, outcome))?;
    Ok(asked.with_report(report))
}
