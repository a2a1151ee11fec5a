//! What uses too much is stopped, and says which limit it met; that is never what SQLite does.

use sqlite_contracts::record::report::{CaseReport, Verdict};
use sqlite_contracts::worker::WorkerProgram;
use sqlite_contracts::worker::budget::Budget;

use crate::bench::{Bench, case, good, verdicts};

const SETTINGS: [&str; 3] = ["", "    driver: rusqlite\n", "    fresh_process: true\n"];

/// Runs a case between two others, in a process with this budget.
#[track_caller]
fn assert_stopped(budget: &str, steps: &[&str], exceeded: &str) {
    let worker = WorkerProgram::new(env!("CARGO_BIN_EXE_sqlite-contracts-worker"));
    let mut bench = Bench::with_worker(worker);
    bench.engine = bench.engine.with_budget(Budget::default().with(budget).unwrap());
    for settings in SETTINGS {
        let reports = bench.run(&[good("before"), case("greedy", settings, steps), good("after")].concat());
        assert_eq!(
            verdicts(&reports),
            [Verdict::Holds, Verdict::CouldNotRun, Verdict::Holds],
            "{reports:#?}"
        );
        assert_says(&reports[1], exceeded);
    }
}

#[track_caller]
fn assert_says(report: &CaseReport, exceeded: &str) {
    let reason = report.reason.as_deref().unwrap();
    assert!(reason.starts_with(&format!("{exceeded}, ")), "{reason}");
    // What came of it is no behaviour.
    assert!(report.failures.is_empty() && report.transcript.iter().count() == 0, "{report:#?}");
}

const ENDLESS: &str = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)";

#[test]
fn endless_rows() {
    let query = format!("query: {ENDLESS} SELECT x FROM c");
    let exceeded = "more than 100,000 rows of an outcome (SQLITE_CONTRACTS_BUDGET=rows=… allows more)";
    assert_stopped("", &["open: ':memory:'", &query], exceeded);
}

#[test]
fn endless_rows_in_a_block() {
    let repeat = format!("repeat: {{times: 2, steps: [{{query: '{ENDLESS} SELECT x FROM c'}}]}}");
    let exceeded = "more than 50 rows of an outcome (SQLITE_CONTRACTS_BUDGET=rows=… allows more)";
    assert_stopped("rows=50", &["open: ':memory:'", &repeat], exceeded);
}

#[test]
fn rows_of_many_bytes() {
    let query = format!("query: {ENDLESS} SELECT zeroblob(1000000) FROM c");
    let exceeded = "more than 64 MiB of an outcome (SQLITE_CONTRACTS_BUDGET=outcome=… allows more)";
    assert_stopped("", &["open: ':memory:'", &query], exceeded);
}

#[test]
fn one_value_of_many_bytes() {
    let steps = ["open: ':memory:'", "prepare: SELECT zeroblob(2000)", "step:"];
    let exceeded = "more than 1 KiB of an outcome (SQLITE_CONTRACTS_BUDGET=outcome=… allows more)";
    assert_stopped("outcome=1KiB", &steps, exceeded);
}

#[test]
fn a_file_without_end() {
    let insert = format!("exec: INSERT INTO t {ENDLESS} SELECT zeroblob(100000) FROM c");
    let steps = ["open: a.db", "exec: CREATE TABLE t(x)", &insert];
    let exceeded = "more than 8 MiB in a file (SQLITE_CONTRACTS_BUDGET=file=… allows more)";
    assert_stopped("file=8MiB", &steps, exceeded);
}

#[test]
fn files_without_end_in_a_block() {
    let insert = format!("INSERT INTO t {ENDLESS} SELECT zeroblob(100000) FROM c");
    let sweep = |table: &str| {
        format!(
            "sweep: {{over: io, only: 1000000, steps: [{{open: a.db}}, {{exec: {table}}}, {{exec: {insert}}}]}}"
        )
    };
    let exceeded = "more than 8 MiB in a file (SQLITE_CONTRACTS_BUDGET=file=… allows more)";
    assert_stopped("file=8MiB", &[&sweep("CREATE TABLE t(x)")], exceeded);
    let temporary = sweep("PRAGMA temp_store=FILE; PRAGMA temp.cache_size=1; CREATE TEMP TABLE t(x)");
    let exceeded = "more than 8 MiB in files (SQLITE_CONTRACTS_BUDGET=files=… allows more)";
    assert_stopped("files=8MiB", &[&temporary], exceeded);
}

#[test]
#[cfg(target_os = "linux")]
fn a_temporary_file_without_end() {
    let insert = format!("exec: INSERT INTO temp.t {ENDLESS} SELECT zeroblob(100000) FROM c");
    let settings = "exec: PRAGMA temp_store=FILE; PRAGMA temp.cache_size=1; CREATE TEMP TABLE t(x)";
    let exceeded = "more than 8 MiB in files (SQLITE_CONTRACTS_BUDGET=files=… allows more)";
    assert_stopped("files=8MiB,file=64GiB", &["open: a.db", settings, &insert], exceeded);
}

#[test]
fn many_files() {
    let fill = "INSERT INTO t WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c LIMIT 9) \
                SELECT zeroblob(100000) FROM c";
    let fill = format!("exec: BEGIN; CREATE TABLE t(x); {fill}; COMMIT");
    let mut steps = Vec::new();
    for n in 0..5 {
        steps.push(format!("open: {{path: {n}.db, db: d{n}}}"));
        steps.push(fill.replacen("exec: ", &format!("exec: {{db: d{n}, sql: '"), 1) + "'}");
    }
    // It stays as it is until it is looked at.
    steps.push(format!("query: {{db: d0, sql: '{ENDLESS} SELECT count(*) FROM c'}}"));
    let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
    let exceeded = "more than 2 MiB in files (SQLITE_CONTRACTS_BUDGET=files=… allows more)";
    assert_stopped("files=2MiB", &steps, exceeded);
}

#[test]
#[cfg(target_os = "linux")]
fn memory_without_end() {
    let insert = format!("exec: INSERT INTO t {ENDLESS} SELECT zeroblob(100000) FROM c");
    let steps = ["open: ':memory:'", "exec: CREATE TABLE t(x)", &insert];
    let exceeded = "more than 128 MiB of memory (SQLITE_CONTRACTS_BUDGET=memory=… allows more)";
    assert_stopped("memory=128MiB", &steps, exceeded);
}
