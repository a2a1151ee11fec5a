//! Cases run on real builds.

use std::path::{Path, PathBuf};

use sqlite_contracts::contract::Contract;
use sqlite_contracts::engine::Engine;
use sqlite_contracts::project::Project;
use sqlite_contracts::record::report::{CaseReport, Verdict};
use sqlite_contracts::worker::WorkerProgram;

pub(crate) const BUILD: &str = "3.54.1-rusqlite";

/// A project with the repository's builds and their products, and with contracts and case directories of its own.
pub(crate) struct Bench {
    pub folder: tempfile::TempDir,
    pub engine: Engine,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with_worker(WorkerProgram::new(env!("CARGO_BIN_EXE_sqlite-contracts-worker")))
    }

    pub(crate) fn with_worker(worker: WorkerProgram) -> Self {
        let repository = Project::at(env!("CARGO_MANIFEST_DIR"));
        // What every path has to survive.
        let folder = tempfile::Builder::new().prefix("spaces and ελληνικά ").tempdir().unwrap();
        let link = |from: PathBuf, to: PathBuf| {
            std::fs::create_dir_all(&from).unwrap();
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::os::unix::fs::symlink(from, to).unwrap();
        };
        let project = project(folder.path());
        link(repository.builds(), project.builds());
        link(repository.products(), project.products());
        Self { engine: Engine::new(&project, worker, Box::new(())).unwrap(), folder }
    }

    /// A contract of these cases, given as YAML.
    pub(crate) fn contract(&self, cases: &str) -> Contract {
        let project = project(self.folder.path());
        let file = project.contracts().join("area/contract.yaml");
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, format!("title: a promise\nwhy: someone breaks\ncases:\n{cases}")).unwrap();
        Contract::load(&project, &file).unwrap_or_else(|mistakes| panic!("{mistakes}"))
    }

    /// Runs the cases of a contract.
    pub(crate) fn run_on(&self, build: &str, cases: &str) -> Vec<CaseReport> {
        let build = self.engine.builds().get(build).unwrap();
        self.engine.attempt(&self.contract(cases), build).unwrap().cases
    }

    pub(crate) fn run(&self, cases: &str) -> Vec<CaseReport> {
        self.run_on(BUILD, cases)
    }

    /// What stands in the directories of cases now.
    pub(crate) fn left_behind(&self) -> Vec<PathBuf> {
        let directories = entries(self.engine.directory()).into_iter();
        directories.filter(|path| path.is_dir()).flat_map(|directory| entries(&directory)).collect()
    }

    /// The workers that wait for another case.
    #[cfg(target_os = "linux")]
    pub(crate) fn idle_workers(&self) -> Vec<rustix::process::Pid> {
        processes_in(self.engine.directory())
    }
}

/// The processes that stand in this directory.
#[cfg(target_os = "linux")]
pub(crate) fn processes_in(directory: &Path) -> Vec<rustix::process::Pid> {
    let directory = directory.canonicalize().unwrap();
    let stands_in_it = |process: &PathBuf| {
        std::fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd.starts_with(&directory))
    };
    let pid = |process: PathBuf| process.file_name()?.to_str()?.parse().ok();
    let processes = entries(Path::new("/proc")).into_iter().filter(stands_in_it);
    processes.filter_map(pid).filter_map(rustix::process::Pid::from_raw).collect()
}

pub(crate) fn project(folder: &Path) -> Project {
    Project::at(folder).with_target(folder.join("target"))
}

pub(crate) fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = std::fs::read_dir(folder).into_iter().flatten().flatten();
    read.map(|entry| entry.path()).collect()
}

pub(crate) fn case(name: &str, more: &str, steps: &[&str]) -> String {
    let steps: String = steps.iter().map(|step| format!("      - {step}\n")).collect();
    format!("  - name: {name}\n{more}    steps:\n{steps}")
}

/// A case that holds when its process is sound.
pub(crate) fn good(name: &str) -> String {
    case(name, "", &["open: a.db", "exec: CREATE TABLE t(x)", "{exec: INSERT INTO t VALUES(1), expect: OK}"])
}

pub(crate) fn verdicts(reports: &[CaseReport]) -> Vec<Verdict> {
    reports.iter().map(|report| report.verdict).collect()
}
