//! `cargo xtask needs`: what a program asks of a SQLite.

mod flags;
mod limits;
mod search;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use sqlite_contracts::analysis::needs::emit::{Language, emit};
use sqlite_contracts::analysis::needs::{Contracts, Needs};
use sqlite_contracts::builds::Build;
use sqlite_contracts::contract::{Contract, trace};
use sqlite_contracts::diagnostic::{Diagnostics, SourceText};
use sqlite_contracts::engine::Engine;
use sqlite_contracts::project::command_name::command;
use sqlite_contracts::subject::Subject;
use sqlite_contracts::system::files::write_atomically;
use sqlite_contracts::trace::{Summary, Trace};

use crate::support::context;
use crate::support::exit::{Exit, Usage};
use crate::support::ladder::Ladder;
use crate::support::subject::{Subjects, tell_cut};
use crate::support::writable;
use crate::ui::output::{Format, print, print_json};
use search::Search;

const AFTER: &str = "\
Examples:
  cargo xtask needs schema.sql queries.sql                       what these statements ask of a SQLite
  cargo xtask needs schema.sql -o sqlite-needs.yaml              into a file, for `fits`
  cargo xtask needs --sql 'SELECT iif(1, 2, 3)' --no-build       without compiling anything
  cargo xtask needs app.trace --no-build                         what a recorded program asks of a SQLite
  cargo xtask needs select1.test --on 3.46.0-rusqlite            the program works with this build
  cargo xtask needs --known sqlite-needs.yaml --emit c > needs.h  a check for the program's start

The answers of one build are those that are needed: the newest of the ladder, or of a trace a build of the version that was \
recorded, unless --on names another. The versions of the \
ladder are asked, where many are not compiled yet the core builds and those that are compiled unless `--all` is given, and the builds \
of that version with other flags. Flags are searched by delta debugging from a build without \
any: each set that is tried is compiled once and kept in target/sqlite-builds/ until `cargo xtask build --prune`. Limits are \
lowered on the connections. Each need is there with the statement that proves it and what goes wrong without; at the end, builds \
that have no more than that are made and asked again. schemas/needs.json describes the file.

A statement that fails on that build too is needed to fail: a line on stderr names the first.

";

/// Find what SQL, scripts or contracts need of a SQLite: versions, flags, modules, functions, limits, symbols
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    #[command(flatten)]
    subjects: Subjects,
    /// The build with which the program works; by default the newest of the ladder
    #[arg(long, value_name = "BUILD")]
    on: Option<String>,
    #[command(flatten)]
    ladder: Ladder,
    /// Compile nothing: flags are only searched among builds that are there
    #[arg(long)]
    no_build: bool,
    /// Write the needs into a file, such as sqlite-needs.yaml
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Read the needs from a file instead of searching them
    #[arg(long, value_name = "FILE", conflicts_with_all = ["names", "sql", "on", "output"])]
    known: Option<PathBuf>,
    /// Print a check for the program's start, in this language, instead of the needs
    #[arg(long, value_enum)]
    emit: Option<Emit>,
    /// How to print the needs: as YAML or JSON
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Emit {
    Rust,
    Python,
    C,
}

impl Emit {
    fn language(self) -> Language {
        match self {
            Self::Rust => Language::Rust,
            Self::Python => Language::Python,
            Self::C => Language::C,
        }
    }
}

/// Searches the needs, or reads them, and shows them.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    writable::check(args.output.as_deref())?;
    let needs = match &args.known {
        Some(file) => read(file)?,
        None => search(args)?,
    };
    if let Some(file) = &args.output {
        write_atomically(file, needs.yaml())?;
    }
    match (args.emit, args.format) {
        (Some(language), _) => print(emit(&needs, language.language()).trim_end()),
        (None, _) if args.output.is_some() => {}
        (None, Format::Json) => print_json(&needs)?,
        (None, Format::Text) => print(needs.yaml().trim_end()),
    }
    Ok(Exit::Fine)
}

/// The build of the version with which a trace was recorded: what it answers is what the program got. Nothing where no subject
/// is a trace, or there is no such build.
fn recorded_on<'a>(subjects: &[Subject], engine: &'a Engine, profile: &str) -> Result<Option<&'a Build>> {
    let Some(subject) = subjects.iter().find(|subject| subject.is_trace()) else { return Ok(None) };
    let contract = subject.contract(engine.store().project())?;
    let Some(path) = trace::path_of(&contract) else { return Ok(None) };
    let summary = Trace::open(path).and_then(|trace| Summary::of(&trace));
    let summary = summary.with_context(|| format!("cannot read {}", path.display()))?;
    let versions: Vec<&String> = summary.by_process.iter().map(|process| &process.version).collect();
    let is_it = |build: &&Build| {
        let version = build.version().map(ToString::to_string);
        versions.iter().any(|known| Some(*known) == version.as_ref())
    };
    let found: Vec<&Build> = engine.builds().iter().filter(is_it).collect();
    let plain = found.iter().find(|build| build.profile().name == profile);
    Ok(plain.or_else(|| found.first()).copied())
}

/// The needs in a file.
pub(crate) fn read(file: &Path) -> Result<Needs> {
    let source = SourceText::read(file, &file.display().to_string()).map_err(Diagnostics::from)?;
    Ok(Needs::read(&source)?)
}

fn search(args: &Args) -> Result<Needs> {
    let project = args.ladder.project()?;
    let subjects = args.subjects.read(&project)?;
    tell_cut(&project, &subjects);
    let engine = Engine::new(&project, context::worker()?, Box::new(()))?;
    if args.no_build {
        engine.store().compile_nothing();
    }
    let ladder = args.ladder.of(engine.builds())?;
    let on = match &args.on {
        Some(name) => crate::support::named::named(engine.builds(), "--on", name)?,
        None => {
            let recorded = recorded_on(&subjects, &engine, &args.ladder.profile)?;
            let is_there = |build: &&Build| !args.no_build || engine.store().find(build).is_some();
            let newest = || ladder.iter().rev().copied().find(is_there);
            recorded.filter(is_there).or_else(newest).unwrap_or(ladder[ladder.len() - 1])
        }
    };
    if args.no_build && engine.store().find(on).is_none() {
        bail!(Usage(format!(
            "{0} is not compiled, and nothing is to be: `{1} {0}` compiles it",
            on.name(),
            command("build")
        )));
    }
    let Some(version) = on.version() else {
        bail!(Usage(format!(
            "{} has no version of its own to search from: name a build that is compiled",
            on.name()
        )))
    };
    let contracts: Vec<Arc<Contract>> =
        subjects.iter().map(|subject| subject.contract(&project)).collect::<Result<_, _>>()?;
    let program = Contracts::new(&engine, &contracts)?;
    let ids = subjects.iter().map(|subject| match (subject.is_sql(), subject.cut(&project)) {
        (true, _) => subject.heading(""),
        (false, None) => subject.id().to_owned(),
        (false, Some(at)) => format!("{}, which is cut short behind byte {at}", subject.id()),
    });
    let is_sql = subjects.iter().all(Subject::is_sql);
    let search = Search::new(&engine, &program, on, version, is_sql, args.no_build)?;
    let climb = args.ladder.climb(ladder, engine.store());
    climb.rest().iter().for_each(|rest| anstream::eprintln!("{}", rest.trim_end()));
    let peers = args.ladder.climb(search.peers(), engine.store());
    search.needs(ids.collect(), &climb.rungs, &peers.rungs)
}
