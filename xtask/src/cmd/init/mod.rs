//! `sqlite-contracts init`: begins a project beside a program.

mod files;
mod words;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sqlite_contracts::builds::{Build, BuildSet};
use sqlite_contracts::contract::include;
use sqlite_contracts::project::Project;

use self::files::{begin, draft, new_folder};
use self::words::{next, on_record};
use crate::cmd::{matrix, review};
use crate::support::context;
use crate::support::exit::{Exit, Usage};
use crate::support::locks::{Locked, with_lock};
use crate::support::named::named;
use crate::support::products::Products;
use crate::ui::output::print;

const AFTER: &str = "\
Examples:
  cargo xtask init                               beside a program whose Cargo.lock brings SQLite
  cargo xtask init --build 3.46.1-debian         beside another program
  cargo xtask init --trace app.trace             and replay what the program did (see docs/trace.md)
  cargo xtask init compat --lock server/Cargo.lock --include precision --include json/paths

Writes DIRECTORY with the build that the program ships, the newest one of the same flags where there is a newer one, one contract to start from, its \
traces in traces/ and a .gitignore; runs the contracts on both builds, and records what they do. `gate --catalogue` asks all contracts of \
the library; those that you include are run by `matrix` too, with snapshots of your own.

";

/// Begin a project beside your program: its SQLite, the newest one, and a contract of your own
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    /// The folder of the new project
    #[arg(default_value = context::BESIDE)]
    directory: PathBuf,
    /// The Cargo.lock of the program; by default the one in the current directory or above it
    #[arg(long, value_name = "FILE", conflicts_with = "build")]
    lock: Option<PathBuf>,
    /// The build that the program ships, such as `3.46.1-debian` (`build --list` names all)
    #[arg(long)]
    build: Option<String>,
    /// An area or a contract of the library to include, such as `precision`; may be repeated
    #[arg(long, value_name = "AREA|CONTRACT")]
    include: Vec<String>,
    /// A trace of the program that `record` wrote, to be replayed on each build by every run; may be repeated
    #[arg(long, value_name = "FILE")]
    trace: Vec<PathBuf>,
}

/// Compiles the builds, writes the files, runs them, and prints the next commands. Where a build cannot be compiled,
/// nothing has been written yet.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let folder = new_folder(&args.directory)?;
    include::check("--include", &args.include)?;
    let mut catalogue = context::catalogue()?;
    let here = std::env::current_dir().context("cannot read the current directory")?;
    let lock = lock(args, &here)?;
    let shipped = shipped(args, lock.as_deref(), &mut catalogue)?;
    let known = BuildSet::load(&catalogue)?;
    let builds = with_newest(&known, named(&known, "--build", &shipped)?);
    let project = context::new_project(folder);
    // What is wrong with the arguments is said before minutes of compiling, and files are written after them.
    drop(draft(&std::env::temp_dir(), args, &builds)?);
    // Outside of a workspace its libraries are those of the catalogue, and its folder is not there yet.
    compile(if project.is_outside_of_cargo() { &catalogue } else { &project }, &builds)?;
    begin(&project, args, &builds)?;
    std::env::set_current_dir(project.root()).context("cannot enter the new folder")?;
    // What is new is nothing to review; what is broken is shown by the second run.
    matrix::run(&matrix::Args::quiet())?;
    let recorded = review::accept_all(&project)?;
    let ran = matrix::run(&matrix::Args::default())?;
    print(&format!("\n{}", on_record(&args.directory, recorded, &builds)));
    // The commands are given in this folder, or where only the whole path is right.
    let lock = lock.as_deref().map(|lock| match args.directory == Path::new(context::BESIDE) {
        true => lock.strip_prefix(&here).unwrap_or(lock),
        false => lock,
    });
    print(&next(&args.directory, lock, &builds, &known));
    Ok(ran)
}

/// Makes the libraries where those of a project are, before it has anything to show.
fn compile(project: &Project, builds: &[&Build]) -> Result<()> {
    let store = context::store(project)?;
    let Products { missing, .. } = Products::make(&store, builds.iter().copied());
    match missing.into_iter().next() {
        Some((_, error)) => Err(error.into()),
        None => Ok(()),
    }
}

/// The lock file of the program, with its whole path; nothing where a build is named.
fn lock(args: &Args, here: &Path) -> Result<Option<PathBuf>> {
    match (&args.build, &args.lock) {
        (Some(_), _) => Ok(None),
        (None, Some(file)) => Ok(Some(std::path::absolute(file)?)),
        (None, None) => Ok(Some(lock_above(here).ok_or_else(|| {
            Usage("there is no Cargo.lock here or above: name one with --lock, or the build that your program ships with --build".to_owned())
        })?)),
    }
}

fn lock_above(here: &Path) -> Option<PathBuf> {
    here.ancestors().map(|folder| folder.join("Cargo.lock")).find(|file| file.is_file())
}

/// The name of the build that the program ships; one that the catalogue lacks is its own from now on.
fn shipped(args: &Args, lock: Option<&Path>, catalogue: &mut Project) -> Result<String> {
    let Some(file) = lock else { return Ok(args.build.clone().unwrap_or_default()) };
    let shown = args.lock.as_deref().unwrap_or(file);
    let Locked { build, .. } = with_lock(catalogue, shown, "with --build")?;
    print(&format!("{} brings {build}", shown.display()));
    Ok(build)
}

/// The build, and the newest of its profile when that is another.
fn with_newest<'a>(known: &'a BuildSet, shipped: &'a Build) -> Vec<&'a Build> {
    let newest = known.ladder(&shipped.profile().name).into_iter().last();
    let newer = newest.filter(|newest| newest.version() > shipped.version());
    [Some(shipped), newer].into_iter().flatten().collect()
}
