//! A stranger's contract reaches nothing outside its worker's directories: `tests/hostile/` has what it may try.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sqlite_contracts::contract::Contract;
use sqlite_contracts::record::report::Verdict;
use sqlite_contracts::worker::WorkerProgram;
use sqlite_contracts::worker::confinement::{VARIABLE, by_system};

use crate::bench::{BUILD, Bench, entries};

const BUILDS: [&str; 2] = ["3.24.0-rusqlite", BUILD];
/// Opens files that SQLite's own file systems know nothing of.
const FORK: &str = "sqlcipher";
/// What must not be read.
const SECRET: &str = "only for whoever runs it";

fn files() -> Vec<PathBuf> {
    entries(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile"))
}

fn stem(file: &Path) -> &str {
    file.file_stem().unwrap().to_str().unwrap()
}

fn bench(confined_by: &str) -> Bench {
    let worker = WorkerProgram::new(env!("CARGO_BIN_EXE_sqlite-contracts-worker"));
    Bench::with_worker(worker.variable(VARIABLE, confined_by))
}

/// A directory of somebody who runs contracts, and what is in it.
struct Canary {
    folder: tempfile::TempDir,
    before: BTreeMap<PathBuf, Vec<u8>>,
}

impl Canary {
    fn new(bench: &Bench) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("folder")).unwrap();
        std::fs::write(folder.path().join("secret.db"), SECRET).unwrap();
        std::os::unix::fs::symlink("secret.db", folder.path().join("link.db")).unwrap();
        std::fs::create_dir(Self::other_worker(bench)).unwrap();
        std::fs::write(Self::other_worker(bench).join("other.db"), SECRET).unwrap();
        let mut canary = Self { folder, before: BTreeMap::new() };
        canary.before = canary.now(bench);
        canary
    }

    fn other_worker(bench: &Bench) -> PathBuf {
        bench.engine.directory().join("worker-9999.case")
    }

    fn now(&self, bench: &Bench) -> BTreeMap<PathBuf, Vec<u8>> {
        // Of the engine's directory, what is nobody's: the workers' own files come and go.
        let stolen = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "db");
        let of_engine = entries(bench.engine.directory()).into_iter().filter(stolen);
        let shared = entries(Path::new("/dev/shm")).into_iter().filter(stolen);
        let others = entries(&Self::other_worker(bench)).into_iter().chain(of_engine).chain(shared);
        let files = entries(self.folder.path()).into_iter().chain(others);
        files.map(|path| (path.clone(), std::fs::read(path).unwrap_or_default())).collect()
    }
}

/// Runs the cases of a file, each of which says what is refused, and looks after each whether the canary lives. Returns
/// what did harm.
fn harm_of(bench: &Bench, file: &Path, build: &str) -> Vec<String> {
    let canary = Canary::new(bench);
    let text = std::fs::read_to_string(file).unwrap();
    let text = text.replace("OUTSIDE", canary.folder.path().to_str().unwrap());
    let source = bench.folder.path().join(stem(file)).with_extension("yaml");
    std::fs::write(&source, text).unwrap();
    let project = crate::bench::project(bench.folder.path());
    let contract = Contract::load(&project, &source).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let mut harm = Vec::new();
    for case in contract.cases {
        let name = format!("{}/{} on {build}", stem(file), case.name);
        let alone = Contract { cases: vec![case], id: contract.id.clone(), ..Contract::default() };
        let report = bench.engine.run(&alone, bench.engine.builds().get(build).unwrap()).unwrap();
        let case = &report.cases[0];
        let is_refused = matches!(case.verdict, Verdict::Holds | Verdict::Unsupported);
        if !is_refused || format!("{case:?}").contains(SECRET) || canary.now(bench) != canary.before {
            harm.push(format!("{name}: {case:#?}"));
        }
    }
    std::fs::remove_dir_all(Canary::other_worker(bench)).unwrap();
    harm
}

/// Runs every file but the fork's on each build, and the fork's on it.
fn assert_harmless(bench: &Bench, of_fork: &[&str]) {
    let mut harm = Vec::new();
    for file in files() {
        let builds = if stem(&file) == FORK { of_fork } else { &BUILDS };
        harm.extend(builds.iter().flat_map(|build| harm_of(bench, &file, build)));
    }
    assert!(harm.is_empty(), "{}", harm.join("\n"));
}

#[test]
fn a_stranger_s_contract_is_confined_by_the_system() {
    if by_system().is_some() {
        assert_harmless(&bench("system"), &["3.54.1-sqlcipher"]);
    }
}

#[test]
fn a_stranger_s_contract_is_confined_by_the_library_where_the_system_cannot() {
    assert_harmless(&bench("library"), &[]);
}
