//! `sqlite-contracts init`: begins a project beside a program.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sqlite_contracts::builds::cargo_lock::Lock;
use sqlite_contracts::builds::{Build, BuildSet, Draft};
use sqlite_contracts::contract::Contract;
use sqlite_contracts::diagnostic::numbers::counted;
use sqlite_contracts::project::{Project, command_name};

use crate::cmd::gate::named;
use crate::cmd::{matrix, new_contract, review};
use crate::support::context;
use crate::support::exit::{self, Exit, Usage};
use crate::ui::output::print;

const AFTER: &str = "\
Examples:
  cargo xtask init                               beside a program whose Cargo.lock brings SQLite
  cargo xtask init --build 3.46.0-debian         beside another program
  cargo xtask init compat --lock server/Cargo.lock --include precision --include json/paths

Writes DIRECTORY with the build that the program ships, the newest one of the same flags, one contract to start from and \
a .gitignore; runs the contracts on both builds, and records what they do. `gate --catalogue` asks all contracts of \
the library; those that you include are run by `matrix` too, with snapshots of your own.

";

/// What must not be committed.
const IGNORED: &str = "/target/\n*.snap.new\n";

/// Begin a project beside your program: its SQLite, the newest one, and a contract of your own
#[derive(clap::Args)]
#[command(after_help = format!("{AFTER}{}", exit::HELP))]
pub(crate) struct Args {
    /// The folder of the new project
    #[arg(default_value = "sqlite")]
    directory: PathBuf,
    /// The Cargo.lock of the program; by default the one in the current directory or above it
    #[arg(long, value_name = "FILE", conflicts_with = "build")]
    lock: Option<PathBuf>,
    /// The build that the program ships, such as `3.46.0-debian` (`build --list` names all)
    #[arg(long)]
    build: Option<String>,
    /// An area or a contract of the library to include, such as `precision`; may be repeated
    #[arg(long, value_name = "AREA|CONTRACT")]
    include: Vec<String>,
}

/// Writes the files, runs them, and prints the next commands.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let catalogue = context::catalogue()?;
    let known = BuildSet::load(&catalogue)?;
    let shipped = shipped(args, &catalogue, &known)?;
    let builds = with_newest(&known, shipped);
    let project = begin(args, &builds)?;
    std::env::set_current_dir(project.root()).context("cannot enter the new folder")?;
    // What is new is nothing to review; what is broken is shown by the second run.
    matrix::run(&matrix::Args::quiet())?;
    let recorded = review::accept_all(&project)?;
    let ran = matrix::run(&matrix::Args::default())?;
    print(&format!("\non record now, in tests/snapshots/: what {}", did(recorded)));
    print(&next(&args.directory, &builds));
    Ok(ran)
}

fn did(cases: usize) -> String {
    format!("{} do{}", counted(cases, "case", "cases"), if cases == 1 { "es" } else { "" })
}

/// The build that the program ships.
fn shipped<'a>(args: &Args, catalogue: &Project, known: &'a BuildSet) -> Result<&'a Build> {
    if let Some(name) = &args.build {
        return Ok(named(known, "--build", name)?);
    }
    let file = match &args.lock {
        Some(file) => file.clone(),
        None => lock_above(&std::env::current_dir()?).ok_or_else(|| {
            Usage("there is no Cargo.lock here or above: name one with --lock, or the build that your program ships with --build".to_owned())
        })?,
    };
    let build = Lock::read(&file, &file.display().to_string())?.build(catalogue, known)?;
    print(&format!("{} brings {}", file.display(), build.name()));
    Ok(build)
}

fn lock_above(here: &Path) -> Option<PathBuf> {
    here.ancestors().map(|folder| folder.join("Cargo.lock")).find(|file| file.is_file())
}

/// The build, and the newest of its profile when that is another.
fn with_newest<'a>(known: &'a BuildSet, shipped: &'a Build) -> Vec<&'a Build> {
    let newest = known.ladder(&shipped.profile().name).into_iter().last();
    let newer = newest.filter(|newest| newest.version() > shipped.version());
    [Some(shipped), newer].into_iter().flatten().collect()
}

/// A new project in its folder, which is there either whole or not at all.
fn begin(args: &Args, builds: &[&Build]) -> Result<Project> {
    let folder = std::path::absolute(&args.directory)?;
    if folder.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        let shown = args.directory.display();
        return Err(Usage(format!("{shown} is there already, and is not empty: name another folder")).into());
    }
    let parent = folder.parent().context("the folder of a project has a parent")?;
    fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    let draft =
        tempfile::tempdir_in(parent).with_context(|| format!("cannot write in {}", parent.display()))?;
    let written = Project::at(draft.path());
    write(&written, builds, args)?;
    Contract::files(&written)?;
    fs::rename(written.root(), &folder).with_context(|| format!("cannot create {}", folder.display()))?;
    Ok(context::new_project(folder))
}

fn write(project: &Project, builds: &[&Build], args: &Args) -> Result<()> {
    let mut parent = None;
    for build in builds {
        Draft::copy_of(build, project, parent).write()?;
        parent = Some(build.name());
    }
    if !args.include.is_empty() {
        let names = args.include.join(", ");
        write_new(&project.contracts().join("include.yaml"), &format!("include: [{names}]\n"))?;
    }
    write_new(&project.root().join(".gitignore"), IGNORED)?;
    new_contract::write_first(project, "program/first", "What this program relies on")
}

fn write_new(file: &Path, text: &str) -> Result<()> {
    let folder = file.parent().context("a file is in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

fn next(directory: &Path, builds: &[&Build]) -> String {
    let directory = directory.display();
    let mut text = format!(
        "commit {directory}/; then, in it:\n\n  {}\n      whether {directory}/contracts/ holds on each build\n",
        command_name::command("matrix")
    );
    if let [shipped, newest] = builds {
        let gate = format!("gate --catalogue --from {} --to {}", shipped.name(), newest.name());
        let gate = command_name::command(&gate);
        text += &format!("  {gate}\n      what the upgrade changes, by every contract of the library\n");
    }
    text.trim_end().to_owned()
}
