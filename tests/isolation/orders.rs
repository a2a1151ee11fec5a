//! Orders of connections, losses of power and failing calls: what is found can be run again, and nothing else is said.

use sqlite_contracts::record::report::Verdict;

use crate::bench::{Bench, case};

const TABLE: [&str; 3] =
    ["open: a.db", "exec: PRAGMA journal_mode=wal; CREATE TABLE t(n); INSERT INTO t VALUES(0)", "close:"];

/// Two who each read a number and then write one more, in two steps: a lost update, where nothing is wrong with SQLite.
fn careless(arguments: &str) -> String {
    let steps = "[{open: a.db}, {busy_timeout: 5000}, {query: SELECT n FROM t}, \
                 {exec: UPDATE t SET n = n + 1 WHERE n = 0, expect: OK}]";
    let after = "[{open: a.db}, {query: SELECT n FROM t, expect: 2}]";
    format!("schedule: {{a: {steps}, b: {steps}, begin: [a: 3, b: 3], after: {after}{arguments}}}")
}

fn last_line(steps: &[&str], block: &str) -> String {
    let steps = [steps, &[block]].concat();
    let reports = Bench::new().run(&case("found", "", &steps));
    assert_eq!(reports[0].verdict, Verdict::Holds, "{reports:#?}");
    reports[0].transcript.iter().last().unwrap().to_string()
}

#[test]
fn the_order_that_breaks_a_promise_can_be_run_again() {
    let found = last_line(&TABLE, &careless(""));
    let (_, order) = found.split_once("stopped at the order ").unwrap();
    let (order, actual) = order.split_once(", afterwards: ").unwrap();
    assert_eq!(actual, "query SELECT n FROM t → 1 (expected 2)");
    let again = last_line(&TABLE, &careless(&format!(", run: {order}")));
    assert!(again.ends_with(&format!("stopped at the order {order}, afterwards: {actual}")), "{again}");
}

#[test]
fn a_search_that_is_cut_short_says_so() {
    let steps = "[{open: a.db}, {busy_timeout: 5000}, {query: SELECT n FROM t}]";
    let block = format!("schedule: {{a: {steps}, b: {steps}, at_most: 5}}");
    assert_eq!(last_line(&TABLE, &block).trim(), "only the first 5 orders");
}

#[test]
fn who_waits_for_ever_is_told() {
    // A busy handler that never gives up, on a lock that nobody gives back.
    let block = "schedule: {a: [{open: a.db}, {exec: BEGIN IMMEDIATE}], \
                 b: [{open: a.db}, {busy_handler: {tries: 1000000000}}, {exec: BEGIN IMMEDIATE}], begin: [a: 2, b: 2]}";
    let found = last_line(&TABLE, block);
    assert!(found.contains("more than 100000 calls of the file system (expected an end)"), "{found}");
    assert!(found.len() < 2000, "not every turn is shown: {}", found.len());
}

#[test]
fn a_search_ends_with_the_last_order_however_many_switches_there_may_be() {
    let block = "schedule: {a: [{open: a.db}], b: [{open: a.db}], switches: 99999999999}";
    assert!(last_line(&TABLE, block).ends_with("→ a: OK; b: OK"));
}

#[test]
fn a_loss_of_power_names_what_was_lost() {
    let block = "power_loss: {setup: [{open: a.db}, {exec: CREATE TABLE t(a)}, {exec: PRAGMA synchronous=off}], \
                 steps: [{exec: INSERT INTO t VALUES(1)}], state: SELECT count(*) FROM t}";
    let found = last_line(&[], block);
    assert!(found.contains("stopped at the power lost after change "), "{found}");
    assert!(found.contains("; lost: ") || found.contains("half of"), "{found}");
}

/// Two tables, each on a page of its own, that a device without syncs writes in any order.
fn unsynced(promise: &str) -> String {
    let insert = |table| format!("{{exec: INSERT INTO {table} VALUES(1)}}");
    format!(
        "power_loss: {{promise: {promise}, setup: [{{open: a.db}}, {{exec: PRAGMA synchronous=off; \
         PRAGMA journal_mode=memory; CREATE TABLE t(a); CREATE TABLE u(a)}}], steps: [{}, {}, {}], \
         state: SELECT (SELECT count(*) FROM t) || ' and ' || (SELECT count(*) FROM u)}}",
        insert("t"),
        insert("u"),
        insert("t")
    )
}

#[test]
fn an_earlier_state_is_named_also_where_nothing_is_promised() {
    let report = Bench::new().run(&case("found", "", &[&unsynced("nothing")])).remove(0);
    let states: Vec<String> = report.transcript.iter().map(ToString::to_string).collect();
    assert!(states.contains(&"    as an earlier step left it".to_owned()), "{states:#?}");
}

#[test]
fn each_state_that_is_allowed_after_a_loss_of_power_is_named() {
    let found = last_line(&[], &unsynced("consistent"));
    assert!(found.ends_with("→ \"0 and 1\" (expected \"0 and 0\" or \"1 and 0\" or \"1 and 1\")"), "{found}");
}

#[test]
fn one_failing_call_of_a_sweep_can_be_run_again() {
    let sweep = |arguments: &str| {
        format!(
            "sweep: {{over: io, persistent: false{arguments}, setup: [{{open: a.db}}, {{exec: CREATE TABLE t(a)}}], \
             steps: [{{exec: INSERT INTO t VALUES(1)}}], after: [{{open: a.db}}, {{query: SELECT 1 FROM t, expect: 5}}]}}"
        )
    };
    let found = last_line(&[], &sweep(""));
    assert!(found.contains("stopped at the run without a failure, afterwards: "), "{found}");
    let only =
        last_line(&[], &sweep(", only: 3").replace("query: SELECT 1 FROM t, expect: 5", "query: SELECT 1"));
    assert_eq!(only.matches("IOERR").count(), 1, "{only}");
}

#[test]
fn what_the_case_has_open_is_not_left_by_a_sweep() {
    let sweep = "sweep: {over: io, operation: shm_unmap, steps: [{open: b.db}, \
                 {exec: PRAGMA journal_mode=wal; CREATE TABLE t(a)}, {close: }]}";
    let found = last_line(&["open: {path: a.db, vfs: watched}", "exec: CREATE TABLE t(a)"], sweep);
    assert!(found.ends_with("→ OK"), "{found}");
}

#[test]
fn a_state_that_cannot_be_asked_for_is_no_state() {
    let block = "power_loss: {setup: [{open: a.db}, {exec: CREATE TABLE t(a)}], \
                 steps: [{exec: INSERT INTO t VALUES(1)}], state: SELECT count(*) FROM mistyped}";
    let found = last_line(&[], block);
    assert!(
        found.contains("stopped at after 0 steps, nothing lost: query SELECT count(*) FROM mistyped"),
        "{found}"
    );
}

/// The second case runs in the process of the first.
#[test]
fn a_case_leaves_no_count_and_no_failure_to_the_next() {
    let cases = [
        case("counts", "", &["open: {path: a.db, vfs: watched}", "exec: CREATE TABLE t(a)"]),
        case("none", "", &["{io_count: , expect: 0}", "fail_io: 1"]),
        case("works", "", &["open: {path: a.db, vfs: watched}", "{exec: CREATE TABLE t(a), expect: OK}"]),
    ];
    let reports = Bench::new().run(&cases.concat());
    assert!(reports.iter().all(|report| report.verdict == Verdict::Holds), "{reports:#?}");
}

/// A step that looks at a file without SQLite keeps a block's files out of memory.
#[test]
fn files_in_memory_and_in_the_directory_show_the_same() {
    let blocks = [
        "sweep: {over: io, setup: [{open: a.db}, {exec: PRAGMA cache_size=3; PRAGMA temp_store=file}], \
         steps: [{exec: CREATE TABLE t AS SELECT zeroblob(9000) AS a}, {exec: PRAGMA mmap_size=100000}, \
         {exec: PRAGMA journal_mode=wal; INSERT INTO t SELECT a FROM t; DROP TABLE t}], after: [{open: b.db}LOOK]}",
        "power_loss: {setup: [{open: a.db}, {exec: PRAGMA synchronous=extra; CREATE TABLE t(a)}], steps: [{exec: INSERT INTO t VALUES(1)}, \
         {exec: PRAGMA journal_mode=wal}, {exec: INSERT INTO t VALUES(2)}], check: [{query: PRAGMA quick_check, expect: ok}LOOK], \
         state: SELECT count(*) FROM t}",
        "schedule: {a: [{open: a.db}, {exec: PRAGMA mmap_size=100000; CREATE TABLE a(x)}], \
         b: [{open: a.db}, {exec: PRAGMA journal_mode=wal; CREATE TABLE b(x)}], begin: [a: 1, b: 1], switches: 1, after: [{open: a.db}LOOK]}",
    ];
    for block in blocks {
        let run =
            |look| last_line(&[], &format!("{{{}, record: {{bucket: 1}}}}", block.replace("LOOK", look)));
        let (in_memory, in_directory) = (run(""), run(", {file_size: a.db}"));
        assert!(in_memory.contains(" → ") && !in_memory.contains("stopped"), "{in_memory}");
        assert_eq!(in_memory, in_directory);
    }
}

#[test]
fn files_are_in_the_directory_as_a_block_leaves_them() {
    let table = ["open: a.db", "exec: CREATE TABLE t(a)", "close:"];
    let stopped = "sweep: {over: io, setup: [{open: a.db}, {exec: INSERT INTO t VALUES(zeroblob(9000))}], \
                   steps: [{exec: SELECT 1}], after: [{open: a.db}, {query: SELECT 1, expect: 5}]}";
    let size = |block: &str| last_line(&[&table[..], &[block]].concat(), "file_size: a.db");
    assert_ne!(size(stopped), size("exec: SELECT 1"));
    let restored = stopped.replace(", {query: SELECT 1, expect: 5}", "");
    assert_eq!(size(&restored), size("exec: SELECT 1"));
}
