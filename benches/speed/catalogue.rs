//! The whole catalogue, every cell executed: what it costs, and what the workers hold.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::Result;
use sqlite_contracts::builds::{Build, Tier};
use sqlite_contracts::contract::Contract;
use sqlite_contracts::engine::{Engine, cells_at_a_time};
use sqlite_contracts::project::Project;

use crate::clock::{in_lanes, stolen};

/// Runs it on these builds, so many cells at a time as the commands do.
pub(crate) fn measure(project: &Project, engine: &Engine, tier: Option<Tier>, at_most: f64) -> Result<()> {
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
    let shares = Mutex::new(BTreeMap::<&str, f64>::new());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cases = AtomicUsize::new(0);
    let stolen_before = stolen();
    let seconds = in_lanes(cells_at_a_time(), || {
        while let Some((contract, build)) = cells.get(next.fetch_add(1, Ordering::Relaxed)) {
            let started = Instant::now();
            cases.fetch_add(engine.run(contract, build)?.cases.len(), Ordering::Relaxed);
            let seconds = started.elapsed().as_secs_f64();
            add(&costs, &contract.id, seconds);
            add(&shares, build.name(), seconds);
        }
        Ok(())
    })?;
    println!(
        "catalogue on {} builds, {cores} cores: {seconds:.1} s for {} cells, {} cases (at most {at_most} on two cores)",
        builds.len(),
        cells.len(),
        cases.into_inner()
    );
    if let (Some(before), Some(after)) = (stolen_before, stolen()) {
        let stolen = after - before;
        let without = seconds - stolen / cores as f64;
        println!(
            "  without the {stolen:.1} s of a core that the host of this machine gave to others: {without:.1} s"
        );
    }
    dearest("a build", costs.into_inner().expect("no thread panicked"), builds.len());
    dearest("in all", shares.into_inner().expect("no thread panicked"), 1);
    let ordinary: Vec<&str> =
        builds.iter().filter(|build| !build.profile().has("sanitizer")).map(|build| build.name()).collect();
    match peak_of_workers(&ordinary) {
        Some(kib) => {
            println!("largest worker: {:.1} MiB resident at its peak (at most 20)", kib as f64 / 1024.0)
        }
        None => println!("largest worker: this system does not tell"),
    }
    Ok(())
}

fn add<'a>(costs: &Mutex<BTreeMap<&'a str, f64>>, of: &'a str, seconds: f64) {
    *costs.lock().expect("no thread panics while it holds this").entry(of).or_default() += seconds;
}

/// Prints what costs most, divided by so many.
fn dearest(of_what: &str, costs: BTreeMap<&str, f64>, among: usize) {
    const SHOWN: usize = 20;
    let mut costs: Vec<_> = costs.into_iter().collect();
    costs.sort_by(|a, b| b.1.total_cmp(&a.1));
    for (name, seconds) in costs.iter().take(SHOWN) {
        println!("  {:6.1} ms {of_what}: {name}", seconds / among as f64 * 1e3);
    }
}

/// The highest VmHWM among our idle workers that have loaded one of these builds, in KiB.
fn peak_of_workers(builds: &[&str]) -> Option<u64> {
    let ours = format!("PPid:\t{}\n", std::process::id());
    let processes = std::fs::read_dir("/proc").ok()?.flatten().map(|entry| entry.path());
    let peak = |process: PathBuf| {
        let status =
            std::fs::read_to_string(process.join("status")).ok().filter(|text| text.contains(&ours))?;
        let arguments = String::from_utf8(std::fs::read(process.join("cmdline")).ok()?).ok()?;
        let is_meant = builds.iter().any(|build| arguments.contains(&format!("sqlite-builds/{build}-")));
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).filter(|_| is_meant)?;
        line.split_whitespace().nth(1)?.parse().ok()
    };
    processes.filter_map(peak).max()
}
