//! `cargo xtask try`: what builds do, without snapshots.

mod script;
mod steps;
mod trace;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use anstyle::{AnsiColor, Style};
use anyhow::{Result, bail};
use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;
use sqlite_contracts::analysis::reduction::reduce;
use sqlite_contracts::builds::Build;
use sqlite_contracts::contract::{Case, Contract};
use sqlite_contracts::diagnostic::numbers::counted;
use sqlite_contracts::engine::Engine;
use sqlite_contracts::record::report::{CaseReport, CellReport, FRAMES_IN_BRIEF, Failure, Frame, Verdict};
use sqlite_contracts::record::transcript::Transcript;
use sqlite_contracts::subject::Subject;

use crate::support::context::{self, OnBuilds};
use crate::support::each_build::each_build;
use crate::support::exit::{self, Exit, Usage};
use crate::support::groups::{Group, groups};
use crate::support::products::{Compiling, Products, named, tell_missing};
use crate::support::subject::Subjects;
use crate::support::writable;
use crate::ui::flame_graph;
use crate::ui::output::{Format, print, print_json, terminal_width};
use crate::ui::settings::is_verbose;
use steps::{Shown, Step};

const AFTER: &str = "\
Examples:
  cargo xtask try idea.yaml                        on the core builds
  cargo xtask try idea.yaml --all                  on every build
  cargo xtask try idea.yaml '3.4*'                 on some
  cargo xtask try precision/money-round            a contract of the project, or a case of it
  cargo xtask try schema.sql --all                 a file of SQL
  cargo xtask try --sql 'SELECT round(0.285, 2)' --all
  cargo xtask try select1.test --all               a script of sqllogictest
  cargo xtask try idea.yaml --flamegraph a.svg     who allocated what was not freed
  cargo xtask try idea.yaml --format json | jq     for programs

No snapshot is read or made. Builds whose transcripts are equal are shown together. ✓ marks a promise that is kept, ✗ one \
that is broken. What is neither promised nor recorded, such as a size, may differ within a group. Of a script of sqllogictest \
the records are shown whose answers are not the file's, and those whose answers differ between builds.

JSON: a list of {build, version, contract, case, verdict, transcript, steps, failures, reason, stack, seconds}; steps is \
a list of {row, step, outcome, kept}, failures of {place, row, step, expected, actual}, stack of {function, place}.

";

/// Run contracts or SQL without snapshots, and show what each build did
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    #[command(flatten)]
    subjects: Subjects,
    #[command(flatten)]
    on: OnBuilds,
    /// In a project: take builds of the library too, its core builds, or with `--all` every one
    #[arg(long)]
    catalogue: bool,
    #[command(flatten)]
    compiling: Compiling,
    /// Draw what each case leaves allocated after its last step, and which functions allocated it (Linux)
    #[arg(long, value_name = "OUT.svg")]
    flamegraph: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

const BOLD: Style = Style::new().bold();

/// One case on one build, as `--format json` prints it.
#[derive(Serialize, JsonSchema)]
struct Line<'a> {
    build: &'a str,
    /// Of SQLite.
    #[schemars(with = "Option<String>")]
    version: Option<&'a Version>,
    contract: &'a str,
    case: &'a str,
    verdict: Verdict,
    transcript: &'a Transcript,
    steps: Vec<Step<'a>>,
    failures: &'a [Failure],
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    stack: &'a [Frame],
    seconds: f64,
}

/// A subject, and what it did on each build.
struct Tried {
    subject: Subject,
    contract: Arc<Contract>,
    cells: Vec<Cell>,
}

/// What a contract did on a build.
struct Cell {
    /// The build as people read it.
    name: String,
    version: Option<Version>,
    report: CellReport,
    /// The outcomes of each case's steps.
    outcomes: BTreeMap<String, Vec<Shown>>,
}

impl Cell {
    fn run(engine: &Engine, contract: &Contract, build: &Build) -> Result<Self> {
        let mut outcomes: BTreeMap<String, Vec<Shown>> = BTreeMap::new();
        let mut report = engine.observe(contract, build, &mut |case, placed, outcome| {
            outcomes.entry(case.name.clone()).or_default().push(Shown::new(placed, outcome));
        })?;
        for case in &mut report.cases {
            let least = reduce(contract, case, |contract| engine.attempt(contract, build))?;
            case.reason = least.or(case.reason.take());
        }
        let version = engine.store().version(build);
        Ok(Self { name: named(build, version.as_ref()), version, report, outcomes })
    }

    fn outcomes(&self, case: &str) -> &[Shown] {
        self.outcomes.get(case).map_or(&[], Vec::as_slice)
    }
}

/// Runs the subjects.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let mut project = context::project_or_catalogue()?;
    if args.catalogue {
        project = project.with_builds_of_catalogue();
    }
    writable::check(args.flamegraph.as_deref())?;
    let engine = Engine::new(&project, context::worker()?, Box::new(()))?;
    args.compiling.apply(engine.store());
    let (subjects, globs) = args.subjects.apart(engine.builds());
    let subjects = subjects.read(&project)?;
    let on = args.on.and(globs.iter().collect());
    let chosen = match args.catalogue {
        true => on.with_catalogue(engine.builds())?,
        false => on.of(engine.builds())?,
    };
    let Products { ready, missing } = Products::make(engine.store(), chosen).of_this_machine();
    let mut tried = Vec::new();
    for subject in subjects {
        let mut contract = subject.contract(&project)?;
        let mut cells = each_build(&ready, |build| Cell::run(&engine, &contract, build))?;
        if let Some(finer) = subject.finer(cells.iter().map(|cell| &cell.report)) {
            contract = finer.contract(&project)?;
            cells = each_build(&ready, |build| Cell::run(&engine, &contract, build))?;
        }
        tried.push(Tried { subject, contract, cells });
    }
    match args.format {
        Format::Json => print_json(&tried.iter().flat_map(lines).collect::<Vec<_>>())?,
        Format::Text => print(&tried.iter().map(text).collect::<Vec<_>>().join("\n\n")),
    }
    if let Some(file) = &args.flamegraph {
        match tried.as_slice() {
            [one] => flame_graph::write(&engine, &one.contract, &ready, file)?,
            _ => bail!(Usage("a flame graph is of one subject: name only one".to_owned())),
        }
    }
    tell_missing(&missing);
    let any = |is_it: fn(Verdict) -> bool| {
        tried
            .iter()
            .flat_map(|tried| &tried.cells)
            .flat_map(|cell| &cell.report.cases)
            .any(|case| is_it(case.verdict))
    };
    Ok(match missing.first() {
        Some((_, error)) => exit::of(error),
        None if any(|verdict| verdict == Verdict::CouldNotRun) => Exit::Environment,
        None => Exit::of_findings(any(Verdict::is_bad)),
    })
}

fn lines(tried: &Tried) -> impl Iterator<Item = Line<'_>> {
    tried.cells.iter().flat_map(|cell| {
        tried.contract.cases.iter().zip(&cell.report.cases).map(move |(case, did)| line(cell, case, did))
    })
}

fn line<'a>(cell: &'a Cell, case: &'a Case, did: &'a CaseReport) -> Line<'a> {
    Line {
        build: &cell.report.build,
        version: cell.version.as_ref(),
        contract: &cell.report.contract,
        case: &did.case,
        verdict: did.verdict,
        transcript: &did.transcript,
        steps: steps::steps(case, did, cell.outcomes(&did.case)),
        failures: &did.failures,
        reason: did.reason.as_deref(),
        stack: &did.stack,
        seconds: did.seconds,
    }
}

fn text(tried: &Tried) -> String {
    let Tried { subject, contract, cells } = tried;
    if let Subject::Script(_) = subject {
        return script::text(tried);
    }
    let mut text = match subject.is_sql() {
        true => format!("{BOLD}{}{BOLD:#}", contract.title),
        false => format!("{BOLD}{}{BOLD:#}: {}", contract.id, contract.title),
    };
    for (at, case) in contract.cases.iter().enumerate() {
        if !subject.is_sql() {
            text += &format!("\n\n{BOLD}{}{BOLD:#}", case.name);
        }
        if subject.is_trace() {
            text += &trace::answer(cells, at);
        }
        let groups = groups(cells, |cell| did(&cell.report.cases[at]));
        text.extend(groups.iter().map(|group| {
            let report = &group.first().report.cases[at];
            let steps = match subject.is_sql() {
                true => report.transcript.iter().map(|line| format!("\n    {line}")).collect(),
                false => all_steps(group, case, report),
            };
            heading(group, report, cells.len(), subject.is_sql()) + &steps + &stack(group, report)
        }));
    }
    text
}

/// What is the same where builds are shown together.
fn did(case: &CaseReport) -> (Verdict, &Transcript, &[Failure], Option<&String>) {
    (case.verdict, &case.transcript, &case.failures, case.reason.as_ref())
}

fn style(verdict: Verdict) -> Style {
    let color = match verdict {
        Verdict::Holds => AnsiColor::Green,
        Verdict::Unsupported => AnsiColor::BrightBlack,
        Verdict::Broken | Verdict::Crashed | Verdict::TimedOut | Verdict::CouldNotRun => AnsiColor::Red,
    };
    color.on_default()
}

/// The verdict, and the builds of a group.
fn heading(group: &Group<'_, Cell>, case: &CaseReport, total: usize, is_sql: bool) -> String {
    let style = style(case.verdict);
    let who = match group.members.len() {
        all if all == total && total > 1 => format!("all {total} builds"),
        _ => group.ranges(|cell| &cell.name),
    };
    // SQL promises nothing that could hold.
    let verdict = if is_sql && case.verdict == Verdict::Holds { "ran" } else { case.verdict.as_str() };
    let reason = case.reason.as_ref().map_or(String::new(), |reason| match reason.strip_prefix(verdict) {
        // `timed out after 5s in …`
        Some(rest) => rest.to_owned(),
        None => format!(" ({reason})"),
    });
    format!("\n  {style}{verdict}{style:#}{reason} on {who}")
}

/// Every step, and the last line of a transcript that does not end with one.
fn all_steps(group: &Group<'_, Cell>, case: &Case, report: &CaseReport) -> String {
    let outcomes: Vec<&[Shown]> = group.members.iter().map(|cell| cell.outcomes(&case.name)).collect();
    let end = report.transcript.last().filter(|line| line.verdict() != Verdict::Holds);
    steps::text(case, report, &outcomes, terminal_width())
        + &end.map_or(String::new(), |line| format!("\n    {line}"))
}

/// Where it crashed or hung. Lines differ from build to build: one stack stands for all.
fn stack(group: &Group<'_, Cell>, case: &CaseReport) -> String {
    let style = style(case.verdict);
    let frame = |(at, frame): (usize, &Frame)| match at {
        0 => format!("\n    {style}stack{style:#} on {}: {frame}", group.first().name),
        _ => format!("\n      from {frame}"),
    };
    let most = if is_verbose() { usize::MAX } else { FRAMES_IN_BRIEF };
    let rest = case.stack.len().saturating_sub(most);
    let more =
        (rest > 0).then(|| format!("\n      … {}; -v shows all", counted(rest, "frame more", "frames more")));
    case.stack.iter().take(most).enumerate().map(frame).chain(more).collect()
}

/// The JSON Schema of what `--format json` prints.
#[cfg(test)]
pub(crate) fn schema() -> schemars::Schema {
    crate::cmd::schemas::of::<Vec<Line<'static>>>()
}
