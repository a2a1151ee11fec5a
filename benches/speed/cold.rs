//! All core builds from their sources: with the tool, and as bare compiler calls.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use sqlite_contracts::builds::{Batch, Build, BuildSet, Fetched, Store, Tier};
use sqlite_contracts::project::Project;
use sqlite_contracts::worker::WorkerProgram;

use crate::clock::in_lanes;

/// Measures the tool against the same calls one after the other, their time divided by the cores, and against as
/// many of them at a time as there are cores: cores that share a memory, or are two threads of one, are no
/// faster than that.
pub(crate) fn measure(project: &Project, worker: WorkerProgram) -> Result<()> {
    let folder = tempfile::tempdir_in(project.target())?;
    let builds = BuildSet::load(project)?;
    let core: Vec<&Build> = builds.iter().filter(|build| build.tier() == Tier::Core).collect();
    let elsewhere = Project::at(project.root()).with_target(folder.path());
    let store = Store::new(&elsewhere, worker);
    // The sources are the same for all sides, so the network is left out of all.
    let fetched = |build: &&Build| store.fetch(build, &())?.context("a core build without source");
    let sources: Vec<Fetched> = core.iter().map(fetched).collect::<Result<_>>()?;
    let calls: Vec<(&Build, &Fetched)> = core.iter().copied().zip(&sources).collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);

    let in_turn = compile(&calls, 1, folder.path())? / cores as f64;
    let started = Instant::now();
    let outcomes = Batch::new(&store, core.iter().copied()).run(&());
    let ours = started.elapsed().as_secs_f64();
    ensure!(outcomes.iter().all(|outcome| outcome.result.is_ok()), "not every core build compiles");
    let at_a_time = compile(&calls, cores, folder.path())?;
    println!(
        "cold core builds: {ours:.1} s here; bare compiler calls {in_turn:.1} s (one after the other, over {cores} \
         cores): ratio {:.2} (at most 1.1); {at_a_time:.1} s ({cores} at a time): ratio {:.2}",
        ours / in_turn,
        ours / at_a_time
    );
    Ok(())
}

/// How long the bare compiler takes for all, so many at a time.
fn compile(calls: &[(&Build, &Fetched)], lanes: usize, folder: &Path) -> Result<f64> {
    let next = AtomicUsize::new(0);
    in_lanes(lanes, || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some((build, fetched)) = calls.get(index) else { return Ok(()) };
            let status =
                bare(build, fetched).arg("-o").arg(folder.join(format!("bare-{index}.so"))).status()?;
            ensure!(status.success(), "cc cannot compile {}", build.name());
        }
    })
}

fn bare(build: &Build, fetched: &Fetched) -> Command {
    let mut command = Command::new("cc");
    command.args(["-O0", "-g1", "-w", "-fPIC", "-shared", "-Wl,-Bsymbolic"]);
    command.args(build.profile().defines.iter().map(|define| format!("-D{define}")));
    command.args(&build.profile().compiler);
    command.arg(&fetched.main).args(["-lm", "-lpthread", "-ldl"]);
    command
}
