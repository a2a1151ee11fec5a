//! `cargo xtask memory`: the least memory, the peak and the allocations of workloads on each build.

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
  cargo xtask memory                                   the core builds, with the workloads that come with the tool
  cargo xtask memory --all --svg memory.svg            every build, and a chart
  cargo xtask memory mine.yaml --build '3.5?.*'
  cargo xtask memory --format json | jq '.[] | [.build, .workload, .least, .peak]'

A file of workloads is a contract, and each of its cases a workload. SQLite allocates from an allocator that counts and
refuses to hold more than a limit: LEAST is the smallest limit under which every step works (within 1 KiB), PEAK what is
held at once when there is no limit. The bars show how many allocations ask for 8 to 15 bytes, 16 to 31, and so on.

JSON: a list of {build, workload, least, remark, peak, mallocs, reallocs, sizes, reason}: bytes, counts, and [power of two,
count]. What could not be measured is null, and `reason` says why.

";

/// Show the least memory, the peak and the allocations of workloads on each build
#[derive(clap::Args)]
#[command(after_help = format!("{AFTER}{}", exit::HELP))]
pub struct Args {
    /// Workloads of your own instead of those that come with the tool
    file: Option<PathBuf>,
    #[command(flatten)]
    selection: Selection,
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
    let usages = measure::all(&engine, &workloads, &ready)?;
    // Before anything is printed: a reader that has seen enough ends us.
    if let Some(file) = &args.svg {
        std::fs::write(file, draw::svg(&usages))
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    match args.format {
        Format::Json => print(&serde_json::to_string_pretty(&usages).context("cannot write JSON")?),
        Format::Text => print(&table::text(&usages)),
    }
    tell_missing(&missing);
    Ok(missing.first().map_or(Exit::Fine, |(_, error)| exit::of(error)))
}

/// The user's file, or the one that comes with the tool.
fn workloads(project: &Project, args: &Args) -> Result<Contract> {
    let own = || project.root().join("xtask").join("workloads").join("memory.yaml");
    let file = args.file.clone().unwrap_or_else(own);
    Ok(Contract::load(project, &file)?)
}
