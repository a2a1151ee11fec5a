//! What is made once of given inputs, and kept: a folder that is named by them.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::outcome::value::short_hash;
use crate::project::Project;
use crate::system::files;

/// A file of a driver's program: its path below `drivers/`, and its text as it comes with the library.
pub(super) type Source = (&'static str, &'static str);

/// The text of a file of a program: the project's own, where it has one.
pub(super) fn text_of(project: &Project, (path, text): Source) -> Cow<'static, str> {
    std::fs::read_to_string(project.root().join("drivers").join(path)).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Writes a program's files, each under the name beside it, and returns their folder.
pub(super) fn program(project: &Project, name: &str, files: &[(Source, &str)]) -> Result<PathBuf, String> {
    let texts: Vec<(&str, Cow<'_, str>)> =
        files.iter().map(|(source, name)| (*name, text_of(project, *source))).collect();
    folder(project, &format!("{name}-program"), &format!("{texts:?}"), |staging| write(staging, &texts))
}

/// Writes files into a folder.
pub(super) fn write(folder: &Path, texts: &[(&str, Cow<'_, str>)]) -> Result<(), String> {
    let write = |(name, text): &(&str, Cow<'_, str>)| std::fs::write(folder.join(name), text.as_bytes());
    texts.iter().try_for_each(write).map_err(|error| error.to_string())
}

/// The folder that these inputs make: as it was made before, else made now. Two processes that need it make it once.
pub(super) fn folder(
    project: &Project,
    name: &str,
    inputs: &str,
    make: impl FnOnce(&Path) -> Result<(), String>,
) -> Result<PathBuf, String> {
    let shown = |error: anyhow::Error| format!("{error:#}");
    let drivers = super::folder(project);
    let name = format!("{name}-{}", short_hash(inputs.as_bytes()));
    let place = std::path::absolute(drivers.join(&name)).map_err(|error| error.to_string())?;
    let _lock = files::lock(&drivers.join(".locks").join(&name), || {}).map_err(shown)?;
    if !place.is_dir() {
        let staging = files::staging(&drivers, &name).map_err(shown)?;
        make(staging.path())?;
        files::put_in_place(staging, &place).map_err(shown)?;
    }
    Ok(place)
}

/// What a command prints, or why it does not.
pub(super) fn printed(command: &mut Command) -> Result<String, String> {
    whole_or_said(command).map_err(|said| telling(&said))
}

/// What a command prints, or all that it says instead.
pub(super) fn whole_or_said(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    match output.status.success() {
        true => Ok(text(&output.stdout)),
        false => Err(text(&output.stderr)),
    }
}

/// The line that says what is wrong: a compiler names its first error, an interpreter its last one.
pub(super) fn telling(said: &str) -> String {
    let line = said.lines().find(|line| line.contains("error:")).or(said.lines().last());
    line.unwrap_or("it says nothing").to_owned()
}
