//! `cargo xtask fits`: whether copies of SQLite have what a program needs.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use schemars::JsonSchema;
use serde::Serialize;
use sqlite_contracts::analysis::needs::Needs;
use sqlite_contracts::analysis::needs::fits::{Missing, Questions};
use sqlite_contracts::builds::chronology::Release;
use sqlite_contracts::contract::flag::Flag;
use sqlite_contracts::contract::trace;
use sqlite_contracts::copies::{Copy, Linked, linked, loadable};
use sqlite_contracts::engine::Engine;
use sqlite_contracts::project::command_name::command;
use sqlite_contracts::system::scratch::Scratch;

use crate::cmd::audit::{ask, targets};
use crate::cmd::needs;
use crate::support::context;
use crate::support::exit::{self, Exit, Usage};
use crate::support::products::{Compiling, tell_missing};
use crate::ui::output::{Format, print, print_json};

const AFTER: &str = "\
Examples:
  cargo xtask fits sqlite-needs.yaml /usr/lib/x86_64-linux-gnu/libsqlite3.so.0
  cargo xtask fits sqlite-needs.yaml 3.46.0-rusqlite '3.5?.*-debian'
  cargo xtask fits sqlite-needs.yaml app.whl program libsqlite3-0.deb Cargo.lock
  cargo xtask fits sqlite-needs.yaml /usr/bin/svn                      of a program that is linked to it, the system's

Every copy of SQLite in the targets is loaded and asked, as `audit` does it. One that cannot be loaded is judged by the version \
that its source id names, and does not fit, because nothing else can be told of it.

JSON: a list of {places, fits, missing, not_run}; missing is a list of {what, because}, not_run why it was not loaded. schemas/fits.json \
describes it.

Exit status:
  0  every copy has what is needed
  1  a copy lacks something, or cannot be asked
  2  bad usage, no SQLite in a target, or a mistake in the file
  3  the environment: compiler, network or disk
  130  interrupted";

/// Say whether libraries, builds and packages have what a program needs of SQLite
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    /// What `needs` wrote
    #[arg(value_name = "NEEDS.yaml")]
    needs: PathBuf,
    /// Files, packages, directories, a Cargo.lock, or builds such as `3.46.0-rusqlite` or '3.5?.*'
    #[arg(value_name = "TARGET", required = true)]
    targets: Vec<String>,
    #[command(flatten)]
    compiling: Compiling,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// A copy, and what it lacks.
#[derive(Serialize, JsonSchema)]
struct Fit<'a> {
    places: &'a [String],
    fits: bool,
    missing: Vec<Missing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_run: Option<String>,
}

/// Asks every copy.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    check_order(args)?;
    let needs = needs::read(&args.needs)?;
    let mut project = context::project_or_catalogue()?;
    let locks = targets::locks(&args.targets, &mut project)?;
    let engine = Engine::new(&project, context::worker()?, Box::new(()))?;
    let room = Scratch::new(&project.scratch())?;
    args.compiling.apply(engine.store());
    let mut all = args.targets.clone();
    all.extend(args.targets.iter().filter_map(|target| linked_to(target)));
    let (found, missing) = targets::find(&all, &[], &locks, &engine, room.path())?;
    if found.copies.is_empty() {
        bail!(Usage(nothing_in(&args.targets)));
    }
    let questions = Questions::new(&needs, Flag::all()?);
    let fits = found.copies.iter().map(|copy| fit(&needs, &questions, &engine, copy, room.path()));
    let fits = fits.collect::<Result<Vec<Fit>>>()?;
    match args.format {
        Format::Json => print_json(&fits)?,
        Format::Text => fits.iter().for_each(|fit| print(&text(fit))),
    }
    tell_missing(&missing);
    let lacks = fits.iter().any(|fit| !fit.fits);
    Ok(missing.first().map_or(Exit::of_findings(lacks), |(_, error)| exit::of(error)))
}

/// A trace is what `needs` reads, and no copy of SQLite.
fn check_order(args: &Args) -> Result<()> {
    if trace::is_trace(&args.needs.to_string_lossy()) {
        let (trace, needs) = (args.needs.display(), command("needs"));
        bail!(Usage(format!(
            "{trace} is a recording of a program: `{needs} {trace} -o sqlite-needs.yaml` writes the file that is compared"
        )));
    }
    match args.targets.iter().find(|target| trace::is_trace(target)) {
        Some(trace) => bail!(Usage(format!(
            "{trace} is a recording of a program, and no SQLite: name a library, a package or a build; `{} {trace}` says \
             which library was recorded",
            command("trace")
        ))),
        None => Ok(()),
    }
}

/// The library of a program that brings none with it.
fn linked_to(target: &str) -> Option<String> {
    match linked(Path::new(target))? {
        Linked::To(library) => {
            let library = library.display().to_string();
            anstream::eprintln!("{target} is linked to {library}, which is asked");
            Some(library)
        }
        Linked::Nowhere(_) => None,
    }
}

/// Why there is nothing to ask, and what to name instead.
fn nothing_in(targets: &[String]) -> String {
    let nowhere = targets.iter().find_map(|target| match linked(Path::new(target))? {
        Linked::Nowhere(name) => Some((target, name)),
        Linked::To(_) => None,
    });
    match nowhere {
        Some((target, name)) => format!(
            "{target} is linked to {name}, which is not where this system looks for libraries: name its file"
        ),
        None => format!(
            "no SQLite was found in {}, nor a library of SQLite that it is linked to: name the one that it loads when it \
             runs, such as libsqlite3.so.0; of a process that runs, `{}` finds it",
            targets.join(", "),
            command("audit --pid")
        ),
    }
}

fn fit<'a>(
    needs: &Needs,
    questions: &Questions<'_>,
    engine: &Engine,
    copy: &'a Copy,
    room: &Path,
) -> Result<Fit<'a>> {
    let asked = match loadable::prepare(copy, room)? {
        Ok(loadable) => {
            ask::asked(engine, &questions.contract(), &loadable.library).map_err(|e| format!("{e:#}"))
        }
        Err(reason) => Err(reason.to_string()),
    };
    let places = copy.places.as_slice();
    Ok(match asked {
        Ok(asked) => {
            let missing = questions.missing(&asked, &copy.code);
            Fit { places, fits: missing.is_empty(), missing, not_run: None }
        }
        Err(reason) => Fit { places, fits: false, missing: by_source_id(needs, copy), not_run: Some(reason) },
    })
}

/// What is missing according to the version that a source id names.
fn by_source_id(needs: &Needs, copy: &Copy) -> Vec<Missing> {
    let days = copy.code.source_ids.iter().filter_map(|id| id.get(..10));
    let versions = days.filter_map(|day| Release::of_day(day)?.version.parse().ok());
    versions
        .filter_map(|version| {
            let because = needs.versions.mistake(&version)?;
            Some(Missing { what: format!("version {version}"), because })
        })
        .collect()
}

fn text(fit: &Fit<'_>) -> String {
    let place = fit.places.join(", ");
    let mut text = match (fit.fits, &fit.not_run) {
        (true, _) => format!("✓ {place} fits"),
        (false, None) => format!("✗ {place} does not fit"),
        (false, Some(reason)) => format!("✗ {place} cannot be asked: {reason}"),
    };
    for Missing { what, because } in &fit.missing {
        text += &format!("\n    {what}\n      {because}");
    }
    text
}

/// The schema of what it prints for programs.
#[cfg(test)]
pub(super) fn schema() -> schemars::Schema {
    schemars::schema_for!(Vec<Fit<'static>>)
}
