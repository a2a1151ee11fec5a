//! `cargo xtask discover`: searches for differences between builds that nobody wrote down.

mod corpus;
mod flags;
mod mutants;
mod range;
mod text;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::builder::RangedU64ValueParser;
use sqlite_contracts::analysis::discover::{
    Electorate, EngineVoters, Known, Recall, Report, Search, State, write_drafts,
};
use sqlite_contracts::builds::Build;
use sqlite_contracts::contract::Contract;
use sqlite_contracts::engine::Engine;
use sqlite_contracts::project::Project;

use crate::support::context;
use crate::support::exit::{self, Exit, Usage};
use crate::support::products::{Products, tell_missing};
use crate::ui::output::{Format, print, print_json};
use crate::ui::progress::Display;
use range::Range;

const AFTER: &str = "\
Examples:
  cargo xtask discover --all --minutes 10
  cargo xtask discover --from 3.53.4-rusqlite --to 3.54.1-rusqlite     what an upgrade changes
  cargo xtask discover --build '3.54.1-*' --programs 20000             what flags change
  cargo xtask discover --all --minutes 10 --seed 2                     on a second machine
  cargo xtask discover --all --corpus contracts --corpus queries.sql   programs of one's own, and changed ones
  cargo xtask discover --all --minutes 0 --write drafts                write what was found so far as contracts
  cargo xtask discover --all --minutes 30 --self-check                 how much of the catalogue it finds by itself
  cargo xtask discover --mutant '*'                                    which seeded faults it finds

Programs are generated from the seed, most of SQL, some of calls of the C interface in legal and illegal orders, and run on \
new databases in memory or in a file: first on a few builds, which are drawn anew for each batch (the ends of the ladder, and \
one of each of its thirds). Where these disagree in a way that no finding explains, the builds between them are halved until \
two neighbours are left, and reduced programs run on all builds. A difference between neighbours is reduced while it stays the same, or shows a silent change behind it: statements are left out, then \
parts of their syntax trees, then values become simpler and calls become their values. What the reduced program does \
where it changes is asked twice more, in new processes; what is not the same each time is counted as unstable and is no \
finding. Rows have no order here, and nothing that depends on time or chance is generated.

A finding is a reduced program with the builds at which its result changes. Programs on which the same builds do alike, \
and whose innermost function, operator, clause, pragma or call is the same, are one finding; so are two that show the same \
with the literals of each other, and a function, module or syntax that a build lacks, whatever uses it. It is known where \
cases of the catalogue drift at the same builds in the same way (a value, an error, a plan), in steps that use what is \
innermost in it. Findings that change alike and still have a function, a clause or a literal in common are counted as ones \
that may be another one again.

The search goes on where the last one with this seed and these builds ended or was interrupted; its state is in \
target/sqlite-contracts/discover/. The same seed finds the same, in the same order, on any number of cores.

JSON: {seed, builds, counts, findings, duplicates, unstable, recall}; counts are {programs, disagreed, explained, reduced, \
repeated, unstable}. A finding is {name, class, statements, features, drifts, through, seen, bytes, known}; a drift is {before, after, \
released, statement, change, was, is, flags}, through is what else shows it, and known are the cases of the catalogue that \
drift there. unstable are programs that did not do the same again, which are no findings; recall is {drifts, found, missed} \
with `--self-check`.

";

/// An interrupted search loses what it did since it was last saved. A step may take some milliseconds only.
const SAVED: Duration = Duration::from_secs(3);

/// Search for differences between builds with generated programs, and reduce what is found
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    #[command(flatten)]
    range: Range,
    /// How long to search; without it and `--programs`, a minute
    #[arg(long, value_name = "N")]
    minutes: Option<u64>,
    /// How many more programs to run, at least
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<u64>::new().range(1..))]
    programs: Option<u64>,
    /// Where the programs come from
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    seed: u64,
    /// Files and directories of SQL whose programs are tried too, as they are and with other values: `.sql`, tests of
    /// sqllogictest (`.test`, `.slt`), contracts (`.yaml`); may be repeated
    #[arg(long, value_name = "PATH")]
    corpus: Vec<PathBuf>,
    /// Forget what an earlier search with this seed and these builds found
    #[arg(long)]
    anew: bool,
    /// Say which flag it is where the first N findings differ between builds of one version, as `why` does; compiles
    #[arg(long, value_name = "N", default_value_t = 0)]
    flags: usize,
    /// Say which share of the catalogue's drifts, of cases that are SQL alone, the search found by itself: at the same
    /// build, in the same way, over the same function or clause
    #[arg(long, conflicts_with = "corpus")]
    self_check: bool,
    /// Search between these mutants (see `mutants`) and their real builds instead, and say which ones are told apart; of
    /// those whose fault a case that is SQL alone shows; may be repeated
    #[arg(long = "mutant", value_name = "GLOB", conflicts_with_all = ["corpus", "self_check", "minutes", "write"])]
    mutants: Vec<String>,
    /// Show so many findings; 0 shows all
    #[arg(long, value_name = "N", default_value_t = 20)]
    top: usize,
    /// Write each new finding into this directory, as the draft of a contract
    #[arg(long, value_name = "DIR")]
    write: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Searches, and shows what was found.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let project = context::project_or_catalogue()?;
    let engine = Engine::new(&project, context::worker()?, Box::new(()))?;
    if !args.mutants.is_empty() {
        mutants::run(&project, &engine, &args.mutants, args.seed, args.programs, args.format)?;
        return Ok(Exit::Fine);
    }
    let chosen = args.range.of(engine.builds())?;
    let Products { ready, missing } = Products::make(engine.store(), chosen).of_this_machine();
    let newest = newest(&ready).ok_or_else(|| Usage("a search compares at least two builds".to_owned()))?;
    let names = ready.iter().map(|build| build.name().to_owned()).collect();
    let electorate = Electorate::new(names, engine.builds().lineage(), newest.name());
    let corpus = corpus::read(&args.corpus)?;
    let begun = State::new(args.seed, &electorate, &corpus);
    let state = if args.anew { begun } else { begun.resumed(&project) };
    let voters = EngineVoters { engine: &engine, builds: ready };
    let search = Search::new(&voters, &electorate, &corpus, state);
    let state = searched(&project, search, args)?;
    let contracts = Contract::load_all(&project)?;
    let known = Known::of(&project, &contracts, engine.builds())?;
    let mut report = Report::of(&state, &electorate, &known, |build| {
        let product = engine.store().find(engine.builds().get(build)?)?;
        product.info.released
    });
    flags::attribute(&engine, &mut report, args.flags)?;
    if args.self_check {
        report.recall = Some(Recall::of(&state, &electorate, &known, &sql_alone(&contracts)));
    }
    match args.format {
        Format::Json => print_json(&report)?,
        Format::Text => print(&text::text(&report, args.top)),
    }
    if let Some(folder) = &args.write {
        let written = write_drafts(folder, &report)?;
        anstream::eprintln!("wrote {written} drafts of contracts into {}", folder.display());
    }
    tell_missing(&missing);
    Ok(missing.first().map_or(Exit::Fine, |(_, error)| exit::of(error)))
}

/// The cases of the catalogue that are SQL alone.
fn sql_alone(contracts: &[Contract]) -> BTreeSet<String> {
    let names = contracts.iter().flat_map(|contract| {
        let cases = contract.cases.iter().filter(|case| case.is_sql_alone());
        cases.map(|case| format!("{}/{}", contract.id, case.name))
    });
    names.collect()
}

/// The first build of the newest version; nothing where there is only one build.
fn newest<'a>(ready: &[&'a Build]) -> Option<&'a Build> {
    let newest = ready.iter().filter_map(|build| build.version()).max();
    ready.iter().copied().find(|build| build.version() == newest).filter(|_| ready.len() > 1)
}

/// The state after the time or the programs.
fn searched(project: &Project, mut search: Search<'_, EngineVoters<'_>>, args: &Args) -> Result<State> {
    let is_endless = args.minutes.is_none() && args.programs.is_some();
    let minutes = args.minutes.unwrap_or(1);
    let until = (!is_endless).then(|| Instant::now() + Duration::from_secs(minutes * 60));
    let begun = search.state.counts.programs;
    let is_over = |state: &State| {
        until.is_some_and(|until| Instant::now() >= until)
            || args.programs.is_some_and(|more| state.counts.programs >= begun + more && state.is_settled())
    };
    let display = match args.programs.filter(|_| is_endless) {
        Some(programs) => Display::with_unit(programs.try_into()?, "searched", "programs"),
        None => Display::with_unit((minutes * 60).try_into()?, "searched", "s"),
    };
    let (started, mut shown, mut saved) = (Instant::now(), 0, Instant::now());
    while !is_over(&search.state) {
        search.step()?;
        if saved.elapsed() >= SAVED {
            search.state.save(project)?;
            saved = Instant::now();
        }
        let done =
            if is_endless { search.state.counts.programs - begun } else { started.elapsed().as_secs() };
        display.steps((done - shown).try_into()?);
        shown = done;
        display.says(format!("{} findings", search.state.findings.len()));
    }
    display.finish();
    search.state.save(project)?;
    Ok(search.state)
}
