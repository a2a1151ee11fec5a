//! Verbs that ask a library, a connection or a file something, on real builds.

use sqlite_contracts::record::report::{CaseReport, Verdict};

use crate::bench::{Bench, case, verdicts};

fn assert_holds(reports: &[CaseReport]) {
    assert!(verdicts(reports).iter().all(|verdict| *verdict == Verdict::Holds), "{reports:#?}");
}

fn run(steps: &[&str]) {
    assert_holds(&Bench::new().run(&case("case", "", steps)));
}

#[test]
fn a_connection_that_would_not_open_says_why_and_is_closed() {
    let steps = [
        "{open: {path: nowhere/a.db, db: a}, expect: CANTOPEN}",
        "{errcode: a, expect: CANTOPEN}",
        "{extended_errcode: a, expect: CANTOPEN}",
        "{errmsg: a, expect: unable to open database file}",
        "{query: {sql: SELECT 1, db: a}}",
        "{close: a, expect: OK}",
        "errmsg: a",
        // One that is never closed leaves nothing behind either.
        "{open: {path: nowhere/a.db, db: a}, expect: CANTOPEN}",
        "{open: {path: nowhere/a.db, db: a}, expect: CANTOPEN}",
        "{open: {path: a.db, db: a}, expect: OK}",
        "{errmsg: a, expect: not an error}",
    ];
    let reports = Bench::new().run(&case("case", "", &steps));
    assert_holds(&reports);
    let lines: Vec<String> = reports[0].transcript.iter().map(ToString::to_string).collect();
    assert_eq!(lines, ["query SELECT 1 db=a → no `a`", "errmsg a → no `a`"]);
}

#[test]
fn opening_in_vain_again_and_again_does_not_grow() {
    run(&["{repeat: {times: 200, steps: [{open: nowhere/a.db, expect: CANTOPEN}]}, expect: flat}"]);
}

#[test]
fn blocks_nest_as_deep_as_a_file_may() {
    let within = |steps: String, _| format!("{{repeat: {{times: 1, steps: [{steps}]}}}}");
    let deepest = (0..9).fold("{exec: SELECT 1, expect: OK}".to_owned(), within);
    run(&["open: ':memory:'", &deepest]);
}

#[test]
fn a_handler_is_taken_away_without_a_number() {
    for driver in ["", "    driver: rusqlite\n"] {
        let steps = [
            "open: ':memory:'",
            "progress_handler: {every: 1, interrupt_at: 1}",
            "busy_handler: 5",
            "{query: SELECT 1, expect: {error: INTERRUPT}}",
            "progress_handler: {off: true}",
            "busy_handler: {off: true}",
            "{query: SELECT 1, expect: 1}",
        ];
        assert_holds(&Bench::new().run(&case("case", driver, &steps)));
    }
}

#[test]
fn a_library_has_words_for_its_codes_and_keywords() {
    run(&[
        "{errstr: BUSY, expect: database is locked}",
        "{keyword_count: , expect: \">= 147\"}",
        "{keyword_name: 0, expect: REINDEX}",
        "{keyword_name: 100000, expect: {error: ERROR}}",
        "{keyword_check: select, expect: 1}",
        "{keyword_check: selected, expect: 0}",
    ]);
}

#[test]
fn a_connection_takes_an_error_of_ours_and_counts_in_64_bits() {
    run(&[
        "open: ':memory:'",
        "exec: CREATE TABLE t(x); INSERT INTO t VALUES(1), (2)",
        "{changes64: , expect: 2}",
        "{total_changes64: , expect: 2}",
        "{set_errmsg: {code: BUSY_SNAPSHOT, message: mine}, expect: OK}",
        "{errmsg: , expect: mine}",
        "{extended_errcode: , expect: BUSY_SNAPSHOT}",
        "prepare: SELECT * FROM t",
        "{stmt_isexplain: , expect: 0}",
        "{stmt_explain: 2, expect: OK}",
        "{stmt_isexplain: , expect: 2}",
        "{stmt_explain: 7, expect: ERROR}",
        "finalize:",
        "{limit: {limit: parser_depth, value: -1}, expect: \"> 0\"}",
        "{db_status: {counter: tempbuf_spill}, expect: 0}",
    ]);
}

#[test]
fn what_a_library_is_too_old_for_is_missing() {
    let steps = [
        "open: ':memory:'",
        "{set_errmsg: {code: ERROR}, expect: {missing: sqlite3_set_errmsg}}",
        "{changes64: , expect: {missing: sqlite3_changes64}}",
        "prepare: SELECT 1",
        "{stmt_explain: 1, expect: {missing: sqlite3_stmt_explain}}",
        "{stmt_isexplain: , expect: 0}",
        "{limit: {limit: parser_depth, value: -1}, expect: -1}",
    ];
    assert_holds(&Bench::new().run_on("3.34.1-rusqlite", &case("case", "", &steps)));
}

#[test]
fn a_file_is_asked_and_told() {
    run(&[
        "open: a.db",
        "exec: CREATE TABLE t(x)",
        "{file_control: {op: persist_wal}, expect: 0}",
        "{file_control: {op: persist_wal, value: 1}, expect: 1}",
        "{file_control: {op: persist_wal}, expect: 1}",
        "{file_control: {op: vfsname}, expect: unix}",
        "{file_control: {op: reserve_bytes}, expect: 0}",
        "{file_control: {op: has_moved}, expect: 0}",
        "{file_control: {op: data_version}, expect: \"> 0\"}",
        "{file_control: {op: lockstate}, expect: 0}",
        "{file_control: {op: persist_wal, schema: nowhere}, expect: {error: ERROR}}",
        "{file_control: {op: chunk_size, value: 5000000000}, expect: {refused: /no int/}}",
    ]);
}

#[test]
fn files_are_read_and_written_without_sqlite() {
    run(&[
        "{file_bytes: {path: a.db, length: 5}, expect: ~}",
        "{file_hash: a.db, expect: ~}",
        "open: a.db",
        "exec: CREATE TABLE t(x)",
        "{open_files: , save: before}",
        "{file_bytes: {path: a.db, length: 6, offset: 0}, expect: {blob: 53514c697465}}",
        "{write_file: {path: a.db, bytes: {blob: \"00\"}, offset: 15}, expect: OK}",
        "{write_file: {path: b, bytes: ab}, expect: OK}",
        "{write_file: {path: b, bytes: c, offset: 4}, expect: OK}",
        "{file_bytes: {path: b, length: 100}, expect: {blob: \"6162000063\"}}",
        "{write_file: {path: b, bytes: ab}, expect: OK}",
        "{file_hash: b, expect: fb8e20fc2e4c}",
        "{write_file: {path: nowhere/b, bytes: ab}, expect: {refused: there is no such directory}}",
        "{open_files: , save: after}",
        "compare: before == after",
    ]);
}

#[test]
fn the_error_log_is_read_without_what_differs_by_itself() {
    let steps = [
        "{config: log, expect: OK}",
        "open: a.db",
        "{log: , expect: []}",
        "exec: CREATE TABLE t(x UNIQUE); INSERT INTO t VALUES(1)",
        "exec: INSERT INTO t VALUES(1)",
        "{open: {path: nowhere/a.db, db: b}, expect: CANTOPEN}",
        "log:",
        "{log: , expect: []}",
    ];
    let reports = Bench::new().run(&case("case", "    fresh_process: true\n", &steps));
    assert_holds(&reports);
    let text: Vec<String> = reports[0].transcript.iter().map(ToString::to_string).collect();
    let text = text.join("\n");
    assert!(text.contains("(\"CONSTRAINT_UNIQUE\", \"statement aborts at ?: "), "{text}");
    assert!(text.contains("cannot open file at line ? of [?]"), "{text}");
    assert!(text.contains("open(nowhere/a.db)"), "{text}");
}

#[test]
fn rows_are_expected_without_their_order_and_recorded_in_part() {
    let query = "query: \"VALUES(1, 'x'), (2, 'y')\"";
    let steps = [
        "open: ':memory:'",
        &format!("{{{query}, expect: {{unordered: [[2, y], [1, x]]}}}}"),
        &format!("{{{query}, record: {{columns: [1]}}}}"),
        "{query: \"VALUES(2), (1)\", record: sorted}",
    ];
    let reports = Bench::new().run(&case("case", "", &steps));
    assert_holds(&reports);
    let lines: Vec<String> = reports[0].transcript.iter().map(ToString::to_string).collect();
    let lines: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
    assert_eq!(
        lines[1..],
        ["query VALUES(1, 'x'), (2, 'y') →", "\"x\"", "\"y\"", "query VALUES(2), (1) →", "1", "2"]
    );
}

#[test]
fn a_function_of_an_extension_may_be_required() {
    let requiring = |function: &str| {
        case(
            &function.replace('_', "-"),
            &format!("    requires: {{function: {function}}}\n"),
            &["memory_used:"],
        )
    };
    let reports =
        Bench::new().run(&[requiring("sqlite3session_nothing"), requiring("sqlite3_open")].concat());
    assert_eq!(verdicts(&reports), [Verdict::Unsupported, Verdict::Holds]);
}
