//! `cargo xtask discover`: searches for differences between builds that nobody wrote down.

mod corpus;
mod flags;
mod known;
mod mutants;
mod range;
mod searching;
mod text;
mod told;

use std::cell::Cell;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use sqlite_contracts::analysis::discover::{
    Area, DamagedState, Electorate, EngineVoters, Left, Search, Searched, State,
};
use sqlite_contracts::builds::{Build, BuildError};
use sqlite_contracts::project::Project;

use self::known::Catalogue;
use self::range::Range;
use self::searching::Interruptible;
use self::told::Told;
use crate::support::cells::Cells;
use crate::support::context;
use crate::support::exit::{self, Exit, Usage};
use crate::support::products::{Compiling, Products, tell_missing};
use crate::support::writable;
use crate::ui::output::Format;
use crate::ui::settings::is_quiet;

const AFTER: &str = "\
Examples:
  cargo xtask discover --all --minutes 10
  cargo xtask discover --from 3.53.4-rusqlite --to 3.54.1-rusqlite     what an upgrade changes
  cargo xtask discover --build '3.54.1-*' --programs 20000             what flags change
  cargo xtask discover --all --area json --area calls                  programs of some kinds only
  cargo xtask discover --all --minutes 10 --seed 2                     on a second machine
  cargo xtask discover --all --corpus contracts --corpus queries.sql   programs of one's own, and changed ones
  cargo xtask discover --all --minutes 0 --write drafts                write what was found so far as contracts
  cargo xtask discover --all --minutes 30 --self-check                 how much of the catalogue it finds by itself
  cargo xtask discover --mutant '*'                                    which seeded faults it finds

Programs are generated from the seed, most of SQL, some of calls of the C interface in legal and illegal orders, and run on \
new databases in memory or in a file: first on a few builds, which are drawn anew for each batch (the ends of the ladder, and \
one of each of its thirds). Where these disagree in a way that no finding explains, the builds between them are halved until \
two neighbours are left, and reduced programs run on all builds. Of the programs that findings explain one in twelve is looked into \
all the same, since between distant builds one drift may hide another. A difference between neighbours is reduced while it stays the same, or shows a silent change behind it: statements are left out, then \
parts of their syntax trees, then values become simpler and calls become their values. What the reduced program does \
where it changes is asked twice more, in new processes; what is not the same each time is counted as unstable and is no \
finding. Rows have no order here, and nothing that depends on time or chance is generated.

A finding is a reduced program with the builds at which its result changes. Programs on which the same builds do alike, \
and whose innermost function, operator, clause, pragma or call is the same, are one finding; so are two that show the same \
with the literals of each other, and a function, module or syntax that a build lacks, whatever uses it. It is known where \
cases of the catalogue drift between the same neighbours in the same way (a value of the same types, an error, a plan), in \
steps that use what is innermost in it, need nothing that it has not, or say the same; of a finding with several changes all have to be known, but for those at which a build \
lacks what it uses. What is not on record here runs on the two builds. Changes \
that are worth no promise are in discover.yaml, with the reasons: a finding is left where each of its changes is known or there. Findings that change alike and still have a function, a clause or a literal in common are counted as ones \
that may be another one again.

With `--searched` a file says how far the searches of these builds have come: the programs of each seed, and how many silent changes \
were met at each build, with those that are new.

The search goes on where the last one with this seed and these builds ended or was interrupted; its state is in \
target/sqlite-contracts/discover/. Ctrl-C shows what was found so far and how to go on; a second one ends at once. The same seed \
finds the same, in the same order, on any number of cores.

JSON: {seed, builds, counts, corpus, findings, duplicates, unstable, recall}; counts are {programs, disagreed, explained, reduced, \
repeated, unstable}; corpus is {programs, ran, left_out} with `--corpus`: how many were given, how many of those that ran were \
these, and {sql, calls} for each statement that is not run, since it calls what answers something else each time. A finding is {name, class, statements, features, drifts, through, seen, bytes, known, left}; a drift is {before, after, \
released, statement, change, was, is, known, flags}, through is what else shows it, and known are the cases of the catalogue that \
drift there, left the reasons of discover.yaml. unstable are programs that did not do the same again, which are no findings; recall is {drifts, found, missed} \
with `--self-check`.

";

/// Search for differences between builds with generated programs, and reduce what is found
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    #[command(flatten)]
    range: Range,
    /// How long to search; without it and `--programs`, a minute
    #[arg(long, value_name = "N")]
    minutes: Option<u64>,
    /// How many more programs to run; 0 shows what the search has found so far, as the catalogue knows it now
    #[arg(long, value_name = "N")]
    programs: Option<u64>,
    /// Where the programs come from
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    seed: u64,
    /// Generate only programs of this kind: `tables` are questions over one table, with aggregates and windows, `joins` over
    /// several, `surface` asks what a build has, `messages` are mistakes; may be repeated
    #[arg(long = "area", value_name = "AREA", value_parser = area())]
    areas: Vec<Area>,
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
    #[arg(long = "mutant", value_name = "GLOB", conflicts_with_all = ["areas", "corpus", "self_check", "minutes", "write", "searched"])]
    mutants: Vec<String>,
    /// Show so many findings; 0 shows all
    #[arg(long, value_name = "N", default_value_t = 20)]
    top: usize,
    /// Write each new finding into this directory, as the draft of a contract; a file that is there is never changed
    #[arg(long, value_name = "DIR")]
    write: Option<PathBuf>,
    /// Write how far the search has come, and how many silent changes it met at each build, into this file, beside what
    /// other seeds on the same builds have written there: `gate` says what searched.yaml in the root of a project has
    #[arg(long, value_name = "FILE", conflicts_with_all = ["areas", "corpus"])]
    searched: Option<PathBuf>,
    #[command(flatten)]
    compiling: Compiling,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// The areas by their names.
fn area() -> impl TypedValueParser<Value = Area> {
    PossibleValuesParser::new(Area::ALL.map(|(name, _)| name)).try_map(|name| name.parse::<Area>())
}

/// Searches, and shows what was found.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let project = context::project_or_catalogue()?;
    let cells = Cells::new(&project, false, || Ok(Vec::new()))?;
    let engine = cells.engine();
    args.compiling.apply(engine.store());
    if !args.mutants.is_empty() {
        return mutants::run(&project, engine, &args.mutants, args.seed, args.programs, args.format);
    }
    if let Some(folder) = &args.write {
        writable::check_folder("--write", folder)?;
    }
    let searched = args.searched.as_deref().map_or(Ok(None), |file| before(&project, file))?;
    if args.self_check && !project.snapshots().is_dir() {
        let record = project.snapshots().display().to_string();
        return Err(Usage(format!(
            "`--self-check` compares with what is on record, and there is no {record}"
        ))
        .into());
    }
    let left = Left::load(&project, engine.builds())?;
    let chosen = args.range.of(engine.builds())?;
    let Products { ready, missing } = Products::make(engine.store(), chosen).of_this_machine();
    let Some(newest) = newest(&ready) else { return too_few(&missing) };
    let names = ready.iter().map(|build| build.name().to_owned()).collect();
    let electorate = Electorate::new(names, engine.builds().lineage(), newest.name());
    let corpus = corpus::read(&args.corpus)?;
    let new = State::new(args.seed, &electorate, &corpus).of_areas(args.areas.iter().copied());
    let begun = if args.anew { new.clone() } else { resumed(&project, &new)? };
    let voters = Interruptible(EngineVoters::new(engine, &electorate, ready));
    let search = Search::new(&voters, &electorate, &corpus, begun);
    std::thread::scope(|scope| {
        // Read meanwhile, so that an interrupted search need not wait for it.
        let catalogue = scope.spawn(|| Catalogue::read(&cells, &electorate));
        let told = Told {
            args,
            cells: &cells,
            electorate: &electorate,
            corpus: &corpus,
            catalogue: Cell::new(Some(catalogue)),
            left,
            searched,
            missing,
        };
        let leave = |saved: Result<State>| exit::at_once(saved.and_then(|state| told.of(&state)));
        told.of(&searching::searched(&project, &new, search, args, leave)?)
    })
}

/// What a file of `--searched` has, where it is there.
fn before(project: &Project, file: &Path) -> Result<Option<Searched>> {
    writable::check(Some(file))?;
    let read = || Searched::read(file, &project.shown_alike(file));
    Ok(file.exists().then(read).transpose()?)
}

/// What is said where there are not two builds.
fn too_few(missing: &[(&Build, BuildError)]) -> Result<Exit> {
    tell_missing(missing);
    let Some((_, error)) = missing.first() else {
        return Err(Usage("a search compares at least two builds".to_owned()).into());
    };
    Ok(exit::of(error))
}

/// How far this search has come before.
fn resumed(project: &Project, new: &State) -> Result<State> {
    let begun = new.clone().resumed(project).map_err(|error| match error.downcast::<DamagedState>() {
        Ok(damaged) => {
            let remedy = "move it away to keep it, or search with `--anew`, which replaces it";
            Usage(format!("{damaged}\n{remedy}")).into()
        }
        Err(error) => error,
    })?;
    if begun == *new && !is_quiet() {
        for other in new.of_other_editions(project) {
            let other = project.shown_alike(&other);
            anstream::eprintln!(
                "a new search begins: {other} is of another edition of the generator, and stays"
            );
        }
    }
    Ok(begun)
}

/// The first build of the newest version; nothing where there is only one build.
fn newest<'a>(ready: &[&'a Build]) -> Option<&'a Build> {
    let newest = ready.iter().filter_map(|build| build.version()).max();
    ready.iter().copied().find(|build| build.version() == newest).filter(|_| ready.len() > 1)
}
