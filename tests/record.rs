//! Every snapshot on record, read and written: what the types do not keep would be lost here. And every build is told from
//! the one before, by a case, or contracts/not-covered.md says why it is not.

use std::collections::BTreeSet;
use std::path::Path;

use sqlite_contracts::builds::{Build, BuildSet};
use sqlite_contracts::contract::Contract;
use sqlite_contracts::engine::Engine;
use sqlite_contracts::project::Project;
use sqlite_contracts::record::report::CaseReport;
use sqlite_contracts::record::snapshots::Recorded;
use sqlite_contracts::record::snapshots::file::SnapshotFile;
use sqlite_contracts::record::transcript::{Line, Transcript};
use sqlite_contracts::worker::WorkerProgram;

#[track_caller]
fn assert_kept(folder: &str, at_least: usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let names = Recorded::at(&folder).names().unwrap();
    assert!(names.len() >= at_least, "{} snapshots in {}", names.len(), folder.display());
    for (name, state) in names {
        let file = name.file(&folder, state);
        let mut snapshot = SnapshotFile::read(&file).unwrap();
        let transcript = Transcript::from(&*snapshot.text);
        let unknown: Vec<&Line> = transcript.iter().filter(|line| matches!(line, Line::Other(_))).collect();
        assert!(unknown.is_empty(), "{name}: {unknown:?}");
        snapshot.text = transcript.to_string();
        assert_eq!(Transcript::from(&*snapshot.text), transcript, "{name}");
        assert_eq!(snapshot.content(&name), std::fs::read_to_string(&file).unwrap(), "{name}");
        let insta = insta::Snapshot::from_file(&file).unwrap();
        assert_eq!(insta.as_text().unwrap().to_string() + "\n", snapshot.text, "{name}");
    }
}

#[test]
fn every_snapshot_is_written_as_it_was_read() {
    assert_kept("tests/snapshots", 1000);
}

#[test]
fn so_is_every_snapshot_of_the_example() {
    assert_kept("examples/ledger/sqlite/tests/snapshots", 10);
}

fn project() -> Project {
    Project::at(env!("CARGO_MANIFEST_DIR"))
}

/// The rows of the tables below a heading of contracts/not-covered.md, by their cells.
fn rows(heading: &str) -> Vec<Vec<String>> {
    let page = std::fs::read_to_string(project().contracts().join("not-covered.md")).unwrap();
    let (_, section) = page.split_once(&format!("## {heading}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |"));
    rows.map(|row| format!("`{row}").split(" | ").map(str::to_owned).collect()).collect()
}

/// What stands in a cell in the letters of code.
fn words(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

#[test]
fn every_build_on_record_differs_from_the_one_before_or_has_a_line() {
    let builds = BuildSet::load(&project()).unwrap();
    let names = Recorded::at(project().snapshots()).names().unwrap();
    let told: BTreeSet<&str> = names.iter().map(|(name, _)| name.build.as_str()).collect();
    let lines = rows("Releases and builds that no case tells from the one before");
    let listed: BTreeSet<&str> = lines.iter().flat_map(|line| words(&line[0])).collect();
    let is_on_record =
        |build: &&Build| builds.lineage().is_recorded(build.name()) && build.parent().is_some();
    let recorded = builds.iter().filter(is_on_record).map(Build::name);
    let neither: Vec<&str> =
        recorded.filter(|build| !told.contains(build) && !listed.contains(build)).collect();
    assert!(neither.is_empty(), "no drift, and no line in contracts/not-covered.md: {neither:?}");
    let both: Vec<&&str> = listed.intersection(&told).collect();
    assert!(both.is_empty(), "contracts/not-covered.md says that no case tells them apart: {both:?}");
    let gone: Vec<&&str> = listed.iter().filter(|build| builds.get(build).is_none()).collect();
    assert!(gone.is_empty(), "contracts/not-covered.md names builds that are gone: {gone:?}");
}

/// What a case does on a build that has been made on this machine.
fn outcome(engine: &Engine, case: &str, build: &Build) -> Option<CaseReport> {
    engine.store().find(build)?;
    let (id, name) = case.rsplit_once('/').unwrap();
    let contract = engine.contract(id).unwrap_or_else(|error| panic!("{case}: {error:#}"));
    let cases: Vec<_> = contract.cases.iter().filter(|it| it.name == name).cloned().collect();
    assert_eq!(cases.len(), 1, "contracts/not-covered.md names the case {case}");
    let contract = Contract { cases, ..Contract::clone(&contract) };
    engine.run(&contract, build).unwrap().cases.pop()
}

/// Of the builds that have been made on this machine: nothing is compiled.
#[test]
fn every_build_that_is_asked_alone_names_a_case_that_tells_it_from_the_one_before() {
    let worker = WorkerProgram::new(env!("CARGO_BIN_EXE_sqlite-contracts-worker"));
    let engine = Engine::new(&project(), worker, Box::new(())).unwrap();
    engine.store().compile_nothing();
    let lines = rows("Builds that are asked and not on record");
    let mut named = BTreeSet::new();
    for line in &lines {
        let cases: Vec<&str> = words(&line[1]).collect();
        for name in words(&line[0]) {
            named.insert(name);
            let build = engine.builds().get(name).unwrap_or_else(|| panic!("there is no build {name}"));
            let parent = engine.builds().get(build.parent().unwrap()).unwrap();
            for case in &cases {
                let outcomes = [parent, build].map(|build| outcome(&engine, case, build));
                if let [Some(before), Some(after)] = &outcomes {
                    assert!(!before.does_the_same(after), "{case} does the same on {name} and its parent");
                }
            }
            let advisory = line[1].split_once("](../advisories/").and_then(|(_, link)| link.split_once(')'));
            let advisory = advisory.map(|(file, _)| project().root().join("advisories").join(file));
            let shows = cases.len() == 1 || advisory.is_some_and(|file| file.is_file());
            assert!(shows, "{name} has neither a case nor an advisory");
        }
    }
    let asked = engine.builds().iter().filter(|build| !engine.builds().lineage().is_recorded(build.name()));
    let pinned = asked.filter(|build| build.source().is_pinned()).map(Build::name);
    assert_eq!(named, pinned.collect::<BTreeSet<_>>(), "the builds of sqlite-builds/unrecorded/");
}
