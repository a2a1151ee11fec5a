//! `cargo xtask leaks`: which build leaks how fast under which workload, and which remedy holds memory flat.

mod by_driver;
mod draw;
mod measure;
mod table;

use anyhow::{Result, bail};
use sqlite_contracts::builds::Build;
use sqlite_contracts::contract::{Case, Contract, DriverVersion};
use sqlite_contracts::engine::Engine;

use crate::support::drivers;
use crate::support::exit::{Exit, Usage};
use crate::support::measurable;
use crate::support::workloads::{self, Measure, Own, Workloads};
use measure::{How, Leak};

const AFTER: &str = "\
Examples:
  cargo xtask leaks                              the core builds, with the default workloads
  cargo xtask leaks --all --output leaks.svg     every build, and a chart of memory by iterations
  cargo xtask leaks --driver python,go,node,rusqlite,capi
                                                 the same program in five languages, one table
  cargo xtask leaks --driver go@1.14.16,go@1.14.22 '3.54.1-rusqlite'
                                                 … through two versions of a driver, or all: 'go@*'
  cargo xtask leaks mine.yaml '3.4*'
  cargo xtask leaks --format json | jq '.[] | select(.growth > 0) | [.build, .workload, .growth]'

A file of workloads is a contract. Each case is a workload: its first `repeat` is measured, and what it saves as \
`before` and `after` (memory_used before it began and after it closed) shows what remains. A case that grows runs \
again under a hard heap limit, from SQLite 3.31.0 on: the iteration that fails is its `cap hit`.

With `--driver` the default workloads are those of `leaks-by-driver.yaml`; what they save as `collected` is memory_used \
after a collection of garbage, before close. HELD AFTER GC and HELD AFTER CLOSE are shares of what was held at the end of the \
repetition: 0 % says that all of it was given back. A rate in KiB an hour is that of one iteration a second. What statements hold is \
SQLITE_DBSTATUS_STMT_USED of the connection, measured in a run of its own.

JSON: a list of {build, workload, driver, growth, statements, peak, remains, collected, microseconds, cap_hit, broken, \
reason, samples, of_statements}: bytes per 1,000 iterations, and those of statements, bytes, shares of what was held at the \
end, the median and the 99th percentile of an iteration's time, iteration, promises of the workload that did not hold, why \
there is no growth, [iteration, bytes], [iteration, bytes of statements]. What could not be measured is null or left out.

Status 1 when a promise of a workload did not hold, 3 when a version of a driver that was named is not to be had, or when \
nothing could be measured.

";

/// Show which build leaks how fast, what remains after close, and which remedy helps
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    #[command(flatten)]
    workloads: Workloads,
    /// The hard heap limit, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20, value_parser = clap::value_parser!(u32).range(1..))]
    cap: u32,
    /// Only workloads through these drivers (capi, rusqlite, python, apsw, go, node), versions of them (go@1.14.16) or all that
    /// builds are of ('go@*'), in one table
    #[arg(long, value_name = "DRIVERS", value_delimiter = ',')]
    driver: Vec<String>,
}

/// Measures, and shows what was found.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    workloads::run(&args.workloads, args)
}

/// Draws figures that `--format json` printed, as an SVG document.
pub(crate) fn drawn(json: &str) -> Result<String> {
    let leaks: Vec<Leak> = serde_json::from_str(json)?;
    Ok(draw::chart(&leaks).to_svg())
}

/// A workload through each version of its driver that is asked for.
fn versions_of(drivers: &[DriverVersion], case: &Case) -> Vec<Case> {
    let program = program(&case.name, case.driver.name());
    let of_version = |driver: &DriverVersion| Case {
        name: format!("{program}-{driver}"),
        driver_version: driver.version.clone(),
        ..case.clone()
    };
    drivers.iter().filter(|driver| driver.driver == case.driver).map(of_version).collect()
}

/// Refuses a version that cannot be had. Of one that no build is of, more is not known than which there are.
fn check(driver: &DriverVersion, engine: &Engine) -> Result<()> {
    let Err(why) = engine.describe(driver) else { return Ok(()) };
    let known = engine.builds().versions_of_driver(driver.driver.name());
    match (known, engine.builds().of_driver(driver)) {
        (Some(known), None) => {
            bail!(Usage(format!(
                "`{driver}` cannot be measured: no build is of that version, and it was not found\n  {known}"
            )))
        }
        _ => bail!("`{driver}` cannot be measured: {why}"),
    }
}

/// What a workload does, by its name, which ends in that of its driver.
fn program<'a>(workload: &'a str, driver: &str) -> &'a str {
    workload.strip_suffix(driver).and_then(|it| it.strip_suffix('-')).unwrap_or(workload)
}

impl Measure for Args {
    type Figures = Leak;

    fn own(&self) -> Own {
        match self.driver.is_empty() {
            true => Own { name: "leaks", text: include_str!("../../../workloads/leaks.yaml") },
            false => {
                Own { name: "leaks-by-driver", text: include_str!("../../../workloads/leaks-by-driver.yaml") }
            }
        }
    }

    /// A version that is named has to be here: without it the table would be of something else.
    fn chosen(&self, mut workloads: Contract, engine: &Engine) -> Result<Contract> {
        let drivers = drivers::meant(engine.builds(), &self.driver)?;
        for driver in drivers.iter().filter(|driver| driver.version.is_some()) {
            check(driver, engine)?;
        }
        if !drivers.is_empty() {
            let name = measurable::name(&workloads);
            workloads.cases = workloads.cases.iter().flat_map(|case| versions_of(&drivers, case)).collect();
            measurable::through(&workloads, &name, &self.driver.join(", "))?;
        }
        measurable::has_repeat(&workloads)?;
        Ok(workloads)
    }

    fn on_build(&self, engine: &Engine, workloads: &Contract, build: &Build) -> Result<Vec<Leak>> {
        let how = How { cap: self.cap, asks_statements: !self.driver.is_empty() };
        measure::on_build(engine, workloads, build, how)
    }

    fn text(&self, leaks: &[Leak]) -> String {
        if self.driver.is_empty() { table::text(leaks, self.cap) } else { by_driver::text(leaks, self.cap) }
    }

    fn svg(&self, leaks: &[Leak]) -> String {
        match self.driver.is_empty() {
            true => draw::chart(leaks).to_svg(),
            false => draw::by_driver(leaks).to_svg(),
        }
    }

    fn is_broken(&self, leak: &Leak) -> bool {
        !leak.broken.is_empty()
    }

    fn is_measured(&self, leak: &Leak) -> bool {
        leak.growth.is_some()
    }

    fn could_not_run(&self, leak: &Leak) -> bool {
        leak.could_not_run
    }
}

/// The JSON Schema of what `--format json` prints.
#[cfg(test)]
pub(crate) fn schema() -> schemars::Schema {
    crate::cmd::schemas::of::<Vec<measure::Leak>>()
}
