//! Contracts: what they say, and how they are read.

pub mod advisory;
pub mod arguments;
pub mod brief;
pub mod capability;
pub mod cause;
mod check;
pub mod comparison;
pub mod conversion;
mod driver;
mod driver_range;
pub mod expect;
pub mod flag;
pub mod include;
pub mod literal;
mod node;
pub mod other_build;
mod parse;
mod read;
pub mod record;
pub mod requires;
pub mod schema;
mod scope;
pub(crate) mod sql;
pub mod sqllogictest;
pub mod statements;
pub mod step;
mod template;
pub mod thing;
pub mod trace;
pub mod verb;

use std::collections::BTreeSet;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rayon::prelude::*;

use crate::diagnostic::{Diagnostic, Diagnostics, Location, SourceText};
use crate::project::Project;
use crate::project::catalogue;
use capability::Row;
use cause::Cause;
pub use driver::{Driver, DriverVersion};
use other_build::{NamedBuild, OtherBuild};
use requires::CaseRequires;
use step::Step;
use verb::Fact;

/// One promise, in several cases.
#[derive(Debug, Clone, Default)]
pub struct Contract {
    /// Its path under `contracts/`, without `.yaml`: `precision/round`.
    pub id: String,
    /// The promise in one line.
    pub title: String,
    /// What breaks for whom when the promise is broken.
    pub why: String,
    /// The rows of the table of capabilities that it serves.
    pub rows: Vec<Row>,
    /// Links to where it was met.
    pub seen: Vec<String>,
    /// Why each of its drifts happened.
    pub changed: Vec<Cause>,
    /// The cases, in the order of the file.
    pub cases: Vec<Case>,
    /// The builds that its steps name.
    pub named_builds: Vec<NamedBuild>,
}

/// A named list of steps: the unit of drift.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its name, which no other case of the contract has.
    pub name: String,
    /// Where it is named.
    pub place: Location,
    /// Through what it calls SQLite.
    pub driver: Driver,
    /// Which version of it, where the case names one.
    pub driver_version: Option<String>,
    /// What a build must have for it to run there.
    pub requires: CaseRequires,
    /// Whether it needs a process that no other case has used.
    pub fresh_process: bool,
    /// How long it may take on one build.
    pub deadline: Duration,
    /// Why its own drifts happened; a cause replaces the contract's of the same key.
    pub changed: Vec<Cause>,
    /// The steps once, or once for each row of `with`.
    pub runs: Vec<Run>,
}

/// The steps of a case, with the parameters of one row filled in.
#[derive(Debug, Clone)]
pub struct Run {
    /// `amount=34.775 places=2`, when the case has a `with` table.
    pub label: Option<String>,
    /// The steps, in their order.
    pub steps: Vec<PlacedStep>,
}

/// A step and where it stands.
#[derive(Debug, Clone)]
pub struct PlacedStep {
    /// The step.
    pub step: Step,
    /// Where its verb is written.
    pub place: Location,
}

impl Case {
    /// Whether one process cannot execute it: steps run on other builds, or a process is killed.
    pub fn needs_processes(&self) -> bool {
        let ends_or_leaves =
            |placed: &PlacedStep| placed.step.on.is_some() || placed.step.verb.is(Fact::EndsProcess);
        self.runs.iter().flat_map(|run| &run.steps).any(ends_or_leaves)
    }

    /// Whose processes execute steps of it, beside that of its own build.
    pub fn other_builds(&self) -> BTreeSet<&OtherBuild> {
        self.runs.iter().flat_map(|run| &run.steps).filter_map(|placed| placed.step.on.as_ref()).collect()
    }
}

/// A contract file that a project holds or includes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContractFile {
    /// Its path under `contracts/`, without `.yaml`.
    pub id: String,
}

impl Contract {
    /// Reads a contract file anywhere; its id is its path under the project's `contracts/`, else its stem.
    pub fn load(project: &Project, path: &Path) -> Result<Self, Diagnostics> {
        let id = id_of(project, path);
        let source = SourceText::read(path, &project.shown(path)).map_err(Diagnostics::from)?;
        Self::read(&id, &source)
    }

    /// Reads a contract from its text.
    pub fn read(id: &str, source: &SourceText) -> Result<Self, Diagnostics> {
        let contract = parse::contract(id, source)?;
        Ok(if trace::is_id(id) { trace::of_project(contract, source) } else { contract })
    }

    /// The file of an id, as reports show it: `contracts/precision/round.yaml`, `traces/app.trace`.
    pub(crate) fn file_of(id: &str) -> String {
        match trace::is_id(id) {
            true => format!("{id}.{}", trace::EXTENSION),
            false => format!("contracts/{id}.yaml"),
        }
    }

    /// The project's contract of this id: its own, else one of the [catalogue].
    pub fn find(project: &Project, id: &str) -> Result<Self, Diagnostics> {
        Self::read(id, &Self::source(project, id)?)
    }

    /// The text that [`Contract::find`] reads; of a trace of the project, the one that asks it.
    pub fn source(project: &Project, id: &str) -> Result<SourceText, Diagnostics> {
        if let Some(trace) = trace::of_id(project, id) {
            return trace::source(project, &trace);
        }
        let own = project.contracts().join(format!("{id}.yaml"));
        match catalogue::contract(id).filter(|_| !own.exists()) {
            Some(text) => Ok(text),
            None => Ok(SourceText::read(&own, &project.shown(&own))?),
        }
    }

    /// The path of its file as reports show it.
    pub(crate) fn file(&self) -> &str {
        self.cases.first().map_or("", |case| &case.place.path)
    }

    /// The causes of a case: its own and, for the other keys, the contract's; the oldest first.
    pub fn causes(&self, case: &str) -> Vec<&Cause> {
        let own = self.cases.iter().find(|known| known.name == case).map_or(&[][..], |case| &case.changed);
        cause::in_force(&self.changed, own)
    }

    /// Every contract file of the project and every contract that it [includes](mod@include), by id. A file that stands
    /// where none is looked for is a mistake: it would never be run.
    pub fn files(project: &Project) -> Result<Vec<ContractFile>, Diagnostics> {
        let mut files = Vec::new();
        let mut mistakes = Diagnostics::new();
        let include = project.contracts().join(include::INCLUDE).with_extension("yaml");
        let found = yaml_files(&project.contracts(), &mut |path, error| {
            mistakes.push(about_file(project, path, format!("cannot read this folder: {error}")));
        });
        for path in found.into_iter().filter(|path| *path != include) {
            match misplaced(project, &path) {
                Some(message) => mistakes.push(
                    about_file(project, &path, message)
                        .help("a contract is `contracts/<area>/<contract>.yaml`"),
                ),
                None => files.push(ContractFile { id: id_of(project, &path) }),
            }
        }
        files.extend(trace::ids(project, &mut mistakes).into_iter().map(|id| ContractFile { id }));
        match include::included(project) {
            Ok(ids) => files.extend(ids.into_iter().map(|id| ContractFile { id: id.to_owned() })),
            Err(found) => mistakes.extend(found),
        }
        if files.is_empty() && mistakes.is_empty() {
            let message = "there is no contract here".to_owned();
            let new_contract = crate::project::command_name::command("new-contract");
            mistakes.push(
                about_file(project, &project.contracts(), message)
                    .help(format!("`{new_contract}` writes `contracts/<area>/<contract>.yaml`")),
            );
        }
        files.sort();
        mistakes.into_result(files)
    }

    /// Every contract of the project, or every mistake in any of them.
    pub fn load_all(project: &Project) -> Result<Vec<Self>, Diagnostics> {
        let files = Self::files(project)?;
        let ids: Vec<&str> = files.iter().map(|file| file.id.as_str()).collect();
        Self::find_all(project, &ids)
    }

    /// The contracts of these ids, or every mistake in any of them.
    ///
    /// # Errors
    /// Those mistakes.
    pub fn find_all(project: &Project, ids: &[&str]) -> Result<Vec<Self>, Diagnostics> {
        read_all(ids, |id| Self::find(project, id))
    }
}

/// Reads contracts on all cores: those of these ids, or every mistake in any of them.
pub(crate) fn read_all<T: Send>(
    ids: &[&str],
    read: impl Fn(&str) -> Result<T, Diagnostics> + Sync,
) -> Result<Vec<T>, Diagnostics> {
    let read: Vec<_> = ids.par_iter().map(|id| read(id)).collect();
    let mut contracts = Vec::new();
    let mut mistakes = Diagnostics::new();
    for contract in read {
        match contract {
            Ok(contract) => contracts.push(contract),
            Err(found) => mistakes.extend(found),
        }
    }
    mistakes.into_result(contracts)
}

/// How a name is written that is a part of file names.
pub const SLUG: &str = "lower case, digits and single hyphens, at most 100 characters";
/// A file name has room for two names and a build's.
const LONGEST_SLUG: usize = 100;

/// Whether a name can be a part of file names everywhere: it is written as [`SLUG`] says.
pub fn is_slug(name: &str) -> bool {
    let good =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    name.len() <= LONGEST_SLUG && name.split('-').all(good)
}

fn about_file(project: &Project, path: &Path, message: String) -> Diagnostic {
    Diagnostic::new(&SourceText::new(project.shown(path), ""), 0..0, message)
}

/// Why a file under `contracts/` would be overlooked.
fn misplaced(project: &Project, path: &Path) -> Option<String> {
    if path.is_dir() {
        return Some("this is a directory: a contract is a file".to_owned());
    }
    let id = id_of(project, path);
    let parts: Vec<&str> = id.split('/').collect();
    if parts.len() != 2 {
        return Some("this contract does not stand in a folder of `contracts/`".to_owned());
    }
    if parts[0] == trace::FOLDER {
        return Some(format!(
            "`{}` is the area of the project's recordings: name another one",
            trace::FOLDER
        ));
    }
    if path.extension().is_some_and(|extension| extension != "yaml") {
        return Some("contracts end in `.yaml`".to_owned());
    }
    let bad = parts.into_iter().find(|part| !is_slug(part))?;
    Some(format!("`{bad}` names snapshots: use {SLUG}"))
}

fn id_of(project: &Project, path: &Path) -> String {
    let stem = |path: &Path| path.with_extension("").to_string_lossy().replace('\\', "/");
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let contracts = std::path::absolute(project.contracts()).unwrap_or_else(|_| project.contracts());
    match path.strip_prefix(contracts) {
        Ok(relative) => stem(relative),
        Err(_) => stem(Path::new(path.file_name().unwrap_or_default())),
    }
}

/// Everything below a directory that is named as a YAML file, in order. A folder that cannot be read is told: what is in it would not be run.
fn yaml_files(directory: &Path, unreadable: &mut impl FnMut(&Path, &io::Error)) -> Vec<PathBuf> {
    let read = std::fs::read_dir(directory).and_then(|entries| {
        let paths = entries.map(|entry| entry.map(|entry| entry.path()));
        paths.collect::<io::Result<Vec<PathBuf>>>()
    });
    let mut paths = match read {
        Ok(paths) => paths,
        // A project without contracts has no folder for them.
        Err(error) if error.kind() == ErrorKind::NotFound && !directory.is_symlink() => Vec::new(),
        Err(error) => {
            unreadable(directory, &error);
            Vec::new()
        }
    };
    paths.sort();
    let is_yaml = |path: &PathBuf| path.extension().is_some_and(|e| e == "yaml" || e == "yml");
    let (mut found, others): (Vec<_>, Vec<_>) = paths.into_iter().partition(is_yaml);
    // A link that leads nowhere was a folder, unless it has the name of a file.
    let is_folder = |path: &PathBuf| path.is_dir() || (!path.exists() && path.extension().is_none());
    for directory in others.into_iter().filter(is_folder) {
        found.extend(yaml_files(&directory, unreadable));
    }
    found
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn what_cannot_be_read_is_told_and_the_rest_is_checked() {
        let folder = tempfile::tempdir().unwrap();
        let area = folder.path().join("contracts/area");
        std::fs::create_dir_all(area.join("folder.yaml")).unwrap();
        symlink("nowhere", area.join("link.yaml")).unwrap();
        symlink("nowhere", folder.path().join("contracts/lost")).unwrap();
        std::fs::write(area.join("latin.yaml"), b"title: caf\xe9\n").unwrap();
        std::fs::write(area.join("bad.yaml"), "title: a\n").unwrap();
        let project = Project::at(folder.path());
        std::fs::create_dir(folder.path().join("contracts/include.yaml")).unwrap();
        let mistakes = Contract::files(&project).unwrap_err().render(false);
        for told in ["cannot read this folder", "contracts/lost", "area/folder.yaml", "it is a directory"] {
            assert!(mistakes.contains(told), "{told}: {mistakes}");
        }
        std::fs::remove_file(folder.path().join("contracts/lost")).unwrap();
        std::fs::remove_dir(area.join("folder.yaml")).unwrap();
        std::fs::remove_dir(folder.path().join("contracts/include.yaml")).unwrap();
        let mistakes = Contract::load_all(&project).unwrap_err().render(false);
        for told in ["cannot read this file", "area/link.yaml", "is not UTF-8", "`cases` is missing"] {
            assert!(mistakes.contains(told), "{told}: {mistakes}");
        }
    }
}
