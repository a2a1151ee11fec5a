//! `cargo xtask matrix`: runs contracts on builds, and shows what is broken and what drifted.

mod chosen;
mod remembered;
mod running;
mod shown;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Result, bail};
use sqlite_contracts::matrix::results::{self, Part};
use sqlite_contracts::matrix::run::{CellName, Partition, builds_of};
use sqlite_contracts::matrix::{Survey, survey};
use sqlite_contracts::project::Project;
use sqlite_contracts::record::snapshots::Recorded;
use sqlite_contracts::system::files;

use self::chosen::{Words, contracts, selection};
use self::remembered::{digest, lines, parted, take_rows};
use self::running::{Ran, run_cells};
pub(crate) use self::shown::Shown;
use crate::support::cells::Cells;
use crate::support::context;
use crate::support::exit::Exit;
use crate::support::writable;
use crate::ui::output::{Format, print_json};

const AFTER: &str = "\
Examples:
  cargo xtask matrix                                     every contract on the core builds
  cargo xtask matrix --all                               … and on the extended builds
  cargo xtask matrix 'precision/*' '3.4*'           some contracts on some builds
  cargo xtask matrix --all --report site                 also matrix.json, junit.xml and report.html
  cargo xtask matrix --all --partition 2/4 --results part-2.jsonl
                                                         one of four machines; `report part-*.jsonl` joins them

A cell runs again when its contract, its build or this program has changed. A drift leaves a pending snapshot, unless CI \
is set; `cargo xtask review` shows and accepts it. What is new, a contract or a build of which nothing is on record, is accepted in \
the same way; it is a failure under CI only.

";

/// Run contracts on builds; show what is broken and what drifted
#[derive(Default, clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    /// Contracts ('precision/*', or an area: `precision`) and builds ('3.4*') to run, in any order; by default all
    /// contracts on the core builds
    #[arg(value_name = "GLOB")]
    words: Vec<String>,
    /// Run the extended builds too
    #[arg(long)]
    all: bool,
    /// Run only the builds that match, core or extended; may be repeated
    #[arg(long, value_name = "GLOB")]
    build: Vec<String>,
    /// Run only the contracts that match, or those of an area; may be repeated
    #[arg(long, value_name = "GLOB")]
    contract: Vec<String>,
    /// Run the builds of these drivers' versions: go@1.14.22, all of them ('go@*'), or the build that they stand on, with what
    /// this machine has (go). Without contracts, those that name one of these drivers
    #[arg(long, value_name = "DRIVERS", value_delimiter = ',')]
    driver: Vec<String>,
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
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[arg(skip)]
    is_quiet: bool,
}

impl Args {
    /// The core builds, without a word about them; what they do that is not on record waits for review.
    pub(crate) fn quiet() -> Self {
        Self { is_quiet: true, ..Self::default() }
    }

    /// The files that it is to write.
    fn files(&self) -> Vec<PathBuf> {
        let report = self.report.iter().flat_map(|folder| Shown::FILES.map(|name| folder.join(name)));
        report.chain(self.results.clone()).collect()
    }
}

/// Runs the verb.
pub(crate) fn run(arguments: &Args) -> Result<Exit> {
    let project = context::project()?;
    writable::check(arguments.files().iter().map(PathBuf::as_path))?;
    let started = Instant::now();
    let words = Words::sorted(&project, arguments);
    let cells =
        Cells::new(&project, arguments.fresh, || contracts(&project, &words.contracts, &arguments.driver))?;
    let cells = if arguments.is_quiet { cells.pending() } else { cells };
    let selection = selection(arguments, &words.builds, &cells)?;
    let wanted = arguments.partition.unwrap_or_default().cells(&cells.ids(), &selection);
    let (rows, wanted) = take_rows(arguments, &cells, wanted);
    check_contracts(&cells, &wanted)?;
    if let Some(file) = &arguments.results {
        // Whatever becomes of this run, the file is not that of another one.
        files::remove(file)?;
    }
    let part = Part {
        part: arguments.partition.unwrap_or_default(),
        run: digest(&project, &cells.ids(), &selection),
        ..Part::default()
    };
    let Ran { checked, missing, exit: built } = run_cells(arguments, &words.builds, &cells, &rows, wanted)?;
    let part = Part { missing, ..part };
    for file in [Some(&last_run(&project)), arguments.results.as_ref()].into_iter().flatten() {
        results::write(file, &part, lines(&rows, &checked))?;
    }
    if rows.is_empty() && checked.is_empty() && !part.missing.is_empty() {
        match arguments.no_build {
            true => bail!("none of the builds is compiled, and --no-build lets none be"),
            false => bail!("none of the builds can be produced"),
        }
    }
    let lineage = cells.engine().builds().lineage();
    let (results, remembered) = parted(checked);
    survey::settle(&project.snapshots(), lineage, &results)?;
    let recorded = Recorded::at(project.snapshots());
    let survey = Survey::new(lineage, &recorded, results);
    cells.matrix().remember_rows(&survey, &recorded, &remembered);
    let survey = survey.with_rows(lineage, rows);
    let shown = Shown::new(&project, cells.engine().builds(), survey, Some(started))?;
    match arguments.format {
        _ if arguments.is_quiet => {}
        Format::Json => print_json(&shown.json())?,
        Format::Text => shown.print(),
    }
    if let Some(folder) = &arguments.report {
        shown.write(folder)?;
    }
    Ok(if built == Exit::Fine { shown.exit() } else { built })
}

/// Ends the command where a contract has a mistake.
fn check_contracts(cells: &Cells, wanted: &[CellName]) -> Result<()> {
    let engine = cells.engine();
    let is_there =
        |build: &&str| engine.builds().get(build).is_some_and(|it| engine.store().find(it).is_some());
    let build = builds_of(wanted).into_iter().find(is_there);
    let mut contracts: Vec<&str> = wanted.iter().map(|(contract, _)| contract.as_str()).collect();
    contracts.sort_unstable();
    contracts.dedup();
    Ok(cells.matrix().check_contracts(&contracts, build)?)
}

/// Where the results of the last run are kept, one JSON line per cell.
pub(crate) fn last_run(project: &Project) -> PathBuf {
    project.scratch().join("last-run.jsonl")
}

/// The JSON Schema of what `--format json` prints.
#[cfg(test)]
pub(crate) fn schema() -> schemars::Schema {
    crate::cmd::schemas::of::<shown::Whole<'static>>()
}
