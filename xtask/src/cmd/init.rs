//! `sqlite-contracts init`: begins a project beside a program.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sqlite_contracts::builds::{Build, BuildSet, Draft};
use sqlite_contracts::contract::{Contract, include, trace};
use sqlite_contracts::project::{Project, command_name};
use tempfile::TempDir;

use crate::cmd::{matrix, new_contract, review};
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

/// What must not be committed.
const IGNORED: &str = "/target/\n*.snap.new\n";

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
    let shipped = shipped(args, &mut catalogue)?;
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
    print(&next(&args.directory, &builds, &known));
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

/// What the first run has put on record; a library that is another one on each machine is only asked.
fn on_record(directory: &Path, cases: usize, builds: &[&Build]) -> String {
    let unpinned = builds.iter().find(|build| !build.source().is_pinned());
    match (cases, unpinned) {
        (0, Some(build)) => format!(
            "nothing is on record: {} is another library on each machine, so that only what a contract expects is checked",
            build.name()
        ),
        (0, None) => "nothing is on record yet: no case ran to its end".to_owned(),
        (n, _) => {
            let cases = if n == 1 { "1 case does".to_owned() } else { format!("{n} cases do") };
            format!("on record now, in {}/tests/snapshots/: what {cases}", directory.display())
        }
    }
}

/// The newest build of the profile that the list of builds begins with.
fn newest_of_all(known: &BuildSet) -> Option<&Build> {
    known.ladder(&known.iter().next()?.profile().name).into_iter().last()
}

/// What a build without a newer one of its profile is compared with: the newest of the family of its profile, which is
/// `debian` of `debian12`, else the newest of all. `None` where it is as new itself.
fn upgrade_of<'a>(known: &'a BuildSet, shipped: &Build) -> Option<&'a Build> {
    let family = shipped.profile().name.trim_end_matches(|c: char| c.is_ascii_digit());
    let newest = [known.ladder(family).into_iter().last(), newest_of_all(known)];
    newest.into_iter().flatten().find(|newest| newest.version() > shipped.version())
}

/// The name of the build that the program ships; one that the catalogue lacks is its own from now on.
fn shipped(args: &Args, catalogue: &mut Project) -> Result<String> {
    if let Some(name) = &args.build {
        return Ok(name.clone());
    }
    let file = match &args.lock {
        Some(file) => file.clone(),
        None => lock_above(&std::env::current_dir()?).ok_or_else(|| {
            Usage("there is no Cargo.lock here or above: name one with --lock, or the build that your program ships with --build".to_owned())
        })?,
    };
    let Locked { build, .. } = with_lock(catalogue, &file, "with --build")?;
    print(&format!("{} brings {build}", file.display()));
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

/// The folder of the new project, which must not have anything in it.
fn new_folder(directory: &Path) -> Result<PathBuf> {
    let folder = std::path::absolute(directory)?;
    match is_taken(&folder) {
        true => Err(taken(directory).into()),
        false => Ok(folder),
    }
}

fn is_taken(folder: &Path) -> bool {
    folder.read_dir().is_ok_and(|mut entries| entries.next().is_some())
}

fn taken(directory: &Path) -> Usage {
    Usage(format!("{} is there already, and is not empty: name another folder", directory.display()))
}

/// Writes a project into its folder, which is there either whole or not at all.
fn begin(project: &Project, args: &Args, builds: &[&Build]) -> Result<()> {
    let folder = project.root();
    let parent = folder.parent().context("the folder of a project has a parent")?;
    fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    let draft = draft(parent, args, builds)?;
    appear(&draft.path().join(DRAFT), folder, &args.directory)
}

/// Gives a folder its place. Another `init` may have been faster, because both have compiled meanwhile.
fn appear(draft: &Path, folder: &Path, shown: &Path) -> Result<()> {
    match fs::rename(draft, folder) {
        Err(_) if is_taken(folder) => Err(taken(shown).into()),
        renamed => renamed.with_context(|| format!("cannot create {}", folder.display())),
    }
}

/// The project's name in the folder of a draft, which nobody else may enter.
const DRAFT: &str = "project";

/// The files of a project, in a folder that goes away with what is returned.
fn draft(parent: &Path, args: &Args, builds: &[&Build]) -> Result<TempDir> {
    let draft =
        tempfile::tempdir_in(parent).with_context(|| format!("cannot write in {}", parent.display()))?;
    let written = Project::at(draft.path().join(DRAFT));
    write(&written, builds, args)?;
    Contract::files(&written)?;
    Contract::find_all(&written, &trace::all(&written)?.iter().map(String::as_str).collect::<Vec<_>>())?;
    Ok(draft)
}

fn write(project: &Project, builds: &[&Build], args: &Args) -> Result<()> {
    let mut parent = None;
    for build in builds {
        Draft::copy_of(build, project, parent).write()?;
        parent = Some(build.name());
    }
    if !args.include.is_empty() {
        // A shell completes an area with the slash behind it.
        let names: Vec<&str> = args.include.iter().map(|name| name.trim_end_matches('/')).collect();
        let names = names.join(", ");
        write_new(&project.contracts().join("include.yaml"), &format!("include: [{names}]\n"))?;
    }
    for trace in &args.trace {
        take(project, trace)?;
    }
    write_new(&project.root().join(".gitignore"), IGNORED)?;
    new_contract::write_first(project, "program/first", "What this program relies on")
}

/// Copies a trace into the project, under its own name with the end that traces of a project have.
fn take(project: &Project, from: &Path) -> Result<()> {
    let mut name = from
        .file_name()
        .with_context(|| format!("{} is no file", from.display()))?
        .to_string_lossy()
        .into_owned();
    if !trace::is_trace(&from.to_string_lossy()) {
        return Err(Usage(format!("{} is no trace", from.display())).into());
    }
    if !name.ends_with(&format!(".{}", trace::EXTENSION)) {
        name = format!("{name}.{}", trace::EXTENSION);
    }
    let folder = project.root().join(trace::FOLDER);
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let to = folder.join(&name);
    if to.exists() {
        return Err(Usage(format!("two traces are named {name}")).into());
    }
    fs::copy(from, &to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}

fn write_new(file: &Path, text: &str) -> Result<()> {
    let folder = file.parent().context("a file is in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

/// What to do next.
fn next(directory: &Path, builds: &[&Build], known: &BuildSet) -> String {
    let directory = directory.display();
    let mut text = format!(
        "commit {directory}/; then, in it:\n\n  {}\n      whether {directory}/contracts/ holds on each build\n",
        command_name::command("matrix")
    );
    let upgrade = match builds {
        [shipped, newest] => Some((*shipped, *newest)),
        [shipped] => upgrade_of(known, shipped).map(|newest| (*shipped, newest)),
        _ => None,
    };
    if let Some((shipped, newest)) = upgrade {
        let gate = format!("gate --catalogue --from {} --to {}", shipped.name(), newest.name());
        let gate = command_name::command(&gate);
        text += &format!("  {gate}\n      what the upgrade changes, by every contract of the library\n");
        if shipped.version().is_some() && builds.len() == 1 {
            let alone = format!("{} is alone in it: no newer build has its flags", shipped.name());
            text += &format!("      ({alone}; {} has others)\n", newest.name());
        }
    }
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_of_the_system_is_not_said_to_be_on_record_and_has_an_upgrade() {
        let known = BuildSet::load(&Project::at(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))).unwrap();
        let build = |name: &str| known.get(name).unwrap();
        let system = [build("system")];
        let on_record = |cases, builds: &[&Build]| on_record(Path::new("y"), cases, builds);
        assert!(on_record(0, &system).starts_with("nothing is on record: system is another library"));
        let next = |builds: &[&Build]| next(Path::new("y"), builds, &known);
        let newest = newest_of_all(&known).unwrap().name();
        assert!(next(&system).contains(&format!("gate --catalogue --from system --to {newest}")));
        assert!(!next(&[build(newest)]).contains("gate"), "there is nothing to upgrade to");
        assert_eq!(on_record(1, &system), "on record now, in y/tests/snapshots/: what 1 case does");
    }

    #[test]
    fn a_build_without_a_newer_one_of_its_flags_is_compared_with_its_family() {
        let known = BuildSet::load(&Project::at(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))).unwrap();
        let alone = known.get("3.40.1-debian12").unwrap();
        assert_eq!(with_newest(&known, alone).len(), 1, "this test needs a build that is alone");
        let said = next(Path::new("y"), &[alone], &known);
        let newest = known.ladder("debian").into_iter().last().unwrap().name();
        assert!(said.contains(&format!("gate --catalogue --from 3.40.1-debian12 --to {newest}")), "{said}");
        assert!(said.contains("no newer build has its flags"), "{said}");
    }

    #[test]
    fn of_two_that_begin_the_same_project_one_is_told_that_it_is_there() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("sqlite");
        let draft = |name: &str| {
            let draft = parent.path().join(name);
            fs::create_dir(&draft).unwrap();
            fs::write(draft.join("whose"), name).unwrap();
            draft
        };
        appear(&draft("first"), &folder, Path::new("sqlite")).unwrap();
        let error = appear(&draft("second"), &folder, Path::new("sqlite")).unwrap_err();
        assert!(error.is::<Usage>(), "{error:#}");
        assert_eq!(error.to_string(), "sqlite is there already, and is not empty: name another folder");
        assert_eq!(fs::read_to_string(folder.join("whose")).unwrap(), "first");
    }
}
