//! The matrix: every contract on every build, each cell a test.
//!
//! `cargo test` runs the core builds; `cargo xtask matrix` runs these same tests and shows them as a table.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use rstest::rstest;
use sqlite_contracts::engine::Engine;
use sqlite_contracts::matrix::Harness;
use sqlite_contracts::project::Project;
use sqlite_contracts::worker::WorkerProgram;

/// One for all cells of this process: workers and snapshots are shared.
static HARNESS: LazyLock<Result<Harness<Engine>, String>> = LazyLock::new(|| {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let project = Project::at(PathBuf::from(here));
    let worker = WorkerProgram::new(worker());
    let engine = Engine::new(&project, worker, Box::new(())).map_err(|error| format!("{error:#}"))?;
    let lineage = engine.builds().lineage().clone();
    Ok(Harness::from_env(project, lineage, engine))
});

/// The worker; where tests run from an archive of nextest, it says where it has unpacked it.
fn worker() -> PathBuf {
    let unpacked = std::env::var_os("NEXTEST_BIN_EXE_sqlite-contracts-worker");
    unpacked.map_or_else(|| env!("CARGO_BIN_EXE_sqlite-contracts-worker").into(), PathBuf::from)
}

#[rstest]
fn core(
    #[base_dir = "contracts"]
    #[files("**/*.yaml")]
    contract: PathBuf,
    #[base_dir = "sqlite-builds/core"]
    #[files("*.yaml")]
    build: PathBuf,
) {
    check(&contract, &build);
}

#[rstest]
#[ignore = "the extended builds: cargo xtask matrix --all"]
fn extended(
    #[base_dir = "contracts"]
    #[files("**/*.yaml")]
    contract: PathBuf,
    #[base_dir = "sqlite-builds/extended"]
    #[files("*.yaml")]
    build: PathBuf,
) {
    check(&contract, &build);
}

fn check(contract: &Path, build: &Path) {
    let harness = HARNESS.as_ref().unwrap_or_else(|message| panic!("{message}"));
    harness.check(contract, build).unwrap_or_else(|message| panic!("{message}"));
}
