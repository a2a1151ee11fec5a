//! `cargo xtask try`: runs a contract file without snapshots.

use std::path::PathBuf;

use anstyle::{AnsiColor, Style};
use anyhow::Result;
use clap::ValueEnum;
use serde::Serialize;
use sqlite_contracts::cell::{CaseReport, CellReport, Verdict};
use sqlite_contracts::contract::Contract;
use sqlite_contracts::engine::Engine;

use crate::context::{self, Selection};
use crate::each_build::each_build;
use crate::exit::{self, Exit};
use crate::flame_graph;
use crate::products::{Products, tell_missing};

const AFTER: &str = "\
Examples:
  cargo xtask try idea.yaml                        on the core builds
  cargo xtask try idea.yaml --all                  on every build
  cargo xtask try idea.yaml --build '3.4*'         on some
  cargo xtask try idea.yaml --flamegraph a.svg   who allocated what nobody freed: open it in a browser
  cargo xtask try idea.yaml --format json | jq     a list of {build, contract, case, verdict, transcript, seconds}

Nothing is written: no snapshot is read or made. Builds whose transcripts are equal are shown together.

";

/// Run a contract file anywhere, without snapshots, and show what each build did
#[derive(clap::Args)]
#[command(after_help = format!("{AFTER}{}", exit::HELP))]
pub struct Args {
    /// The contract
    file: PathBuf,
    #[command(flatten)]
    selection: Selection,
    /// Draw what each case leaves allocated after its last step, and which functions allocated it (Linux)
    #[arg(long, value_name = "OUT.svg")]
    flamegraph: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// One case on one build, as `--format json` prints it.
#[derive(Serialize)]
struct Line<'a> {
    build: &'a str,
    contract: &'a str,
    case: &'a str,
    verdict: Verdict,
    transcript: &'a [String],
    failures: &'a [sqlite_contracts::cell::Failure],
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    stack: &'a [sqlite_contracts::cell::Frame],
    seconds: f64,
}

/// Runs the file.
pub fn run(args: &Args) -> Result<Exit> {
    let project = context::project()?;
    let contract = Contract::load(&project, &args.file)?;
    let engine = Engine::new(&project, context::worker()?, Box::new(()))?;
    let chosen = args.selection.of(engine.builds())?;
    let Products { ready, missing } = Products::make(engine.store(), chosen).of_this_machine();
    let cells = each_build(&ready, |build| engine.run(&contract, build))?;
    match args.format {
        Format::Json => println!("{}", serde_json::to_string_pretty(&lines(&cells))?),
        Format::Text => show(&contract, &cells),
    }
    if let Some(file) = &args.flamegraph {
        flame_graph::write(&engine, &contract, &ready, file)?;
    }
    tell_missing(&missing);
    let wrong = cells.iter().flat_map(|cell| &cell.cases).any(|case| is_wrong(case.verdict));
    Ok(match (missing.first(), wrong) {
        (Some((_, error)), _) => exit::of(error),
        (None, true) => Exit::Drift,
        (None, false) => Exit::Fine,
    })
}

fn lines(cells: &[CellReport]) -> Vec<Line<'_>> {
    let line = |cell, case| line(cell, case);
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

fn is_wrong(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Broken | Verdict::Crashed | Verdict::TimedOut)
}

fn show(contract: &Contract, cells: &[CellReport]) {
    let bold = Style::new().bold();
    anstream::println!("{bold}{}{bold:#}: {}", contract.id, contract.title);
    for (at, case) in contract.cases.iter().enumerate() {
        anstream::println!("\n{bold}{}{bold:#}", case.name);
        for group in groups(cells, at) {
            show_group(&group, cells.len());
        }
    }
}

/// Builds that did the same in a case.
struct Group<'a> {
    case: &'a CaseReport,
    /// Their places among all builds.
    places: Vec<usize>,
    names: Vec<&'a str>,
}

/// The groups of the case at a place, in the order of their first builds.
fn groups(cells: &[CellReport], at: usize) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (place, cell) in cells.iter().enumerate() {
        let Some(case) = cell.cases.get(at) else { continue };
        let same = |group: &&mut Group<'_>| {
            let known = group.case;
            known.verdict == case.verdict
                && known.transcript == case.transcript
                && known.failures == case.failures
                && known.reason == case.reason
        };
        match groups.iter_mut().find(same) {
            Some(group) => {
                group.places.push(place);
                group.names.push(&cell.build);
            }
            None => groups.push(Group { case, places: vec![place], names: vec![&cell.build] }),
        }
    }
    groups
}

fn show_group(group: &Group<'_>, total: usize) {
    let color = match group.case.verdict {
        Verdict::Holds => AnsiColor::Green,
        Verdict::Unsupported => AnsiColor::BrightBlack,
        _ => AnsiColor::Red,
    };
    let style = color.on_default();
    let verdict = serde_json::to_value(group.case.verdict).ok();
    let verdict = verdict.as_ref().and_then(|v| v.as_str()).unwrap_or_default();
    let reason = group.case.reason.as_ref().map_or(String::new(), |reason| format!(" ({reason})"));
    let who = match group.names.len() {
        all if all == total && total > 1 => format!("all {total} builds"),
        _ => ranges(&group.places, &group.names),
    };
    anstream::println!("  {style}{verdict}{style:#}{reason} on {who}");
    for line in &group.case.transcript {
        anstream::println!("    {line}");
    }
    // Lines differ from build to build: one stack stands for all.
    if let (Some(frame), Some(build)) = (group.case.stack.first(), group.names.first()) {
        anstream::println!("    {style}stack{style:#} on {build}: {frame}");
    }
    for frame in group.case.stack.iter().skip(1) {
        anstream::println!("      from {frame}");
    }
    for failure in &group.case.failures {
        let red = AnsiColor::Red.on_default();
        anstream::println!("    {red}{}{red:#}: {}", failure.place, failure.step);
        anstream::println!("      expected {}", failure.expected);
        anstream::println!("      actual   {}", failure.actual);
    }
}

/// `3.13.0-rusqlite … 3.28.0-rusqlite (9), 3.43.0-rusqlite`: neighbours in the list of builds shown as ranges.
pub fn ranges(places: &[usize], names: &[&str]) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, place) in places.iter().enumerate() {
        match runs.last_mut() {
            Some((_, last)) if at > 0 && places[at - 1] + 1 == *place => *last = at,
            _ => runs.push((at, at)),
        }
    }
    let shown = runs.into_iter().map(|(first, last)| match last - first {
        0 => names[first].to_owned(),
        1 => format!("{}, {}", names[first], names[last]),
        between => format!("{} … {} ({})", names[first], names[last], between + 1),
    });
    shown.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_shown_as_ranges() {
        assert_eq!(ranges(&[0, 1, 2, 5, 7, 8], &["a", "b", "c", "f", "h", "i"]), "a … c (3), f, h, i");
    }
}
