//! `cargo xtask leaks`: which build leaks how fast under which workload, and which remedy holds memory flat.

mod draw;
mod measure;
mod table;

use anyhow::Result;
use sqlite_contracts::builds::Build;
use sqlite_contracts::contract::Contract;
use sqlite_contracts::engine::Engine;

use crate::support::exit::Exit;
use crate::support::workloads::{self, Measure, Workloads};
use measure::Leak;

const AFTER: &str = "\
Examples:
  cargo xtask leaks                              the core builds, with the default workloads
  cargo xtask leaks --all --svg leaks.svg        every build, and a chart of memory by iterations
  cargo xtask leaks mine.yaml '3.4*'
  cargo xtask leaks --format json | jq '.[] | select(.growth > 0) | [.build, .workload, .growth]'

A file of workloads is a contract. Each case is a workload: its first `repeat` is measured, and what it saves as \
`before` and `after` (memory_used before it began and after it closed) shows what remains. A case that grows runs \
again under a hard heap limit, from SQLite 3.31.0 on: the iteration that fails is its `cap hit`.

JSON: a list of {build, workload, growth, peak, remains, cap_hit, broken, reason, samples}: bytes per 1,000 iterations, \
bytes, share of what was held at the end, iteration, promises of the workload that did not hold, why there is no \
growth, [iteration, bytes]. What could not be measured is null.

Status 1 when a promise of a workload did not hold.

";

/// Show which build leaks how fast, what remains after close, and which remedy helps
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    #[command(flatten)]
    workloads: Workloads,
    /// The hard heap limit, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20)]
    cap: u32,
}

/// Measures, and shows what was found.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    workloads::run(&args.workloads, args)
}

impl Measure for Args {
    type Figures = Leak;
    const NAME: &str = "leaks";
    const OWN: &str = include_str!("../../../workloads/leaks.yaml");

    fn on_build(&self, engine: &Engine, workloads: &Contract, build: &Build) -> Result<Vec<Leak>> {
        measure::on_build(engine, workloads, build, self.cap)
    }

    fn text(&self, leaks: &[Leak]) -> String {
        table::text(leaks, self.cap)
    }

    fn svg(&self, leaks: &[Leak]) -> String {
        draw::chart(leaks).to_svg()
    }

    fn is_broken(&self, leak: &Leak) -> bool {
        !leak.broken.is_empty()
    }

    fn could_not_run(&self, leak: &Leak) -> bool {
        leak.could_not_run
    }
}

/// The JSON Schema of what `--format json` prints.
#[cfg(test)]
pub(crate) fn schema() -> schemars::Schema {
    schemars::schema_for!(Vec<measure::Leak>)
}
