//! What cases allocate and do not free, and what they do where memory ends.

use sqlite_contracts::record::report::Verdict;

use crate::bench::{BUILD, Bench, case, verdicts};

#[test]
fn sqlite_answers_nomem_where_the_address_space_ends() {
    let steps = ["open: a.db", "address_space: 67108864", "query: SELECT length(randomblob(500000000))"];
    let reports = Bench::new().run(&case("full", "    fresh_process: true\n", &steps));
    assert_eq!(verdicts(&reports), [Verdict::Holds], "{reports:#?}");
    assert!(reports[0].transcript[2].to_string().contains("→ NOMEM"), "{reports:#?}");
}

#[test]
#[cfg(target_os = "linux")]
fn what_a_case_forgets_is_known_by_its_step_and_by_the_functions_that_allocated_it() {
    let forgetful = ["open: ':memory:'", "prepare: SELECT 1", "close_v2:"];
    let tidy = ["open: ':memory:'", "prepare: SELECT 1", "finalize:", "close:"];
    let cases = [
        case("forgetful", "    with: [{row: 5}]\n", &forgetful).replace("SELECT 1", "'SELECT ${row}'"),
        case("tidy", "", &tidy),
        case("dying", "", &["open: ':memory:'", "misbehave: abort"]),
    ];
    let bench = Bench::new();
    for build in ["3.24.0-rusqlite", BUILD] {
        let contract = bench.contract(&cases.concat());
        let left = bench.engine.leftovers(&contract, bench.engine.builds().get(build).unwrap()).unwrap();
        assert_eq!(left.unknown, [("dying".to_owned(), "crashed: SIGABRT".to_owned())]);
        let of_forgetful = |path: &[String]| path[..2] == ["forgetful", "row=5"];
        assert!(left.outstanding.iter().all(|place| of_forgetful(&place.path)), "{left:#?}");
        // The statement itself: nothing but its step and SQLite's functions from the interface down.
        let of_statement = left.outstanding.iter().find(|place| {
            place.path[2] == "2 prepare SELECT 5" && place.path.contains(&"sqlite3VdbeCreate".to_owned())
        });
        let path = &of_statement.unwrap_or_else(|| panic!("{left:#?}")).path;
        assert_eq!(path[3], "sqlite3_prepare_v2");
        assert!(path[4..].contains(&"sqlite3Select".to_owned()), "{path:?}");
    }
}

/// A case that counts allocations, each of them SQLite's own.
fn counting(name: &str, steps: &[&str]) -> String {
    let start = ["config: malloc", "config: {lookaside: {slot: 0, slots: 0}}", "initialize:"];
    case(name, "    fresh_process: true\n", &[&start, steps].concat())
}

#[test]
fn a_forgotten_statement_is_held_by_the_step_that_prepared_it() {
    let steps = [
        "open: ':memory:'",
        "prepare: SELECT 1",
        "prepare: SELECT 2",
        "finalize:",
        "close_v2:",
        "{allocations: live_bytes, expect: 0}",
    ];
    let reports = Bench::new().run(&counting("forgotten", &steps));
    let actual = &reports[0].failures[0].actual;
    let holders: Vec<&str> = actual.split(" of step ").skip(1).collect();
    assert!(holders.iter().any(|held| held.starts_with("5 prepare SELECT 1")), "{actual}");
    assert!(holders.iter().all(|held| !held.starts_with("6 prepare SELECT 2")), "{actual}");
}

#[test]
fn what_is_closed_and_shut_down_holds_nothing() {
    let steps =
        ["open: a.db", "exec: CREATE TABLE t(x)", "close:", "shutdown:", "{outstanding: , expect: []}"];
    for build in [BUILD, "3.13.0-rusqlite"] {
        let reports = Bench::new().run_on(build, &counting("balanced", &steps));
        assert_eq!(verdicts(&reports), [Verdict::Holds], "{build}: {reports:#?}");
    }
}

#[test]
fn a_sweep_ends_in_success_or_nomem_with_either_driver() {
    let open = "{open: ':memory:'}, {exec: CREATE TABLE t(x)}";
    let sweep = format!("{{sweep: {{steps: [{open}, {{query: SELECT 1, expect: 1}}]}}, record: raw}}");
    let number = format!("{{sweep: {{steps: [{open}], at_most: 20}}, expect: 40}}");
    for driver in ["capi", "rusqlite"] {
        let swept = counting("swept", &[&sweep, &number])
            .replace("    fresh_process", &format!("    driver: {driver}\n    fresh_process"));
        let reports = Bench::new().run(&swept);
        assert_eq!(verdicts(&reports), [Verdict::Holds], "{reports:#?}");
        assert_eq!(reports[0].transcript[3].to_string(), "sweep → NOMEM, OK");
    }
}

#[test]
fn what_the_setup_of_a_sweep_allocates_does_not_fail() {
    let steps = [
        "{sweep: {steps: [{open: ':memory:'}, {query: SELECT 1, expect: 1}]}, save: all}",
        "{sweep: {setup: [{open: ':memory:'}], steps: [{query: SELECT 1, expect: 1}]}, save: some}",
        "compare: some > 0",
        "compare: all > some + 20",
        "{sweep: {setup: [{open: ':memory:'}, {exec: SELECT a}], steps: [{query: SELECT 1}]}, expect: '> 0'}",
    ];
    let reports = Bench::new().run(&counting("setup", &steps));
    let failures: Vec<&str> = reports[0].failures.iter().map(|failure| failure.actual.as_str()).collect();
    assert_eq!(failures, ["stopped at the run without a failure: exec SELECT a → ERROR: no such column: a"]);
}

#[test]
fn what_a_run_of_a_sweep_leaves_is_found_and_known_by_its_step() {
    let sweep = |steps: &str| format!("{{sweep: {{steps: [{steps}]}}, expect: '> 0'}}");
    let reports = Bench::new().run(&counting("leak", &[&sweep("{open: ':memory:'}, {misbehave: leak}")]));
    assert_eq!(
        reports[0].failures[0].actual,
        "stopped at allocation 1: every handle closed → 104 bytes in 1 block of step 4.2 misbehave leak \
         (expected nothing left)"
    );
}

#[test]
fn a_sweep_stops_where_its_steps_do_not_work_at_all() {
    let sweep = "{sweep: {steps: [{open: ':memory:'}, {exec: SELECT a}]}, expect: '> 0'}";
    let reports = Bench::new().run(&counting("wrong", &[sweep]));
    let actual = &reports[0].failures[0].actual;
    assert_eq!(actual, "stopped at the run without a failure: exec SELECT a → ERROR: no such column: a");
}

#[test]
fn a_crash_in_a_sweep_says_where() {
    let steps = ["sweep: {steps: [{open: ':memory:'}, {misbehave: segfault}], at_most: 5}"];
    let reports = Bench::new().run(&counting("crash", &steps));
    assert_eq!(verdicts(&reports), [Verdict::Crashed]);
    assert_eq!(reports[0].transcript[3].to_string(), "crashed: SIGSEGV in sweep at_most=5");
    assert_eq!(reports[0].reason.as_deref(), Some("crashed: SIGSEGV at the run without a failure"));
}

#[test]
fn the_least_memory_is_what_works_and_no_more() {
    let least = |by: &str| {
        let steps =
            "steps: [{open: ':memory:'}, {query: 'SELECT length(randomblob(1000000))', expect: 1000000}]";
        let search = format!("least_memory: {{between: [100000, 9000000], by: {by}, {steps}}}");
        [format!("{{{search}, expect: '>= 1000000'}}"), format!("{{{search}, expect: '< 2000000'}}")]
    };
    let steps: Vec<String> = ["allocator", "hard_heap_limit"].into_iter().flat_map(least).collect();
    let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
    let reports = Bench::new().run(&counting("least", &steps));
    assert_eq!(verdicts(&reports), [Verdict::Holds], "{reports:#?}");
}
