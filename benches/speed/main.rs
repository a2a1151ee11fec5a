//! How fast the tool is, as ratios against the bare thing, measured side by side.
//!
//! `cargo bench --bench speed` prints what is quick to measure; `-- small`, `-- warm`, `-- storage`, `-- core`, `-- all` (the
//! catalogue on every build) and `-- cold` (the core builds compiled anew) ask for one or more of its parts.

mod catalogue;
mod clock;
mod cold;
mod small_case;
mod storage;
mod warm;

use anyhow::Result;
use sqlite_contracts::builds::Tier;
use sqlite_contracts::engine::Engine;
use sqlite_contracts::project::Project;
use sqlite_contracts::worker::WorkerProgram;

const PARTS: [&str; 6] = ["small", "warm", "storage", "core", "all", "cold"];
const QUICK: [&str; 4] = ["small", "warm", "storage", "core"];

fn main() -> Result<()> {
    let project = Project::at(env!("CARGO_MANIFEST_DIR"));
    let worker = WorkerProgram::new(env!("CARGO_BIN_EXE_sqlite-contracts-worker"));
    let engine = Engine::new(&project, worker.clone(), Box::new(()))?;
    for part in parts() {
        match part {
            "small" => small_case::measure(&project, &engine)?,
            "warm" => warm::measure(&project)?,
            "storage" => storage::measure(&project, &engine)?,
            "core" => catalogue::measure(&project, &engine, Some(Tier::Core), 20.0)?,
            "all" => catalogue::measure(&project, &engine, None, 120.0)?,
            _ => cold::measure(&project, worker.clone())?,
        }
    }
    Ok(())
}

/// The parts that the command line names, else the quick ones.
fn parts() -> Vec<&'static str> {
    let named: Vec<String> = std::env::args().collect();
    let asked: Vec<&str> = PARTS.into_iter().filter(|part| named.iter().any(|name| name == part)).collect();
    if asked.is_empty() { QUICK.to_vec() } else { asked }
}
