//! Traces as contracts: one case, which makes the calls of a trace again and records what is not as it was.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::verb::{Call, Replay, Verb};
use super::{Contract, SLUG, about_file, is_slug};
use crate::diagnostic::{Diagnostic, Diagnostics, Location, SourceText};
use crate::outcome::sqlite_names::LimitName;
use crate::project::{Project, command_name};
use crate::trace::Trace;

/// The folder of a project's own traces, and what their ids begin with.
pub const FOLDER: &str = "traces";
/// How a trace's file ends.
pub const EXTENSION: &str = "trace";

/// Whether a name is that of a trace's file: it ends so, or it is that of a file that begins as one.
pub fn is_trace(name: &str) -> bool {
    let path = Path::new(name);
    has_extension(path, &[EXTENSION]) || path.is_file() && crate::trace::is_trace(path).unwrap_or(false)
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let is =
        |extension: &std::ffi::OsStr| extensions.iter().any(|known| extension.eq_ignore_ascii_case(known));
    path.extension().is_some_and(is)
}

/// The ids of the project's own traces.
///
/// # Errors
/// Files of the folder that would be overlooked.
pub fn all(project: &Project) -> Result<Vec<String>, Diagnostics> {
    let mut mistakes = Diagnostics::new();
    let ids = ids(project, &mut mistakes);
    mistakes.into_result(ids)
}

/// The ids of the project's own traces: `traces/app` for `traces/app.trace`. A file that would be overlooked is a mistake.
pub(super) fn ids(project: &Project, mistakes: &mut Diagnostics) -> Vec<String> {
    let folder = project.root().join(FOLDER);
    let read = fs::read_dir(&folder).and_then(|entries| {
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<std::io::Result<Vec<PathBuf>>>()
    });
    let mut paths = match read {
        Ok(paths) => paths,
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => {
            mistakes.push(about_file(project, &folder, format!("cannot read this folder: {error}")));
            Vec::new()
        }
    };
    paths.sort();
    paths.iter().filter_map(|path| misplaced(project, path)).for_each(|mistake| mistakes.push(mistake));
    paths.iter().filter_map(|path| id_of(project, path)).collect()
}

/// Why a file of the folder would be overlooked.
fn misplaced(project: &Project, path: &Path) -> Option<Diagnostic> {
    let wrong = |message: String| about_file(project, path, message);
    let stem = path.file_stem()?.to_string_lossy();
    if has_extension(path, &["sql", "test", "slt"]) {
        let run = command_name::command(&format!("try {}", project.shown(path)));
        return Some(
            wrong(format!("`{FOLDER}/` has recordings of programs, and this is a text of SQL")).help(format!(
                "`{run}` runs it where it is; what is to be on record is a contract, with steps such as `query` or \
                 `sqllogictest`"
            )),
        );
    }
    if has_extension(path, &["yaml", "yml"]) && !path.with_extension(EXTENSION).is_file() {
        return Some(wrong(format!("there is no trace `{stem}.{EXTENSION}` that it is about")));
    }
    if has_extension(path, &["yml"]) {
        return Some(wrong("what is known of a trace ends in `.yaml`".to_owned()));
    }
    if !is_trace(&path.to_string_lossy()) || id_of(project, path).is_some() {
        return None;
    }
    Some(match is_slug(&stem) {
        false => wrong(format!("`{stem}` names snapshots: use {SLUG}")),
        true => wrong(format!("a trace of the project is a file that ends in `.{EXTENSION}`")),
    })
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

/// The contract of a trace that is in no project.
///
/// # Errors
/// Those of [`source`].
pub(crate) fn contract(project: &Project, path: &Path) -> Result<Contract, Diagnostics> {
    let source = source(project, path)?;
    Ok(placed(Contract::read(&project.shown_alike(path), &source)?, source.path()))
}

/// The contract of one of the project's traces. Its text is of the trace, or what people wrote beside it.
pub(super) fn of_project(contract: Contract, source: &SourceText) -> Contract {
    placed(contract, &Path::new(source.path()).with_extension(EXTENSION).to_string_lossy())
}

/// A contract that was made of a trace, with the trace for the place of its case and steps: its text is in no file.
fn placed(mut contract: Contract, trace: &str) -> Contract {
    let place = Location::start_of(trace.to_owned());
    for case in &mut contract.cases {
        case.place = place.clone();
        let steps = case.runs.iter_mut().flat_map(|run| &mut run.steps);
        steps.for_each(|placed| placed.place = place.clone());
    }
    contract
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

/// The contract with a run-time limit lowered on each connection of its replays.
pub(crate) fn lowered(contract: &Contract, (limit, value): (LimitName, i32)) -> Contract {
    let mut contract = contract.clone();
    let runs = contract.cases.iter_mut().flat_map(|case| &mut case.runs);
    for placed in runs.flat_map(|run| &mut run.steps) {
        if let Verb::Call(Call::Replay(replay)) = &mut placed.step.verb {
            (replay.limit, replay.at_most) = (Some(limit), value);
        }
    }
    contract
}

/// The file of such an id.
pub fn of_id(project: &Project, id: &str) -> Option<PathBuf> {
    let stem = id.strip_prefix(FOLDER)?.strip_prefix('/').filter(|stem| is_slug(stem))?;
    Some(project.root().join(FOLDER).join(stem).with_extension(EXTENSION))
}

/// The contract that asks a trace, which changes whenever the file does. What people know of one of the project's traces is in
/// a file of the same name that ends in `.yaml`: its title, why it matters, and why it drifts.
///
/// # Errors
/// When there is no such file, or it cannot be replayed.
pub(crate) fn source(project: &Project, path: &Path) -> Result<SourceText, Diagnostics> {
    let shown = project.shown(path);
    let wrong = |message: String| Diagnostic::new(&SourceText::new(shown.clone(), ""), 0..0, message);
    let metadata = fs::metadata(path).map_err(|error| wrong(format!("cannot read this file: {error}")))?;
    let is_replayable = |trace: Trace| trace.check_replayable();
    Trace::open_unnamed(path).and_then(is_replayable).map_err(|error| wrong(format!("{error:#}")))?;
    let changed = metadata.modified().ok().and_then(|changed| changed.duration_since(UNIX_EPOCH).ok());
    let changed = changed.map_or(0, |changed| changed.as_nanos());
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let text = |text: &str| serde_json::Value::from(text).to_string();
    let deadline = deadline(metadata.len());
    let known = known(project, &path)?;
    let (place, known) = known.map_or_else(
        || (shown.clone(), String::new()),
        |it| (it.path().to_owned(), it.text().to_owned() + "\n"),
    );
    let says = |key: &str| known.lines().any(|line| line.starts_with(&format!("{key}:")));
    let title = format!("title: {}\n", text(&format!("The calls of {name}")));
    let title = if says("title") { "" } else { &title };
    let why = "why: A program that asks for this gets something else than it got.\n";
    let why = if says("why") { "" } else { why };
    let (name, path) = (text(&name), text(&path.to_string_lossy()));
    let yaml = format!(
        "{known}# {} bytes, {changed}\n\
         {title}\
         {why}\
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
    Ok(SourceText::new(place, yaml))
}

/// What people wrote of one of the project's traces.
fn known(project: &Project, path: &Path) -> Result<Option<SourceText>, Diagnostics> {
    let file = path.with_extension("yaml");
    if id_of(project, path).is_none() || !file.is_file() {
        return Ok(None);
    }
    let source = SourceText::read(&file, &project.shown(&file)).map_err(Diagnostics::from)?;
    let cases = source.text().lines().scan(0, |at, line| {
        let start = *at;
        *at += line.len() + 1;
        Some((start, line))
    });
    match cases.into_iter().find(|(_, line)| line.starts_with("cases:")) {
        Some((start, line)) => Err(Diagnostic::new(
            &source,
            start..start + line.len(),
            "a trace has one case, which is made of its calls",
        )
        .help("write what you promise as a contract in `contracts/`")
        .into()),
        None => Ok(Some(source)),
    }
}

/// Seconds that a trace of so many bytes may take: a call takes a few of them, and is made more than once, perhaps where others
/// compute too. A library that hangs is noticed long before.
fn deadline(bytes: u64) -> u64 {
    const LEAST: u64 = 300;
    const BYTES_A_SECOND: u64 = 20_000;
    LEAST + bytes / BYTES_A_SECOND
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::cause::Key;
    use crate::trace::made_up::{self, Events};

    /// A project with a trace.
    fn room() -> (tempfile::TempDir, Project, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::at(folder.path());
        let traces = folder.path().join(FOLDER);
        fs::create_dir(&traces).unwrap();
        fs::write(traces.join("my-app.trace"), made_up::bytes(&[Events::with_call("a", 0)])).unwrap();
        (folder, project, traces)
    }

    #[test]
    fn a_trace_of_the_project_is_a_contract() {
        let (_folder, project, traces) = room();
        fs::write(traces.join("notes.txt"), "").unwrap();
        let mut mistakes = Diagnostics::new();
        assert_eq!(ids(&project, &mut mistakes), ["traces/my-app"]);
        mistakes.into_result(()).unwrap();
        let contract = Contract::find(&project, "traces/my-app").unwrap();
        assert_eq!(contract.title, "The calls of my-app.trace");
        assert_eq!(Contract::file_of("traces/my-app"), "traces/my-app.trace");
        let places = contract.cases[0].runs[0].steps.iter().map(|placed| &placed.place);
        assert!(
            places.chain([&contract.cases[0].place]).all(|it| it.to_string() == "traces/my-app.trace:1:1")
        );
        assert!(contract.cases[0].fresh_process);
        assert_eq!(contract.cases[0].runs[0].steps[0].step.describe(), "replay my-app.trace");
        assert_eq!(id_of(&project, &traces.join("my-app.trace")).unwrap(), "traces/my-app");
        assert_eq!(id_of(&project, Path::new("elsewhere.trace")), None);
        assert!(Contract::find(&project, "traces/none").is_err());
    }

    #[test]
    fn what_is_known_of_a_trace_stands_beside_it() {
        let (_folder, project, traces) = room();
        let known = traces.join("my-app.yaml");
        fs::write(&known, "title: Invoices\nchanged:\n  3.43.0: round() is exact").unwrap();
        let contract = Contract::find(&project, "traces/my-app").unwrap();
        assert_eq!(contract.title, "Invoices");
        assert_eq!(contract.changed[0].key, Key::parse("3.43.0").unwrap());
        assert_eq!(contract.changed[0].place.to_string(), "traces/my-app.yaml:3:3");
        assert_eq!(contract.cases[0].place.without_column(), "traces/my-app.trace:1");
        assert_eq!(contract.file(), "traces/my-app.trace");
        fs::write(&known, "title: Invoices\ncases:\n").unwrap();
        let mistake = Contract::find(&project, "traces/my-app").unwrap_err().render(false);
        assert!(mistake.contains("traces/my-app.yaml:2:1"), "{mistake}");
        assert!(mistake.contains("a trace has one case, which is made of its calls"), "{mistake}");
    }

    #[test]
    fn what_would_be_overlooked_is_a_mistake() {
        let (folder, project, traces) = room();
        for file in ["My_App.trace", "select1.test", "schema.sql", "other.yaml"] {
            fs::write(traces.join(file), "").unwrap();
        }
        fs::create_dir(traces.join("folder.trace")).unwrap();
        let area = folder.path().join("contracts").join(FOLDER);
        fs::create_dir_all(&area).unwrap();
        fs::write(area.join("app.yaml"), "").unwrap();
        let mistakes = Contract::files(&project).unwrap_err().render(false);
        for told in [
            "traces/My_App.trace",
            "`My_App` names snapshots",
            "traces/select1.test",
            "try traces/schema.sql",
            "there is no trace `other.trace` that it is about",
            "a trace of the project is a file that ends in `.trace`",
            "`traces` is the area of the project's recordings",
        ] {
            assert!(mistakes.contains(told), "{told}: {mistakes}");
        }
    }

    #[test]
    fn a_trace_that_cannot_be_replayed_is_a_mistake_that_names_it() {
        let (_folder, project, traces) = room();
        let file = traces.join("my-app.trace");
        let whole = fs::read(&file).unwrap();
        let mistake = || Contract::find(&project, "traces/my-app").unwrap_err().render(false);
        let mut other = whole.clone();
        other[16] = 7;
        fs::write(&file, other).unwrap();
        assert!(mistake().contains("traces/my-app.trace"), "{}", mistake());
        assert!(mistake().contains("it is a trace of version 7, and this program reads version 1"));
        fs::write(&file, "SQLTRACE").unwrap();
        assert!(mistake().contains("it is not a trace of SQLite's calls"), "{}", mistake());
        let mut foreign = Events::of("a", 0);
        // The last part of what a process says of itself.
        *foreign.0.last_mut().unwrap() ^= 1;
        fs::write(&file, made_up::bytes(&[foreign])).unwrap();
        assert!(mistake().contains("recorded on a machine of another byte order"), "{}", mistake());
        fs::write(&file, made_up::bytes_of(&[Events::with_call("a", 0)], |about| about.is_hidden = true))
            .unwrap();
        assert!(mistake().contains("its values are hidden"), "{}", mistake());
        fs::write(&file, made_up::bytes(&[Events::of("a", 0)])).unwrap();
        assert!(mistake().contains("it has no calls, so there is nothing to compare"), "{}", mistake());
        fs::write(&file, made_up::bytes(&[Events::of("a", 0), Events::with_call("b", 1)])).unwrap();
        Contract::find(&project, "traces/my-app").unwrap();
        // The last frame says that nothing is missing, the one before it has the events.
        fs::write(&file, &whole[..whole.len() - 60]).unwrap();
        assert!(mistake().contains("before its first call: record the program again"), "{}", mistake());
        fs::write(&file, whole).unwrap();
        Contract::find(&project, "traces/my-app").unwrap();
    }
}
