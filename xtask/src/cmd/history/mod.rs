//! `cargo xtask history`: when a behaviour changed, and changed again.

mod check_in;
mod report;

use std::path::PathBuf;

use anyhow::Result;
use sqlite_contracts::analysis::history::{Behaviour, History, Located, Rung, eras, peers, unasked};
use sqlite_contracts::builds::{Build, BuildSet, Checkout};
use sqlite_contracts::contract::{Case, Contract};
use sqlite_contracts::engine::Engine;
use sqlite_contracts::record::report::CellReport;
use sqlite_contracts::record::snapshots::Recorded;
use sqlite_contracts::subject::Subject;

use crate::support::context;
use crate::support::each_build::each_build;
use crate::support::exit::{self, Exit};
use crate::support::ladder::Ladder;
use crate::support::products::{Compiling, Products, tell_missing};
use crate::support::subject::{Subjects, tell_cut};
use crate::ui::output::{Format, print_json};

const AFTER: &str = "\
Examples:
  cargo xtask history precision/money-round/computed-amounts
  cargo xtask history precision/money-round             every case of a contract
  cargo xtask history --sql 'SELECT round(0.285, 2)'    SQL that is in no contract
  cargo xtask history --sql 'SELECT \"text\"' --ladder-only
  cargo xtask history --sql 'SELECT 1' --sql 'SELECT 2'  two questions, each on a database of its own
  cargo xtask history schema.sql                        what the statements of a file do
  cargo xtask history --sql 'SELECT round(0.285, 2)' --all      every build, also those that are not compiled yet
  cargo xtask history --sql 'SELECT round(0.285, 2)' --checkout ~/sqlite
  cargo xtask history … --format json | jq '.[].eras[] | [.first.version, .first.released, .lines]'

Every build of the ladder is run, since behaviour comes and goes. Where many are not compiled yet, the core builds and \
those that are compiled answer first, and `--all` compiles and asks the others too. Neighbours that do the \
same form an era, and each era but the first begins with a change. Afterwards the builds of these versions with other \
profiles are asked whether they do what the ladder's does.

With a checkout of SQLite's source (https://sqlite.org/getthecode.html), each change is searched on to the check-in, by \
halves, with the amalgamation that each check-in's own configure and make makes. The checkout is only read, and has to be \
whole: a git clone with --depth is refused, and one with --filter needs its remote for the files that it left there.

JSON: a list of {subject, contract, case, profile, eras, unasked, peers, check_ins}. An era is {first, last, builds, skipped, same_as, because, \
verdict, lines}: first and last are {build, version, released}, skipped the releases before it that were not asked, \
same_as the first version of an earlier era that did the same, because the contract's causes of the change, {key, text, \
place}, where it names any, lines the transcript with a line for each broken promise. A peer is {beside, builds, as_ladder, because, verdict, lines}: beside is the ladder's build of their \
version, as first and last. unasked are the known releases since the oldest build that are not on the ladder; a release \
is {version, released, word}. check_ins has {before, after, check_ins, between, made} for each change that \
was searched in a checkout; a check-in is {id, day, comment}.

";

/// Show every change of a case over all versions, with dates, and where other flags make a difference
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    #[command(flatten)]
    subjects: Subjects,
    #[command(flatten)]
    ladder: Ladder,
    #[command(flatten)]
    compiling: Compiling,
    /// Do not ask the builds with other profiles
    #[arg(long)]
    ladder_only: bool,
    /// A checkout of SQLite's source, git or fossil: go on to the check-in
    #[arg(long, value_name = "DIR", conflicts_with = "no_build")]
    checkout: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Runs the ladder, and shows what changed.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let project = args.ladder.project()?;
    let subjects = args.subjects.read(&project)?;
    let checkout = args.checkout.as_deref().map(check_in::checkout).transpose()?;
    let engine = Engine::new(&project, context::worker()?, Box::new(()))?;
    args.compiling.apply(engine.store());
    let ladder = args.ladder.of(engine.builds())?;
    let others = if args.ladder_only { Vec::new() } else { others(engine.builds(), &ladder) };
    let climb = args.ladder.climb([ladder.as_slice(), &others].concat(), engine.store());
    let chosen = climb.rungs.iter().copied();
    let Products { ready, missing } = Products::make(engine.store(), chosen).of_this_machine();
    let mut histories = Vec::new();
    tell_cut(&project, &subjects);
    for subject in &subjects {
        let contract = subject.contract(&project)?;
        let mut of_subject = histories_of(&engine, subject, &contract, &args.ladder.profile, &ready)?;
        let snapshots = Recorded::at(project.snapshots()).contract(&contract.id)?;
        let causes = engine.builds().causes(&contract, &snapshots);
        of_subject.iter_mut().for_each(|history| history.explain(&causes));
        if subject.is_sql() {
            of_subject.iter_mut().for_each(|history| history.fails = history.failing());
        }
        if let (Some(checkout), Some(newest)) = (&checkout, ladder.last()) {
            for (history, case) in of_subject.iter_mut().zip(&contract.cases) {
                let one = Contract { cases: vec![case.clone()], ..Contract::clone(&contract) };
                history.check_ins = locate(&engine, checkout, &one, newest, history)?;
            }
        }
        histories.extend(of_subject);
    }
    match args.format {
        Format::Json => {
            print_json(&histories)?;
            climb.rest().iter().for_each(|rest| anstream::eprintln!("{}", rest.trim_end()));
        }
        Format::Text => report::text(&histories, &climb),
    }
    tell_missing(&missing);
    Ok(missing.first().map_or(Exit::Fine, |(_, error)| exit::of(error)))
}

/// A check-in for each change.
fn locate(
    engine: &Engine,
    checkout: &Checkout,
    contract: &Contract,
    build: &Build,
    history: &History,
) -> Result<Vec<Located>> {
    let changes = history.eras.windows(2).filter_map(|pair| match pair {
        [before, after] => check_in::locate(engine, checkout, contract, build, (before, after)).transpose(),
        _ => None,
    });
    changes.collect()
}

/// The builds of the ladder's versions that are not on it.
fn others<'a>(builds: &'a BuildSet, ladder: &[&Build]) -> Vec<&'a Build> {
    let is_other = |build: &&Build| {
        build.version().is_some()
            && ladder.iter().any(|on| on.version() == build.version())
            && !ladder.iter().any(|on| on.name() == build.name())
    };
    builds.iter().filter(is_other).collect()
}

/// A history of each case of a subject.
fn histories_of(
    engine: &Engine,
    subject: &Subject,
    contract: &Contract,
    profile: &str,
    builds: &[&Build],
) -> Result<Vec<History>> {
    let mut reports = each_build(builds, |build| engine.run(contract, build))?;
    if let Some(finer) = subject.finer(&reports) {
        let contract = finer.contract(engine.store().project())?;
        reports = each_build(builds, |build| engine.run(&contract, build))?;
    }
    let cells: Vec<(&Build, CellReport)> = builds.iter().copied().zip(reports).collect();
    let of_case = |at| {
        let case: &Case = &contract.cases[at];
        History { subject: subject.heading(&case.name), ..history(engine, profile, &cells, at) }
    };
    Ok((0..contract.cases.len()).map(of_case).collect())
}

/// The history of the case at a place.
fn history(engine: &Engine, profile: &str, cells: &[(&Build, CellReport)], at: usize) -> History {
    let did = |cell: &CellReport| Some(Behaviour::of(cell.cases.get(at)?));
    let is_rung = |build: &Build| build.profile().name == profile;
    let (rungs, on_ladder): (Vec<Rung>, Vec<Behaviour>) = cells
        .iter()
        .filter(|(build, _)| is_rung(build))
        .filter_map(|(build, cell)| Some((Rung::of(&engine.store().find(build)?), did(cell)?)))
        .unzip();
    let unasked = unasked(&rungs);
    let eras = eras(rungs.into_iter().zip(on_ladder));
    let peers_of = |(rung, cell): &(&Build, CellReport)| {
        let others = cells.iter().filter(|(build, _)| !is_rung(build) && build.version() == rung.version());
        let others = others.filter_map(|(build, cell)| Some((build.name().to_owned(), did(cell)?)));
        Some(peers((&Rung::of(&engine.store().find(rung)?), &did(cell)?), others))
    };
    let rungs = cells.iter().rev().filter(|(build, _)| is_rung(build));
    let peers = rungs.filter_map(peers_of).flatten().collect();
    let (contract, case) = cells
        .first()
        .and_then(|(_, cell)| Some((cell.contract.clone(), cell.cases.get(at)?.case.clone())))
        .unwrap_or_default();
    History {
        subject: String::new(),
        contract,
        case,
        profile: profile.to_owned(),
        fails: None,
        eras,
        unasked,
        peers,
        check_ins: Vec::new(),
    }
}

/// The JSON Schema of what `--format json` prints.
#[cfg(test)]
pub(crate) fn schema() -> schemars::Schema {
    crate::cmd::schemas::of::<Vec<History>>()
}
