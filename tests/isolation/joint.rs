//! Steps on other builds, and processes that are killed.

use sqlite_contracts::builds::Build;
use sqlite_contracts::record::report::Verdict;
use sqlite_contracts::worker::budget::Budget;

use crate::bench::{BUILD, Bench, case, good, verdicts};

const OLD: &str = "3.24.0-rusqlite";

fn on(build: &str, step: &str) -> String {
    format!("{{{step}, on: {build}}}")
}

#[track_caller]
fn assert_holds(more: &str, steps: &[&str]) {
    let reports = Bench::new().run(&case("joint", more, steps));
    assert_eq!(verdicts(&reports), [Verdict::Holds], "{reports:#?}");
}

#[test]
fn builds_share_the_directory_and_see_each_other_s_locks() {
    let [open, begin, read, commit] = [
        "open: a.db",
        "exec: BEGIN IMMEDIATE, expect: OK",
        "query: 'SELECT sqlite_version(), x FROM t', expect: [[3.24.0, 1]]",
        "exec: COMMIT, expect: OK",
    ]
    .map(|step| on("oldest", step));
    let busy = "{exec: INSERT INTO t VALUES(2), expect: BUSY}";
    let steps = [
        "open: a.db",
        "exec: CREATE TABLE t(x); INSERT INTO t VALUES(1)",
        &open,
        &begin,
        busy,
        &read,
        &commit,
    ];
    assert_holds("", &[&steps[..], &["{exec: INSERT INTO t VALUES(2), expect: OK}"]].concat());
}

#[test]
fn builds_that_only_unsupported_cases_name_are_not_needed() {
    let bench = Bench::new();
    let steps = [on("parent", "open: a.db"), on(OLD, "open: b.db")];
    let later = case("later", "    requires: {version: '>=3.99'}\n", &[&steps[0]]);
    let now = case("now", "", &[&steps[1]]);
    bench.contract(&(later + &now));
    let build = bench.engine.builds().get(BUILD).unwrap();
    let names = |builds: Vec<&Build>| builds.iter().map(|build| build.name().to_owned()).collect::<Vec<_>>();
    let named = names(bench.engine.builds_beside(&["area/contract"], &[build]));
    assert_eq!(named, [OLD, build.parent().unwrap()]);
    assert_eq!(names(bench.engine.builds_needed_beside(&["area/contract"], &[build])), [OLD]);
}

#[test]
fn every_word_is_a_process_with_handles_of_its_own_also_with_the_other_driver() {
    let other = |word: &str, step: &str| on(word, step);
    let opens: Vec<String> =
        ["oldest", "newest", "parent", OLD].map(|word| other(word, "open: ':memory:'")).into();
    let makes: Vec<String> = ["oldest", "newest", "parent", OLD]
        .map(|word| other(word, "exec: CREATE TABLE t(x), expect: OK"))
        .into();
    let steps: Vec<&str> = opens.iter().chain(&makes).map(String::as_str).collect();
    assert_holds("", &steps);
    assert_holds("    driver: rusqlite\n", &steps);
}

#[test]
fn a_killed_process_leaves_a_hot_journal_and_the_next_step_begins_in_a_new_one() {
    let steps = [
        "open: a.db",
        "exec: PRAGMA cache_size=2; CREATE TABLE t(x); INSERT INTO t VALUES(1)",
        "{exec: BEGIN; INSERT INTO t SELECT randomblob(50000); UPDATE t SET x = 2, expect: OK}",
        "{kill: , expect: OK}",
        "{file_size: a.db-journal, expect: '> 1000'}",
        "open: a.db",
        "{query: SELECT x FROM t, expect: [1]}",
        "{kill: , expect: OK}",
        "{kill: , expect: OK}",
    ];
    let reports = Bench::new().run(&(case("killed", "", &steps) + &good("next")));
    assert_eq!(verdicts(&reports), [Verdict::Holds; 2], "{reports:#?}");
}

#[test]
fn who_is_killed_has_no_influence_on_the_locks_of_others() {
    let kill = on("newest", "kill:");
    let others: Vec<String> =
        ["open: a.db", "exec: BEGIN IMMEDIATE, expect: OK"].map(|step| on("newest", step)).into();
    let write = "{exec: CREATE TABLE t(x), expect: BUSY}";
    let after = "{exec: CREATE TABLE t(x), expect: OK}";
    assert_holds("", &["open: a.db", &others[0], &others[1], write, &kill, after]);
}

#[test]
fn a_crash_of_another_build_costs_one_case_and_says_whose_it_was() {
    let bench = Bench::new();
    let [open, crash] = ["open: a.db", "misbehave: segfault"].map(|step| on("oldest", step));
    let reports =
        bench.run(&(good("before") + &case("dying", "", &["open: a.db", &open, &crash]) + &good("after")));
    assert_eq!(verdicts(&reports), [Verdict::Holds, Verdict::Crashed, Verdict::Holds], "{reports:#?}");
    assert_eq!(reports[1].reason.as_deref(), Some("crashed: SIGSEGV at a step on 3.24.0-rusqlite"));
    let lines: Vec<String> = reports[1].transcript.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        ["open a.db → OK", "oldest: open a.db → OK", "crashed: SIGSEGV in oldest: misbehave segfault"]
    );
    assert_eq!(bench.left_behind(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_deadline_is_of_all_processes_together_and_a_budget_of_each() {
    let steps = ["misbehave: hang", "open: ':memory:'", "query: SELECT 1 UNION ALL SELECT 2"];
    let [hang, open, rows] = steps.map(|step| on(OLD, step));
    let mut bench = Bench::new();
    bench.engine = bench.engine.with_budget(Budget::default().with("rows=1").unwrap());
    let hanging = case("hanging", "    deadline: 300ms\n", &["open: a.db", &hang]);
    let reports = bench.run(&(hanging + &case("large", "", &[&open, &rows])));
    assert_eq!(verdicts(&reports), [Verdict::TimedOut, Verdict::CouldNotRun], "{reports:#?}");
    let reason = |at: usize| reports[at].reason.as_deref().unwrap();
    assert_eq!(reason(0), "timed out after 300ms at a step on 3.24.0-rusqlite");
    assert!(
        reason(1).contains("more than 1 row") && reason(1).contains(" on 3.24.0-rusqlite, "),
        "{}",
        reason(1)
    );
}

#[test]
fn a_root_has_no_parent() {
    let steps = [on("parent", "open: a.db")];
    let reports = Bench::new().run_on("3.13.0-rusqlite", &case("parentless", "", &[&steps[0]]));
    assert_eq!(verdicts(&reports), [Verdict::Unsupported]);
    assert_eq!(reports[0].reason.as_deref(), Some("3.13.0-rusqlite has no parent"));
}

#[test]
fn a_build_that_does_not_exist_is_a_mistake_at_its_place() {
    let bench = Bench::new();
    let message = |word: &str| {
        let contract = bench.contract(&case("lost", "", &[&on(word, "open: a.db")]));
        let build = bench.engine.builds().get(OLD).unwrap();
        bench.engine.attempt(&contract, build).unwrap_err().to_string()
    };
    let version = message("3.24.1-rusqlite");
    assert!(version.contains("error: there is no build `3.24.1-rusqlite`"), "{version}");
    assert!(
        version.contains("contract.yaml:6:") && version.contains("the nearest builds are `3.24.0-rusqlite`"),
        "{version}"
    );
    assert!(message("oldset").contains("did you mean `oldest`?"), "{}", message("oldset"));
}
