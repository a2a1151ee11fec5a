//! The list of SQLite's releases agrees with the builds: each version is on it, with the day of its source id.

use std::collections::{BTreeMap, BTreeSet};

use semver::Version;
use sqlite_contracts::builds::chronology::{Release, releases};
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

/// sqlite-builds/README.md names what is in no package: those on the list since the root of which there is no manifest.
#[test]
fn the_readme_names_the_releases_without_a_build() {
    let builds = BuildSet::load(&project()).unwrap();
    let built: BTreeSet<Version> = builds.iter().filter_map(|build| build.version().cloned()).collect();
    let unbuilt: BTreeSet<Version> = releases()
        .iter()
        .filter_map(|release| release.version.parse().ok())
        .filter(|version| *version >= Version::new(3, 13, 0) && !built.contains(version))
        .collect();
    let readme = std::fs::read_to_string(project().builds().join("README.md")).unwrap();
    let (_, list) = readme.split_once("In no package: ").unwrap();
    let (list, _) = list.split_once("Those of them").unwrap();
    let words = list.split_whitespace().map(|word| word.trim_end_matches([',', '.']));
    let named: BTreeSet<Version> = words.filter_map(|word| word.parse().ok()).collect();
    assert_eq!(named, unbuilt);
}
