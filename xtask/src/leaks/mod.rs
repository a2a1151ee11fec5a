//! `cargo xtask leaks`: which build leaks how fast under which workload, and which remedy holds memory flat.

mod draw;
mod measure;
mod table;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::ValueEnum;
use sqlite_contracts::contract::Contract;
use sqlite_contracts::engine::Engine;
use sqlite_contracts::project::Project;

use crate::context::{self, Selection};
use crate::exit::{self, Exit};
use crate::output::print;
use crate::products::{Products, tell_missing};

const AFTER: &str = "\
Examples:
  cargo xtask leaks                                    the core builds, with the workloads that come with the tool
  cargo xtask leaks --all --svg leaks.svg              every build, and a chart of memory by iterations
  cargo xtask leaks mine.yaml --build '3.4*'
  cargo xtask leaks --format json | jq '.[] | select(.growth > 0) | [.build, .workload, .growth]'

A file of workloads is a contract. Each case is a workload: its first `repeat` is measured, and what it saves as
`before` and `after` (memory_used before it began and after it closed) tells what remains. A case that grows is run once
more under a hard heap limit, from SQLite 3.31.0 on: where it fails is its `cap hit`.

JSON: a list of {build, workload, growth, peak, remains, cap_hit, broken, reason, samples}: bytes per 1,000 iterations,
bytes, share of what was held at the end, iteration, promises of the workload that did not hold, why there is no
growth, [iteration, bytes]. What could not be measured is null.

";

/// Show which build leaks how fast, what remains after close, and which remedy helps
#[derive(clap::Args)]
#[command(after_help = format!("{AFTER}{}", exit::HELP))]
pub struct Args {
    /// Workloads of your own instead of those that come with the tool
    file: Option<PathBuf>,
    #[command(flatten)]
    selection: Selection,
    /// The hard heap limit, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20)]
    cap: u32,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Also draw a chart
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Measures, and shows what was found.
pub fn run(args: &Args) -> Result<Exit> {
    let project = context::project()?;
    let workloads = workloads(&project, args)?;
    let engine = Engine::new(&project, context::worker()?, Box::new(()))?;
    let chosen = args.selection.of(engine.builds())?;
    let Products { ready, missing } = Products::make(engine.store(), chosen).of_this_machine();
    let leaks = measure::all(&engine, &workloads, &ready, args.cap)?;
    match args.format {
        Format::Json => print(&serde_json::to_string_pretty(&leaks).context("cannot write JSON")?),
        Format::Text => print(&table::text(&leaks, args.cap)),
    }
    if let Some(file) = &args.svg {
        let chart = draw::chart(&leaks).to_svg();
        std::fs::write(file, chart).with_context(|| format!("cannot write {}", file.display()))?;
    }
    tell_missing(&missing);
    Ok(match missing.first() {
        Some((_, error)) => exit::of(error),
        None => Exit::of_findings(leaks.iter().any(|leak| !leak.broken.is_empty())),
    })
}

/// The user's file, or the one that comes with the tool.
fn workloads(project: &Project, args: &Args) -> Result<Contract> {
    let own = || project.root().join("xtask").join("workloads").join("leaks.yaml");
    let file = args.file.clone().unwrap_or_else(own);
    Ok(Contract::load(project, &file)?)
}
