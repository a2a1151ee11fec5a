//! The list of SQLite's releases agrees with the builds: each version is on it, with the day of its source id.

use std::collections::BTreeMap;

use sqlite_contracts::builds::chronology::Release;
use sqlite_contracts::builds::{BuildSet, State, Store};
use sqlite_contracts::project::Project;
use sqlite_contracts::worker::WorkerProgram;

fn project() -> Project {
    Project::at(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_build_is_of_a_release_on_the_list() {
    let builds = BuildSet::load(&project()).unwrap();
    let unknown: Vec<&str> = builds
        .iter()
        .filter(|build| build.version().is_some_and(|version| Release::of(version).is_none()))
        .map(|build| build.name())
        .collect();
    assert!(unknown.is_empty(), "sqlite-builds/releases.tsv has no line for {unknown:?}");
}

/// Of the builds that have been made on this machine: nothing is compiled.
#[test]
fn the_days_on_the_list_are_those_of_the_source_ids() {
    let builds = BuildSet::load(&project()).unwrap();
    let store = Store::new(&project(), WorkerProgram::new(env!("CARGO_BIN_EXE_sqlite-contracts-worker")));
    let mut wrong = BTreeMap::new();
    for build in builds.iter() {
        let State::Built(product) = store.state(build) else { continue };
        let listed = Release::of(&product.info.version).and_then(|release| release.released);
        if listed != product.info.released.as_deref() {
            wrong.insert(build.name().to_owned(), (listed, product.info.released.clone()));
        }
    }
    assert!(wrong.is_empty(), "sqlite-builds/releases.tsv says otherwise: {wrong:?}");
}
