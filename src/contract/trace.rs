//! Traces as contracts: one case, which makes the calls of a trace again and records what is not as it was.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::verb::{Call, Replay, Verb};
use super::{Contract, is_slug};
use crate::diagnostic::{Diagnostic, Diagnostics, SourceText};
use crate::project::Project;

/// The folder of a project's own traces, and what their ids begin with.
pub const FOLDER: &str = "traces";
const EXTENSION: &str = "trace";

/// Whether a name is that of a trace's file.
pub fn is_trace(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case(EXTENSION))
}

/// The ids of the project's own traces: `traces/app` for `traces/app.trace`.
pub(super) fn ids(project: &Project) -> Vec<String> {
    let entries = std::fs::read_dir(project.root().join(FOLDER)).into_iter().flatten().flatten();
    let mut ids: Vec<String> = entries.filter_map(|entry| id_of(project, &entry.path())).collect();
    ids.sort();
    ids
}

/// The id of a trace, where it is one of the project's.
pub(crate) fn id_of(project: &Project, path: &Path) -> Option<String> {
    let folder = std::path::absolute(project.root().join(FOLDER)).ok()?;
    let path = std::path::absolute(path).ok()?;
    let name = path.strip_prefix(folder).ok()?.to_str()?;
    let stem = name.strip_suffix(EXTENSION)?.strip_suffix('.')?;
    (is_slug(stem) && path.is_file()).then(|| format!("{FOLDER}/{stem}"))
}

/// Whether an id is that of one of a project's traces.
pub(crate) fn is_id(id: &str) -> bool {
    id.strip_prefix(FOLDER).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether a contract is a trace: its first step makes the calls of one.
pub(crate) fn is_of(contract: &Contract) -> bool {
    path_of(contract).is_some()
}

/// The trace whose calls a contract makes.
pub fn path_of(contract: &Contract) -> Option<&Path> {
    let first = contract.cases.first()?.runs.first()?.steps.first()?;
    match &first.step.verb {
        Verb::Call(Call::Replay(Replay { path, .. })) => Some(Path::new(path)),
        _ => None,
    }
}

/// The file of such an id.
pub(super) fn of_id(project: &Project, id: &str) -> Option<PathBuf> {
    let stem = id.strip_prefix(FOLDER)?.strip_prefix('/').filter(|stem| is_slug(stem))?;
    Some(project.root().join(FOLDER).join(stem).with_extension(EXTENSION))
}

/// The contract that asks a trace, which changes whenever the file does.
///
/// # Errors
/// When there is no such file.
pub(crate) fn source(project: &Project, path: &Path) -> Result<SourceText, Diagnostics> {
    let shown = project.shown(path);
    let metadata = std::fs::metadata(path).map_err(|error| {
        Diagnostic::new(&SourceText::new(shown.clone(), ""), 0..0, format!("cannot read this file: {error}"))
    })?;
    let changed = metadata.modified().ok().and_then(|changed| changed.duration_since(UNIX_EPOCH).ok());
    let changed = changed.map_or(0, |changed| changed.as_nanos());
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let text = |text: &str| serde_json::Value::from(text).to_string();
    let deadline = deadline(metadata.len());
    let (title, name, path) =
        (text(&format!("The calls of {name}")), text(&name), text(&path.to_string_lossy()));
    let yaml = format!(
        "# {} bytes, {changed}\n\
         title: {title}\n\
         why: A program that asks for this gets something else than it got.\n\
         cases:\n\
         \x20 - name: replay\n\
         \x20   fresh_process: true\n\
         \x20   deadline: {deadline}s\n\
         \x20   steps:\n\
         \x20     - replay: {{name: {name}, path: {path}}}\n\
         \x20     - replay_plans:\n\
         \x20     - replay_work:\n\
         \x20     - replay_memory:\n",
        metadata.len(),
    );
    Ok(SourceText::new(shown, yaml))
}

/// Seconds that a trace of so many bytes may take: a call takes a few of them, and is made more than once.
fn deadline(bytes: u64) -> u64 {
    const LEAST: u64 = 120;
    const BYTES_A_SECOND: u64 = 100_000;
    LEAST + bytes / BYTES_A_SECOND
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_of_the_project_is_a_contract() {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::at(folder.path());
        let traces = folder.path().join(FOLDER);
        std::fs::create_dir(&traces).unwrap();
        std::fs::write(traces.join("my-app.trace"), "SQLTRACE").unwrap();
        std::fs::write(traces.join("notes.txt"), "").unwrap();
        assert_eq!(ids(&project), ["traces/my-app"]);
        let contract = Contract::find(&project, "traces/my-app").unwrap();
        assert_eq!(contract.title, "The calls of my-app.trace");
        assert!(contract.cases[0].fresh_process);
        assert_eq!(contract.cases[0].runs[0].steps[0].step.describe(), "replay my-app.trace");
        assert_eq!(id_of(&project, &traces.join("my-app.trace")).unwrap(), "traces/my-app");
        assert_eq!(id_of(&project, Path::new("elsewhere.trace")), None);
        assert!(Contract::find(&project, "traces/none").is_err());
    }
}
