//! The files of a new project.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sqlite_contracts::builds::{Build, Draft};
use sqlite_contracts::contract::{Contract, trace};
use sqlite_contracts::project::Project;
use tempfile::TempDir;

use super::Args;
use crate::cmd::new_contract;
use crate::support::exit::Usage;

/// What must not be committed.
const IGNORED: &str = "/target/\n*.snap.new\n";

/// The folder of the new project, which must not have anything in it.
pub(super) fn new_folder(directory: &Path) -> Result<PathBuf> {
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
pub(super) fn begin(project: &Project, args: &Args, builds: &[&Build]) -> Result<()> {
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
pub(super) fn draft(parent: &Path, args: &Args, builds: &[&Build]) -> Result<TempDir> {
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

#[cfg(test)]
mod tests {
    use super::*;

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
