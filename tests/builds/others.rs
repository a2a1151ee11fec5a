//! The builds that steps run on beside a cell's own.

use sqlite_contracts::builds::BuildSet;
use sqlite_contracts::contract::other_build::OtherBuild;
use sqlite_contracts::engine::{Engine, Runner};
use sqlite_contracts::project::Project;
use sqlite_contracts::record::report::Verdict;
use sqlite_contracts::worker::WorkerProgram;

use crate::fake::{FakeProject, manifest};

fn engine(project: &FakeProject) -> Engine {
    let worker = WorkerProgram::new(env!("CARGO_BIN_EXE_sqlite-contracts-worker"));
    Engine::new(&project.project(), worker, Box::new(())).unwrap()
}

fn project(word: &str) -> FakeProject {
    let project = FakeProject::new();
    let steps = format!("[{{open: a.db}}, {{open: a.db, on: {word}}}]");
    let text = format!("title: a\nwhy: b\ncases:\n  - name: c\n    steps: {steps}\n");
    project.write("contracts/area/joint.yaml", &text);
    project.write("contracts/area/alone.yaml", &text.replace(&format!(", on: {word}"), ""));
    project
}

#[test]
fn a_cell_runs_again_when_another_build_of_it_has_changed() {
    let project = project("3.46.0-flagged");
    let key = |contract: &str| engine(&project).cell_key(contract, "3.46.0-plain");
    assert_eq!(key("area/joint"), None, "the other build is not made for a key");
    let make = || project.store().ensure(&project.build("3.46.0-flagged"), &()).unwrap();
    make();
    let (joint, alone) = (key("area/joint").unwrap(), key("area/alone").unwrap());
    assert_eq!(key("area/joint"), Some(joint.clone()));
    project.set_flag("FLAG=\"y\"");
    make();
    assert_ne!(key("area/joint"), Some(joint));
    assert_eq!(key("area/alone"), Some(alone));
}

#[test]
fn the_builds_of_steps_are_made_beside_the_selected_ones() {
    let project = project("parent");
    let engine = engine(&project);
    let beside = |contract: &str, builds: &[&str]| -> Vec<String> {
        let selected: Vec<_> = builds.iter().filter_map(|name| engine.builds().get(name)).collect();
        engine.builds_beside(&[contract], &selected).iter().map(|build| build.name().to_owned()).collect()
    };
    assert_eq!(beside("area/joint", &["3.46.0-flagged"]), ["3.46.0-plain"]);
    assert!(beside("area/joint", &["3.46.0-flagged", "3.46.0-plain"]).is_empty());
    assert!(beside("area/alone", &["3.46.0-flagged"]).is_empty());
}

#[test]
fn a_case_could_not_run_where_another_build_of_it_cannot_be_made() {
    let project = project("3.46.0-broken");
    project.write("sqlite-builds/core/3.46.0-broken.yaml", &manifest("3.46.0", "broken", "not this"));
    project.write("sqlite-builds/profiles/broken.yaml", "about: for tests\n");
    let engine = engine(&project);
    let report = engine.run_cell("area/joint", "3.46.0-plain").unwrap();
    assert_eq!(report.cases[0].verdict, Verdict::CouldNotRun);
    let reason = report.cases[0].reason.as_deref().unwrap();
    assert!(reason.starts_with("on 3.46.0-broken: "), "{reason}");
}

#[test]
fn the_oldest_and_the_newest_are_those_of_the_core_lineage_whatever_is_selected() {
    let builds = BuildSet::load(&Project::at(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let own = builds.get("3.54.1-asan-ubsan").unwrap();
    let found = |word| builds.other(own, &word).map(|build| build.name().to_owned());
    let is_core = |name: &str| builds.get(name).unwrap().tier() == sqlite_contracts::builds::Tier::Core;
    let (oldest, newest) = (found(OtherBuild::Oldest).unwrap(), found(OtherBuild::Newest).unwrap());
    assert!(is_core(&oldest) && is_core(&newest) && oldest < newest, "{oldest} {newest}");
    assert!(builds.lineage().ancestors(&newest).any(|above| above == oldest));
    assert_eq!(found(OtherBuild::Parent).ok().as_deref(), own.parent());
    assert_eq!(found(OtherBuild::Named("x".to_owned())), Err("there is no build `x`".to_owned()));
}

#[test]
fn a_store_that_compiles_nothing_makes_no_build_for_a_step_either() {
    let project = project("3.46.0-flagged");
    project.store().ensure(&project.build("3.46.0-plain"), &()).unwrap();
    let engine = engine(&project);
    engine.store().compile_nothing();
    let report = engine.run_cell("area/joint", "3.46.0-plain").unwrap();
    assert_eq!(report.cases[0].verdict, Verdict::CouldNotRun);
    let reason = report.cases[0].reason.as_deref().unwrap();
    assert!(reason.contains("it is not compiled") && reason.contains("build 3.46.0-flagged"), "{reason}");
    assert_eq!(project.product_names().len(), 1, "{:?}", project.product_names());
}
