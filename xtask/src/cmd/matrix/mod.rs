//! `cargo xtask matrix`: runs contracts on builds, and shows what is broken and what drifted.

mod shown;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Result, bail};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use sqlite_contracts::builds::{Batch, Build, BuildSet, Outcome, State, Store};
use sqlite_contracts::contract::Contract;
use sqlite_contracts::engine::cells_at_a_time;
use sqlite_contracts::languages;
use sqlite_contracts::matrix::results::{self, CellResult, Part};
use sqlite_contracts::matrix::row::{Remembered, Row};
use sqlite_contracts::matrix::run::{self, CellName, Partition, Waiting, builds_of};
use sqlite_contracts::matrix::{Checked, Survey, survey};
use sqlite_contracts::outcome::value::hex;
use sqlite_contracts::project::Project;
use sqlite_contracts::record::snapshots::Recorded;
use sqlite_contracts::subject::Subject;
use sqlite_contracts::system::files;

use crate::cmd::build;
use crate::support::cells::Cells;
use crate::support::context;
use crate::support::drivers;
use crate::support::exit::{Exit, Usage};
use crate::support::selection::{is_contract, select, whole_area, whole_areas};
use crate::support::writable;
use crate::ui::cells::CellsDisplay;
use crate::ui::output::{Format, print_json};
pub(crate) use shown::Shown;

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

/// What the arguments select, by kind.
struct Words {
    contracts: Vec<String>,
    builds: Vec<String>,
}

impl Words {
    /// A contract has an area in its name, and a build has not.
    fn sorted(project: &Project, arguments: &Args) -> Self {
        let Args { words, contract, build, .. } = arguments;
        let (contracts, builds): (Vec<&String>, Vec<&String>) =
            words.iter().partition(|word| is_contract(project, word));
        Self {
            contracts: contracts
                .into_iter()
                .map(|word| whole_area(word))
                .chain(whole_areas(contract))
                .collect(),
            builds: builds.into_iter().chain(build).cloned().collect(),
        }
    }
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

/// Takes the cells of the rows that are remembered out of those that are wanted.
fn take_rows(arguments: &Args, cells: &Cells, wanted: Vec<CellName>) -> (Vec<Row>, Vec<CellName>) {
    let (builds, store) = (cells.engine().builds(), cells.engine().store());
    let wanted_builds: Vec<&Build> = builds_of(&wanted).into_iter().filter_map(|it| builds.get(it)).collect();
    let (there, others): (Vec<&Build>, Vec<&Build>) =
        wanted_builds.into_par_iter().partition(|it| store.find(it).is_some());
    // A report shows every case. And a build that is still to be made is judged together with the others.
    let shows_all = arguments.report.is_some() || arguments.format == Format::Json;
    let needs_all = shows_all || others.iter().any(|it| store.state(it) != State::Absent);
    match needs_all {
        true => (Vec::new(), wanted),
        false => cells.matrix().take_rows(wanted, &there.into_iter().map(Build::name).collect()),
    }
}

/// The results as lines of a file of results, by contract, then build.
fn lines<'a>(rows: &'a [Row], checked: &'a [Checked]) -> Vec<Result<Cow<'a, str>>> {
    let remembered = rows.iter().flat_map(|row| row.lines().map(|line| (&*row.contract, Ok(line.into()))));
    let checked = checked.iter().map(|checked| (checked.result.cell().0, checked.line()));
    let mut lines: Vec<(&str, Result<Cow<str>>)> = remembered.chain(checked).collect();
    lines.sort_by_key(|(contract, _)| *contract);
    lines.into_iter().map(|(_, line)| line).collect()
}

/// The results, and what the cache holds of those that need no attention.
fn parted(checked: Vec<Checked>) -> (Vec<CellResult>, Remembered) {
    let part = |Checked { result, failures, remembered }: Checked| {
        let (contract, build) = result.cell();
        let cell = (contract.to_owned(), build.to_owned());
        (result, remembered.filter(|_| failures.is_empty()).map(|line| (cell, line)))
    };
    let (results, remembered): (Vec<CellResult>, Vec<_>) = checked.into_iter().map(part).unzip();
    (results, remembered.into_iter().flatten().collect())
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

/// The contracts that any of the globs names; without a glob all, or for drivers those that name one of them. Each is compared
/// with what is on record, so only the project's own can be meant.
fn contracts(project: &Project, globs: &[String], drivers: &[String]) -> Result<Vec<Subject>> {
    let all = Subject::all(project)?;
    // A word may be `go@*`: what stands before the version is the driver.
    let is_meant = |name: &str| drivers.iter().any(|word| word.split('@').next() == Some(name));
    let is_glob = |word: &String| word.split('@').next().is_some_and(|it| it.contains(['*', '?', '[', '{']));
    let any = drivers.iter().any(is_glob);
    let names_one = |subject: &Subject| {
        let named = Contract::source(project, subject.id()).map(|it| languages::named_in(it.text()));
        named.is_ok_and(|named| named.iter().any(|it| any || is_meant(it.driver.name())))
    };
    if globs.is_empty() {
        return Ok(all.into_iter().filter(|subject| drivers.is_empty() || names_one(subject)).collect());
    }
    let ids: Vec<&str> = all.iter().map(Subject::id).collect();
    let meant = select("contract", globs, &ids)?;
    Ok(meant.into_iter().map(|id| Subject::Known(id.to_owned())).collect())
}

/// The builds that the arguments name.
fn selection<'a>(arguments: &Args, globs: &[String], cells: &'a Cells) -> Result<Vec<&'a str>> {
    let builds = cells.engine().builds();
    let of_drivers = of_drivers(builds, &arguments.driver)?;
    let selected: Vec<&Build> = match globs.is_empty() {
        true if !of_drivers.is_empty() => Vec::new(),
        true => builds.iter().filter(|build| build.is_usual(arguments.all)).collect(),
        false => builds.select(globs)?,
    };
    let selected: Vec<&Build> = selected.into_iter().chain(of_drivers).collect();
    if selected.is_empty() || cells.ids().is_empty() {
        bail!(Usage("there is no cell to run".to_owned()));
    }
    Ok(selected.into_iter().map(Build::name).collect())
}

/// The builds that words mean: those of a driver's version, and for what this machine has the one that these stand on.
fn of_drivers<'a>(builds: &'a BuildSet, words: &[String]) -> Result<Vec<&'a Build>> {
    let mut found: Vec<&Build> = Vec::new();
    for driver in drivers::meant(builds, words)? {
        let build = builds.of_driver(&driver).ok_or_else(|| {
            let known = builds.versions_of_driver(driver.driver.name());
            let known = known.unwrap_or_else(|| {
                "only drivers with a build in `sqlite-builds/drivers` can be named".to_owned()
            });
            Usage(format!("no build is of `{driver}`: {known}"))
        })?;
        if !found.iter().any(|it| it.name() == build.name()) {
            found.push(build);
        }
    }
    Ok(found)
}

/// A digest of what the whole run is asked, which is the same on every machine that runs a part of it.
fn digest(project: &Project, contracts: &[&str], builds: &[&str]) -> String {
    let text =
        |id: &&str| Contract::source(project, id).map_or_else(|_| String::new(), |it| it.text().to_owned());
    let asked: Vec<String> = contracts.iter().map(|id| format!("{id}\0{}", text(id))).collect();
    hex(&Sha256::digest([asked.join("\0"), builds.join("\0")].join("\0")))
}

/// What a run left.
struct Ran {
    checked: Vec<Checked>,
    /// The builds that could not be produced.
    missing: Vec<String>,
    /// How bad that is: not at all, for a build that this machine lacks and that was not named.
    exit: Exit,
}

/// Runs the cells while their builds are made.
fn run_cells(
    arguments: &Args,
    globs: &[String],
    cells: &Cells,
    rows: &[Row],
    wanted: Vec<CellName>,
) -> Result<Ran> {
    let store = cells.engine().store();
    if arguments.no_build {
        store.compile_nothing();
    }
    let names: BTreeSet<String> = builds_of(&wanted).into_iter().map(str::to_owned).collect();
    let mut builds: Vec<&Build> =
        cells.engine().builds().all().filter(|build| names.contains(build.name())).collect();
    let contracts: BTreeSet<&str> = wanted.iter().map(|(contract, _)| contract.as_str()).collect();
    builds.extend(cells.engine().builds_beside(&contracts.into_iter().collect::<Vec<_>>(), &builds));
    let known = rows.iter().map(|row| row.overview.figures.cells).sum();
    let libraries = if arguments.no_build { 0 } else { missing(store, &builds) };
    let display = CellsDisplay::new(wanted.len() + known, known, libraries);
    let make = |waiting: &Waiting| match arguments.no_build {
        true => find(store, builds, waiting),
        false => Batch::new(store, builds).run(&display.releasing(waiting)),
    };
    let (checked, outcomes) = run::run(cells.matrix(), wanted, cells_at_a_time(), make, |_| display.done());
    display.finish();
    let is_named = |build: &Build| globs.iter().any(|glob| glob == build.name());
    // Not those that are absent on this machine, unless they were asked for.
    let is_missing = |outcome: &&Outcome| match &outcome.result {
        Err(error) if error.is_absence() => is_named(outcome.build),
        result => result.is_err(),
    };
    let missing = outcomes.iter().filter(is_missing).map(|outcome| outcome.build.name().to_owned());
    let missing = missing.filter(|build| names.contains(build)).collect();
    Ok(Ran { checked, missing, exit: build::report(&outcomes, is_named) })
}

/// How many of the builds have to be compiled.
fn missing(store: &Store, builds: &[&Build]) -> usize {
    builds.iter().filter(|build| matches!(store.state(build), State::NotBuilt | State::Damaged)).count()
}

/// Finds the existing products, and releases the cells of their builds.
fn find<'a>(store: &Store, builds: Vec<&'a Build>, waiting: &Waiting) -> Vec<Outcome<'a>> {
    let find = |build: &'a Build| {
        let result = store.ensure(build, &());
        result.iter().for_each(|_| waiting.release(build.name()));
        Outcome { build, result, seconds: 0.0, was_there: true }
    };
    builds.into_iter().map(find).collect()
}

/// The JSON Schema of what `--format json` prints.
#[cfg(test)]
pub(crate) fn schema() -> schemars::Schema {
    crate::cmd::schemas::of::<shown::Whole<'static>>()
}
