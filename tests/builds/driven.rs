//! Builds of drivers' versions.

use sqlite_contracts::builds::Build;
use sqlite_contracts::engine::{Engine, Runner};
use sqlite_contracts::record::report::Verdict;
use sqlite_contracts::worker::WorkerProgram;

use crate::fake::FakeProject;

const GO: &str = "3.46.0-plain+go-1.14.22";

fn project() -> FakeProject {
    let project = FakeProject::new();
    let manifest = "of: 3.46.0-plain\ndriver: go@1.14.22\n";
    project.write(&format!("sqlite-builds/drivers/{GO}.yaml"), manifest);
    project
}

#[test]
fn it_has_the_product_of_the_build_that_it_is_of() {
    let project = project();
    let product = |build: &str| project.store().ensure(&project.build(build), &()).unwrap();
    assert_eq!(product("3.46.0-plain"), product(GO));
}

#[test]
fn it_is_compared_with_that_and_passed_over_unless_it_is_meant() {
    let builds = project().builds();
    assert_eq!(builds.lineage().parent(GO), Some("3.46.0-plain"));
    assert!(builds.lineage().is_recorded(GO));
    assert!(builds.iter().all(|build| build.name() != GO));
    let selected = |glob: &str| -> Vec<String> {
        builds.select(&[glob]).unwrap().into_iter().map(|build| build.name().to_owned()).collect()
    };
    assert!(!selected("3.46.0-plain*").contains(&GO.to_owned()));
    assert_eq!(selected("3.46.0-plain+*"), [GO]);
    assert_eq!(builds.of_drivers().map(Build::name).collect::<Vec<_>>(), [GO]);
    let called = |word: &str| builds.called(word).map(Build::name);
    assert_eq!(called("go@1.14.22"), Some(GO));
    assert_eq!(
        called("go@1.14.16"),
        Some("3.46.0-plain"),
        "what the record was made with has no build of its own"
    );
    assert_eq!(called("go@1.14.99"), None);
    assert_eq!(called("node@12.11.1"), None, "no build is one of node");
    let versions = builds.versions_of_driver("go");
    assert_eq!(versions.as_deref(), Some("versions of go: go@1.14.16, go@1.14.22"));
    assert_eq!(builds.versions_of_driver("node"), None);
}

#[test]
fn other_drivers_run_nothing_on_it() {
    let project = project();
    let text = "title: a\nwhy: b\ncases:\n  - {name: c, steps: [{open: a.db}]}\n";
    project.write("contracts/area/plain.yaml", text);
    let worker = WorkerProgram::new(env!("CARGO_BIN_EXE_sqlite-contracts-worker"));
    let engine = Engine::new(&project.project(), worker, Box::new(())).unwrap();
    let report = engine.run_cell("area/plain", GO).unwrap();
    assert_eq!(report.cases[0].verdict, Verdict::Unsupported);
    let reason = report.cases[0].reason.as_deref();
    assert_eq!(reason, Some("this build is one of go@1.14.22, and the case has driver capi"));
}
