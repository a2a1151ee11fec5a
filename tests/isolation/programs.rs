//! Programs of other languages, which get several calls at a time. Python's is asked, where this machine has it: it needs no
//! compiler but that of its guard.
#![cfg(target_os = "linux")]

use sqlite_contracts::record::report::{CaseReport, Verdict};

use crate::bench::{Bench, case, verdicts};

/// What came of the cases; `None` where there is no such Python.
fn run(cases: &str) -> Option<Vec<CaseReport>> {
    let reports = Bench::new().run(cases);
    (!reports.iter().any(CaseReport::is_not_here)).then_some(reports)
}

#[test]
fn after_a_failure_a_repetition_makes_none_of_the_calls_behind_it() {
    let steps = [
        "connect: ':memory:'",
        "exec: CREATE TABLE t(a CHECK(a < 3)); CREATE TABLE log(a)",
        "repeat: {times: 9, steps: [{exec: INSERT INTO t SELECT count(*) FROM t}, {exec: INSERT INTO log VALUES(1)}]}",
        "{query: SELECT count(*) FROM log, expect: 3}",
        "{query: SELECT count(*) FROM t, expect: 3}",
    ];
    let Some(reports) = run(&case("stops", "    driver: python\n", &steps)) else { return };
    assert_eq!(verdicts(&reports), [Verdict::Holds], "{reports:#?}");
}

#[test]
fn a_repetition_goes_on_after_a_failure_that_is_promised() {
    let failing = "{exec: INSERT INTO t VALUES(1), expect: CONSTRAINT_CHECK}";
    let steps = [
        "connect: ':memory:'",
        "exec: CREATE TABLE t(a CHECK(a > 3)); CREATE TABLE log(a)",
        &format!("repeat: {{times: 9, steps: [{failing}, {{exec: INSERT INTO log VALUES(1)}}]}}"),
        "{query: SELECT count(*) FROM log, expect: 9}",
    ];
    let driver = "    driver: python\n    requires: {driver: \"python>=3.11\"}\n";
    let Some(reports) = run(&case("goes-on", driver, &steps)) else { return };
    assert!(!reports[0].verdict.is_bad(), "{reports:#?}");
}

#[test]
fn what_was_done_before_a_hang_is_known() {
    let endless =
        "query: WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c";
    let steps = ["connect: ':memory:'", "query: SELECT 7", endless, "query: SELECT 8"];
    let hangs = case("hangs", "    driver: python\n    deadline: 4s\n", &steps);
    let works =
        case("works", "    driver: python\n", &["connect: ':memory:'", "{query: SELECT 9, expect: 9}"]);
    let Some(reports) = run(&[hangs, works].concat()) else { return };
    assert_eq!(verdicts(&reports), [Verdict::TimedOut, Verdict::Holds], "{reports:#?}");
    let lines: Vec<String> = reports[0].transcript.iter().map(ToString::to_string).collect();
    assert_eq!(lines.iter().filter(|line| line.contains("→ 7")).count(), 1, "{lines:?}");
    assert!(!lines.iter().any(|line| line.contains("→ 8")), "{lines:?}");
}
