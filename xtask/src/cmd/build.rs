//! `cargo xtask build`: compiles builds.

use std::time::Instant;

use anyhow::Result;
use sqlite_contracts::builds::{Batch, Build, BuildError, BuildSet, Mutant, Mutants, Outcome, Store};
use sqlite_contracts::diagnostic::numbers::counted;

use crate::cmd::list;
use crate::support::context::{self, Selection};
use crate::support::exit::{self, Exit};
use crate::ui::output::{Format, print};
use crate::ui::progress::Display;

const AFTER: &str = "\
Examples:
  cargo xtask build                          the core builds
  cargo xtask build 3.46.0-rusqlite          one build
  cargo xtask build '3.5*' --jobs 1          some builds, one at a time
  cargo xtask build --list --all             all builds, and whether they are compiled
  cargo xtask build --list --format json     the same for a program
  CC=clang CFLAGS=-O1 cargo xtask build      with another compiler; products are kept apart

Products are kept in target/sqlite-builds/<build>-<hash>/, a library and a build.json that says \
where it came from. An undamaged product is not compiled again; interrupting is safe at any time.

";

/// Compile builds: every version with its flags becomes a shared library
///
/// Fetches the sources that are missing, checks them against their manifests, and compiles one build per
/// core. A build that fails does not stop the others.
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    #[command(flatten)]
    selection: Selection,
    /// Print a table of the builds and compile nothing
    #[arg(long)]
    list: bool,
    /// How to print the table
    #[arg(long, value_enum, default_value_t = Format::Text, requires = "list")]
    format: Format,
    /// Afterwards remove products that no manifest of a build or a mutant uses any longer
    #[arg(long, conflicts_with = "list")]
    prune: bool,
}

/// Compiles, or lists.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let project = context::project_or_catalogue()?;
    let builds = BuildSet::load(&project)?;
    let store = context::store(&project)?;
    if args.list {
        // A list without a selection shows everything, to discover what builds exist.
        let chosen =
            if args.selection.is_narrow() { args.selection.of(&builds)? } else { builds.iter().collect() };
        return list::run(&store, &chosen, args.format);
    }
    let exit = compile(args, &store, &args.selection.of(&builds)?)?;
    if args.prune {
        let mutants = Mutants::load(&project, &builds)?;
        for folder in store.prune(builds.iter().chain(mutants.iter().map(Mutant::build)))? {
            print(&format!("removed {}", project.shown(&folder)));
        }
    }
    Ok(exit)
}

fn compile(args: &Args, store: &Store, chosen: &[&Build]) -> Result<Exit> {
    // Without a compiler every build would fail with the same message.
    store.compiler()?;
    let started = Instant::now();
    let display = Display::new(chosen.len(), "built");
    let outcomes = Batch::new(store, chosen.iter().copied()).run(&display);
    display.finish();
    let exit = report(&outcomes, |build| args.selection.names(build));
    print(&summary(&outcomes, started.elapsed().as_secs_f64()));
    Ok(exit)
}

/// Prints every failure, and returns the status of the worst. A build that this machine lacks is a failure only if it
/// was requested by name.
pub(crate) fn report(outcomes: &[Outcome<'_>], is_named: impl Fn(&Build) -> bool) -> Exit {
    let mut worst = Exit::Fine;
    for outcome in outcomes {
        let Err(error) = &outcome.result else { continue };
        let name = outcome.build.name();
        if error.is_absence() && !is_named(outcome.build) {
            print(&format!("{name} is absent: {error}"));
            continue;
        }
        let red = crate::ui::output::ERROR;
        anstream::eprintln!("\n{}{name}:{} {error}", red.render(), red.render_reset());
        if let Some(note) = outcome.build.note() {
            anstream::eprintln!("note in {}: {}", outcome.build.manifest_path(), note.trim());
        }
        if worst != Exit::Environment {
            worst = exit::of(error);
        }
    }
    worst
}

fn summary(outcomes: &[Outcome<'_>], seconds: f64) -> String {
    let count = |wanted: fn(&Outcome<'_>) -> bool| outcomes.iter().filter(|outcome| wanted(outcome)).count();
    let is_absent = |outcome: &Outcome<'_>| outcome.result.as_ref().is_err_and(BuildError::is_absence);
    let parts = [
        (count(|outcome| outcome.result.is_ok() && !outcome.was_there), "built"),
        (count(|outcome| outcome.was_there), "up to date"),
        (count(is_absent), "absent"),
        (count(|outcome| outcome.result.is_err()) - count(is_absent), "failed"),
    ];
    let said: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    format!("{}: {} ({seconds:.1} s)", counted(outcomes.len(), "build", "builds"), said.join(", "))
}
