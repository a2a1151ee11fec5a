//! What a library lacks or refuses is an outcome.

use sqlite_contracts::record::report::Verdict;

use crate::bench::{Bench, case, verdicts};

#[test]
fn a_function_that_the_library_lacks_is_an_outcome() {
    let steps = ["open: ':memory:'", "prepare: SELECT 1", "column_decltype: 0"];
    let reports = Bench::new().run_on("3.54.1-recommended", &case("decltype", "", &steps));
    assert_eq!(reports[0].transcript[2].to_string(), "column_decltype 0 → missing sqlite3_column_decltype");
    assert_eq!(reports[0].verdict, Verdict::Holds);
}

#[test]
fn a_path_is_shown_as_it_is_from_the_directory_of_the_case() {
    let steps = ["open: a.db", "query: SELECT file FROM pragma_database_list"];
    for settings in ["", "    driver: rusqlite\n", "    fresh_process: true\n"] {
        let reports = Bench::new().run(&case("list", settings, &steps));
        assert_eq!(
            reports[0].transcript[1].to_string(),
            "query SELECT file FROM pragma_database_list → \"a.db\""
        );
    }
}

#[test]
fn a_build_that_rusqlite_refuses_is_on_record() {
    let refused = case("refused", "    driver: rusqlite\n", &["open: ':memory:'", "query: SELECT 1"]);
    let reports = Bench::new().run_on("3.54.1-recommended", &refused);
    assert!(reports[0].transcript[0].to_string().starts_with("open :memory: → refused: "), "{reports:#?}");
    assert_eq!(reports[0].transcript[1].to_string(), "query SELECT 1 → no `db`");
}

#[test]
fn what_a_build_lacks_makes_a_case_unsupported_and_says_why() {
    let requiring = |name, what: &str| case(name, &format!("    requires: {what}\n"), &["memory_used:"]);
    let cases = [
        requiring("version", "{version: '<3.50.0'}"),
        requiring("option", "{compile_option: ENABLE_NOTHING}"),
        requiring("function", "{function: [sqlite3_open, sqlite3_normalized_sql]}"),
        requiring("property", "{property: sanitizer}"),
        requiring("met", "{version: '>=3.50.0', compile_option: THREADSAFE=1, function: sqlite3_open}"),
    ];
    let reports = Bench::new().run(&cases.concat());
    let reasons: Vec<&str> = reports.iter().map(|r| r.reason.as_deref().unwrap_or("holds")).collect();
    assert_eq!(
        reasons,
        [
            "needs version <3.50.0",
            "needs compile option ENABLE_NOTHING",
            "needs function sqlite3_normalized_sql",
            "needs property sanitizer",
            "holds",
        ]
    );
    let [unmet @ .., met] = reports.as_slice() else { panic!("{reports:?}") };
    assert!(unmet.iter().all(|r| r.verdict == Verdict::Unsupported && r.transcript.is_empty()));
    assert_eq!(met.verdict, Verdict::Holds);
}

#[test]
fn a_statement_may_outlive_a_connection_that_was_given_up() {
    let steps = [
        "open: ':memory:'",
        "exec: CREATE TABLE t(x UNIQUE); INSERT INTO t VALUES(1)",
        "prepare: INSERT INTO t VALUES(1)",
        "{step: , expect: CONSTRAINT_UNIQUE}",
        "{close_v2: , expect: OK}",
        // Frees the connection: it must not be asked for words about this.
        "{finalize: , expect: CONSTRAINT}",
    ];
    let reports = Bench::new().run(&case("zombie", "", &steps));
    assert_eq!(verdicts(&reports), [Verdict::Holds], "{reports:#?}");
}

#[test]
fn what_cannot_be_repeated_says_so() {
    let steps = ["open: ':memory:'", "repeat: {times: 10, steps: [{exec: SELECT wrong}]}"];
    let reports = Bench::new().run(&case("stopped", "", &steps));
    let line = "repeat 10 → stopped at iteration 0: exec SELECT wrong → ERROR: no such column: wrong";
    assert_eq!(reports[0].transcript[1].to_string(), line);
}

#[test]
fn a_library_that_does_not_initialise_itself_is_initialised_by_opening() {
    let steps = ["{config: {memstatus: false}, expect: OK}", "open: a.db", "{query: SELECT 1, expect: 1}"];
    let reports =
        Bench::new().run_on("3.54.1-recommended", &case("late", "    fresh_process: true\n", &steps));
    assert_eq!(verdicts(&reports), [Verdict::Holds], "{reports:#?}");
}
