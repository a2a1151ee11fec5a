//! The rules of inheritance, on made-up builds and transcripts: no SQLite runs here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use sqlite_contracts::record::lineage::Lineage;
use sqlite_contracts::record::report::{CaseReport, Verdict};
use sqlite_contracts::record::snapshots::name::{SnapshotName, State};
use sqlite_contracts::record::snapshots::{
    CaseSnapshots, ContractSnapshots, Outcome, Recorded, UntidyReason, changes, judge, nothing_to_say,
    resolve, store, untidy,
};
use sqlite_contracts::system::files::write_atomically;

/// `1` to `6` in one chain, and `5-debian` beside `6`.
fn lineage() -> Lineage {
    let parents = [("1", ""), ("2", "1"), ("3", "2"), ("4", "3"), ("5", "4"), ("6", "5"), ("5-debian", "5")];
    Lineage::new(
        parents.map(|(build, parent)| (build.to_owned(), (!parent.is_empty()).then(|| parent.to_owned()))),
    )
    .unwrap()
}

fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(build, text)| ((*build).to_owned(), (*text).to_owned())).collect()
}

fn accepted(pairs: &[(&str, &str)]) -> CaseSnapshots {
    CaseSnapshots { accepted: texts(pairs), ..Default::default() }
}

fn report(verdict: Verdict, transcript: &[&str]) -> CaseReport {
    CaseReport {
        case: "half".into(),
        verdict,
        transcript: transcript.iter().copied().collect(),
        failures: Vec::new(),
        reason: None,
        stack: Vec::new(),
        seconds: 0.0,
    }
}

fn holds(line: &str) -> CaseReport {
    report(Verdict::Holds, &[line])
}

/// `build: text` of every change, or `build: gone` where the own snapshot has to go.
fn changed(snapshots: &CaseSnapshots, said: &[(&str, &str)]) -> Vec<String> {
    changes(&lineage(), snapshots, &texts(said))
        .iter()
        .map(|(build, drift)| match drift.goes_back() {
            true => format!("{build}: gone"),
            false => format!("{build}: {}", drift.after),
        })
        .collect()
}

#[test]
fn a_build_inherits_from_the_nearest_above() {
    let snapshots = accepted(&[("1", "a"), ("3", "b")]);
    let from = |build| resolve(&lineage(), &snapshots, build).unwrap().from;
    assert_eq!(["1", "2", "3", "4", "5-debian"].map(from), ["1", "1", "3", "3", "3"]);
    assert_eq!(resolve(&lineage(), &accepted(&[("3", "b")]), "2"), None);
}

#[test]
fn a_build_that_behaves_as_its_parent_has_nothing_to_record() {
    let snapshots = accepted(&[("1", "a"), ("3", "b")]);
    assert_eq!(judge(&lineage(), &snapshots, "6", &holds("b")), Outcome::Same);
    assert_eq!(judge(&lineage(), &snapshots, "2", &holds("a")), Outcome::Same);
}

#[test]
fn trailing_white_space_is_no_drift_as_for_insta() {
    let snapshots = accepted(&[("1", "open\r\nclose")]);
    let report = report(Verdict::Holds, &["open", "close", ""]);
    assert_eq!(judge(&lineage(), &snapshots, "2", &report), Outcome::Same);
}

#[test]
fn another_transcript_is_a_drift_against_what_was_expected() {
    let snapshots = accepted(&[("1", "a"), ("3", "b")]);
    let Outcome::Drift(drift) = judge(&lineage(), &snapshots, "4", &holds("c")) else { panic!() };
    assert_eq!((drift.before(), drift.against()), ("b", "differs from 3".to_owned()));

    let Outcome::Drift(drift) = judge(&lineage(), &snapshots, "3", &holds("c")) else { panic!() };
    assert_eq!((drift.before(), drift.goes_back()), ("b", false));

    let Outcome::Drift(drift) = judge(&lineage(), &snapshots, "3", &holds("a")) else { panic!() };
    assert!(drift.goes_back(), "its own snapshot is untrue now, and what it inherits is true");

    let Outcome::Drift(drift) = judge(&lineage(), &accepted(&[]), "3", &holds("a")) else { panic!() };
    assert_eq!(drift.before(), "");
}

#[test]
fn unsupported_is_passed_over_and_broken_is_not_compared() {
    let snapshots = accepted(&[("1", "a"), ("3", "b")]);
    let unsupported = report(Verdict::Unsupported, &[]);
    assert_eq!(judge(&lineage(), &snapshots, "2", &unsupported), Outcome::NotCompared);
    assert_eq!(judge(&lineage(), &snapshots, "3", &unsupported), Outcome::Unwanted);
    assert_eq!(judge(&lineage(), &snapshots, "2", &report(Verdict::Broken, &["z"])), Outcome::NotCompared);
    // 2 did not support the case: 3 is compared with 1.
    assert_eq!(changed(&accepted(&[("1", "a")]), &[("1", "a"), ("3", "a")]), [] as [&str; 0]);
}

#[test]
fn a_crash_is_compared_like_any_other_transcript() {
    let crash = report(Verdict::Crashed, &["open", "crashed: SIGSEGV"]);
    let on_record = accepted(&[("1", "open\ncrashed: SIGSEGV")]);
    assert_eq!(judge(&lineage(), &on_record, "2", &crash), Outcome::Same);
    let unknown = judge(&lineage(), &accepted(&[("1", "open\nclose")]), "2", &crash);
    assert!(matches!(unknown, Outcome::Drift(_)));
}

#[test]
fn recording_from_nothing_leaves_one_change_for_each_change_of_behaviour() {
    let said = [("1", "a"), ("2", "a"), ("3", "b"), ("4", "b"), ("5", "a"), ("6", "b"), ("5-debian", "a")];
    assert_eq!(changed(&accepted(&[]), &said), ["1: a", "3: b", "5: a", "6: b"]);

    let pending = CaseSnapshots { pending: texts(&said), ..Default::default() };
    assert_eq!(nothing_to_say(&lineage(), &pending), ["2", "4", "5-debian"]);
}

#[test]
fn behaviour_that_goes_away_in_the_middle_comes_back_below() {
    let snapshots = accepted(&[("1", "a")]);
    let said = [("1", "a"), ("2", "a"), ("3", "b"), ("4", "b"), ("5", "a"), ("6", "a"), ("5-debian", "a")];
    // 5 is what is on record, but would inherit from 3 once that is accepted.
    assert_eq!(judge(&lineage(), &snapshots, "5", &holds("a")), Outcome::Same);
    assert_eq!(changed(&snapshots, &said), ["3: b", "5: a"]);
}

#[test]
fn a_parent_that_changes_takes_its_descendants_along() {
    let snapshots = accepted(&[("1", "a"), ("3", "b"), ("5", "c")]);
    let said = [("1", "a"), ("2", "a"), ("3", "x"), ("4", "x"), ("5", "c"), ("6", "c"), ("5-debian", "c")];
    assert_eq!(changed(&snapshots, &said), ["3: x"]);
}

#[test]
fn a_record_that_became_untrue_goes() {
    let snapshots = accepted(&[("1", "a"), ("3", "b")]);
    assert_eq!(changed(&snapshots, &[("2", "a"), ("3", "a"), ("4", "a")]), ["3: gone"]);
}

#[test]
fn a_run_of_some_builds_counts_what_waits_for_the_others() {
    let mut snapshots = accepted(&[("1", "a")]);
    snapshots.pending = texts(&[("2", "b")]);
    // Only 6 ran: it does what 2 is waiting to be on record for.
    assert_eq!(changed(&snapshots, &[("6", "b")]), ["2: b"]);
    // It does what is on record now, which is a change once 2 is accepted.
    assert_eq!(changed(&snapshots, &[("6", "a")]), ["2: b", "6: a"]);
}

#[test]
fn redundant_and_stale_snapshots_are_found() {
    let mut snapshots = ContractSnapshots::default();
    for name in ["c/d/half@1", "c/d/half@3", "c/d/half@5-debian", "c/d/half@2.5", "c/d/gone@1"] {
        snapshots.insert(&name.parse().unwrap(), State::Accepted, "a".to_owned());
    }
    snapshots.insert(&"c/d/half@4".parse().unwrap(), State::Accepted, "b".to_owned());
    snapshots.insert(&"c/d/gone@2".parse().unwrap(), State::Pending, "b".to_owned());
    let found = |cases: Option<&BTreeSet<String>>| -> Vec<(String, UntidyReason)> {
        untidy(&lineage(), "c/d", cases, &snapshots)
            .into_iter()
            .map(|untidy| (untidy.name.to_string(), untidy.reason))
            .collect()
    };
    assert_eq!(
        found(Some(&BTreeSet::from(["half".to_owned()]))),
        [
            ("c/d/gone@1".to_owned(), UntidyReason::NoCase),
            ("c/d/gone@2".to_owned(), UntidyReason::NoCase),
            ("c/d/half@2.5".to_owned(), UntidyReason::NoBuild),
            ("c/d/half@3".to_owned(), UntidyReason::Redundant { from: "1".to_owned() }),
        ]
    );
    assert_eq!(found(None).len(), 7, "everything of a contract that is gone is stale");
}

/// A folder of snapshots, and its state as `name` or `name (pending)`, one a file.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new(files: &[(&str, State, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (name, state, text) in files {
            let name: SnapshotName = name.parse().unwrap();
            let text = format!("---\nsource: a.rs\nassertion_line: 3\n---\n{text}\n");
            write_atomically(&name.file(folder.path(), *state), &text).unwrap();
        }
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn files(&self) -> Vec<String> {
        let shown = |(name, state): &(SnapshotName, State)| match state {
            State::Accepted => name.to_string(),
            State::Pending => format!("{name} (pending)"),
        };
        Recorded::at(self.path()).names().unwrap().iter().map(shown).collect()
    }
}

#[test]
fn settling_drops_what_says_nothing_and_adds_what_comes_back() {
    use State::{Accepted, Pending};
    let folder = Folder::new(&[
        ("c/d/half@1", Accepted, "a"),
        ("c/d/half@3", Pending, "b"),
        ("c/d/half@4", Pending, "b"),
        ("other/one/half@4", Pending, "b"),
    ]);
    let said = texts(&[("1", "a"), ("3", "b"), ("4", "b"), ("5", "a"), ("6", "a")]);
    let recorded = Recorded::at(folder.path());
    store::add_returns(&recorded, &lineage(), "c/d", "half", &said).unwrap();
    let recorded = Recorded::at(folder.path());
    store::drop_settled(&recorded, &lineage(), "c/d", |_| true).unwrap();
    assert_eq!(
        folder.files(),
        ["c/d/half@1", "c/d/half@3 (pending)", "c/d/half@5 (pending)", "other/one/half@4 (pending)"]
    );
}

#[test]
fn nothing_comes_back_where_nothing_waits() {
    let folder = Folder::new(&[("c/d/half@1", State::Accepted, "a")]);
    let said = texts(&[("1", "a"), ("3", "b"), ("5", "a")]);
    store::add_returns(&Recorded::at(folder.path()), &lineage(), "c/d", "half", &said).unwrap();
    assert_eq!(folder.files(), ["c/d/half@1"]);
}

#[test]
fn accepting_records_a_change_and_removes_what_became_untrue() {
    use State::{Accepted, Pending};
    let folder = Folder::new(&[
        ("c/d/half@1", Accepted, "a"),
        ("c/d/half@3", Accepted, "b"),
        ("c/d/half@3", Pending, "a"),
        ("c/d/half@5", Pending, "c"),
        ("c/d/half@6", Pending, "d"),
    ]);
    let recorded = Recorded::at(folder.path());
    let snapshots = recorded.contract("c/d").unwrap();
    let waiting = changes(&lineage(), snapshots.case("half"), &BTreeMap::new());
    let name = |build: &str| SnapshotName::new("c/d", "half", build);
    store::accept(folder.path(), &name("3"), &waiting["3"]).unwrap();
    store::accept(folder.path(), &name("5"), &waiting["5"]).unwrap();
    store::reject(folder.path(), &name("6")).unwrap();
    assert_eq!(folder.files(), ["c/d/half@1", "c/d/half@5"]);
    let text = std::fs::read_to_string(name("5").file(folder.path(), Accepted)).unwrap();
    assert_eq!(text, "---\nsource: contracts/c/d.yaml\n---\nc\n");
}

#[test]
fn removing_the_last_snapshot_removes_its_folder() {
    let folder = Folder::new(&[("c/d/half@1", State::Accepted, "a"), ("c/e/half@1", State::Accepted, "a")]);
    store::remove_snapshot(folder.path(), &"c/d/half@1".parse().unwrap(), State::Accepted).unwrap();
    assert!(!folder.path().join("c/d").exists());
    assert!(folder.path().join("c/e").exists());
}
