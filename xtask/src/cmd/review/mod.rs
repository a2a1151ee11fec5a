//! `cargo xtask review`: reviews the pending changes of behaviour one by one, parents before their children.

mod decide;
mod waiting;

use std::io::IsTerminal;

use anyhow::Result;
use console::Term;
use schemars::JsonSchema;
use serde::Serialize;
use sqlite_contracts::builds::BuildSet;
use sqlite_contracts::matrix::because::Contracts;
use sqlite_contracts::matrix::message;
use sqlite_contracts::project::Project;
use sqlite_contracts::record::snapshots::{Drift, Recorded, SnapshotName, store};

use self::decide::Undecided;
use self::waiting::Review;
use crate::support::context;
use crate::support::exit::Exit;
use crate::ui::output::{Format, color, print, print_json, width};

const AFTER: &str = "\
Examples:
  cargo xtask review                                     one by one, in a terminal
  cargo xtask review precision --list                    what waits in an area
  cargo xtask review --accept precision/money-round      all of a contract
  cargo xtask review --reject '*@3.43.0-rusqlite'        all of a build

";

/// Review each pending change of behaviour: accept it, reject it, or skip it
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    /// Only those of these areas, contracts and cases, or that match `<area>/<contract>/<case>@<build>`
    #[arg(value_name = "GLOB", conflicts_with_all = ["accept", "reject"])]
    words: Vec<String>,
    /// Only show them
    #[arg(long)]
    list: bool,
    /// Accept those that match `<area>/<contract>/<case>@<build>`, such as 'precision/money-round/*@3.43.0-rusqlite', or all of an
    /// area (`precision`), a contract (`precision/round`) or a case (`precision/round/half`); may be repeated
    #[arg(long, value_name = "GLOB")]
    accept: Vec<String>,
    /// Reject those that match; may be repeated
    #[arg(long, value_name = "GLOB")]
    reject: Vec<String>,
    /// How to print what waits, with `--list`
    #[arg(long, value_enum, default_value_t = Format::Text, requires = "list")]
    format: Format,
}

/// A pending change, as `--format json` prints it.
#[derive(Serialize, JsonSchema)]
struct Pending<'a> {
    contract: &'a str,
    case: &'a str,
    build: &'a str,
    #[serde(flatten)]
    drift: &'a Drift,
}

/// Runs the verb.
pub(crate) fn run(arguments: &Args) -> Result<Exit> {
    let project = context::project()?;
    let review = Review { builds: BuildSet::load(&project)?, project, only: arguments.words.clone() };
    review.check_words()?;
    if arguments.format == Format::Json {
        let waiting = review.waiting()?;
        let pending = waiting.iter().map(|(name, drift)| Pending {
            contract: &name.contract,
            case: &name.case,
            build: &name.build,
            drift,
        });
        print_json(&pending.collect::<Vec<_>>())?;
        let stale = review.stale()?;
        stale.iter().for_each(|name| anstream::eprintln!("{}", review.not_offered(name)));
        return Ok(Exit::of_findings(!waiting.is_empty() || !stale.is_empty()));
    }
    let mut undecided = Undecided::default();
    if !arguments.accept.is_empty() || !arguments.reject.is_empty() {
        undecided = review.decide_by_globs(&arguments.accept, &arguments.reject)?;
    } else if !arguments.list && std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        review.decide_one_by_one(&Term::stdout())?;
    } else {
        review.show(&review.waiting()?);
    }
    let left = review.waiting()?.len();
    let stale = review.stale()?;
    stale.iter().for_each(|name| print(&review.not_offered(name)));
    let recorded = Recorded::at(review.project.snapshots());
    let (_, unreadable) = recorded.readable(recorded.contracts()?)?;
    match left {
        0 if !arguments.words.is_empty() => {
            print(&format!("nothing that matches `{}` waits for review", arguments.words.join("`, `")));
        }
        0 => print("nothing waits for review"),
        n => print(&format!("{n} waiting for review")),
    }
    let Undecided { settled, mistakes } = undecided;
    settled.iter().for_each(|word| print(&format!("nothing that matches `{word}` waits for review")));
    mistakes.iter().for_each(|mistake| print(&format!("{mistake:#}")));
    unreadable.into_result(())?;
    Ok(Exit::of_findings(left > 0 || !stale.is_empty() || !mistakes.is_empty()))
}

/// Accepts everything that waits, and returns how many there were: for a project that has nothing on record yet.
pub(crate) fn accept_all(project: &Project) -> Result<usize> {
    let review = Review { builds: BuildSet::load(project)?, project: project.clone(), only: Vec::new() };
    let mut accepted = 0;
    while let Some((name, drift)) = review.waiting()?.first() {
        store::accept(&project.snapshots(), name, drift)?;
        accepted += 1;
    }
    Ok(accepted)
}

impl Review {
    fn show(&self, drifts: &[(SnapshotName, Drift)]) {
        let contracts = Contracts::read(&self.project, drifts.iter().map(|(name, _)| name.contract.as_str()));
        let causes = contracts.causes(&self.project, &self.builds);
        for (name, drift) in drifts {
            let contract = contracts.get(&name.contract);
            let text = message::review(name, drift, contract, width(), color());
            print(&(text + &causes.below(name, drift, width())));
        }
    }
}

/// The JSON Schema of what `--format json` prints.
#[cfg(test)]
pub(crate) fn schema() -> schemars::Schema {
    crate::cmd::schemas::of::<Vec<Pending<'static>>>()
}
