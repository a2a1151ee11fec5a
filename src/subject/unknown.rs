//! What is said of a name that stands for no subject: the nearest that does.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use crate::contract::{Contract, trace};
use crate::diagnostic::{nearest, suggestion};
use crate::project::Project;
use crate::project::command_name::command;
use crate::trace::Recording;

/// A name that is the name of no subject.
#[derive(Debug)]
pub struct UnknownSubject(pub(super) String);

impl fmt::Display for UnknownSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UnknownSubject {}

const KINDS: &str = "a subject is a contract (`<area>/<contract>`), an area (`<area>`), a case (`<area>/<contract>/<case>`), a contract's \
                     file (`.yaml`), a file of SQL (`.sql`), a script of sqllogictest (`.test`, `.slt`), or a trace \
                     (`.trace`, or a file that begins as one)";

/// The error of a name that stands for nothing.
pub(super) fn unknown(project: &Project, name: &str) -> UnknownSubject {
    if Recording::begun(Path::new(name)).is_ok() {
        let recover = command(&format!("trace --recover {name}"));
        return UnknownSubject(format!(
            "`{name}` is a recording of which `record` made no trace: `{recover}` makes one"
        ));
    }
    if Path::new(name).is_dir() {
        return UnknownSubject(directory(name));
    }
    if Path::new(name).is_file() {
        return UnknownSubject(format!(
            "the name of `{name}` does not end in `.sql`, as a file of SQL does, or in `.test`; {KINDS}"
        ));
    }
    let is_contract_file = |path: &&Path| path.extension().is_some_and(|e| e == "yaml" || e == "yml");
    if let Some(file) = Path::new(name).ancestors().find(is_contract_file) {
        return UnknownSubject(format!("there is no file `{}`", file.display()));
    }
    let files = Contract::files(project).unwrap_or_default();
    let ids: Vec<&str> = files.iter().map(|file| file.id.as_str()).collect();
    // With a case behind it a contract's name would be far from any.
    let near = nearest(name, &ids).or_else(|| nearest(name.rsplit_once('/')?.0, &ids));
    let areas: BTreeSet<&str> = ids.iter().filter_map(|id| Some(id.split_once('/')?.0)).collect();
    let near_area = || nearest(name.trim_end_matches('/'), &areas.into_iter().collect::<Vec<_>>());
    UnknownSubject(match near.or_else(near_area) {
        Some(near) => format!("there is no contract `{name}`; did you mean `{near}`?"),
        None => format!("there is no contract `{name}`: {KINDS}"),
    })
}

/// The error of a directory, with a file in it that is a subject where there is one.
fn directory(name: &str) -> String {
    let folder = name.trim_end_matches('/');
    let mut files: Vec<String> = std::fs::read_dir(name)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|file| {
            Path::new(file).extension().is_some_and(|it| SUFFIXES.iter().any(|known| it == *known))
        })
        .collect();
    files.sort();
    let remedy = match files.first() {
        Some(first) => format!("name the files in it, such as `{folder}/{first}`"),
        None => format!("no file in it is a subject (those end in `.{}`)", SUFFIXES.join("`, `.")),
    };
    let begun = match Path::new(name).join("sqlite-builds").is_dir() {
        true => format!(
            "; it is a project, whose contracts are asked by a command that starts in it (`cd {folder}`)"
        ),
        false => String::new(),
    };
    format!("`{name}` is a directory: {remedy}{begun}")
}

/// How the names of files end that are subjects.
const SUFFIXES: [&str; 6] = ["yaml", "yml", "sql", "test", "slt", trace::EXTENSION];

/// The error of a case that its contract does not have.
pub(super) fn no_case(contract: &str, case: &str, names: &[String]) -> UnknownSubject {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let help = suggestion(case, &names).unwrap_or_default();
    UnknownSubject(format!("{contract} has no case `{case}`; {help}"))
}
