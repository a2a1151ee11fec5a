//! The whole catalogue, every cell executed: what it costs, and what the workers hold.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::Result;
use sqlite_contracts::builds::{Build, Tier};
use sqlite_contracts::contract::Contract;
use sqlite_contracts::engine::Engine;
use sqlite_contracts::project::Project;

use crate::clock::in_lanes;

/// Runs it on these builds, a cell at a time on each core.
pub fn measure(project: &Project, engine: &Engine, tier: Option<Tier>, at_most: f64) -> Result<()> {
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
