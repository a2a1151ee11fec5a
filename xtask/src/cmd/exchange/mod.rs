//! `cargo xtask exchange`: what builds make of a person's database.

mod text;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::ValueEnum;
use sqlite_contracts::analysis::exchange::{Answer, Asked, Database, Questions, Report};
use sqlite_contracts::builds::Build;
use sqlite_contracts::contract::Contract;
use sqlite_contracts::contract::other_build::OtherBuild;
use sqlite_contracts::engine::Engine;
use sqlite_contracts::outcome::Outcome;
use sqlite_contracts::record::report::Verdict;
use sqlite_contracts::worker::budget::{Budget, Limit};

use crate::support::context::{self, Selection};
use crate::support::each_build::each_build;
use crate::support::exit::{self, Exit, Usage};
use crate::support::products::{Compiling, Products, tell_missing};
use crate::ui::output::{print, print_json};
use crate::ui::progress::{Display, is_lively};

const AFTER: &str = "\
Examples:
  cargo xtask exchange shop.db                           the core builds
  cargo xtask exchange shop.db '3.3*' '3.4*'
  cargo xtask exchange shop.db '*' --format markdown

Each build is asked, on a copy of the file and of the -journal or -wal beside it: can it read the schema, every table \
and view; what does integrity_check say; can rows be changed, and a transaction be written; does each index on an \
expression find its rows; may the newest build use the file at the same time. Where a build cannot read the schema, each \
of its objects is tried alone. The file itself is only read, and copies are removed; nobody should write it meanwhile.

A journal or a log beside the file is copied with it: each build recovers it, and must then find as many rows in each \
table as the newest build does.

JSON: {file, schema, journal, log, answers}. An answer is {build, ability, findings}; ability is none, part, read or \
write, and a finding {what, object, message, feature}.

Exit status:
  0  every build can read and write it, and nothing is wrong
  1  some cannot, or something is wrong
  2  bad usage: no database, or no such build
  3  the environment: compiler, network or disk
  130  interrupted";

/// Show which builds can read and write a database, and what stops the others
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    /// The database; it is only read
    file: PathBuf,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    compiling: Compiling,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
}

/// Asks the builds, and shows what they answer.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let database = Database::at(&args.file).map_err(Usage)?;
    let project = context::project_or_catalogue()?;
    let engine = Engine::new(&project, context::worker()?, Box::new(()))?.with_budget(budget(&database));
    args.compiling.apply(engine.store());
    let chosen = args.selection.of(engine.builds())?;
    let newest = newest(&engine, &chosen)?;
    let is_chosen = |build: &&Build| chosen.iter().any(|it| it.name() == build.name());
    let made = chosen.iter().copied().chain([newest].into_iter().filter(|it| !is_chosen(it)));
    let Products { mut ready, missing } = Products::make(engine.store(), made).of_this_machine();
    ready.retain(is_chosen);
    let (questions, schema) = Questions::of(database.bytes, |contract| {
        let mut outcomes = asked(&engine, &database, contract, newest)?.outcomes;
        anyhow::Ok(outcomes.pop().unwrap_or_default())
    })?;
    let by_each = ask_each(&engine, &database, &questions, &ready)?;
    let answer = |(build, asked): (&&Build, Asked)| Answer::of(build.name(), &schema, &questions, &asked);
    let answers = ready.iter().zip(by_each).map(answer).collect();
    let (file, journal, log) = (args.file.display().to_string(), database.has_journal, database.has_log);
    let report = Report { file, schema, journal, log, answers };
    match args.format {
        Format::Json => print_json(&report)?,
        Format::Text => print(&text::text(&report)),
        Format::Markdown => print(&text::markdown(&report)),
    }
    tell_missing(&missing);
    Ok(missing.first().map_or(Exit::of_findings(!report.is_fine()), |(_, error)| exit::of(error)))
}

/// A large database may be written anew, beside its journal.
fn budget(database: &Database) -> Budget {
    let enough = |times: u64| database.bytes.saturating_mul(times).saturating_add(256 << 20);
    Budget::default().allowing(Limit::File, enough(2)).allowing(Limit::Files, enough(5))
}

/// The build that says what is in the schema, and that has the file open beside each other one.
fn newest<'a>(engine: &'a Engine, chosen: &[&'a Build]) -> Result<&'a Build> {
    let newest = chosen.first().map(|any| engine.builds().other(any, &OtherBuild::Newest));
    let no_build = || Err("there is no build to ask".to_owned());
    newest.unwrap_or_else(no_build).map_err(|reason| Usage(reason).into())
}

fn ask_each(
    engine: &Engine,
    database: &Database,
    questions: &Questions,
    builds: &[&Build],
) -> Result<Vec<Asked>> {
    let display = Display::new(builds.len(), "asked");
    let asked = each_build(builds, |build| {
        display.begun(build.name());
        let begun = Instant::now();
        let asked = asked(engine, database, questions.contract(), build);
        display.finished(build.name(), line(build, begun.elapsed()));
        asked
    });
    display.finish();
    asked
}

/// Where there is no bar, a line shows that a long run goes on.
fn line(build: &Build, took: Duration) -> Option<String> {
    const LONG: Duration = Duration::from_secs(5);
    let is_due = took >= LONG && !is_lively();
    is_due.then(|| format!("asked {} ({:.1} s)", build.name(), took.as_secs_f64()))
}

fn asked(engine: &Engine, database: &Database, contract: &Contract, build: &Build) -> Result<Asked> {
    let mut outcomes: Vec<Vec<Outcome>> = vec![Vec::new(); contract.cases.len()];
    let mut keep = |case: &str, outcome: &Outcome| {
        if let Some(at) = contract.cases.iter().position(|known| known.name == case) {
            outcomes[at].push(outcome.clone());
        }
    };
    let report = engine.observe_on(database.files(), contract, build, &mut |case, _, outcome| {
        keep(&case.name, outcome);
    })?;
    let ended =
        report.cases.iter().filter(|case| matches!(case.verdict, Verdict::Crashed | Verdict::TimedOut));
    let ended = ended.filter_map(|case| case.reason.clone()).collect();
    report.whole()?;
    Ok(Asked { outcomes, ended })
}

/// The JSON Schema of what `--format json` prints.
#[cfg(test)]
pub(crate) fn schema() -> schemars::Schema {
    crate::cmd::schemas::of::<sqlite_contracts::analysis::exchange::Report>()
}
