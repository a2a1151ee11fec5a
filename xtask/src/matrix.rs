//! `cargo xtask matrix`: runs contracts on builds, and shows what is broken and what drifted.

use std::collections::{BTreeMap, BTreeSet};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use sqlite_contracts::matrix::junit::junit;
use sqlite_contracts::matrix::message::{self, Heading};
use sqlite_contracts::matrix::results::{Blame, CellResult};
use sqlite_contracts::matrix::summary::Summary;
use sqlite_contracts::matrix::survey::{self, Standing, Survey};
use sqlite_contracts::matrix::table;
use sqlite_contracts::project::Project;
use sqlite_contracts::snapshots::name::State;
use sqlite_contracts::snapshots::{Recorded, SnapshotName, store};

use crate::inventory::Inventory;
use crate::outcome::{Outcome, UsageError};
use crate::selection::{TestCell, select};
use crate::test_run::{Finished, TestExecutable, messages_of};

/// Run contracts on builds; show what is broken and what drifted
#[derive(clap::Args)]
pub struct Arguments {
    /// Run the extended builds too
    #[arg(long)]
    all: bool,
    /// Run only the builds that match, core or extended
    #[arg(long, value_name = "GLOB")]
    build: Vec<String>,
    /// Run only the contracts that match
    #[arg(long, value_name = "GLOB")]
    contract: Vec<String>,
    /// Do not compile builds that are missing
    #[arg(long)]
    no_build: bool,
    /// Run every cell, also those whose inputs did not change
    #[arg(long)]
    fresh: bool,
    /// Write matrix.json and junit.xml there
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
}

/// Contracts and builds to run.
struct Selection<'a> {
    contracts: Vec<&'a str>,
    builds: Vec<&'a str>,
}

/// Runs the verb.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    let project = discover()?;
    let inventory = Inventory::load(&project)?;
    let selection = Selection::new(arguments, &inventory)?;
    if !arguments.no_build {
        build_products(&project, &selection.builds)?;
    }
    let started = Instant::now();
    let (finished, missing) = run_cells(&project, &selection, arguments.fresh)?;
    let snapshots = project.snapshots();
    survey::settle(&snapshots, &inventory.lineage, &finished.results)?;
    let survey = Survey::new(&inventory.lineage, &Recorded::at(&snapshots), &finished.results)?;
    let summary = Summary::of(&survey);
    show(&project, &survey);
    let silent = show_silent(&finished, &missing);
    anstream::println!("{}", summary.line(started.elapsed()));
    if let Some(folder) = &arguments.report {
        write_report(folder, &survey, &summary, started.elapsed())?;
    }
    Ok(outcome(&survey, &summary, silent))
}

/// The project around the current directory.
pub fn discover() -> Result<Project> {
    let here = std::env::current_dir().context("there is no current directory")?;
    Project::discover(&here)
        .ok_or_else(|| UsageError(format!("no sqlite-builds/ in {} or above it", here.display())).into())
}

impl<'a> Selection<'a> {
    fn new(arguments: &Arguments, inventory: &'a Inventory) -> Result<Self> {
        let contracts: Vec<&str> = inventory.contracts.keys().map(String::as_str).collect();
        let known = inventory.lineage.in_order();
        let builds = match (arguments.build.is_empty(), arguments.all) {
            (false, _) => select("build", &arguments.build, &known)?,
            (true, true) => known,
            (true, false) => known.into_iter().filter(|build| inventory.core.contains(*build)).collect(),
        };
        let contracts = match arguments.contract.is_empty() {
            true => contracts,
            false => select("contract", &arguments.contract, &contracts)?,
        };
        if contracts.is_empty() || builds.is_empty() {
            return Err(UsageError("there is no cell to run".to_owned()).into());
        }
        Ok(Self { contracts, builds })
    }

    fn holds(&self, result: &CellResult) -> bool {
        let (contract, build) = result.cell();
        self.contracts.contains(&contract) && self.builds.contains(&build)
    }
}

/// Compiles the products that are missing. To be connected by the lead: `builds::Batch`.
fn build_products(_project: &Project, _builds: &[&str]) -> Result<()> {
    Ok(())
}

/// Runs the cells of a selection; the second part is the tests that left no result.
fn run_cells(project: &Project, selection: &Selection, fresh: bool) -> Result<(Finished, BTreeSet<String>)> {
    let spinner = progress_bar("{spinner} compiling the tests");
    let executable = TestExecutable::compile(project)?;
    spinner.finish_and_clear();
    let names = executable.list(project)?;
    let tests = tests_of(&names, selection)?;
    let bar = progress_bar("{bar:30} {pos}/{len} cells  {msg}");
    bar.set_length(tests.len() as u64);
    if !std::io::stderr().is_terminal() {
        anstream::eprintln!("running {} cells", tests.len());
    }
    let mut missing = tests.clone();
    let names: Vec<&str> = tests.values().map(String::as_str).collect();
    let mut finished = executable.run(project, &names, fresh, |result| {
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
                .with_context(|| format!("tests/matrix.rs has no test for {contract} on {build}"))?;
            Ok(((contract.to_owned(), build.to_owned()), (*name).clone()))
        })
        .collect()
}

/// The table, then what is wrong, worst first.
fn show(project: &Project, survey: &Survey) {
    let color = color();
    anstream::println!("{}", table::table(survey, width(), color));
    for (message, cells) in grouped_failures(survey) {
        anstream::println!("cannot run: {message}\n    {}\n", cells.join(", "));
    }
    for (cell, case) in survey.cases().filter(|(_, case)| case.standing == Standing::Broken) {
        for failure in &case.report.failures {
            anstream::println!("{}", message::broken(&case.report.case, &cell.build, failure, color));
        }
    }
    for (cell, case) in survey.cases() {
        let name = SnapshotName::new(&cell.contract, &case.report.case, &cell.build);
        if case.standing == Standing::Unwanted {
            let file = project.shown(&name.file(&project.snapshots(), State::Accepted));
            anstream::println!("{}", message::unwanted(&name, &file, color));
        }
        if let Some(drift) = &case.drift {
            let place = Heading::read(project, &cell.contract).place(&name.case);
            let reason = case.report.reason.as_deref();
            anstream::println!("{}", message::drift_message(&name, drift, &place, reason, color));
        }
    }
    let waits = |standing| matches!(standing, Standing::Unreviewed | Standing::Follows);
    if survey.cases().any(|(_, case)| waits(case.standing)) {
        anstream::println!("review with `cargo xtask review`\n");
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
    let cells = if missing.len() == 1 { "cell" } else { "cells" };
    anstream::println!("{} {cells} ended without a result:", missing.len());
    if messages.is_empty() {
        let lines: Vec<&str> = finished.output.lines().collect();
        anstream::println!("{}\n", lines[lines.len().saturating_sub(20)..].join("\n"));
    }
    messages.iter().for_each(|message| anstream::println!("{message}\n"));
    true
}

fn outcome(survey: &Survey, summary: &Summary, silent: bool) -> Outcome {
    if survey.failed.iter().any(|cell| cell.blame == Blame::Input) {
        Outcome::BadInput
    } else if silent || !survey.failed.is_empty() {
        Outcome::Environment
    } else {
        Outcome::of_findings(!summary.is_clean())
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
    store::write_atomically(&folder.join("junit.xml"), &junit(survey, elapsed))?;
    store::write_atomically(&folder.join("matrix.json"), &(serde_json::to_string_pretty(&report)? + "\n"))
}

/// Whether standard output shows colour.
pub fn color() -> bool {
    anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never
}

/// The terminal's width, else one that fits a log.
pub fn width() -> usize {
    const WIDTH_OF_A_LOG: usize = 120;
    let size = console::Term::stdout().size_checked();
    size.map_or(WIDTH_OF_A_LOG, |(_, columns)| usize::from(columns))
}
