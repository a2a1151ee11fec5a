//! `cargo xtask try`: what builds do, without snapshots.

use std::path::PathBuf;
use std::sync::Arc;

use anstyle::{AnsiColor, Style};
use anyhow::{Result, bail};
use serde::Serialize;
use sqlite_contracts::contract::Contract;
use sqlite_contracts::engine::Engine;
use sqlite_contracts::record::report::{CaseReport, CellReport, Failure, Frame, Verdict};
use sqlite_contracts::record::transcript::Transcript;
use sqlite_contracts::subject::Subject;

use crate::support::context::{self, OnBuilds};
use crate::support::each_build::each_build;
use crate::support::exit::{self, Exit, Usage};
use crate::support::groups::{Group, groups};
use crate::support::products::{Products, tell_missing};
use crate::support::subject::Subjects;
use crate::ui::flame_graph;
use crate::ui::output::{Format, print, print_json};

const AFTER: &str = "\
Examples:
  cargo xtask try idea.yaml                        on the core builds
  cargo xtask try idea.yaml --all                  on every build
  cargo xtask try idea.yaml --build '3.4*'         on some
  cargo xtask try precision/money-round            a contract of the project, or a case of it
  cargo xtask try schema.sql --all                 a file of SQL
  cargo xtask try --sql 'SELECT round(0.285, 2)' --all
  cargo xtask try idea.yaml --flamegraph a.svg     who allocated what was not freed
  cargo xtask try idea.yaml --format json | jq     for programs

No snapshot is read or made. Builds whose transcripts are equal are shown together.

JSON: a list of {build, contract, case, verdict, transcript, failures, reason, stack, seconds}; failures is a list of \
{place, step, expected, actual}, stack of {function, place}.

";

/// Run contracts or SQL without snapshots, and show what each build did
#[derive(clap::Args)]
#[command(after_help = format!("{AFTER}{}", exit::HELP))]
pub(crate) struct Args {
    #[command(flatten)]
    subjects: Subjects,
    #[command(flatten)]
    on: OnBuilds,
    /// Draw what each case leaves allocated after its last step, and which functions allocated it (Linux)
    #[arg(long, value_name = "OUT.svg")]
    flamegraph: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

const BOLD: Style = Style::new().bold();
const BAD: Style = AnsiColor::Red.on_default();

/// One case on one build, as `--format json` prints it.
#[derive(Serialize)]
struct Line<'a> {
    build: &'a str,
    contract: &'a str,
    case: &'a str,
    verdict: Verdict,
    transcript: &'a Transcript,
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
    cells: Vec<CellReport>,
}

/// Runs the subjects.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let project = context::project()?;
    let subjects = args.subjects.read(&project)?;
    let engine = Engine::new(&project, context::worker()?, Box::new(()))?;
    let chosen = args.on.of(engine.builds())?;
    let Products { ready, missing } = Products::make(engine.store(), chosen).of_this_machine();
    let mut tried = Vec::new();
    for subject in subjects {
        let contract = subject.contract(&project)?;
        let cells = each_build(&ready, |build| engine.attempt(&contract, build))?;
        tried.push(Tried { subject, contract, cells });
    }
    match args.format {
        Format::Json => print_json(&tried.iter().flat_map(|tried| lines(&tried.cells)).collect::<Vec<_>>())?,
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
            .flat_map(|cell| &cell.cases)
            .any(|case| is_it(case.verdict))
    };
    Ok(match missing.first() {
        Some((_, error)) => exit::of(error),
        None if any(|verdict| verdict == Verdict::CouldNotRun) => Exit::Environment,
        None => Exit::of_findings(any(Verdict::is_bad)),
    })
}

fn lines(cells: &[CellReport]) -> Vec<Line<'_>> {
    cells.iter().flat_map(|cell| cell.cases.iter().map(move |case| line(cell, case))).collect()
}

fn line<'a>(cell: &'a CellReport, case: &'a CaseReport) -> Line<'a> {
    Line {
        build: &cell.build,
        contract: &cell.contract,
        case: &case.case,
        verdict: case.verdict,
        transcript: &case.transcript,
        failures: &case.failures,
        reason: case.reason.as_deref(),
        stack: &case.stack,
        seconds: case.seconds,
    }
}

fn text(tried: &Tried) -> String {
    let Tried { subject, contract, cells } = tried;
    let mut text = match subject.is_sql() {
        true => format!("{BOLD}{}{BOLD:#}", contract.title),
        false => format!("{BOLD}{}{BOLD:#}: {}", contract.id, contract.title),
    };
    for (at, case) in contract.cases.iter().enumerate() {
        if !subject.is_sql() {
            text += &format!("\n\n{BOLD}{}{BOLD:#}", case.name);
        }
        let groups = groups(cells, |cell| did(&cell.cases[at]));
        text.extend(groups.iter().map(|group| shown(group, at, cells.len(), subject.is_sql())));
    }
    text
}

/// What is the same where builds are shown together.
fn did(case: &CaseReport) -> (Verdict, &Transcript, &[Failure], Option<&String>) {
    (case.verdict, &case.transcript, &case.failures, case.reason.as_ref())
}

/// What the builds of a group did in the case at a place.
fn shown(group: &Group<'_, CellReport>, at: usize, total: usize, is_sql: bool) -> String {
    let case = &group.first().cases[at];
    let color = match case.verdict {
        Verdict::Holds => AnsiColor::Green,
        Verdict::Unsupported => AnsiColor::BrightBlack,
        Verdict::Broken | Verdict::Crashed | Verdict::TimedOut | Verdict::CouldNotRun => AnsiColor::Red,
    };
    let style = color.on_default();
    let reason = case.reason.as_ref().map_or(String::new(), |reason| format!(" ({reason})"));
    let who = match group.members.len() {
        all if all == total && total > 1 => format!("all {total} builds"),
        _ => group.ranges(|cell| &cell.build),
    };
    // SQL promises nothing that could hold.
    let verdict = if is_sql && case.verdict == Verdict::Holds { "ran" } else { case.verdict.as_str() };
    let mut text = format!("\n  {style}{verdict}{style:#}{reason} on {who}");
    text.extend(case.transcript.iter().map(|line| format!("\n    {line}")));
    // Lines differ from build to build: one stack stands for all.
    for (at, frame) in case.stack.iter().enumerate() {
        text += &match at {
            0 => format!("\n    {style}stack{style:#} on {}: {frame}", group.first().build),
            _ => format!("\n      from {frame}"),
        };
    }
    for Failure { place, step, expected, actual } in &case.failures {
        text +=
            &format!("\n    {BAD}{place}{BAD:#}: {step}\n      expected {expected}\n      actual   {actual}");
    }
    text
}
