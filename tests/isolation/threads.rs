//! Threads, and mutexes of a library that waits for itself.

use sqlite_contracts::analysis::reduction::reduce;
use sqlite_contracts::record::report::Verdict;

use crate::bench::{Bench, case};

fn last_line_on(build: &str, more: &str, steps: &[&str]) -> String {
    let reports = Bench::new().run_on(build, &case("one", more, steps));
    assert_eq!(reports[0].verdict, Verdict::Holds, "{reports:#?}");
    reports[0].transcript.iter().last().unwrap().to_string()
}

const TABLE: [&str; 3] = ["open: a.db", "exec: CREATE TABLE t(n); INSERT INTO t VALUES(0)", "close:"];

#[test]
fn a_promise_that_a_thread_breaks_is_named_with_its_time() {
    let block =
        "threads: {times: 3, a: [{open: a.db}, {query: SELECT n FROM t, expect: 1}], b: [{open: a.db}]}";
    let found = last_line_on("3.54.1-rusqlite", "", &[&TABLE[..], &[block]].concat());
    assert!(found.ends_with("stopped at time 1 of 3: a: query SELECT n FROM t → 0 (expected 1)"), "{found}");
}

#[test]
fn a_step_inside_a_repetition_counts_too() {
    let repeat = "{repeat: {times: 5, warmup: 0, steps: [{query: SELECT n FROM t, expect: 1}]}}";
    let block = format!("threads: {{a: [{{open: a.db}}, {repeat}], b: [{{open: a.db}}]}}");
    let found = last_line_on("3.54.1-rusqlite", "", &[&TABLE[..], &[&*block]].concat());
    assert!(found.contains("stopped at time 1 of 10: a: repeat"), "{found}");
}

#[test]
fn a_library_for_one_thread_gets_one() {
    let block = "threads: {a: [{open: a.db}], b: [{open: a.db}]}";
    let found = last_line_on("3.54.1-single-thread", "", &[block]);
    assert!(found.ends_with("refused: compiled with SQLITE_THREADSAFE=0"), "{found}");
    let configured = ["config: singlethread", "initialize:", block];
    let found = last_line_on("3.54.1-rusqlite", "    fresh_process: true\n", &configured);
    assert!(found.ends_with("refused: configured for a single thread"), "{found}");
}

/// 3.51.1 has a deadlock. The case goes on without the library, and the next one has another.
#[test]
fn a_deadlock_is_an_outcome_and_the_library_is_asked_nothing_more() {
    let schedule = "schedule: {mutexes: true, at: [lock], switches: 1, begin: [a: 2], \
                    a: [{open: a.db}, {query: SELECT 1 FROM t}, {close: }], b: [{open: a.db}]}";
    let steps = [
        "config: mutex",
        "open: a.db",
        "exec: PRAGMA journal_mode=wal; CREATE TABLE t(a)",
        "close:",
        schedule,
        "open: a.db",
    ];
    let cases =
        [case("stuck", "    fresh_process: true\n", &steps), case("next", "", &["open: a.db"])].concat();
    let reports = Bench::new().run_on("3.51.1-rusqlite", &cases);
    let lines: Vec<String> = reports[0].transcript.iter().map(ToString::to_string).collect();
    assert!(lines[4].contains("a deadlock: a and b wait for each other's mutexes"), "{lines:?}");
    assert_eq!(lines[5], "open a.db → refused: a deadlock inside the library");
    assert_eq!(reports[1].transcript.iter().last().unwrap().to_string(), "open a.db → OK");
}

/// Two bits are flipped, and one of them alone makes SQLite before 3.30 divide by zero.
#[test]
fn a_crash_is_reduced_to_the_byte_that_makes_it() {
    let steps = [
        "open: a.db",
        "exec: PRAGMA page_size = 512; CREATE TABLE t(a, b); CREATE INDEX i ON t(a); INSERT INTO t VALUES(1, 2); ANALYZE",
        "exec: UPDATE sqlite_stat1 SET idx = NULL, stat = '1000 sz=2'",
        "close:",
        "damage: {of: a.db, how: [flip], within: [2039, 2048], damages: 2, \
         steps: [{open: a.db}, {query: SELECT b FROM t WHERE a = 1}]}",
    ];
    let bench = Bench::new();
    let contract = bench.contract(&case("found", "", &steps));
    let build = bench.engine.builds().get("3.24.0-rusqlite").unwrap();
    let report = bench.engine.attempt(&contract, build).unwrap().cases.remove(0);
    assert_eq!(report.verdict, Verdict::Crashed, "{report:#?}");
    let attempt = |contract: &_| bench.engine.attempt(contract, build);
    let reduced = reduce(&contract, &report, attempt).unwrap().unwrap();
    assert!(
        reduced.contains(", kept: [") && reduced.ends_with("x'30' written over x'32' at 2047"),
        "{reduced}"
    );
}
