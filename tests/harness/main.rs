//! Cells as tests, with a runner that makes its reports up: what is judged, recorded, remembered and told.

mod rows;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use sqlite_contracts::builds::BuildError;
use sqlite_contracts::engine::Runner;
use sqlite_contracts::matrix::cache::ResultCache;
use sqlite_contracts::matrix::junit::junit;
use sqlite_contracts::matrix::results::{Blame, CellResult};
use sqlite_contracts::matrix::run::{self, Partition};
use sqlite_contracts::matrix::summary::Summary;
use sqlite_contracts::matrix::survey::{self, Standing};
use sqlite_contracts::matrix::{Cells, Checked, Survey, table, tests_macro};
use sqlite_contracts::project::Project;
use sqlite_contracts::record::lineage::Lineage;
use sqlite_contracts::record::report::{CaseReport, CellReport, Failure, Verdict};
use sqlite_contracts::record::snapshots::Recorded;
use sqlite_contracts::record::snapshots::name::{SnapshotName, State};
use sqlite_contracts::system::files::write_atomically;

const CONTRACT: &str = "precision/round";

/// Returns from a table, and counts how often it is asked.
#[derive(Default)]
struct Fake {
    cells: Mutex<BTreeMap<String, Vec<CaseReport>>>,
    runs: AtomicUsize,
}

impl Runner for &Fake {
    fn run_cell(&self, contract: &str, build: &str) -> Result<CellReport> {
        self.runs.fetch_add(1, Ordering::Relaxed);
        let cells = self.cells.lock().unwrap();
        let cases = cells.get(build).context("no such build")?.clone();
        Ok(CellReport { contract: contract.into(), build: build.into(), cases })
    }

    fn cell_key(&self, contract: &str, build: &str) -> Option<String> {
        Some(format!("{contract} {build} 1"))
    }
}

impl Fake {
    fn say(&self, build: &str, verdict: Verdict, line: &str) {
        let failure = Failure {
            place: "contracts/precision/round.yaml:9:7".parse().unwrap(),
            row: None,
            step: "query".into(),
            expected: "1".into(),
            actual: line.into(),
        };
        let case = CaseReport {
            case: "half".into(),
            verdict,
            transcript: [line].into_iter().filter(|_| verdict != Verdict::Unsupported).collect(),
            failures: if verdict == Verdict::Broken { vec![failure] } else { Vec::new() },
            reason: None,
            stack: Vec::new(),
            seconds: 0.0,
        };
        self.cells.lock().unwrap().insert(build.into(), vec![case]);
    }
}

/// A project with one contract and a chain of builds, some of them on record.
struct Bench {
    folder: tempfile::TempDir,
    lineage: Lineage,
    fake: Fake,
}

impl Bench {
    fn new(on_record: &[(&str, &str)]) -> Self {
        let parents = [("1", None), ("2", Some("1")), ("3", Some("2")), ("4", Some("3"))];
        let parents = parents.map(|(build, parent)| (build.to_owned(), parent.map(str::to_owned)));
        let folder = tempfile::tempdir().unwrap();
        let bench = Self { folder, lineage: Lineage::new(parents).unwrap(), fake: Fake::default() };
        let contract = bench.project().contracts().join("precision/round.yaml");
        let text = "title: ROUND keeps its digits\nwhy: money\ncases:\n  - name: half\n    steps: [{open: ':memory:'}]\n";
        write_atomically(&contract, text).unwrap();
        for (build, text) in on_record {
            let file = SnapshotName::new(CONTRACT, "half", build)
                .file(&bench.project().snapshots(), State::Accepted);
            write_atomically(&file, format!("---\nsource: a.rs\n---\n{text}\n")).unwrap();
        }
        bench
    }

    fn project(&self) -> Project {
        Project::at(self.folder.path()).with_target(self.folder.path().join("target"))
    }

    fn cells(&self) -> Cells<&Fake> {
        let cache = ResultCache::at(self.folder.path().join("cache"));
        Cells::new(self.project(), self.lineage.clone(), &self.fake).remembered_in(cache)
    }

    /// Checks cells one after the other; the message of each that fails, by build.
    fn run(&self, builds: &[&str]) -> (BTreeMap<String, String>, Vec<CellResult>) {
        let cells = self.cells();
        let mut failures = BTreeMap::new();
        let mut results = Vec::new();
        for build in builds {
            let checked = cells.check(CONTRACT, build);
            failures.extend(cells.message(&checked).map(|message| ((*build).to_owned(), message)));
            results.push(checked.result);
        }
        (failures, results)
    }

    fn survey(&self, results: &[CellResult]) -> Survey {
        Survey::new(&self.lineage, &Recorded::at(self.project().snapshots()), results.to_vec())
    }

    fn files(&self) -> Vec<String> {
        let names = Recorded::at(self.project().snapshots()).names().unwrap();
        let shown = |(name, state): &(SnapshotName, State)| match state {
            State::Accepted => name.build.clone(),
            State::Pending => format!("{} pending", name.build),
        };
        names.iter().map(shown).collect()
    }
}

/// insta writes nothing under `CI`: there the pending files of these tests are not expected.
fn insta_writes() -> bool {
    std::env::var_os("CI").is_none() && std::env::var_os("INSTA_UPDATE").is_none()
}

#[test]
fn a_new_build_that_behaves_as_its_parent_passes_and_adds_no_file() {
    let bench = Bench::new(&[("1", "a")]);
    bench.fake.say("4", Verdict::Holds, "a");
    let (failures, results) = bench.run(&["4"]);
    assert_eq!(failures, BTreeMap::new());
    assert_eq!(bench.files(), ["1"]);
    assert!(Summary::of(&bench.survey(&results)).is_clean());
}

#[test]
fn a_drift_fails_with_a_diff_and_waits_for_review() {
    let bench = Bench::new(&[("1", "a")]);
    bench.fake.say("3", Verdict::Holds, "b");
    let (failures, _) = bench.run(&["3"]);
    let message = &failures["3"];
    for part in [
        "precision/round on 3: ROUND keeps its digits",
        "precision/round/half@3 differs from 1 (contracts/precision/round.yaml:4)",
        "    - a\n    + b\n",
        "cargo xtask matrix --contract precision/round --build 3",
    ] {
        assert!(message.contains(part), "{part:?} is not in {message}");
    }
    if insta_writes() {
        assert_eq!(bench.files(), ["1", "3 pending"]);
        let file =
            SnapshotName::new(CONTRACT, "half", "3").file(&bench.project().snapshots(), State::Pending);
        let text = std::fs::read_to_string(file).unwrap();
        assert!(text.contains("description: \"ROUND keeps its digits; differs from 1\"\n"), "{text}");
        // It went away again: nothing is left to review.
        bench.fake.say("3", Verdict::Holds, "a");
        std::fs::remove_dir_all(bench.folder.path().join("cache")).unwrap();
        assert_eq!(bench.run(&["3"]).0, BTreeMap::new());
        assert_eq!(bench.files(), ["1"]);
    }
}

#[test]
fn recording_from_nothing_asks_for_one_review_a_change() {
    let bench = Bench::new(&[]);
    for (build, line) in [("1", "a"), ("2", "a"), ("3", "b"), ("4", "a")] {
        bench.fake.say(build, Verdict::Holds, line);
    }
    let (failures, results) = bench.run(&["1", "2", "3", "4"]);
    assert_eq!(failures.len(), 4, "each cell alone knows of no record");
    survey::settle(&bench.project().snapshots(), &bench.lineage, &results).unwrap();
    let survey = bench.survey(&results);
    let standings: Vec<Standing> = survey.cells.iter().map(|cell| cell.standing).collect();
    assert_eq!(standings, [Standing::New; 4]);
    let summary = Summary::of(&survey);
    assert_eq!((summary.new, summary.unreviewed, summary.follow), (3, 0, 0));
    assert!(summary.is_clean(), "what is new is no failure");
    assert!(summary.line(Duration::ZERO).contains("0 broken, 3 new (not yet on record), 0 unreviewed"));
    if insta_writes() {
        assert_eq!(bench.files(), ["1 pending", "3 pending", "4 pending"]);
    }
}

#[test]
fn a_build_is_new_while_nothing_is_on_record_of_it_or_below_it() {
    let standings = |on_record: &[(&str, &str)], does: &[(&str, &str)]| {
        let bench = Bench::new(on_record);
        does.iter().for_each(|(build, line)| bench.fake.say(build, Verdict::Holds, line));
        let builds: Vec<&str> = does.iter().map(|(build, _)| *build).collect();
        let (_, results) = bench.run(&builds);
        survey::settle(&bench.project().snapshots(), &bench.lineage, &results).unwrap();
        let survey = bench.survey(&results);
        survey.cells.iter().map(|cell| cell.standing).collect::<Vec<_>>()
    };
    use Standing::{Follows, Holds, New, Unreviewed};
    assert_eq!(standings(&[("1", "a")], &[("3", "b"), ("4", "b")]), [New, New]);
    assert_eq!(standings(&[("1", "a")], &[("3", "a")]), [Holds], "what it inherits is no news");
    // 4 was compared with 2 and 3 when it was recorded, so they have been seen.
    let seen = [("1", "a"), ("4", "c")];
    assert_eq!(standings(&seen, &[("2", "b"), ("3", "b")]), [Unreviewed, Follows]);
    assert_eq!(standings(&seen, &[("1", "b"), ("4", "d")]), [Unreviewed, Unreviewed]);
}

#[test]
fn a_broken_case_is_neither_compared_nor_written_and_runs_every_time() {
    let bench = Bench::new(&[("1", "a")]);
    bench.fake.say("2", Verdict::Broken, "b");
    let (failures, results) = bench.run(&["2", "2"]);
    assert!(failures["2"].contains("broken: contracts/precision/round.yaml:9:7: half on 2"), "{failures:?}");
    assert_eq!(bench.files(), ["1"]);
    assert_eq!(bench.fake.runs.load(Ordering::Relaxed), 2);
    assert_eq!(Summary::of(&bench.survey(&results[..1])).broken, 1);
}

#[test]
fn a_cell_is_remembered_and_still_compared() {
    let bench = Bench::new(&[("1", "a")]);
    bench.fake.say("2", Verdict::Holds, "a");
    bench.run(&["2"]);
    let (failures, results) = bench.run(&["2"]);
    assert_eq!(bench.fake.runs.load(Ordering::Relaxed), 1);
    assert_eq!(Summary::of(&bench.survey(&results)).cached, 1);
    assert_eq!(failures.len(), 0);
    let file = SnapshotName::new(CONTRACT, "half", "1").file(&bench.project().snapshots(), State::Accepted);
    write_atomically(&file, "---\nsource: a.rs\n---\nedited\n").unwrap();
    assert_eq!(bench.run(&["2"]).0.len(), 1);
}

#[test]
fn a_case_that_could_not_run_is_no_drift_and_nothing_is_kept_of_it() {
    let bench = Bench::new(&[("1", "a")]);
    bench.fake.say("2", Verdict::Holds, "b");
    bench.run(&["2"]);
    let pending = bench.files();
    bench.fake.say("2", Verdict::CouldNotRun, "b");
    bench.fake.say("3", Verdict::Holds, "a");
    std::fs::remove_dir_all(bench.folder.path().join("cache")).unwrap();
    let (failures, results) = bench.run(&["2", "3"]);
    assert!(failures["2"].contains("could not run: half on 2"), "{failures:?}");
    assert!(!failures.contains_key("3"), "{failures:?}");
    assert_eq!(bench.files(), pending, "what waits for review still waits, and nothing is added");
    let survey = bench.survey(&results);
    assert_eq!(survey.standings()[&(CONTRACT, "2")], Standing::Failed);
    let summary = Summary::of(&survey);
    assert_eq!((summary.could_not_run, summary.is_clean()), (1, false));
    let xml = junit(&survey, Duration::ZERO, &|_, _| String::new());
    assert!(xml.contains("errors=\"1\"") && xml.contains("<error message=\"could not run\">"), "{xml}");
}

#[test]
fn a_damaged_snapshot_costs_its_contract_and_is_a_mistake_of_the_file() {
    let bench = Bench::new(&[("1", "a")]);
    bench.fake.say("2", Verdict::Holds, "a");
    let file = SnapshotName::new(CONTRACT, "half", "1").file(&bench.project().snapshots(), State::Accepted);
    std::fs::write(&file, [0xff, b'\n']).unwrap();
    let (failures, results) = bench.run(&["2"]);
    assert!(failures["2"].contains("this file is not UTF-8"), "{failures:?}");
    assert!(matches!(results[0], CellResult::Failed { blame: Blame::Input, .. }), "{results:?}");
    let recorded = Recorded::at(bench.project().snapshots());
    let both = vec![CONTRACT.to_owned(), "precision/dates".to_owned()];
    let (readable, mistakes) = recorded.readable(both).unwrap();
    assert_eq!((readable, mistakes.iter().count()), (vec!["precision/dates".to_owned()], 1));
    // An older result is no longer comparable either.
    let report = (&bench.fake).run_cell(CONTRACT, "2").unwrap();
    let survey = bench.survey(&[CellResult::Ran { report, cached: false }]);
    assert_eq!((survey.cells.len(), survey.failed[0].blame), (0, Blame::Input));
}

#[test]
fn a_cell_that_cannot_run_is_told_apart() {
    let bench = Bench::new(&[]);
    let (failures, results) = bench.run(&["2"]);
    assert_eq!(failures["2"], "precision/round cannot run on 2: no such build");
    assert_eq!(Summary::of(&bench.survey(&results)).failed, 1);
}

#[test]
fn the_test_of_an_include_checks_each_contract_in_it() {
    let bench = Bench::new(&[]);
    bench.fake.say("1", Verdict::Holds, "a");
    let include = bench.project().contracts().join("include.yaml");
    write_atomically(&include, "include: [precision/dates, precision/money-round]\n").unwrap();
    let build = bench.project().builds().join("core/1.yaml");
    let message = tests_macro::check(&bench.cells(), &include, &build).unwrap_err().to_string();
    for contract in ["precision/dates", "precision/money-round"] {
        assert!(message.contains(&format!("{contract}/half@1")), "{contract} is not in {message}");
    }
}

#[test]
fn a_test_is_the_cell_of_its_files_also_where_the_project_has_moved() {
    let bench = Bench::new(&[("1", "a")]);
    bench.fake.say("2", Verdict::Holds, "a");
    let elsewhere = std::path::Path::new("/elsewhere/contracts/precision/round.yaml");
    tests_macro::check(&bench.cells(), elsewhere, "core/2.yaml".as_ref()).unwrap();
    assert_eq!(bench.fake.runs.load(Ordering::Relaxed), 1);
}

#[test]
fn a_build_that_this_machine_lacks_fails_no_test() {
    let bench = Bench::new(&[]);
    let lack = BuildError::Lacking { what: "ICU".to_owned(), reason: "no header".to_owned() };
    let result = CellResult::failed(CONTRACT, "2", &anyhow::Error::new(lack));
    let checked = Checked { result, failures: Vec::new(), remembered: None };
    assert_eq!(bench.cells().message(&checked), None);
}

#[test]
fn cells_run_once_their_build_is_there_and_those_of_others_do_not() {
    let bench = Bench::new(&[("1", "a")]);
    for build in ["1", "2", "3"] {
        bench.fake.say(build, Verdict::Holds, "a");
    }
    let wanted = Partition::default().cells(&[CONTRACT], &["1", "2", "3"]);
    let heard = AtomicUsize::new(0);
    let make = |waiting: &run::Waiting| ["3", "1"].map(|build| waiting.release(build)).len();
    let done = |_: &CellResult| _ = heard.fetch_add(1, Ordering::Relaxed);
    let (checked, made) = run::run(&bench.cells(), wanted, 2, make, done);
    let builds: Vec<&str> = checked.iter().map(|checked| checked.result.cell().1).collect();
    assert_eq!((builds, made, heard.into_inner()), (vec!["1", "3"], 2, 2));
}

#[test]
fn the_table_shows_a_sign_a_cell() {
    let bench = Bench::new(&[("1", "a"), ("2", "b")]);
    for (build, verdict, line) in [
        ("1", Verdict::Holds, "a"),
        ("2", Verdict::Holds, "b"),
        ("3", Verdict::Unsupported, ""),
        ("4", Verdict::Broken, "b"),
    ] {
        bench.fake.say(build, verdict, line);
    }
    let (_, results) = bench.run(&["4", "3", "2", "1"]);
    let table = table::table(&bench.survey(&results), 80, false);
    assert_eq!(
        table,
        "         1  2  3  4\nprecision\n  round  .  ~  -  X\n\n\
         . holds   ~ differs from the build before, on record   X broken   - unsupported\n"
    );
}
