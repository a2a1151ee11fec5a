//! Rows that are remembered with their comparison: what they save, and what makes them useless.

use std::collections::BTreeSet;
use std::fs::{File, FileTimes};
use std::path::PathBuf;

use super::*;
use sqlite_contracts::matrix::Row;
use sqlite_contracts::matrix::row::Remembered;

const BUILDS: [&str; 3] = ["1", "2", "3"];

/// A run as the command makes it.
struct Ran {
    rows: Vec<Row>,
    /// What it evaluates, with the remembered rows.
    survey: Survey,
    /// The lines of its results.
    lines: Vec<String>,
}

impl Ran {
    /// How many rows were remembered, how many drifts there are, those of new builds too, and the signs of the cells.
    fn outline(&self) -> (usize, usize, Vec<Standing>) {
        let standings = self.survey.standings().into_values().collect();
        let summary = Summary::of(&self.survey);
        (self.rows.len(), summary.unreviewed + summary.new, standings)
    }
}

impl Bench {
    fn matrix(&self, builds: &[&str]) -> Ran {
        let cells = self.cells();
        let wanted = Partition::default().cells(&[CONTRACT], builds);
        let (rows, wanted) = cells.take_rows(wanted, &builds.iter().copied().collect::<BTreeSet<_>>());
        let checked: Vec<_> = wanted.iter().map(|(contract, build)| cells.check(contract, build)).collect();
        let lines = rows.iter().flat_map(Row::lines).map(str::to_owned);
        let lines = lines.chain(checked.iter().map(|checked| checked.line().unwrap().into_owned())).collect();
        let remembered: Remembered = wanted
            .into_iter()
            .zip(&checked)
            .filter_map(|(cell, checked)| Some((cell, checked.remembered.clone()?)))
            .collect();
        let results = checked.into_iter().map(|checked| checked.result).collect();
        let recorded = Recorded::at(self.project().snapshots());
        let survey = Survey::new(&self.lineage, &recorded, results);
        cells.remember_rows(&survey, &recorded, &remembered);
        Ran { survey: survey.with_rows(&self.lineage, rows.clone()), rows, lines }
    }

    fn snapshot(&self, build: &str) -> PathBuf {
        SnapshotName::new(CONTRACT, "half", build).file(&self.project().snapshots(), State::Accepted)
    }

    fn put(&self, build: &str, text: &str) {
        write_atomically(&self.snapshot(build), format!("---\nsource: a.rs\n---\n{text}\n")).unwrap();
    }
}

/// Builds 1 and 2 say `a`, as 1 has on record, and 3 says `b`, which it has on record.
fn bench() -> Bench {
    let bench = Bench::new(&[("1", "a"), ("3", "b")]);
    for (build, line) in [("1", "a"), ("2", "a"), ("3", "b")] {
        bench.fake.say(build, Verdict::Holds, line);
    }
    bench
}

#[test]
fn a_row_is_remembered_with_its_comparison() {
    let bench = bench();
    let first = bench.matrix(&BUILDS);
    assert_eq!(first.outline(), (0, 0, vec![Standing::Holds, Standing::Holds, Standing::OnRecord]));
    let cells = Partition::default().cells(&[CONTRACT], &BUILDS);
    let cached: Vec<String> = cells
        .iter()
        .map(|(contract, build)| bench.cells().check(contract, build).line().unwrap().into())
        .collect();
    let second = bench.matrix(&BUILDS);
    assert_eq!((second.rows.len(), second.lines), (1, cached));
    assert_eq!(second.survey.standings(), first.survey.standings());
    let of_first = Summary { cached: 3, ..Summary::of(&first.survey) };
    assert_eq!(Summary::of(&second.survey), of_first);
    assert_eq!(table::table(&second.survey, 80, false), table::table(&first.survey, 80, false));
    assert_eq!(bench.matrix(&BUILDS[..2]).rows.len(), 0, "a build differs from the nearest one that ran");
    assert_eq!((bench.matrix(&BUILDS[..2]).rows.len(), bench.matrix(&BUILDS).rows.len()), (1, 1));
    assert_eq!(bench.fake.runs.load(Ordering::Relaxed), 3);
}

#[test]
fn an_edited_snapshot_is_noticed_also_if_its_size_and_time_stay() {
    let bench = bench();
    bench.matrix(&BUILDS);
    let file = bench.snapshot("1");
    let (time, text) =
        (file.metadata().unwrap().modified().unwrap(), std::fs::read_to_string(&file).unwrap());
    std::fs::write(&file, text.replace("\na\n", "\nc\n")).unwrap();
    File::options().write(true).open(&file).unwrap().set_times(FileTimes::new().set_modified(time)).unwrap();
    assert_eq!((file.metadata().unwrap().len(), bench.matrix(&BUILDS).rows.len()), (text.len() as u64, 0));
    let (rows, drifts, _) = bench.matrix(&BUILDS).outline();
    assert_eq!((rows, drifts), (0, 1));
}

#[test]
fn an_added_and_a_deleted_snapshot_are_noticed() {
    let added = bench();
    added.matrix(&BUILDS);
    added.put("2", "c");
    assert_eq!(added.matrix(&BUILDS).outline().1, 1);
    let deleted = bench();
    deleted.matrix(&BUILDS);
    std::fs::remove_file(deleted.snapshot("3")).unwrap();
    assert_eq!(deleted.matrix(&BUILDS).outline().1, 1);
}

#[test]
fn a_damaged_snapshot_is_still_a_mistake_of_the_file() {
    let bench = bench();
    bench.matrix(&BUILDS);
    std::fs::write(bench.snapshot("1"), "a\n").unwrap();
    let ran = bench.matrix(&BUILDS);
    assert_eq!((ran.rows.len(), ran.survey.failed.len()), (0, 3));
    assert_eq!(ran.survey.failed[0].blame, Blame::Input);
}

#[test]
fn another_lineage_is_noticed() {
    let mut bench = bench();
    bench.matrix(&BUILDS);
    let parents = [("1", None), ("2", Some("3")), ("3", Some("1"))];
    let parents = parents.map(|(build, parent)| (build.to_owned(), parent.map(str::to_owned)));
    bench.lineage = Lineage::new(parents).unwrap();
    assert_eq!(bench.matrix(&BUILDS).outline().1, 1, "2 is a child of 3 now, which does something else");
}

#[test]
fn what_needs_attention_is_not_remembered() {
    for (verdict, line) in [
        (Verdict::Broken, "a"),
        (Verdict::CouldNotRun, "a"),
        (Verdict::Holds, "drift"),
        (Verdict::Crashed, "c"),
    ] {
        let bench = bench();
        bench.fake.say("2", verdict, line);
        bench.matrix(&BUILDS);
        assert_eq!(bench.matrix(&BUILDS).rows, [], "{verdict:?}");
    }
}

#[test]
fn a_snapshot_that_waits_is_judged_every_time() {
    let bench = bench();
    bench.matrix(&BUILDS);
    let waits = SnapshotName::new(CONTRACT, "half", "2").file(&bench.project().snapshots(), State::Pending);
    std::fs::copy(bench.snapshot("1"), &waits).unwrap();
    // The build does what is on record, so that there is nothing to review any longer.
    assert_eq!(bench.matrix(&BUILDS).rows, []);
    assert!(!waits.exists());
    assert_eq!(bench.matrix(&BUILDS).rows.len(), 1);
}

#[test]
fn a_crash_on_record_and_what_is_unsupported_are_remembered() {
    let bench = bench();
    bench.fake.say("2", Verdict::Unsupported, "");
    bench.fake.say("3", Verdict::Crashed, "b");
    let first = bench.matrix(&BUILDS);
    let second = bench.matrix(&BUILDS);
    assert_eq!(second.outline(), (1, 0, vec![Standing::Holds, Standing::Unsupported, Standing::Crashed]));
    assert_eq!(second.survey.standings(), first.survey.standings());
}

#[test]
fn a_damaged_row_is_not_used() {
    let bench = bench();
    bench.matrix(&BUILDS);
    let folder = bench.folder.path().join("cache").join(CONTRACT);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let row = files.into_iter().find(|path| path.extension().is_some_and(|it| it == "row")).unwrap();
    let text = std::fs::read_to_string(&row).unwrap();
    for damaged in [text.replace("\"b\"", "\"c\""), text[..text.len() - 9].to_owned(), String::new()] {
        assert_ne!(damaged, text);
        std::fs::write(&row, damaged).unwrap();
        assert_eq!(bench.matrix(&BUILDS).rows, []);
    }
    assert_eq!(bench.matrix(&BUILDS).rows.len(), 1, "it was written anew");
}
