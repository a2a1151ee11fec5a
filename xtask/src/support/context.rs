//! The context of every verb: the project, its builds, and the store.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use sqlite_contracts::builds::{Build, BuildSet, Store};
use sqlite_contracts::project::{Project, catalogue, command_name};
use sqlite_contracts::worker::WorkerProgram;

use crate::ui::settings::is_quiet;

/// The first argument with which this program starts itself as a worker.
pub(crate) const WORKER: &str = "worker";

/// The project of the current directory, else the one beside the program there: for what it has on record, and for files of
/// its own.
pub(crate) fn project() -> Result<Project> {
    let here = here()?;
    own_or_beside(&here).map(sharing).with_context(|| {
        let begin = command_name::command("init");
        format!("no sqlite-builds/ in {} or above it: `{begin}` creates a project", here.display())
    })
}

/// The project of the current directory, else the builds and contracts of the library: for questions, which need no
/// project.
pub(crate) fn project_or_catalogue() -> Result<Project> {
    match Project::discover(&here()?) {
        Some(project) => Ok(sharing(project)),
        None => catalogue(),
    }
}

/// The same. Where the library is asked although there is a project beside the program, that is said, with what asks the
/// project.
pub(crate) fn project_or_catalogue_said(remedy: &str) -> Result<Project> {
    let here = here()?;
    if Project::discover(&here).is_none() && beside(&here).is_some() {
        tell(&format!("only the library's contracts are asked, not those in {BESIDE}/: {remedy}"));
    }
    project_or_catalogue()
}

/// Says which project is not asked here, where a name is not found.
pub(crate) fn tell_of_project_beside() {
    let is_unasked = |here: &PathBuf| Project::discover(here).is_none() && beside(here).is_some();
    if here().is_ok_and(|here| is_unasked(&here)) {
        tell(&format!("the contracts of the project in {BESIDE}/ are known to commands that start there"));
    }
}

/// The folder that `init` writes beside a program, unless it is told another one.
pub(crate) const BESIDE: &str = "sqlite";

fn beside(here: &Path) -> Option<Project> {
    let folder = here.join(BESIDE);
    folder.join("sqlite-builds").is_dir().then(|| Project::at(folder))
}

/// The project in which a folder is, else the one beside a program in it, which is said.
fn own_or_beside(here: &Path) -> Option<Project> {
    Project::discover(here).or_else(|| {
        let beside = beside(here)?;
        tell(&format!("the project is {BESIDE}/, where paths and commands are meant that follow"));
        Some(beside)
    })
}

fn tell(words: &str) {
    if !is_quiet() {
        anstream::eprintln!("{words}");
    }
}

/// The project of the current directory, else the one beside the program there, with the builds of the library.
pub(crate) fn project_with_catalogue() -> Result<Project> {
    let here = here()?;
    let project = match (Project::discover(&here), beside(&here)) {
        (Some(project), _) => sharing(project),
        (None, Some(project)) => {
            tell(&format!("the project is {BESIDE}/: its contracts and its gate.yaml count too"));
            sharing(project)
        }
        (None, None) => catalogue()?,
    };
    Ok(project.with_builds_of_catalogue())
}

/// The builds and contracts of the library.
pub(crate) fn catalogue() -> Result<Project> {
    catalogue::project(&cache()?)
}

/// A project in a folder that has none yet.
pub(crate) fn new_project(folder: PathBuf) -> Project {
    sharing(Project::at(folder))
}

/// The same project; outside of a workspace of Cargo its products are those that projects share.
fn sharing(project: Project) -> Project {
    match cache() {
        Ok(cache) if project.is_outside_of_cargo() => project.with_products(cache.join("sqlite-builds")),
        _ => project,
    }
}

/// Where products of no project are kept: `~/.cache/sqlite-contracts` on Linux.
fn cache() -> Result<PathBuf> {
    let cache =
        dirs::cache_dir().context("there is no home directory to keep compiled builds in: set HOME")?;
    Ok(cache.join("sqlite-contracts"))
}

/// The project of the current directory, else the one beside the program there, or a new one, and whether it is new.
pub(crate) fn project_or_new() -> Result<(Project, bool)> {
    let here = here()?;
    Ok(match own_or_beside(&here) {
        Some(project) => (sharing(project), false),
        None => (new_project(here), true),
    })
}

fn here() -> Result<PathBuf> {
    std::env::current_dir().context("cannot read the current directory")
}

/// The project's products; this program is its own worker.
pub(crate) fn store(project: &Project) -> Result<Store> {
    Ok(Store::new(project, worker()?))
}

/// This program, started as a worker.
pub(crate) fn worker() -> Result<WorkerProgram> {
    Ok(WorkerProgram::ourselves().context("cannot find this program's own file")?.arg(WORKER))
}

/// The builds that a verb runs something on.
#[derive(Clone, clap::Args)]
pub(crate) struct OnBuilds {
    /// Builds to take, such as `3.46.0-rusqlite` or '3.5?.*'; by default the core builds; may be repeated
    #[arg(long = "build", value_name = "GLOB")]
    builds: Vec<String>,
    /// Take every build, core and extended
    #[arg(long, conflicts_with = "builds")]
    all: bool,
}

impl OnBuilds {
    /// The same, and those that these globs match.
    pub(crate) fn and(&self, globs: Vec<&String>) -> Self {
        Self { builds: self.builds.iter().chain(globs).cloned().collect(), all: self.all }
    }

    /// The builds, in the order of the set.
    pub(crate) fn of<'a>(&self, builds: &'a BuildSet) -> Result<Vec<&'a Build>> {
        selected(builds, self.builds.iter().collect(), self.all)
    }

    /// The same among a project's builds and the library's, of which those are taken that a run in no project takes.
    pub(crate) fn with_catalogue<'a>(&self, builds: &'a BuildSet) -> Result<Vec<&'a Build>> {
        if !self.builds.is_empty() {
            return self.of(builds);
        }
        let is_usual =
            |build: &&Build| build.is_usual(self.all) || catalogue::is_usual(build.name(), self.all);
        Ok(builds.iter().filter(is_usual).collect())
    }
}

/// The builds that a verb is about, whose arguments they are.
#[derive(clap::Args)]
pub(crate) struct Selection {
    #[command(flatten)]
    on: OnBuilds,
    /// Builds to take, such as `3.46.0-rusqlite` or '3.5?.*'; by default the core builds
    #[arg(value_name = "GLOB", conflicts_with = "all")]
    more: Vec<String>,
}

impl Selection {
    /// Whether the user named builds.
    pub(crate) fn is_narrow(&self) -> bool {
        !self.globs().is_empty()
    }

    /// Whether a build that this machine lacks is an error: only when it was requested by name.
    pub(crate) fn names(&self, build: &Build) -> bool {
        self.globs().iter().any(|glob| *glob == build.name())
    }

    /// The builds, in the order of the set.
    pub(crate) fn of<'a>(&self, builds: &'a BuildSet) -> Result<Vec<&'a Build>> {
        selected(builds, self.globs(), self.on.all)
    }

    fn globs(&self) -> Vec<&String> {
        self.on.builds.iter().chain(&self.more).collect()
    }
}

/// The builds that any of the globs matches; the core builds, or all, without one.
pub(crate) fn selected<'a>(builds: &'a BuildSet, globs: Vec<&String>, all: bool) -> Result<Vec<&'a Build>> {
    match globs.is_empty() {
        true => Ok(builds.iter().filter(|build| build.is_usual(all)).collect()),
        false => Ok(builds.select(&globs)?),
    }
}
