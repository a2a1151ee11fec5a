//! `cargo xtask memory`: the least memory, the peak and the allocations of workloads on each build.

mod draw;
mod measure;
mod table;

use anyhow::Result;
use sqlite_contracts::builds::Build;
use sqlite_contracts::contract::Contract;
use sqlite_contracts::engine::Engine;

use crate::support::exit::Exit;
use crate::support::workloads::{self, Measure, Own, Workloads};
use measure::Usage;

const AFTER: &str = "\
Examples:
  cargo xtask memory                             the core builds, with the default workloads
  cargo xtask memory --all --output memory.svg   every build, and a chart
  cargo xtask memory mine.yaml '3.5?.*'
  cargo xtask memory --format json | jq '.[] | [.build, .workload, .least, .peak]'

A file of workloads is a contract, and each of its cases a workload. SQLite allocates from an allocator that counts and \
refuses to hold more than a limit: LEAST is the smallest limit under which every step works (within 1 KiB), PEAK what is \
held at once without a limit. The bars show how many allocations ask for 8 to 15 bytes, 16 to 31, and so on. For a \
workload that repeats steps, P50 and P99 are the median and the 99th percentile of the times of its iterations, with \
every allocation counted and, where possible, files in memory: only compare them with each other.

JSON: a list of {build, workload, least, remark, peak, mallocs, reallocs, sizes, p50, p99, reason}: bytes, counts, [power of \
two, count], and microseconds. What could not be measured is null, and `reason` says why.

";

/// Show the least memory, the peak and the allocations of workloads on each build
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    #[command(flatten)]
    workloads: Workloads,
}

/// Measures, and shows what was found.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    workloads::run(&args.workloads, args)
}

/// Draws figures that `--format json` printed, as an SVG document.
pub(crate) fn drawn(json: &str) -> Result<String> {
    let usages: Vec<Usage> = serde_json::from_str(json)?;
    Ok(draw::svg(&usages))
}

impl Measure for Args {
    type Figures = Usage;

    fn own(&self) -> Own {
        Own { name: "memory", text: include_str!("../../../workloads/memory.yaml") }
    }

    fn on_build(&self, engine: &Engine, workloads: &Contract, build: &Build) -> Result<Vec<Usage>> {
        measure::on_build(engine, workloads, build)
    }

    fn could_not_run(&self, usage: &Usage) -> bool {
        usage.could_not_run
    }

    fn text(&self, usages: &[Usage]) -> String {
        table::text(usages)
    }

    fn svg(&self, usages: &[Usage]) -> String {
        draw::svg(usages)
    }
}

/// The JSON Schema of what `--format json` prints.
#[cfg(test)]
pub(crate) fn schema() -> schemars::Schema {
    crate::cmd::schemas::of::<Vec<measure::Usage>>()
}
