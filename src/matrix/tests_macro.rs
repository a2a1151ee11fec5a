//! The matrix as tests of whoever writes `sqlite_contracts::matrix!();`.

use std::path::{Path, PathBuf};

use super::Harness;
use crate::engine::Engine;
use crate::project::Project;
use crate::worker::WorkerProgram;

/// Every contract on every build of the package that it stands in, each cell an [rstest](https://docs.rs/rstest)
/// case: what a `tests/matrix.rs` holds.
///
/// ```no_run
/// sqlite_contracts::matrix!();
/// ```
///
/// takes the builds of `sqlite-builds/core/`. `matrix!(core, extended)` also takes those of
/// `sqlite-builds/extended/`, as ignored tests that `sqlite-contracts matrix --all` runs.
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
        use $crate::rstest;

        /// One for all cells of this process: workers and snapshots are shared.
        static SQLITE_CONTRACTS: ::std::sync::LazyLock<$crate::matrix::Tests> =
            ::std::sync::LazyLock::new(|| $crate::matrix::Tests::new(env!("CARGO_MANIFEST_DIR"), $program));

        $($crate::matrix!(@tier $tier);)+
    };
    (@tier core) => {
        #[rstest::rstest]
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
    };
    (@tier extended) => {
        #[rstest::rstest]
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
    };
}

/// What the tests of a [`matrix!`](crate::matrix!) share.
pub struct Tests(Result<Harness<Engine>, String>);

impl Tests {
    /// The tests of the package at `compiled_at`, unless cargo or nextest says that it stands elsewhere now.
    pub fn new(compiled_at: &str, worker: std::io::Result<WorkerProgram>) -> Self {
        let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| compiled_at.into(), PathBuf::from);
        Self(harness(Project::at(here), worker).map_err(|error| format!("{error:#}")))
    }

    /// Checks a cell.
    ///
    /// # Panics
    /// With the message for people, when there is something to say: this is how a test fails.
    pub fn check(&self, contract: &Path, build: &Path) {
        let harness = self.0.as_ref().unwrap_or_else(|message| panic!("{message}"));
        harness.check(contract, build).unwrap_or_else(|message| panic!("{message}"));
    }
}

fn harness(project: Project, worker: std::io::Result<WorkerProgram>) -> anyhow::Result<Harness<Engine>> {
    let engine = Engine::new(&project, worker?, Box::new(()))?;
    let lineage = engine.builds().lineage().clone();
    Ok(Harness::from_env(project, lineage, engine))
}
