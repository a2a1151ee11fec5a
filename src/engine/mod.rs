//! The engine: runs contracts on builds, in worker processes, and judges what they did.

mod batch;
mod cases;
mod death;
mod directory;
mod handle;
mod idle;
mod joint;
mod key;
mod others;
mod outstanding;
mod pool;
mod programs;
mod replays;
mod replies;
mod stack;
mod symbols;
mod transcript;
mod usage;
mod words;
mod worker_files;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, anyhow};
use semver::Version;
use sha2::{Digest, Sha256};

use crate::builds::{Build, BuildSet, Product, Progress, Store};
use crate::contract::requires::BuildFacts;
use crate::contract::{Case, Contract, DriverVersion, PlacedStep, read_all};
use crate::diagnostic::{Diagnostics, limit};
use crate::languages::Languages;
use crate::outcome::Outcome;
use crate::outcome::value::hex;
use crate::project::Project;
use crate::project::command_name;
use crate::record::report::CellReport;
use crate::worker::WorkerProgram;
use crate::worker::budget::Budget;
pub use joint::CaseFile;
use joint::{Programs, Setting};
use key::Text;
use others::Others;
pub use outstanding::{Leftovers, Outstanding};
use pool::Pool;
pub use programs::{Ended, Ran};
pub use replays::NotReplayed;

/// Runs cells of a project.
pub struct Engine {
    project: Project,
    builds: BuildSet,
    store: Store,
    pool: Pool,
    languages: Languages,
    ready: Mutex<HashMap<String, Arc<ReadyBuild>>>,
    contracts: Mutex<HashMap<String, Result<Arc<Contract>, Diagnostics>>>,
    /// What is known of each contract's text, for the keys of cells.
    texts: Mutex<HashMap<String, Option<Text>>>,
    progress: Box<dyn Progress + Send + Sync>,
}

/// Runs cells. The engine is one; tests of the harness have another.
pub trait Runner: Send + Sync {
    /// Runs a contract on a build. An error means that nothing can be said about the build.
    fn run_cell(&self, contract: &str, build: &str) -> Result<CellReport>;

    /// A key of everything that a cell's report depends on (contract, product, worker), if it is cheap to
    /// know. Cells of equal keys have equal reports.
    fn cell_key(&self, _contract: &str, _build: &str) -> Option<String> {
        None
    }

    /// The contracts of these ids, or every mistake in any of them. Those that cells are run of are kept for these.
    ///
    /// # Errors
    /// Those mistakes.
    fn contracts(&self, project: &Project, ids: &[&str]) -> Result<Vec<Arc<Contract>>, Diagnostics> {
        read_all(ids, |id| Contract::find(project, id).map(Arc::new))
    }

    /// Whether the cells of this contract on one build wait for each other, whatever else may run side by side.
    fn takes_turns(&self, _contract: &str) -> bool {
        false
    }

    /// The builds, whose versions and profiles say what caused a drift; made-up builds have none.
    fn builds(&self) -> Option<&BuildSet> {
        None
    }
}

/// Is told each step with its outcome, as it is judged.
pub type Observer<'a> = dyn FnMut(&Case, &PlacedStep, &Outcome) + 'a;

/// A build that can be loaded, and what contracts may require of it.
struct ReadyBuild {
    product: Product,
    facts: BuildFacts,
    /// A digest of everything about it that a cell's report depends on.
    digest: String,
}

impl ReadyBuild {
    fn new(build: &Build, product: Product) -> Self {
        let info = &product.info;
        let facts = facts(build, &info.version, &info.compile_options);
        let depends = format!("{}{facts:?}{:?}{:?}", info.library.sha256, info.preload, info.environment);
        Self { digest: sha256(&depends), facts, product }
    }
}

impl Engine {
    /// An engine for the project's builds.
    ///
    /// # Errors
    /// Every mistake in its manifests and profiles, and a variable of the environment that says nothing useful.
    pub fn new(
        project: &Project,
        worker: WorkerProgram,
        progress: Box<dyn Progress + Send + Sync>,
    ) -> Result<Self> {
        limit::check_environment()?;
        Ok(Self {
            builds: BuildSet::load(project)?,
            store: Store::new(project, worker.clone()),
            pool: Pool::new(worker, directory::of_cases(project)?, Budget::of_environment()?),
            languages: Languages::default(),
            project: project.clone(),
            ready: Mutex::default(),
            contracts: Mutex::default(),
            texts: Mutex::default(),
            progress,
        })
    }

    /// Lets each run use so much, whatever the environment says.
    pub fn with_budget(mut self, budget: Budget) -> Self {
        self.pool.set_budget(budget);
        self
    }

    /// The project's builds.
    pub fn builds(&self) -> &BuildSet {
        &self.builds
    }

    /// Where the builds' products are.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The directory of this engine's workers, in which cases run.
    pub fn directory(&self) -> &Path {
        self.pool.directory()
    }

    /// Runs every case of a contract on a build, which is compiled first when it has to be. A case that the environment
    /// keeps from running has a verdict that says so.
    ///
    /// # Errors
    /// When nothing can be said about the build: it cannot be compiled or loaded, or a trace is [damaged](NotReplayed).
    pub fn attempt(&self, contract: &Contract, build: &Build) -> Result<CellReport> {
        self.observe(contract, build, &mut |_, _, _| {})
    }

    /// Runs as [`Engine::attempt`] does, for reports that are compared with others.
    ///
    /// # Errors
    /// Those of [`Engine::attempt`], and when a case [could not run](crate::record::report::CouldNotRun).
    pub fn run(&self, contract: &Contract, build: &Build) -> Result<CellReport> {
        self.watch(contract, build, &mut |_, _, _| {})
    }

    /// Runs as [`Engine::run`] does, and tells each step with its outcome: for reports that need more of a run than
    /// a verdict and a transcript.
    ///
    /// # Errors
    /// Those of [`Engine::run`].
    pub fn watch(
        &self,
        contract: &Contract,
        build: &Build,
        observer: &mut Observer<'_>,
    ) -> Result<CellReport> {
        Ok(self.observe(contract, build, observer)?.whole()?)
    }

    /// Runs as [`Engine::attempt`] does, and tells each step with its outcome.
    ///
    /// # Errors
    /// Those of [`Engine::attempt`].
    pub fn observe(
        &self,
        contract: &Contract,
        build: &Build,
        observer: &mut Observer<'_>,
    ) -> Result<CellReport> {
        self.observe_on(&[], contract, build, observer)
    }

    /// Runs as [`Engine::observe`] does, each run with copies of these files in its directory.
    ///
    /// # Errors
    /// Those of [`Engine::observe`], and when a file cannot be copied.
    pub fn observe_on(
        &self,
        files: &[CaseFile],
        contract: &Contract,
        build: &Build,
        observer: &mut Observer<'_>,
    ) -> Result<CellReport> {
        let ready = self.ready(build)?;
        let others = self.others(contract, build)?;
        let setting = Setting {
            own: &ready.product,
            others: &others,
            files,
            driver: build.driver(),
            programs: &self.programs_here(),
        };
        let mut not_replayed = None;
        let mut observer = |case: &Case, placed: &PlacedStep, outcome: &Outcome| {
            if not_replayed.is_none() {
                not_replayed = NotReplayed::of(&self.project, build.name(), placed, outcome);
            }
            observer(case, placed, outcome);
        };
        let cases = cases::run(&contract.cases, &ready.facts, &setting, &self.pool, &mut observer)?;
        match not_replayed {
            Some(not_replayed) => Err(not_replayed.into()),
            None => Ok(CellReport { contract: contract.id.clone(), build: build.name().to_owned(), cases }),
        }
    }

    /// Runs the steps of many small cases, all of which need the same [kind of process](Case::fresh_process), and judges
    /// nothing: a search compares outcomes alone.
    ///
    /// # Errors
    /// As [`Engine::run`].
    pub fn outcomes(&self, cases: &[&Case], build: &Build) -> Result<Vec<Ran>> {
        programs::run(cases, &self.ready(build)?.product, &self.pool)
    }

    /// Runs every case of a contract on a library that is no build, such as [`copies::loadable`](crate::copies::loadable)
    /// makes one. What a case requires of a build is not known of it: such cases are unsupported.
    ///
    /// # Errors
    /// When the library cannot be loaded.
    pub fn observe_library(
        &self,
        contract: &Contract,
        library: &Path,
        observer: &mut Observer<'_>,
    ) -> Result<CellReport> {
        let name = library.display().to_string();
        let product = Product::of_library(&name, library);
        let facts = BuildFacts {
            version: Version::new(0, 0, 0),
            compile_options: Default::default(),
            properties: Default::default(),
            driver: None,
        };
        let programs = &self.programs_here();
        let setting = Setting { own: &product, others: &Others::new(), files: &[], driver: None, programs };
        let cases = cases::run(&contract.cases, &facts, &setting, &self.pool, observer)?;
        Ok(CellReport { contract: contract.id.clone(), build: name, cases })
    }

    /// Runs every case of a contract on a build and returns what it leaves allocated, and where that was
    /// allocated. SQLite runs without lookaside memory then, so that each allocation is one of its own.
    ///
    /// # Errors
    /// As [`Engine::run`].
    pub fn leftovers(&self, contract: &Contract, build: &Build) -> Result<Leftovers> {
        let ready = self.ready(build)?;
        outstanding::run(contract, &ready.facts, &ready.product, &self.pool)
    }

    /// The versions of what a driver needs, as this machine has it.
    ///
    /// # Errors
    /// What is missing, and how to get it.
    pub fn describe(&self, driver: &DriverVersion) -> Result<String, String> {
        self.languages.describe(driver, &self.project)
    }

    fn programs_here(&self) -> Programs<'_> {
        Programs { languages: &self.languages, store: &self.store }
    }

    fn build(&self, name: &str) -> Result<&Build> {
        let list = || format!("no build `{name}`: see `{}`", command_name::command("build --list"));
        self.builds.get(name).with_context(list)
    }

    /// A contract of the project, read once.
    ///
    /// # Errors
    /// Every mistake in it.
    pub fn contract(&self, id: &str) -> Result<Arc<Contract>> {
        Ok(self.read(id)?)
    }

    fn read(&self, id: &str) -> Result<Arc<Contract>, Diagnostics> {
        // Not held while a contract is read: several are read side by side.
        let contracts = || self.contracts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = contracts().get(id) {
            return known.clone();
        }
        let read = match self.text_of(id) {
            Some(text) => Contract::read(id, &text.source),
            None => Contract::find(&self.project, id),
        };
        contracts().entry(id.to_owned()).or_insert(read.map(Arc::new)).clone()
    }

    fn ready(&self, build: &Build) -> Result<Arc<ReadyBuild>> {
        let known = |ready: &HashMap<String, Arc<ReadyBuild>>| ready.get(build.name()).cloned();
        if let Some(ready) = known(&self.ready.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(ready);
        }
        Ok(self.keep(build, self.store.ensure(build, &*self.progress)?))
    }

    /// A build that need not be compiled.
    fn at_hand(&self, build: &Build) -> Option<Arc<ReadyBuild>> {
        let known = self.ready.lock().unwrap_or_else(PoisonError::into_inner).get(build.name()).cloned();
        known.or_else(|| Some(self.keep(build, self.store.find(build)?)))
    }

    fn keep(&self, build: &Build, product: Product) -> Arc<ReadyBuild> {
        let ready = Arc::new(ReadyBuild::new(build, product));
        let mut all = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(build.name().to_owned()).or_insert(ready).clone()
    }
}

fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text))
}

impl Runner for Engine {
    fn run_cell(&self, contract: &str, build: &str) -> Result<CellReport> {
        let contract = self.contract(contract)?;
        self.attempt(&contract, self.build(build)?)
    }

    fn cell_key(&self, contract: &str, build: &str) -> Option<String> {
        self.key(contract, build)
    }

    fn contracts(&self, _project: &Project, ids: &[&str]) -> Result<Vec<Arc<Contract>>, Diagnostics> {
        read_all(ids, |id| self.read(id))
    }

    /// Those with a driver in another language: a build has one worker for each.
    fn takes_turns(&self, contract: &str) -> bool {
        self.text_of(contract).is_some_and(|text| text.names_a_program())
    }

    fn builds(&self) -> Option<&BuildSet> {
        Some(&self.builds)
    }
}

/// How many cells are worth running at a time: one more than there are cores, because a cell waits whenever a process of
/// its starts or a file of its is written.
pub fn cells_at_a_time() -> usize {
    crate::system::cores() + 1
}

/// What contracts may require of a build of this version: the compile options that the library says of itself,
/// and what its profile defines (some builds leave their own list out).
pub fn facts(build: &Build, version: &Version, said: &[String]) -> BuildFacts {
    let profile = build.profile();
    let defined = profile.defines.iter().map(|define| define.strip_prefix("SQLITE_").unwrap_or(define));
    BuildFacts {
        version: version.clone(),
        compile_options: defined.chain(said.iter().map(String::as_str)).map(str::to_owned).collect(),
        properties: profile.properties.iter().map(ToString::to_string).collect(),
        driver: build.driver().cloned(),
    }
}

/// The error of a worker that cannot be used at all.
fn unusable(product: &Product, reason: &str) -> anyhow::Error {
    anyhow!("{} cannot be loaded: {reason}", product.build)
}
