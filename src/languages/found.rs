//! What was found of a language, remembered for the next command: to ask an interpreter costs more than a small matrix.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Unable;
use super::made::text_of;
use crate::contract::DriverVersion;
use crate::outcome::value::short_hash;
use crate::project::Project;
use crate::record::report::NOT_HERE;
use crate::system::files::{self, stamp};

/// A language with all that its driver's program needs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Language {
    /// The program: an interpreter, or what a compiler made.
    pub program: PathBuf,
    pub args: Vec<String>,
    /// What it reads and executes, beside what every program does.
    pub reads: Vec<PathBuf>,
    /// The file that links to SQLite.
    pub module: PathBuf,
    /// The versions, for people.
    pub version: String,
    /// A digest of everything that can change what it does.
    pub identity: String,
    /// The files of which it was made, as they were then.
    depends: Vec<(PathBuf, String)>,
}

/// The parts of a language.
pub(super) struct Parts {
    pub program: PathBuf,
    pub args: Vec<String>,
    pub reads: Vec<PathBuf>,
    pub module: PathBuf,
    pub version: String,
    /// The files that say whether it is still the same.
    pub files: Vec<PathBuf>,
}

impl Language {
    pub(super) fn new(parts: Parts) -> Self {
        let Parts { program, args, reads, module, version, files } = parts;
        let depends: Vec<(PathBuf, String)> = [&program, &module]
            .into_iter()
            .chain(&files)
            .map(|file| (file.clone(), state_of(file)))
            .collect();
        let identity = short_hash(format!("{version}{args:?}{depends:?}").as_bytes());
        Self { program, args, reads, module, version, identity, depends }
    }

    fn is_unchanged(&self) -> bool {
        self.depends.iter().all(|(file, was)| state_of(file) == *was)
    }
}

fn state_of(file: &Path) -> String {
    stamp(file).unwrap_or_default()
}

/// What was found before, while its files are the same; else what is found now. That something is missing is not
/// remembered: it may be installed next.
pub(super) fn remembered(
    driver: &DriverVersion,
    project: &Project,
    find: impl FnOnce() -> Result<Language, Unable>,
) -> Result<Language, Unable> {
    let file = super::folder(project).join(format!("{}-{}.json", driver.slug(), selection(project)));
    let known =
        std::fs::read_to_string(&file).ok().and_then(|text| serde_json::from_str::<Language>(&text).ok());
    if let Some(known) = known.filter(Language::is_unchanged) {
        return Ok(known);
    }
    let found = find()?;
    let text = serde_json::to_string_pretty(&found).unwrap_or_default();
    let _ = std::fs::create_dir_all(super::folder(project));
    // It only saves time.
    let _ = files::write_atomically(&file, text);
    Ok(found)
}

/// What chooses between several of a language, and our programs.
fn selection(project: &Project) -> String {
    let (node, python) = (super::node::VERSION_VARIABLE, super::python::VARIABLE);
    let variables = ["PATH", "PYENV_VERSION", "GOPATH", "GOMODCACHE", python, "CC", "CXX", node];
    let chosen = variables.map(|name| std::env::var(name).unwrap_or_default()).join("\n");
    let sources = super::python::SOURCES.into_iter().chain([super::node::SOURCE]).chain(super::go::FILES);
    let texts: String = sources.map(|source| text_of(project, source)).collect();
    short_hash(format!("{chosen}{texts}").as_bytes())
}

/// The program of this name, where programs are looked for.
pub(super) fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Why a language is not here, and how to get it.
pub(super) fn lacking(what: &str, remedy: &str) -> String {
    format!("{NOT_HERE}{what}: {remedy}")
}
