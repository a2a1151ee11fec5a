//! What a mistake in a contract looks like: one file a mistake in `bad/contracts/`, whole projects in
//! `bad/trees/`, one message each in `bad/snapshots/`.

use std::path::{Path, PathBuf};

use sqlite_contracts::contract::Contract;
use sqlite_contracts::project::Project;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad").join(name)
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

fn assert_messages(prefix: &str, message: impl Fn(&Path) -> String, paths: &[PathBuf]) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("bad/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for path in paths {
            let stem = path.file_stem().unwrap().to_string_lossy();
            insta::assert_snapshot!(format!("{prefix}-{stem}"), message(path));
        }
    });
}

#[test]
fn every_mistake_has_its_message() {
    let project = Project::at(folder(""));
    let message = |path: &Path| match Contract::load(&project, path) {
        Ok(_) => panic!("{} has no mistake", path.display()),
        Err(mistakes) => mistakes.render(false),
    };
    let paths = entries(&folder("contracts"));
    assert!(paths.len() > 25, "{paths:?}");
    assert_messages("contract", message, &paths);
}

#[test]
fn mistakes_of_all_files_are_told_together() {
    let message = |path: &Path| match Contract::load_all(&Project::at(path)) {
        Ok(_) => panic!("{} has no mistake", path.display()),
        Err(mistakes) => mistakes.render(false),
    };
    assert_messages("contracts", message, &entries(&folder("trees")));
}
