//! Files that are damaged in drawn ways, on real builds.

use sqlite_contracts::record::report::{CaseReport, Verdict};

use crate::bench::{Bench, case};

/// A database of two pages with statistics that say how large a row is.
const STATISTICS: [&str; 4] = [
    "open: a.db",
    "exec: PRAGMA page_size = 512; CREATE TABLE t(a, b); CREATE INDEX i ON t(a); INSERT INTO t VALUES(1, 2); ANALYZE",
    "exec: UPDATE sqlite_stat1 SET idx = NULL, stat = '1000 sz=2'",
    "close:",
];

fn run_on(build: &str, damage: &str) -> CaseReport {
    let steps = [&STATISTICS[..], &[damage]].concat();
    Bench::new().run_on(build, &case("damage", "", &steps)).remove(0)
}

fn last_line(damage: &str) -> String {
    let report = run_on("3.54.1-rusqlite", damage);
    report.transcript.last().unwrap().to_string()
}

/// One bit makes `sz=2` of the statistics `sz=0`, by which SQLite before 3.30 divides.
#[test]
fn a_crash_names_its_variant_and_that_one_alone_crashes_too() {
    let damage = |only: &str| {
        format!(
            "damage: {{of: a.db, how: [flip], within: [2047, 2048]{only}, steps: [{{open: a.db}}, \
             {{query: SELECT b FROM t WHERE a = 1}}]}}"
        )
    };
    let report = run_on("3.24.0-rusqlite", &damage(""));
    assert_eq!(report.verdict, Verdict::Crashed, "{report:#?}");
    let reason = report.reason.unwrap();
    let (before, done) = reason.split_once("(`only: ").unwrap();
    assert!(before.contains("SIGFPE at variant "), "{reason}");
    let (number, done) = done.split_once("`), ").unwrap();
    assert!(done.starts_with("bit 1 of byte 2047 flipped"), "{reason}");
    let alone = run_on("3.24.0-rusqlite", &damage(&format!(", only: {number}")));
    assert_eq!(alone.reason.unwrap(), reason);
}

#[test]
fn two_runs_of_a_seed_do_the_same() {
    let promise = "damage: {of: a.db, seed: 5, variants: 200, steps: [{open: a.db}, \
                   {query: PRAGMA integrity_check, expect: ok}]}";
    let lines = [last_line(promise), last_line(promise), last_line(&promise.replace("seed: 5", "seed: 6"))];
    assert!(
        lines[0].contains("stopped at variant ") && lines[0].contains(" of seed 5 (`only: "),
        "{lines:?}"
    );
    assert_eq!(lines[0], lines[1]);
    assert_ne!(lines[0], lines[2]);
}

#[test]
fn what_the_variants_came_to_is_on_record_and_their_number_is_expected() {
    let damage = "{damage: {of: a.db, variants: 300, steps: [{open: a.db}, {query: PRAGMA quick_check}, \
                  {query: SELECT b FROM t}]}, expect: 300, record: raw}";
    let line = last_line(damage);
    let codes = line.split_once(" → ").unwrap().1;
    for code in ["CORRUPT", "NOTADB", "OK", "damage found", "other rows"] {
        assert!(codes.split(", ").any(|it| it == code), "{line}");
    }
}

#[test]
fn a_promise_holds_on_the_file_as_it_was() {
    let damage = "damage: {of: a.db, steps: [{open: a.db}, {query: SELECT b FROM t, expect: [3]}]}";
    let expected = "damage a.db → stopped at the run without damage: query SELECT b FROM t → 2 (expected 3)";
    assert_eq!(last_line(damage), expected);
    let missing = last_line("damage: {of: b.db, steps: [{open: b.db}]}");
    assert_eq!(missing, "damage b.db → refused: the file `b.db` is not there");
}

/// The files are taken before the connection of `setup` rolls back, and are what they were after the block.
#[test]
fn a_transaction_under_way_leaves_its_journal() {
    let steps = [
        "open: a.db",
        "exec: PRAGMA page_size = 512; CREATE TABLE t(a); INSERT INTO t VALUES (zeroblob(2000))",
        "close:",
        "{damage: {of: a.db-journal, how: [flip], within: [0, 1], variants: 3, \
         setup: [{open: a.db}, {exec: BEGIN; UPDATE t SET a = zeroblob(2001)}, {db_cacheflush: }], \
         steps: [{file_size: a.db-journal, expect: \"> 512\"}, {open: a.db}, \
         {query: SELECT length(a) FROM t}]}, record: raw}",
        "{file_size: a.db-journal, expect: ~}",
        "open: a.db",
        "{query: SELECT length(a) FROM t, expect: [2000]}",
    ];
    let report = Bench::new().run(&case("journal", "", &steps)).remove(0);
    assert_eq!(report.verdict, Verdict::Holds, "{report:#?}");
    // Without its first byte it is no journal: the file keeps what was written to it.
    assert_eq!(report.transcript[3].to_string().split_once(" → ").unwrap().1, "other rows");
}
