//! `cargo xtask matrix`: runs contracts on builds, and shows what is broken and what drifted.

mod shown;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Result, anyhow, bail};
use sqlite_contracts::builds::{Batch, Build, BuildError, Outcome, Store, Tier};
use sqlite_contracts::engine::cells_at_a_time;
use sqlite_contracts::matrix::Checked;
use sqlite_contracts::matrix::results::{self, CellResult};
use sqlite_contracts::matrix::run::{self, CellName, Partition, Waiting, builds_of};
use sqlite_contracts::matrix::survey;
use sqlite_contracts::project::{Project, command_name};
use sqlite_contracts::subject::Subject;

use crate::cmd::build;
use crate::support::cells::Cells;
use crate::support::context;
use crate::support::exit::{self, Exit, Usage};
use crate::support::selection::select;
use crate::ui::cells::CellsDisplay;
pub use shown::Shown;

const AFTER: &str = "\
Examples:
  cargo xtask matrix                                     every contract on the core builds
  cargo xtask matrix --all                               … and on the extended builds
  cargo xtask matrix --contract 'precision/*' --build '3.4*'
  cargo xtask matrix --all --report site                 also matrix.json, junit.xml and report.html
  cargo xtask matrix --all --partition 2/4 --results part-2.jsonl
                                                         one of four machines; `report part-*.jsonl` joins them

A cell runs again when its contract, its build or this program has changed. A drift leaves a pending snapshot, unless CI \
is set; `cargo xtask review` shows and accepts it.

";

/// Run contracts on builds; show what is broken and what drifted
#[derive(clap::Args)]
#[command(after_help = format!("{AFTER}{}", exit::HELP))]
pub struct Args {
    /// Run the extended builds too
    #[arg(long)]
    all: bool,
    /// Run only the builds that match, core or extended; may be repeated
    #[arg(long, value_name = "GLOB")]
    build: Vec<String>,
    /// Run only the contracts that match; may be repeated
    #[arg(long, value_name = "GLOB")]
    contract: Vec<String>,
    /// Run one part of the cells, such as 2/4: together the parts are all cells
    #[arg(long, value_name = "PART/PARTS")]
    partition: Option<Partition>,
    /// Do not compile builds that are missing
    #[arg(long)]
    no_build: bool,
    /// Run every cell, even those whose inputs did not change
    #[arg(long)]
    fresh: bool,
    /// Write the result of each cell to a file, for `report` to join with other parts
    #[arg(long, value_name = "FILE")]
    results: Option<PathBuf>,
    /// Write matrix.json, junit.xml and report.html to a folder
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
}

/// Runs the verb.
pub fn run(arguments: &Args) -> Result<Exit> {
    let project = context::project()?;
    let started = Instant::now();
    let cells = Cells::new(&project, arguments.fresh, || contracts(&project, &arguments.contract))?;
    let wanted = wanted(arguments, &cells)?;
    let (checked, built) = run_cells(arguments, &cells, wanted)?;
    if checked.is_empty() {
        bail!("none of the builds can be produced");
    }
    let lineage = cells.engine().builds().lineage();
    for file in [Some(&last_run(&project)), arguments.results.as_ref()].into_iter().flatten() {
        results::write(file, arguments.partition.unwrap_or_default(), checked.iter().map(Checked::line))?;
    }
    let results: Vec<CellResult> = checked.into_iter().map(|checked| checked.result).collect();
    survey::settle(&project.snapshots(), lineage, &results)?;
    let shown = Shown::new(&project, cells.engine().builds(), results, Some(started.elapsed()))?;
    shown.print();
    if let Some(folder) = &arguments.report {
        shown.write(folder)?;
    }
    Ok(if built == Exit::Fine { shown.exit() } else { built })
}

/// Where the results of the last run are kept, one JSON line per cell.
pub fn last_run(project: &Project) -> PathBuf {
    project.scratch().join("last-run.jsonl")
}

/// The contracts that any of the globs names; all without a glob. Each is compared with what is on record, so only the
/// project's own can be meant.
fn contracts(project: &Project, globs: &[String]) -> Result<Vec<Subject>> {
    let all = Subject::all(project)?;
    if globs.is_empty() {
        return Ok(all);
    }
    let ids: Vec<&str> = all.iter().map(Subject::id).collect();
    let meant = select("contract", globs, &ids)?;
    Ok(meant.into_iter().map(|id| Subject::Known(id.to_owned())).collect())
}

/// The cells of the selection, or of a part of it.
fn wanted(arguments: &Args, cells: &Cells) -> Result<Vec<CellName>> {
    let builds = cells.engine().builds();
    let builds: Vec<&Build> = match arguments.build.is_empty() {
        true => builds.iter().filter(|b| arguments.all || b.tier() == Tier::Core).collect(),
        false => builds.select(&arguments.build)?,
    };
    let builds: Vec<&str> = builds.into_iter().map(Build::name).collect();
    let wanted = arguments.partition.unwrap_or_default().cells(&cells.ids(), &builds);
    if wanted.is_empty() {
        bail!(Usage("there is no cell to run".to_owned()));
    }
    Ok(wanted)
}

/// Runs the cells while their builds are compiled. The second value is the status of the builds that cannot be
/// produced:
/// `Fine` for a build that this machine lacks, unless it was requested by name.
fn run_cells(arguments: &Args, cells: &Cells, wanted: Vec<CellName>) -> Result<(Vec<Checked>, Exit)> {
    let store = cells.engine().store();
    let names = builds_of(&wanted);
    let builds = cells.engine().builds().iter().filter(|build| names.contains(build.name())).collect();
    let display = CellsDisplay::new(wanted.len());
    let make = |waiting: &Waiting| match arguments.no_build {
        true => find(store, builds, waiting),
        false => Batch::new(store, builds).run(&display.releasing(waiting)),
    };
    let ran = run::run(cells.matrix(), wanted, cells_at_a_time(), make, |result| display.done(result));
    display.finish();
    let (checked, outcomes) = ran?;
    Ok((checked, build::report(&outcomes, |build| arguments.build.iter().any(|glob| glob == build.name()))))
}

/// Finds the existing products, and releases the cells of their builds.
fn find<'a>(store: &Store, builds: Vec<&'a Build>, waiting: &Waiting) -> Vec<Outcome<'a>> {
    let find = |build: &'a Build| {
        let compile = command_name::command(&format!("build {}", build.name()));
        let missing = || BuildError::Environment(anyhow!("it is not compiled: `{compile}` compiles it"));
        let result = store.find(build).ok_or_else(missing);
        result.iter().for_each(|_| waiting.release(build.name()));
        Outcome { build, result, seconds: 0.0, was_there: true }
    };
    builds.into_iter().map(find).collect()
}
