//! `cargo xtask min-version`: on which versions something works.

use anstyle::{AnsiColor, Style};
use anyhow::{Context, Result};
use schemars::JsonSchema;
use serde::Serialize;
use sqlite_contracts::analysis::history::{Era, Failing, Rung, Trial, eras, unasked};
use sqlite_contracts::builds::chronology::Unasked;
use sqlite_contracts::diagnostic::paragraph;
use sqlite_contracts::engine::Engine;
use sqlite_contracts::subject::Subject;

use crate::support::context;
use crate::support::each_build::each_build;
use crate::support::exit::{self, Exit};
use crate::support::ladder::{Climb, Ladder, dated, extent, gaps, versions};
use crate::support::products::{Compiling, Products, tell_missing};
use crate::support::subject::Subjects;
use crate::ui::output::{Format, print, print_json, width};

const AFTER: &str = "\
Examples:
  cargo xtask min-version schema.sql
  cargo xtask min-version schema.sql --profile math-functions
  cargo xtask min-version schema.sql --format json | jq -r '.[].works[0].first.version'
  cargo xtask min-version --sql 'CREATE TABLE t(a); INSERT INTO t VALUES(1) RETURNING a'
  cargo xtask min-version app.trace                   which versions serve a recorded program without an error
  cargo xtask min-version precision/money-round       which versions keep the promises of a contract

Statements run one after the other on a new database in memory, on every build of the ladder; where many are not compiled \
yet, on the core builds and those that are compiled, unless `--all` is given. A build works when none \
of them fails; what they return does not matter (`history` compares that). A trace works where no call fails that succeeded when it was \
recorded. A contract works where each of its cases can \
run and keeps its promises.

JSON: a list of {subject, profile, cut, works, eras, unasked}; cut is the byte behind which a trace is cut short. `works` is a list of {first, last}, the ranges on which it works, \
oldest first; an era is {first, last, builds, skipped, same_as, failing}, where failing is null or the first statement, step \
or case that fails, {place, statement, error}; first and last are {build, version, released}. skipped are the known releases before an era that \
were not asked, unasked all since the oldest build, {version, released, word}.

Status 1 when there is no version on which it works.

";

/// Say on which versions SQL or a contract works, and what fails on the others
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    #[command(flatten)]
    subjects: Subjects,
    #[command(flatten)]
    ladder: Ladder,
    #[command(flatten)]
    compiling: Compiling,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What was found out, as `--format json` prints it.
#[derive(Serialize, JsonSchema)]
struct Found<'a> {
    subject: String,
    profile: &'a str,
    /// The byte behind the last whole frame of a trace that was cut short: nothing is known of the calls after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    cut: Option<u64>,
    works: Vec<Range<'a>>,
    eras: &'a [Era<Trial>],
    unasked: &'a Unasked,
}

/// Neighbours on which every statement works.
#[derive(Serialize, JsonSchema)]
struct Range<'a> {
    first: &'a Rung,
    last: &'a Rung,
}

/// Tries every version, and shows where it works.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let project = args.ladder.project()?;
    let subjects = args.subjects.read(&project)?;
    let engine = Engine::new(&project, context::worker()?, Box::new(()))?;
    args.compiling.apply(engine.store());
    let ladder = args.ladder.of(engine.builds())?;
    let climb = args.ladder.climb(ladder, engine.store());
    let chosen = climb.rungs.iter().copied();
    let Products { ready, missing } = Products::make(engine.store(), chosen).of_this_machine();
    let eras = subjects.iter().map(|subject| {
        let contract = subject.contract(&project)?;
        let trials = each_build(&ready, |build| {
            let trial = Trial::run(&engine, subject, &contract, build)?;
            let product = engine.store().find(build).context("a build went away while it was used")?;
            Ok((Rung::of(&product), trial))
        });
        let (rungs, trials): (Vec<Rung>, Vec<Trial>) = trials?.into_iter().unzip();
        let unasked = unasked(&rungs);
        Ok((eras(rungs.into_iter().zip(trials)), unasked))
    });
    let eras = eras.collect::<Result<Vec<(Vec<Era<Trial>>, Unasked)>>>()?;
    let profile = &args.ladder.profile;
    let found = subjects.iter().zip(&eras).map(|(subject, (eras, unasked))| Found {
        cut: subject.cut(&project),
        ..found(subject, profile, eras, unasked)
    });
    let found: Vec<Found> = found.collect();
    match args.format {
        Format::Json => {
            print_json(&found)?;
            climb.rest().iter().for_each(|rest| anstream::eprintln!("{}", rest.trim_end()));
        }
        Format::Text => found.iter().for_each(|found| print(&text(found, &climb))),
    }
    tell_missing(&missing);
    let works_nowhere = found.iter().any(|found| found.works.is_empty());
    Ok(missing.first().map_or(Exit::of_findings(works_nowhere), |(_, error)| exit::of(error)))
}

fn found<'a>(subject: &Subject, profile: &'a str, eras: &'a [Era<Trial>], unasked: &'a Unasked) -> Found<'a> {
    let works = eras.iter().filter(|era| era.did.works());
    let works = works.map(|era| Range { first: &era.first, last: &era.last }).collect();
    let subject = match subject {
        Subject::Known(id) => id.clone(),
        Subject::Contract(contract) if contract.cases.len() > 1 => contract.id.clone(),
        Subject::Contract(contract) | Subject::Sql(contract) | Subject::Script(contract) => {
            contract.cases.first().map_or_else(String::new, |case| subject.heading(&case.name))
        }
    };
    Found { subject, profile, cut: None, works, eras, unasked }
}

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();

fn text(found: &Found<'_>, climb: &Climb<'_>) -> String {
    let mut text = format!("{BOLD}{}{BOLD:#} {}\n", found.subject, answer(found));
    text.extend(found.cut.map(|at| {
        let words = format!("the trace is cut short behind byte {at}: only the calls before it are asked");
        paragraph(&words, "  ", "    ", width())
    }));
    for era in found.eras {
        let (style, word) = if era.did.works() { (GOOD, "works") } else { (BAD, "fails") };
        text += &format!(
            "\n  {BOLD}{}{BOLD:#}  {DIM}{}{DIM:#}  {style}{word}{style:#}\n",
            versions(era),
            extent(era)
        );
        text += &era.did.failing.as_ref().map_or(String::new(), reason);
        if !era.skipped.is_empty() {
            text += &format!("      {DIM}{} {} before it{DIM:#}\n", climb.lack(), era.skipped);
        }
    }
    text.extend(gaps(found.profile, found.eras, found.unasked, climb).map(|gaps| format!("\n{gaps}")));
    text
}

fn reason(failing: &Failing) -> String {
    let Failing { place, statement, error } = failing;
    format!("      {place}: {statement}\n      {BAD}{error}{BAD:#}\n")
}

/// `works from 3.39.0 (2022-06-25) to the newest, 3.54.1 (2026-05-01)`
fn answer(found: &Found<'_>) -> String {
    let ends = |range: &Range<'_>| {
        let is = |end: Option<&Rung>, rung: &Rung| end.is_some_and(|end| end.version == rung.version);
        let oldest = is(found.eras.first().map(|era| &era.first), range.first);
        let newest = is(found.eras.last().map(|era| &era.last), range.last);
        if range.first.version == range.last.version {
            let only = if oldest && newest { "the only version asked, " } else { "" };
            return format!("on {only}{}", dated(range.first));
        }
        let from = if oldest { "the oldest, " } else { "" };
        let to = if newest { "the newest, " } else { "" };
        format!("from {from}{} to {to}{}", dated(range.first), dated(range.last))
    };
    match found.works.as_slice() {
        [] => format!("works on no version of {}", found.profile),
        ranges => format!("works {}", ranges.iter().map(ends).collect::<Vec<_>>().join(", and ")),
    }
}

/// The JSON Schema of what `--format json` prints.
#[cfg(test)]
pub(crate) fn schema() -> schemars::Schema {
    crate::cmd::schemas::of::<Vec<Found<'static>>>()
}
