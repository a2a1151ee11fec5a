//! `cargo xtask matrix`: runs contracts on builds, and shows what is broken and what drifted.

use std::collections::{BTreeMap, BTreeSet};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use sqlite_contracts::builds::{Batch, Build, Tier};
use sqlite_contracts::contract::include::INCLUDE;
use sqlite_contracts::diagnostic::numbers::counted;
use sqlite_contracts::matrix::junit::junit;
use sqlite_contracts::matrix::message;
use sqlite_contracts::matrix::results::{Blame, CellResult};
use sqlite_contracts::matrix::summary::Summary;
use sqlite_contracts::matrix::survey::{self, Standing, Survey};
use sqlite_contracts::matrix::table;
use sqlite_contracts::project::Project;
use sqlite_contracts::record::snapshots::name::State;
use sqlite_contracts::record::snapshots::{Recorded, SnapshotName};
use sqlite_contracts::system::files::write_atomically;

use crate::cmd::build;
use crate::cmd::report;
use crate::support::compilation::Compilation;
use crate::support::context;
use crate::support::exit::{self, Exit, Usage};
use crate::support::inventory::Inventory;
use crate::support::selection::{TestCell, select};
use crate::support::test_run::{Finished, messages_of};
use crate::ui::output::{color, print, width};
use crate::ui::progress::Display;

/// Run contracts on builds; show what is broken and what drifted
#[derive(clap::Args)]
#[command(after_help = exit::HELP)]
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
    /// Do not compile builds that are missing
    #[arg(long)]
    no_build: bool,
    /// Run every cell, also those whose inputs did not change
    #[arg(long)]
    fresh: bool,
    /// Write matrix.json, junit.xml and report.html there
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
}

/// Contracts and builds to run.
struct Selection<'a> {
    contracts: Vec<&'a str>,
    builds: Vec<&'a str>,
}

/// Runs the verb.
pub fn run(arguments: &Args) -> Result<Exit> {
    let project = context::project()?;
    let compilation = Compilation::start(&project)?;
    let inventory = Inventory::load(&project)?;
    let lineage = inventory.builds.lineage();
    let mut selection = Selection::new(arguments, &inventory)?;
    let built = match arguments.no_build {
        true => Exit::Fine,
        false => build_products(&project, arguments, &inventory, &mut selection)?,
    };
    let started = Instant::now();
    let (finished, missing) = run_cells(&project, compilation, &selection, arguments.fresh)?;
    let snapshots = project.snapshots();
    survey::settle(&snapshots, lineage, &finished.results)?;
    let survey = Survey::new(lineage, &Recorded::at(&snapshots), &finished.results)?;
    let summary = Summary::of(&survey);
    show(&project, &inventory, &survey);
    let silent = show_silent(&finished, &missing);
    print(&summary.line(started.elapsed()));
    if let Some(folder) = &arguments.report {
        write_report(folder, &survey, &summary, started.elapsed())?;
        report::write(&project, &inventory, &finished.results, folder)?;
    }
    Ok(if built == Exit::Fine { outcome(&survey, &summary, silent) } else { built })
}

impl<'a> Selection<'a> {
    fn new(arguments: &Args, inventory: &'a Inventory) -> Result<Self> {
        let contracts: Vec<&str> = inventory.contracts.iter().map(|contract| &*contract.id).collect();
        let contracts = match arguments.contract.is_empty() {
            true => contracts,
            false => select("contract", &arguments.contract, &contracts)?,
        };
        let builds: Vec<&Build> = match arguments.build.is_empty() {
            true => inventory.builds.iter().filter(|b| arguments.all || b.tier() == Tier::Core).collect(),
            false => inventory.builds.select(&arguments.build)?,
        };
        let selection = Self { contracts, builds: builds.into_iter().map(Build::name).collect() };
        selection.check()
    }

    fn check(self) -> Result<Self> {
        if self.contracts.is_empty() || self.builds.is_empty() {
            return Err(Usage("there is no cell to run".to_owned()).into());
        }
        Ok(self)
    }

    fn holds(&self, result: &CellResult) -> bool {
        let (contract, build) = result.cell();
        self.contracts.contains(&contract) && self.builds.contains(&build)
    }
}

/// Compiles the products that are missing, and takes the builds that cannot be had out of the selection. How
/// bad that is, is the answer: nothing, for a build that this machine lacks and nobody named.
fn build_products(
    project: &Project,
    arguments: &Args,
    inventory: &Inventory,
    selection: &mut Selection,
) -> Result<Exit> {
    let store = context::store(project)?;
    let builds: Vec<&Build> =
        inventory.builds.iter().filter(|b| selection.builds.contains(&b.name())).collect();
    let display = Display::new(builds.len(), "built");
    let outcomes = Batch::new(&store, builds.iter().copied()).run(&display);
    display.finish();
    let exit = build::report(&outcomes, |build| arguments.build.iter().any(|glob| glob == build.name()));
    let is_there = |name: &&str| outcomes.iter().any(|o| o.build.name() == *name && o.result.is_ok());
    selection.builds.retain(is_there);
    if selection.builds.is_empty() {
        bail!("none of the builds can be had");
    }
    Ok(exit)
}

/// Runs the cells of a selection; the second part is the tests that left no result.
fn run_cells(
    project: &Project,
    compilation: Compilation,
    selection: &Selection,
    fresh: bool,
) -> Result<(Finished, BTreeSet<String>)> {
    let spinner = progress_bar("{spinner} compiling the tests");
    let executable = compilation.finish()?;
    spinner.finish_and_clear();
    let names = executable.list(project)?;
    let tests = tests_of(&names, selection)?;
    let bar = progress_bar("{bar:30} {pos}/{len} cells  {msg}");
    bar.set_length(tests.len() as u64);
    if !std::io::stderr().is_terminal() {
        anstream::eprintln!("running {}", counted(tests.len(), "cell", "cells"));
    }
    let mut missing = tests.clone();
    let names: BTreeSet<&str> = tests.values().map(String::as_str).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let mut finished = executable.run(project, &names, &selection.contracts, fresh, |result| {
        let (contract, build) = result.cell();
        missing.remove(&(contract.to_owned(), build.to_owned()));
        bar.set_message(format!("{contract} on {build}"));
        bar.inc(1);
    })?;
    bar.finish_and_clear();
    finished.results.retain(|result| selection.holds(result));
    Ok((finished, missing.into_values().collect()))
}

fn progress_bar(template: &str) -> ProgressBar {
    let bar = ProgressBar::new(1);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

/// Why there may be none, in a project that is not ours.
const NO_TEST: &str = "does build.rs say `cargo::rerun-if-changed` of contracts and sqlite-builds, and does the \
    test say `matrix!(core, extended)`?";

type Tests = BTreeMap<(String, String), String>;

/// The test of each cell of the selection.
fn tests_of(names: &[String], selection: &Selection) -> Result<Tests> {
    let known: BTreeMap<TestCell, &String> =
        names.iter().filter_map(|name| Some((TestCell::of_test(name)?, name))).collect();
    let cells = selection.contracts.iter().flat_map(|c| selection.builds.iter().map(move |b| (*c, *b)));
    cells
        .map(|(contract, build)| {
            let name = known
                .get(&TestCell::of(contract, build))
                // The test of an include stands for all that it includes.
                .or_else(|| known.get(&TestCell::of(INCLUDE, build)))
                .with_context(|| {
                    format!("tests/matrix.rs has no test for {contract} on {build}: {NO_TEST}")
                })?;
            Ok(((contract.to_owned(), build.to_owned()), (*name).clone()))
        })
        .collect()
}

/// The table, then what is wrong, worst first.
fn show(project: &Project, inventory: &Inventory, survey: &Survey) {
    let color = color();
    print(&table::table(survey, width(), color));
    for (message, cells) in grouped_failures(survey) {
        print(&format!("cannot run: {message}\n    {}\n", cells.join(", ")));
    }
    for (cell, case) in survey.cases().filter(|(_, case)| case.standing == Standing::Broken) {
        for failure in &case.report.failures {
            print(&message::broken(&case.report.case, &cell.build, failure, color));
        }
    }
    for (cell, case) in survey.cases() {
        let name = SnapshotName::new(&cell.contract, &case.report.case, &cell.build);
        if case.standing == Standing::Unwanted {
            let file = project.shown(&name.file(&project.snapshots(), State::Accepted));
            print(&message::unwanted(&name, &file, color));
        }
        if let Some(drift) = &case.drift {
            let contract = inventory.contracts.iter().find(|contract| contract.id == cell.contract);
            let place = message::place(contract, &name);
            let ending = case.report.ending();
            print(&message::drift_message(&name, drift, &place, ending.as_deref(), color));
        }
    }
    let waits = |standing| matches!(standing, Standing::Unreviewed | Standing::Follows);
    if survey.cases().any(|(_, case)| waits(case.standing)) {
        print(&format!("review with `{}`\n", sqlite_contracts::project::command_name::command("review")));
    }
}

/// The cells that could not run, by their message: one mistake stops many cells.
fn grouped_failures(survey: &Survey) -> BTreeMap<&str, Vec<String>> {
    let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for cell in &survey.failed {
        groups.entry(&cell.message).or_default().push(format!("{} on {}", cell.contract, cell.build));
    }
    for cells in groups.values_mut().filter(|cells| cells.len() > 3) {
        let more = cells.len() - 3;
        cells.truncate(3);
        cells.push(format!("and {more} more"));
    }
    groups
}

/// Shows why tests ended without a result; whether there is any.
fn show_silent(finished: &Finished, missing: &BTreeSet<String>) -> bool {
    if missing.is_empty() || finished.passed {
        return false;
    }
    let messages = messages_of(&finished.output, |name| missing.contains(name));
    print(&format!("{} ended without a result:", counted(missing.len(), "cell", "cells")));
    if messages.is_empty() {
        let lines: Vec<&str> = finished.output.lines().collect();
        print(&format!("{}\n", lines[lines.len().saturating_sub(20)..].join("\n")));
    }
    messages.iter().for_each(|message| print(&format!("{message}\n")));
    true
}

fn outcome(survey: &Survey, summary: &Summary, silent: bool) -> Exit {
    if survey.failed.iter().any(|cell| cell.blame == Blame::Input) {
        Exit::Input
    } else if silent || !survey.failed.is_empty() {
        Exit::Environment
    } else {
        Exit::of_findings(!summary.is_clean())
    }
}

fn write_report(
    folder: &std::path::Path,
    survey: &Survey,
    summary: &Summary,
    elapsed: Duration,
) -> Result<()> {
    let report = serde_json::json!({
        "seconds": elapsed.as_secs_f64(),
        "summary": summary,
        "matrix": survey,
    });
    write_atomically(&folder.join("junit.xml"), &junit(survey, elapsed))?;
    write_atomically(&folder.join("matrix.json"), &(serde_json::to_string_pretty(&report)? + "\n"))
}
