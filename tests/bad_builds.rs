//! What a mistake in a manifest (of a build or a mutant) or profile looks like: one small project a mistake in `bad/builds/`, one
//! message each in `bad/snapshots/`.

use std::path::Path;

use sqlite_contracts::builds::{BuildSet, Mutants, Store};
use sqlite_contracts::project::Project;
use sqlite_contracts::worker::WorkerProgram;

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
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad/builds");
    let mut names: Vec<_> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert!(names.len() > 25, "{names:?}");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("bad/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for name in names {
            let name = name.to_string_lossy();
            insta::assert_snapshot!(format!("builds-{name}"), message(&folder.join(&*name)));
        }
    });
}
