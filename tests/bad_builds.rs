//! What a mistake in a manifest (of a build or a mutant) or profile looks like: one small project a mistake in `bad/builds/`, one
//! message each in `bad/snapshots/`.

use std::path::Path;

use sqlite_contracts::builds::{BuildSet, Mutants, Store};
use sqlite_contracts::project::Project;
use sqlite_contracts::worker::WorkerProgram;

use messages::assert_messages;

#[path = "support/messages.rs"]
mod messages;

/// What a person would read: mistakes of the builds' files, else of the mutants', else of the sources.
fn message(root: &Path) -> String {
    let target = tempfile::tempdir().unwrap();
    let project = Project::at(root).with_target(target.path());
    let builds = match BuildSet::load(&project) {
        Ok(builds) => builds,
        Err(mistakes) => return mistakes.render(false),
    };
    if let Err(mistakes) = Mutants::load(&project, &builds) {
        return mistakes.render(false);
    }
    let store = Store::new(&project, WorkerProgram::new(env!("CARGO_BIN_EXE_sqlite-contracts-worker")));
    let errors = builds.iter().filter_map(|build| store.fetch(build, &()).err());
    let text: Vec<String> = errors.map(|error| error.to_string()).collect();
    assert!(!text.is_empty(), "{} has no mistake", root.display());
    text.join("\n\n").replace(&root.display().to_string(), "[project]")
}

#[test]
fn every_mistake_has_its_message() {
    assert_messages("builds", "builds", 25, message);
}
