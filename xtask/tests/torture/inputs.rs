//! Mutated files, read in this process: a parser may refuse them, but not panic, hang, or take long to say why.

use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rayon::prelude::*;
use rustix::time::{ClockId, clock_gettime};
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

use super::mutation::mutated;
use super::project::{children, copy, repository};
use super::random;

const INPUTS: u64 = 100_000;
/// Of the thread's own time. The promise is a tenth of a second; this build is not optimised, and a core that has much
/// to do is slower.
const LONGEST: Duration = Duration::from_millis(300);

/// What a file is read as. Returns whether it was accepted.
type Read = fn(&Path, &[u8]) -> bool;

/// The kinds of files that people write or that lie about, and where there are good ones.
const KINDS: [(&str, &str, Read); 7] = [
    ("contract", "contracts", contract),
    ("manifest", "sqlite-builds/extended", manifest),
    ("profile", "sqlite-builds/profiles", profile),
    ("policy", "examples/ledger/sqlite/gate.yaml", policy),
    ("lock", "examples/ledger/Cargo.lock", lock),
    ("snapshot", "tests/snapshots/precision", snapshot),
    ("sql", "contracts", sql),
];

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

fn manifest(folder: &Path, bytes: &[u8]) -> bool {
    std::fs::write(folder.join("sqlite-builds/core/3.46.0-rusqlite.yaml"), bytes).unwrap();
    let loaded = accepted(BuildSet::load(&Project::at(folder)));
    std::fs::remove_file(folder.join("sqlite-builds/core/3.46.0-rusqlite.yaml")).unwrap();
    loaded
}

fn profile(folder: &Path, bytes: &[u8]) -> bool {
    let file = folder.join("sqlite-builds/profiles/torture.yaml");
    std::fs::write(&file, bytes).unwrap();
    let loaded = accepted(BuildSet::load(&Project::at(folder)));
    std::fs::remove_file(file).unwrap();
    loaded
}

fn snapshot(folder: &Path, bytes: &[u8]) -> bool {
    let file = folder.join("torture.snap");
    std::fs::write(&file, bytes).unwrap();
    let Ok(read) = SnapshotFile::read(&file) else { return false };
    read.text.lines().all(|line| line.parse::<Line>().is_ok_and(|read| read.to_string() == line))
}

fn results(folder: &Path, bytes: &[u8]) -> bool {
    let file = folder.join("results.jsonl");
    std::fs::write(&file, bytes).unwrap();
    results::read(&file).is_ok()
}

/// Without the line of a manifest that names another one, which is not there.
fn orphaned(bytes: &[u8]) -> Vec<u8> {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    lines.filter(|line| !line.starts_with(b"parent:")).flatten().copied().collect()
}

/// Good files of a kind.
fn good(place: &str) -> Vec<Vec<u8>> {
    fn files(path: &Path, found: &mut Vec<PathBuf>) {
        match path.is_dir() {
            true => children(path).iter().for_each(|child| files(child, found)),
            false if path.extension().is_some_and(|extension| extension != "md") => {
                found.push(path.to_owned())
            }
            false => {}
        }
    }
    let mut found = Vec::new();
    files(&repository().join(place), &mut found);
    found.iter().map(|file| orphaned(&std::fs::read(file).unwrap())).collect()
}

fn results_of_a_run() -> Vec<u8> {
    let project = super::project::Project::new();
    let run = project.run(&["matrix", "--results", "results.jsonl"]);
    assert!(run.status.success(), "{run:?}");
    std::fs::read(project.root().join("results.jsonl")).unwrap()
}

fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}

#[derive(Default)]
struct Count {
    accepted: u64,
    refused: u64,
    slowest: Duration,
    /// What went wrong, with the input.
    faults: Vec<(String, Vec<u8>)>,
}

impl Count {
    fn and(mut self, other: Self) -> Self {
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.slowest = self.slowest.max(other.slowest);
        self.faults.extend(other.faults);
        self
    }
}

/// Reads inputs of one kind in a folder of their own.
fn attack(kind: &str, read: Read, good: &[Vec<u8>], random: &mut fastrand::Rng, inputs: u64) -> Count {
    let folder = tempfile::tempdir().unwrap();
    copy(&repository().join("sqlite-builds/profiles"), &folder.path().join("sqlite-builds/profiles"));
    std::fs::create_dir_all(folder.path().join("sqlite-builds/core")).unwrap();
    let mut count = Count::default();
    for _ in 0..inputs {
        let (one, other) = (random.choice(good).unwrap(), random.choice(good).unwrap());
        let input = mutated(random, one, other);
        let before = thread_time();
        let ended = catch_unwind(|| read(folder.path(), &input));
        let took = thread_time() - before;
        count.slowest = count.slowest.max(took);
        match ended {
            Ok(true) => count.accepted += 1,
            Ok(false) => count.refused += 1,
            Err(_) => count.faults.push((format!("{kind}: panicked"), input.clone())),
        }
        if took > LONGEST {
            count.faults.push((format!("{kind}: took {took:?}"), input));
        }
    }
    count
}

/// Keeps the inputs that did harm, so that they can be looked at.
fn keep(faults: &[(String, Vec<u8>)]) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("torture");
    std::fs::create_dir_all(&folder).unwrap();
    for (number, (fault, input)) in faults.iter().enumerate() {
        let file = folder.join(format!("{number}.txt"));
        std::fs::write(&file, input).unwrap();
        println!("  {fault}: {}", file.display());
    }
}

#[test]
#[ignore = "takes a minute"]
fn no_mutated_file_makes_a_parser_panic_or_take_long() {
    let mut seeds = random("inputs");
    let share = 50;
    let each = INPUTS / (KINDS.len() as u64 + 1);
    let mut faults = Vec::new();
    let kinds = KINDS.into_iter().map(|(kind, place, read)| (kind, good(place), read));
    for (kind, good, read) in kinds.chain([("results", vec![results_of_a_run()], results as Read)]) {
        assert!(!good.is_empty(), "there are files of the kind {kind}");
        let parts: Vec<fastrand::Rng> = (0..share).map(|_| seeds.fork()).collect();
        let count = parts
            .into_par_iter()
            .map(|mut random| attack(kind, read, &good, &mut random, each / share))
            .reduce(Count::default, Count::and);
        println!(
            "  {kind}: {} inputs, {} accepted, {} refused, slowest {:.1?}, {} faults",
            count.accepted + count.refused,
            count.accepted,
            count.refused,
            count.slowest,
            count.faults.len()
        );
        faults.extend(count.faults);
    }
    keep(&faults);
    assert!(faults.is_empty(), "{} faults", faults.len());
}
