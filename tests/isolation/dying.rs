//! A case that kills its worker, or lets it hang, costs one case.

use std::path::PathBuf;

use sqlite_contracts::record::report::Verdict;

use crate::bench::{Bench, case, good, verdicts};

#[track_caller]
fn assert_dies(dying: &str, verdict: Verdict, last_line: &str) {
    let bench = Bench::new();
    let reports = bench.run(&[&good("before"), dying, &good("after")].map(String::from).concat());
    assert_eq!(verdicts(&reports), [Verdict::Holds, verdict, Verdict::Holds], "{reports:#?}");
    assert_eq!(reports[1].transcript.last().unwrap().to_string(), last_line);
    assert!(reports[1].reason.is_some());
    assert_eq!(bench.left_behind(), Vec::<PathBuf>::new());
}

#[track_caller]
fn assert_misbehaviour_costs_one_case(how: &str, verdict: Verdict, last_line: &str) {
    let deadline = if how == "hang" { "    deadline: 300ms\n" } else { "" };
    let fresh = format!("{deadline}    fresh_process: true\n");
    let misbehave = format!("misbehave: {how}");
    let steps = ["open: a.db", "exec: CREATE TABLE t(x)", &misbehave, "close:"];
    for settings in [deadline, &fresh] {
        assert_dies(&case("dying", settings, &steps), verdict, last_line);
    }
}

#[test]
fn a_segmentation_fault_costs_one_case() {
    let line = "crashed: SIGSEGV in misbehave segfault";
    assert_misbehaviour_costs_one_case("segfault", Verdict::Crashed, line);
}

#[test]
fn an_abort_costs_one_case() {
    assert_misbehaviour_costs_one_case("abort", Verdict::Crashed, "crashed: SIGABRT in misbehave abort");
}

#[test]
fn an_exit_costs_one_case() {
    assert_misbehaviour_costs_one_case("exit", Verdict::Crashed, "crashed: exit status 0 in misbehave exit");
}

#[test]
fn a_hang_costs_one_case() {
    assert_misbehaviour_costs_one_case("hang", Verdict::TimedOut, "timed out in misbehave hang");
}

#[test]
fn exhausted_memory_costs_one_case() {
    let steps = ["open: a.db", "address_space: 67108864", "misbehave: exhaust_memory"];
    let dying = case("dying", "    fresh_process: true\n", &steps);
    assert_dies(&dying, Verdict::Crashed, "crashed: SIGABRT in misbehave exhaust_memory");
}

#[test]
fn endless_sql_is_stopped_by_the_deadline() {
    let sql = "query: WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT count(*) FROM c";
    let dying = case("dying", "    deadline: 300ms\n", &["open: a.db", sql]);
    assert_dies(&dying, Verdict::TimedOut, &format!("timed out in {sql}").replace("query:", "query"));
}

#[test]
fn what_the_worker_said_last_is_the_reason_and_no_part_of_the_transcript() {
    let steps = ["address_space: 67108864", "misbehave: exhaust_memory"];
    let reports = Bench::new().run(&case("full", "    fresh_process: true\n", &steps));
    let reason = reports[0].reason.as_deref().unwrap();
    assert!(reason.contains("memory allocation of 268435456 bytes failed"), "{reason}");
    assert_eq!(reports[0].transcript[1].to_string(), "crashed: SIGABRT in misbehave exhaust_memory");
}

/// Statistics that claim rows of no bytes made SQLite before 3.30 divide by zero, see
/// <https://sqlite.org/src/info/e4598ecbdd18bd82945f6029013296690e719a62>.
#[test]
#[cfg(target_os = "linux")]
fn a_real_crash_of_sqlite_names_its_functions_and_lines() {
    for settings in ["", "    fresh_process: true\n"] {
        assert_division_has_a_stack(settings);
    }
}

#[cfg(target_os = "linux")]
fn assert_division_has_a_stack(settings: &str) {
    let steps = [
        "open: a.db",
        "exec: CREATE TABLE t(a, b); CREATE INDEX i ON t(a); INSERT INTO t VALUES(1, 2); ANALYZE",
        "exec: UPDATE sqlite_stat1 SET idx = NULL, stat = '1000 sz=0'",
        "close:",
        "open: a.db",
        "query: SELECT b FROM t WHERE a = 1",
    ];
    let reports = Bench::new().run_on("3.24.0-rusqlite", &case("division", settings, &steps));
    assert_eq!(
        reports[0].transcript[5].to_string(),
        "crashed: SIGFPE in query SELECT b FROM t WHERE a = 1",
        "{reports:#?}"
    );
    let stack: Vec<String> = reports[0].stack.iter().map(ToString::to_string).collect();
    assert!(stack[0].starts_with("whereLoopAddBtreeIndex (sqlite3.c:1"), "{stack:#?}");
    assert!(stack.last().unwrap().starts_with("sqlite3_prepare_v2 (sqlite3.c:"), "{stack:#?}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_hang_in_sqlite_has_the_stack_of_the_process_that_hangs() {
    let sql = "query: WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT count(*) FROM c";
    for settings in ["    deadline: 300ms\n", "    deadline: 300ms\n    fresh_process: true\n"] {
        let reports = Bench::new().run(&case("endless", settings, &["open: ':memory:'", sql]));
        let stack: Vec<String> = reports[0].stack.iter().map(ToString::to_string).collect();
        let outermost = stack.last().map(String::as_str).unwrap_or_default();
        assert!(outermost.starts_with("sqlite3_step (sqlite3.c:"), "{settings}{reports:#?}");
    }
}

#[test]
fn a_crash_in_one_row_ends_the_case_there() {
    let rows = "    with: [{how: BUSY}, {how: MISUSE}]\n";
    let steps = ["open: ':memory:'", "{query: SELECT 1, expect: '${how}'}", "misbehave: abort"];
    let reports = Bench::new().run(&case("rows", rows, &steps));
    assert_eq!(reports[0].verdict, Verdict::Crashed);
    let lines = ["with how=\"BUSY\"", "open :memory: → OK", "crashed: SIGABRT in misbehave abort"];
    assert_eq!(reports[0].transcript, lines.into_iter().collect());
    assert_eq!(reports[0].failures.len(), 1);
}
