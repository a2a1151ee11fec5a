//! The matrix as tests of a package, by `sqlite_contracts::matrix!();`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::Cells;
use crate::builds::{Build, Tier};
use crate::contract::{include, trace};
use crate::engine::{Engine, Runner};
use crate::project::Project;
use crate::system;
use crate::worker::WorkerProgram;

/// Defines tests of every contract on every build of the package, each cell an [rstest](https://docs.rs/rstest) case:
/// the content of a `tests/matrix.rs`.
///
/// ```no_run
/// sqlite_contracts::matrix!();
/// ```
///
/// takes the builds of `sqlite-builds/core/`. `matrix!(core, extended)` also takes those of
/// `sqlite-builds/extended/`, as ignored tests. The traces of a project are one test for each of these: what they are is found
/// when it runs.
///
/// The files are found when the tests are compiled, so the package's `build.rs` has them compiled again when a file
/// is added. The test executable starts itself as the worker that loads the libraries, which is one more ignored
/// test; `matrix!(core; worker: program)` names another program, as
/// [`WorkerProgram::new`](crate::worker::WorkerProgram::new) takes it.
#[macro_export]
macro_rules! matrix {
    () => {
        $crate::matrix!(core);
    };
    ($($tier:ident),+) => {
        $crate::matrix!($($tier),+; program: $crate::worker::WorkerProgram::this_test_executable(module_path!()));

        #[test]
        #[ignore = "the process that loads SQLite: the other tests start it"]
        fn sqlite_contracts_worker() {
            $crate::worker::main_in_test();
        }
    };
    ($($tier:ident),+; worker: $worker:expr) => {
        $crate::matrix!($($tier),+; program: Ok($crate::worker::WorkerProgram::new($worker)));
    };
    ($($tier:ident),+; program: $program:expr) => {
        /// One instance for all cells of this process: workers and snapshots are shared.
        static SQLITE_CONTRACTS: ::std::sync::LazyLock<$crate::matrix::Tests> =
            ::std::sync::LazyLock::new(|| $crate::matrix::Tests::new(env!("CARGO_MANIFEST_DIR"), $program));

        $($crate::matrix!(@tier $tier);)+
    };
    (@tier core) => {
        #[::rstest::rstest]
        fn core(
            #[base_dir = "contracts"]
            #[files("**/*.yaml")]
            contract: ::std::path::PathBuf,
            #[base_dir = "sqlite-builds/core"]
            #[files("*.yaml")]
            build: ::std::path::PathBuf,
        ) {
            SQLITE_CONTRACTS.check(&contract, &build);
        }

        #[test]
        fn core_traces() {
            SQLITE_CONTRACTS.check_traces($crate::builds::Tier::Core);
        }
    };
    (@tier extended) => {
        #[::rstest::rstest]
        #[ignore = "the extended builds: matrix --all"]
        fn extended(
            #[base_dir = "contracts"]
            #[files("**/*.yaml")]
            contract: ::std::path::PathBuf,
            #[base_dir = "sqlite-builds/extended"]
            #[files("*.yaml")]
            build: ::std::path::PathBuf,
        ) {
            SQLITE_CONTRACTS.check(&contract, &build);
        }

        #[test]
        #[ignore = "the extended builds: matrix --all"]
        fn extended_traces() {
            SQLITE_CONTRACTS.check_traces($crate::builds::Tier::Extended);
        }
    };
}

/// The shared state of the tests of a [`matrix!`](crate::matrix!).
pub struct Tests(Result<Cells<Engine>, String>);

impl Tests {
    /// The tests of the package at `compiled_at`, unless cargo or nextest reports that it has moved.
    pub fn new(compiled_at: &str, worker: std::io::Result<WorkerProgram>) -> Self {
        let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| compiled_at.into(), PathBuf::from);
        Self(cells(Project::at(here), worker).map_err(|error| format!("{error:#}")))
    }

    /// Checks the cell of two files as rstest names them.
    ///
    /// # Panics
    /// With the message for people, when something needs attention: this is how a test fails.
    pub fn check(&self, contract: &Path, build: &Path) {
        let cells = self.0.as_ref().unwrap_or_else(|message| panic!("{message}"));
        check(cells, contract, build).unwrap_or_else(|message| panic!("{message}"));
    }

    /// Checks the cells of every trace of the project on the builds of a tier.
    ///
    /// # Panics
    /// As [`Tests::check`].
    pub fn check_traces(&self, tier: Tier) {
        let cells = self.0.as_ref().unwrap_or_else(|message| panic!("{message}"));
        check_traces(cells, tier).unwrap_or_else(|message| panic!("{message}"));
    }
}

fn cells(project: Project, worker: std::io::Result<WorkerProgram>) -> Result<Cells<Engine>> {
    system::keep_ended_children();
    let engine = Engine::new(&project, worker?, Box::new(()))?;
    let lineage = engine.builds().lineage().clone();
    Ok(Cells::new(project, lineage, engine))
}

/// Checks the cell of a contract's and a build's file, or the cells of all contracts that the first file
/// [includes](mod@include). The error is the message for people.
///
/// # Errors
/// When something needs attention.
pub fn check<R: Runner>(cells: &Cells<R>, contract: &Path, build: &Path) -> Result<()> {
    let contract = contract_id(cells.project(), contract)?;
    let build = build_id(build)?;
    let contracts = match contract == include::INCLUDE {
        true => include::included(cells.project())?.into_iter().collect(),
        false => vec![contract.as_str()],
    };
    of_cells(cells, contracts.iter().map(|contract| (*contract, build.as_str())))
}

/// Checks the cells of every trace of the project on the builds of a tier. The error is the message for people.
///
/// # Errors
/// When something needs attention, or a file of the folder would be overlooked.
pub fn check_traces<R: Runner>(cells: &Cells<R>, tier: Tier) -> Result<()> {
    let traces = trace::all(cells.project())?;
    let builds = cells.runner().builds().map(|builds| builds.iter().filter(|build| build.tier() == tier));
    let builds: Vec<&str> = builds.into_iter().flatten().map(Build::name).collect();
    of_cells(cells, traces.iter().flat_map(|it| builds.iter().map(move |build| (it.as_str(), *build))))
}

fn of_cells<'a, R: Runner>(cells: &Cells<R>, all: impl Iterator<Item = (&'a str, &'a str)>) -> Result<()> {
    let checked = all.map(|(contract, build)| cells.check(contract, build));
    let messages: Vec<String> = checked.filter_map(|checked| cells.message(&checked)).collect();
    if messages.is_empty() { Ok(()) } else { bail!(messages.join("\n\n")) }
}

/// `precision/round` of `…/contracts/precision/round.yaml`, also where the project has moved since rstest
/// wrote the path down, as it has for a test archive.
fn contract_id(project: &Project, file: &Path) -> Result<String> {
    let folder = project.contracts();
    let under = file.strip_prefix(&folder).ok().map(Path::to_owned).or_else(|| {
        let parts: Vec<_> = file.iter().collect();
        let at = parts.iter().rposition(|part| Some(*part) == folder.file_name())?;
        Some(parts[at + 1..].iter().collect())
    });
    under
        .and_then(|under| Some(under.with_extension("").to_str()?.replace('\\', "/")))
        .with_context(|| format!("{} is not below {}", file.display(), folder.display()))
}

/// `3.46.0-rusqlite` of `…/sqlite-builds/core/3.46.0-rusqlite.yaml`.
fn build_id(file: &Path) -> Result<String> {
    let stem = file.file_stem().and_then(|stem| stem.to_str());
    stem.map(str::to_owned).with_context(|| format!("{} has no name that is UTF-8", file.display()))
}
