//! `cargo xtask report`: the matrix as one page that any browser opens, without a network.

mod charts;
mod defects;
mod keys;
mod known;
mod page;
mod rows;
mod sheet;

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};
use sqlite_contracts::builds::{Build, BuildSet, Store};
use sqlite_contracts::contract::{Contract, trace};
use sqlite_contracts::matrix::Survey;
use sqlite_contracts::matrix::results::{self, CellResult, UnusableResults};
use sqlite_contracts::project::Project;
use sqlite_contracts::record::lineage::Lineage;
use sqlite_contracts::record::snapshots::Recorded;
use sqlite_contracts::system::files::write_atomically;

use crate::cmd::matrix::{Shown, last_run};
use crate::support::context;
use crate::support::exit::Exit;
use crate::support::inventory::Inventory;
use crate::support::selection::{select, whole_areas};
use crate::ui::output::print;
use charts::{Chart, charts};
use sheet::Sheet;

const AFTER: &str = "\
Examples:
  cargo xtask report                                  the whole matrix
  cargo xtask report --contract 'precision/*' --build '3.5*' --output precision.html
  cargo xtask report part-*.jsonl --output site       what several machines ran with `matrix --partition`
  cargo xtask leaks --all --output leaks.svg && cargo xtask report --leaks leaks.svg

Nothing is run. Cells of the last `cargo xtask matrix` are shown with their results, unless the contract has changed \
since; all others are shown as recorded. The page says which is which.

";

/// Write the matrix as one HTML page: what the last run did, and what is on record
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    /// The files of `matrix --results`, all parts of a run: shown together, with the exit status of `matrix`
    #[arg(value_name = "RESULTS", conflicts_with_all = ["build", "contract", "leaks", "memory"])]
    parts: Vec<PathBuf>,
    /// The page to write; by default target/sqlite-contracts/report.html. With RESULTS a folder for matrix.json, junit.xml
    /// and report.html, as `matrix --report` writes them
    #[arg(long, short, value_name = "FILE|DIR", aliases = ["out", "dir"])]
    output: Option<PathBuf>,
    /// Show only the builds that match; may be repeated
    #[arg(long, value_name = "GLOB")]
    build: Vec<String>,
    /// Show only the contracts that match, or those of an area; may be repeated
    #[arg(long, value_name = "GLOB")]
    contract: Vec<String>,
    /// What `leaks --output` or `leaks --format json` wrote; by default leaks.svg or .json beside the page, if it exists
    #[arg(long, value_name = "FILE")]
    leaks: Option<PathBuf>,
    /// What `memory --output` or `memory --format json` wrote; by default memory.svg or .json beside the page, if it exists
    #[arg(long, value_name = "FILE")]
    memory: Option<PathBuf>,
}

/// Writes the page of the last run, and prints its path.
pub(crate) fn run(arguments: &Args) -> Result<Exit> {
    let project = context::project()?;
    if !arguments.parts.is_empty() {
        return show_parts(&project, arguments);
    }
    let mut inventory = Inventory::load(&project)?;
    if !arguments.contract.is_empty() {
        let ids: Vec<String> = inventory.contracts.iter().map(|contract| contract.id.clone()).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let meant = select("contract", &whole_areas(&arguments.contract), &ids)?;
        inventory.contracts.retain(|contract| meant.contains(&&*contract.id));
    }
    let builds: Vec<&Build> = match arguments.build.is_empty() {
        true => inventory.builds.iter().collect(),
        false => inventory.builds.select(&arguments.build)?,
    };
    let out = arguments.output.clone().unwrap_or_else(|| project.scratch().join("report.html"));
    let charts = charts(out.parent().unwrap_or(Path::new(".")), Some(arguments))?;
    let last = Run::last(&project, inventory.builds.lineage())?;
    let report = Report { project: &project, inventory: &inventory, builds, run: last, is_of_run: false };
    let text = report.page(&charts)?;
    write_atomically(&out, &text)?;
    print(&format!("{}: {} KiB", out.display(), text.len().div_ceil(1024)));
    Ok(Exit::Fine)
}

/// Shows the parts of a run as if one machine had run it.
fn show_parts(project: &Project, arguments: &Args) -> Result<Exit> {
    let (results, missing) = results::join(&arguments.parts)?;
    let builds = BuildSet::load(project)?;
    let survey = Survey::new(builds.lineage(), &Recorded::at(project.snapshots()), results);
    let shown = Shown::new(project, &builds, survey, None)?;
    shown.print();
    if let Some(folder) = &arguments.output {
        shown.write(folder)?;
    }
    match missing.as_slice() {
        [] => Ok(shown.exit()),
        builds => {
            print(&format!("not all builds ran: {} could not be produced", builds.join(", ")));
            Ok(Exit::Environment)
        }
    }
}

/// Writes the page of a run into its folder; cells that it did not run are shown as recorded.
pub(crate) fn write(project: &Project, survey: &Survey, folder: &Path) -> Result<()> {
    let inventory = Inventory::load(project)?;
    let run = Run { finished: SystemTime::now(), survey: survey.clone() };
    let builds = inventory.builds.iter().collect();
    let charts = charts(folder, None)?;
    let report = Report { project, inventory: &inventory, builds, run: Some(run), is_of_run: true };
    let text = report.page(&charts)?;
    write_atomically(&folder.join("report.html"), &text)
}

/// A run of the matrix.
struct Run {
    finished: SystemTime,
    survey: Survey,
}

impl Run {
    /// The last run of the project, if there is one. The cells of contracts that have changed since are left out.
    fn last(project: &Project, lineage: &Lineage) -> Result<Option<Self>> {
        let file = last_run(project);
        if !file.exists() {
            return Ok(None);
        }
        let time_of = |file: &Path| std::fs::metadata(file)?.modified();
        let finished = time_of(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let is_current = |result: &CellResult| {
            let id = result.cell().0;
            let own =
                trace::of_id(project, id).unwrap_or_else(|| project.contracts().join(format!("{id}.yaml")));
            // A contract that is included is part of this program.
            let file = if own.exists() { Ok(own) } else { std::env::current_exe() };
            file.and_then(|file| time_of(&file)).is_ok_and(|changed| changed <= finished)
        };
        let (_, mut results) = match results::read(&file) {
            // Another version of this program wrote it.
            Err(error) if error.is::<UnusableResults>() => return Ok(None),
            read => read?,
        };
        results.retain(is_current);
        let survey = Survey::new(lineage, &Recorded::at(project.snapshots()), results);
        Ok(Some(Self { finished, survey }))
    }
}

/// The data of a page.
struct Report<'a> {
    project: &'a Project,
    inventory: &'a Inventory,
    /// The builds to show, in the order of the set.
    builds: Vec<&'a Build>,
    run: Option<Run>,
    /// Whether it is about this run, so that it opens with the builds that ran.
    is_of_run: bool,
}

impl Report<'_> {
    fn page(&self, charts: &[Chart]) -> Result<String> {
        let recorded = Recorded::at(self.project.snapshots());
        let store = Store::new(self.project, context::worker()?);
        page::render(&Sheet::new(self, &recorded, &store)?, charts)
    }

    fn contracts(&self) -> &[Contract] {
        &self.inventory.contracts
    }
}
