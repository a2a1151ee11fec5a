//! Mutated files, read in this process: a parser may refuse them, but not panic, hang, or take long to say why.

use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rayon::prelude::*;
use rustix::time::{ClockId, clock_gettime};

use super::mutation::mutated;
use super::project::{children, repository};
use super::random;
use super::readers::{self, KINDS, Read};

const INPUTS: u64 = 100_000;
/// Of the thread's own time. The promise is a tenth of a second; this build is not optimised, and a core that has much
/// to do is slower.
const LONGEST: Duration = Duration::from_millis(300);

/// Where there are good files of a kind, unless they are [made](made_up).
const PLACES: [(&str, &str); 7] = [
    ("contract", "contracts"),
    ("manifest", "sqlite-builds/extended"),
    ("profile", "sqlite-builds/profiles"),
    ("policy", "examples/ledger/sqlite/gate.yaml"),
    ("lock", "examples/ledger/Cargo.lock"),
    ("snapshot", "tests/snapshots/precision"),
    ("sql", "contracts"),
];

/// Without the line of a manifest that names another one, which is not there.
fn orphaned(bytes: &[u8]) -> Vec<u8> {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    lines.filter(|line| !line.starts_with(b"parent:")).flatten().copied().collect()
}

/// Good files of a kind.
fn good(kind: &str) -> Vec<Vec<u8>> {
    match PLACES.iter().find(|(known, _)| *known == kind) {
        Some((_, place)) => files_in(place),
        None => made_up(kind),
    }
}

fn made_up(kind: &str) -> Vec<Vec<u8>> {
    match kind {
        "budget" => {
            vec![b"rows=200000, file=1GiB".to_vec(), b"outcome=64MiB,files=512MiB,memory=2GiB".to_vec()]
        }
        "results" => vec![results_of_a_run()],
        _ => Vec::new(),
    }
}

fn files_in(place: &str) -> Vec<Vec<u8>> {
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
    readers::prepare(&repository(), folder.path());
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
    let each = INPUTS / KINDS.len() as u64;
    let mut faults = Vec::new();
    for (kind, read) in KINDS {
        let good = good(kind);
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
