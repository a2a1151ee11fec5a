//! How fast the tool is, as ratios against the bare thing, measured side by side.
//!
//! `cargo bench --bench speed` prints what is quick to measure, with `-- small` only the first of it; `-- all` also
//! runs the catalogue on every build, `-- cold` also compiles the core builds anew, with this tool and with bare
//! compiler calls.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use sqlite_contracts::builds::{Batch, Build, BuildSet, Store, Tier};
use sqlite_contracts::contract::Contract;
use sqlite_contracts::engine::Engine;
use sqlite_contracts::project::Project;
use sqlite_contracts::worker::WorkerProgram;

/// The same calls as small_case.c.
const SMALL_CASE: &str = r#"
    steps:
      - open: ":memory:"
      - exec: CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT)
      - exec: INSERT INTO t(b) VALUES ('one'), ('two'), ('three')
      - exec: UPDATE t SET b = b || '!' WHERE a > 1
      - exec: DELETE FROM t WHERE a = 2
      - query: SELECT a FROM t ORDER BY b
      - close:
"#;

/// A contract has about so many cases, which share a request to a worker.
const CASES: u32 = 10;

/// Each side of a pair runs so often per round; the rounds alternate, so that a machine that slows down slows both.
const TIMES: u32 = 500;
const ROUNDS: usize = 9;

fn main() -> Result<()> {
    let project = Project::at(env!("CARGO_MANIFEST_DIR"));
    let worker = WorkerProgram::new(env!("CARGO_BIN_EXE_sqlite-contracts-worker"));
    let engine = Engine::new(&project, worker.clone(), Box::new(()))?;
    small_case(&project, &engine)?;
    let asked = |word: &str| std::env::args().any(|argument| argument == word);
    if !asked("small") {
        catalogue(&project, &engine, Some(Tier::Core), 10.0)?;
    }
    if asked("all") {
        catalogue(&project, &engine, None, 60.0)?;
    }
    if asked("cold") {
        cold(&project, worker)?;
    }
    Ok(())
}

/// A small case through the engine against the same calls in a C loop, on the same library.
fn small_case(project: &Project, engine: &Engine) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("small-case.yaml");
    let cases: String = (0..CASES).map(|n| format!("  - name: small-{n}{SMALL_CASE}")).collect();
    let head = "title: Small cases\nwhy: Measured against the same calls in C.\ncases:\n";
    std::fs::write(&file, format!("{head}{cases}"))?;
    let contract = Contract::load(project, &file)?;
    let build = engine.builds().get("3.54.1-rusqlite").context("no build 3.54.1-rusqlite")?;
    let library = engine.store().ensure(build, &())?.library;
    let loop_in_c = compile_loop(project, folder.path())?;
    let each = |seconds: f64| seconds / f64::from(TIMES) * 1e6;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // Alone, a case also pays for waking idle processors, which a virtual machine makes dear; with a case on
    // every core, as the matrix runs them, no processor is idle.
    for (lanes, how) in [(1, "alone".to_owned()), (cores, format!("on each of {cores} cores"))] {
        let ours = || {
            in_lanes(lanes, || (0..TIMES / CASES).try_for_each(|_| engine.run(&contract, build).map(drop)))
        };
        let bare = || {
            in_lanes(lanes, || {
                let status = Command::new(&loop_in_c)
                    .arg(&library)
                    .arg(TIMES.to_string())
                    .stdout(Stdio::null())
                    .status()?;
                ensure!(status.success(), "the C loop failed");
                Ok(())
            })
        };
        let (ours, bare) = pairs(ours, bare)?;
        println!(
            "small case, of {CASES} in a contract, {how}: {:.0} µs here, {:.0} µs in a C loop: ratio {:.2} (median of {ROUNDS} pairs; at most 2)",
            each(median(&ours)),
            each(median(&bare)),
            median(&ratios(&ours, &bare))
        );
    }
    Ok(())
}

fn compile_loop(project: &Project, folder: &Path) -> Result<PathBuf> {
    let program = folder.join("small_case");
    let source = project.root().join("benches").join("small_case.c");
    let status = Command::new("cc").arg("-O2").arg(source).arg("-ldl").arg("-o").arg(&program).status()?;
    ensure!(status.success(), "cc cannot compile small_case.c");
    Ok(program)
}

/// How long so many threads take that do the same at the same time.
fn in_lanes(lanes: usize, work: impl Fn() -> Result<()> + Sync) -> Result<f64> {
    let started = Instant::now();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..lanes).map(|_| scope.spawn(&work)).collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().unwrap_or_else(|_| anyhow::bail!("a thread panicked")))
    })?;
    Ok(started.elapsed().as_secs_f64())
}

/// The whole catalogue on these builds, every cell executed, one at a time on each core; what each contract costs,
/// and what the workers held at most.
fn catalogue(project: &Project, engine: &Engine, tier: Option<Tier>, at_most: f64) -> Result<()> {
    let contracts = Contract::load_all(project)?;
    let selected = engine.builds().iter().filter(|build| tier.is_none_or(|tier| build.tier() == tier));
    let can_be_had = |build: &&Build| match engine.store().ensure(build, &()) {
        Ok(_) => true,
        Err(error) => {
            println!("left out: {error}");
            false
        }
    };
    let builds: Vec<&Build> = selected.filter(can_be_had).collect();
    let cells: Vec<(&Contract, &Build)> =
        contracts.iter().flat_map(|contract| builds.iter().map(move |build| (contract, *build))).collect();
    let next = AtomicUsize::new(0);
    let costs = Mutex::new(BTreeMap::<&str, f64>::new());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cases = AtomicUsize::new(0);
    let seconds = in_lanes(cores, || {
        while let Some((contract, build)) = cells.get(next.fetch_add(1, Ordering::Relaxed)) {
            let started = Instant::now();
            cases.fetch_add(engine.run(contract, build)?.cases.len(), Ordering::Relaxed);
            let mut costs = costs.lock().expect("no thread panics while it holds this");
            *costs.entry(&contract.id).or_default() += started.elapsed().as_secs_f64();
        }
        Ok(())
    })?;
    println!(
        "catalogue on {} builds, {cores} cores: {seconds:.1} s for {} cells, {} cases (at most {at_most} on two cores)",
        builds.len(),
        cells.len(),
        cases.into_inner()
    );
    let mut costs: Vec<_> = costs.into_inner().expect("no thread panicked").into_iter().collect();
    costs.sort_by(|a, b| b.1.total_cmp(&a.1));
    for (contract, seconds) in costs.iter().take(20) {
        println!("  {:6.1} ms a build: {contract}", seconds / builds.len() as f64 * 1e3);
    }
    match peak_of_workers() {
        Some(kib) => {
            println!("largest worker: {:.1} MiB resident at its peak (at most 20)", kib as f64 / 1024.0)
        }
        None => println!("largest worker: this system does not tell"),
    }
    Ok(())
}

/// The highest VmHWM among our idle workers, in KiB.
fn peak_of_workers() -> Option<u64> {
    let ours = format!("PPid:\t{}\n", std::process::id());
    let entries = std::fs::read_dir("/proc").ok()?.flatten();
    let statuses = entries.filter_map(|entry| std::fs::read_to_string(entry.path().join("status")).ok());
    let of_workers = statuses.filter(|status| status.contains(&ours));
    let peak = |status: String| {
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?.to_owned();
        line.split_whitespace().nth(1)?.parse().ok()
    };
    of_workers.filter_map(peak).max()
}

/// All core builds from their sources: with the tool, and as bare compiler calls one after the other.
fn cold(project: &Project, worker: WorkerProgram) -> Result<()> {
    let folder = tempfile::tempdir_in(project.target())?;
    let builds = BuildSet::load(project)?;
    let core: Vec<&Build> = builds.iter().filter(|build| build.tier() == Tier::Core).collect();
    let elsewhere = Project::at(project.root()).with_target(folder.path());
    let store = Store::new(&elsewhere, worker);
    // The sources are the same for both sides, so the network is left out of both.
    for build in &core {
        store.fetch(build, &())?;
    }
    let started = Instant::now();
    let outcomes = Batch::new(&store, core.iter().copied()).run(&());
    let ours = started.elapsed().as_secs_f64();
    ensure!(outcomes.iter().all(|outcome| outcome.result.is_ok()), "not every core build compiles");
    let mut bare = 0.0;
    for build in &core {
        let fetched = store.fetch(build, &())?.context("a core build without source")?;
        let started = Instant::now();
        let mut command = Command::new("cc");
        command.args(["-O0", "-g1", "-w", "-fPIC", "-shared", "-Wl,-Bsymbolic"]);
        command.args(build.profile().defines.iter().map(|define| format!("-D{define}")));
        command.args(&build.profile().compiler);
        command.arg(&fetched.main).arg("-o").arg(folder.path().join("bare.so")).args([
            "-lm",
            "-lpthread",
            "-ldl",
        ]);
        ensure!(command.status()?.success(), "cc cannot compile {}", build.name());
        bare += started.elapsed().as_secs_f64();
    }
    let cores = std::thread::available_parallelism().map_or(1.0, |cores| cores.get() as f64);
    println!(
        "cold core builds: {ours:.1} s here; {bare:.1} s of bare compiler calls over {cores} cores: ratio {:.2} (at most 1.1)",
        ours / (bare / cores)
    );
    Ok(())
}

/// Runs the two in turn.
fn pairs(a: impl Fn() -> Result<f64>, b: impl Fn() -> Result<f64>) -> Result<(Vec<f64>, Vec<f64>)> {
    // A warm-up.
    a()?;
    b()?;
    let measured = (0..ROUNDS).map(|_| Ok((a()?, b()?))).collect::<Result<Vec<_>>>()?;
    Ok(measured.into_iter().unzip())
}

fn ratios(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a / b).collect()
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
