//! One process, one library: what a case can do to its worker, and that nobody else pays for it.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use sqlite_contracts::cell::{CaseReport, Verdict};
use sqlite_contracts::contract::verb::{Misbehaviour, Verb};
use sqlite_contracts::contract::{Contract, Driver};
use sqlite_contracts::engine::Engine;
use sqlite_contracts::project::Project;
use sqlite_contracts::protocol::{Request, RunRequest};
use sqlite_contracts::worker::WorkerProgram;

const BUILD: &str = "3.54.1-rusqlite";

/// A project with the repository's builds and their products, and with contracts and case directories of its own.
struct Bench {
    folder: tempfile::TempDir,
    engine: Engine,
}

impl Bench {
    fn new() -> Self {
        Self::with_worker(WorkerProgram::new(env!("CARGO_BIN_EXE_sqlite-contracts-worker")))
    }

    fn with_worker(worker: WorkerProgram) -> Self {
        let repository = Project::at(env!("CARGO_MANIFEST_DIR"));
        let folder = tempfile::tempdir().unwrap();
        let link = |from: PathBuf, to: PathBuf| {
            std::fs::create_dir_all(&from).unwrap();
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::os::unix::fs::symlink(from, to).unwrap();
        };
        let project = project(folder.path());
        link(repository.builds(), project.builds());
        link(repository.products(), project.products());
        Self { engine: Engine::new(&project, worker, Box::new(())).unwrap(), folder }
    }

    /// A contract of these cases, given as YAML.
    fn contract(&self, cases: &str) -> Contract {
        let project = project(self.folder.path());
        let file = project.contracts().join("area/contract.yaml");
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, format!("title: a promise\nwhy: someone breaks\ncases:\n{cases}")).unwrap();
        Contract::load(&project, &file).unwrap_or_else(|mistakes| panic!("{mistakes}"))
    }

    /// Runs the cases of a contract.
    fn run_on(&self, build: &str, cases: &str) -> Vec<CaseReport> {
        let build = self.engine.builds().get(build).unwrap();
        self.engine.run(&self.contract(cases), build).unwrap().cases
    }

    fn run(&self, cases: &str) -> Vec<CaseReport> {
        self.run_on(BUILD, cases)
    }

    /// What stands in the directories of cases now.
    fn left_behind(&self) -> Vec<PathBuf> {
        let processes = entries(&project(self.folder.path()).scratch().join("cases"));
        let directories = processes.iter().flat_map(|process| entries(process));
        directories.filter(|path| path.is_dir()).flat_map(|directory| entries(&directory)).collect()
    }

    /// The workers that wait for another case: they stand in this project's directory.
    #[cfg(target_os = "linux")]
    fn idle_workers(&self) -> Vec<rustix::process::Pid> {
        let ours = self.folder.path().canonicalize().unwrap();
        let is_ours = |process: &PathBuf| {
            std::fs::read_link(process.join("cwd")).is_ok_and(|directory| directory.starts_with(&ours))
        };
        let pid = |process: PathBuf| process.file_name()?.to_str()?.parse().ok();
        let processes = entries(Path::new("/proc")).into_iter().filter(is_ours);
        processes.filter_map(pid).filter_map(rustix::process::Pid::from_raw).collect()
    }
}

fn project(folder: &Path) -> Project {
    Project::at(folder).with_target(folder.join("target"))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = std::fs::read_dir(folder).into_iter().flatten().flatten();
    read.map(|entry| entry.path()).collect()
}

fn case(name: &str, more: &str, steps: &[&str]) -> String {
    let steps: String = steps.iter().map(|step| format!("      - {step}\n")).collect();
    format!("  - name: {name}\n{more}    steps:\n{steps}")
}

/// A case that holds when its process is sound.
fn good(name: &str) -> String {
    case(name, "", &["open: a.db", "exec: CREATE TABLE t(x)", "{exec: INSERT INTO t VALUES(1), expect: OK}"])
}

fn verdicts(reports: &[CaseReport]) -> Vec<Verdict> {
    reports.iter().map(|report| report.verdict).collect()
}

#[track_caller]
fn assert_dies(dying: &str, verdict: Verdict, last_line: &str) {
    let bench = Bench::new();
    let reports = bench.run(&[&good("before"), dying, &good("after")].map(String::from).concat());
    assert_eq!(verdicts(&reports), [Verdict::Holds, verdict, Verdict::Holds], "{reports:#?}");
    assert_eq!(reports[1].transcript.last().unwrap(), last_line);
    assert!(reports[1].reason.is_some());
    assert_eq!(bench.left_behind(), Vec::<PathBuf>::new());
}

#[track_caller]
fn assert_misbehaviour_costs_one_case(how: &str, verdict: Verdict, last_line: &str) {
    let deadline = if how == "hang" { "    deadline: 300ms\n" } else { "" };
    let misbehave = format!("misbehave: {how}");
    let steps = ["open: a.db", "exec: CREATE TABLE t(x)", &misbehave, "close:"];
    assert_dies(&case("dying", deadline, &steps), verdict, last_line);
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
fn endless_rows_are_refused_before_they_fill_the_memory() {
    let sql = "query: WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT x FROM c";
    for driver in ["", "    driver: rusqlite\n"] {
        let reports = Bench::new().run(&case("endless", driver, &["open: ':memory:'", sql]));
        assert!(reports[0].transcript[1].ends_with("refused: more than 100000 rows"), "{reports:#?}");
    }
}

#[test]
fn sqlite_answers_nomem_where_the_address_space_ends() {
    let steps = ["open: a.db", "address_space: 67108864", "query: SELECT length(randomblob(500000000))"];
    let reports = Bench::new().run(&case("full", "    fresh_process: true\n", &steps));
    assert_eq!(verdicts(&reports), [Verdict::Holds], "{reports:#?}");
    assert!(reports[0].transcript[2].contains("→ NOMEM"), "{reports:#?}");
}

#[test]
fn what_the_worker_said_last_is_the_reason_and_no_part_of_the_transcript() {
    let steps = ["address_space: 67108864", "misbehave: exhaust_memory"];
    let reports = Bench::new().run(&case("full", "    fresh_process: true\n", &steps));
    let reason = reports[0].reason.as_deref().unwrap();
    assert!(reason.contains("memory allocation of 268435456 bytes failed"), "{reason}");
    assert_eq!(reports[0].transcript[1], "crashed: SIGABRT in misbehave exhaust_memory");
}

/// Statistics that claim rows of no bytes made SQLite before 3.30 divide by zero, see
/// <https://sqlite.org/src/info/e4598ecbdd18bd82945f6029013296690e719a62>.
#[test]
#[cfg(target_os = "linux")]
fn a_real_crash_of_sqlite_names_its_functions_and_lines() {
    let steps = [
        "open: a.db",
        "exec: CREATE TABLE t(a, b); CREATE INDEX i ON t(a); INSERT INTO t VALUES(1, 2); ANALYZE",
        "exec: UPDATE sqlite_stat1 SET idx = NULL, stat = '1000 sz=0'",
        "close:",
        "open: a.db",
        "query: SELECT b FROM t WHERE a = 1",
    ];
    let reports = Bench::new().run_on("3.24.0-rusqlite", &case("division", "", &steps));
    assert_eq!(
        reports[0].transcript[5], "crashed: SIGFPE in query SELECT b FROM t WHERE a = 1",
        "{reports:#?}"
    );
    let stack: Vec<String> = reports[0].stack.iter().map(ToString::to_string).collect();
    assert!(stack[0].starts_with("whereLoopAddBtreeIndex (sqlite3.c:1"), "{stack:#?}");
    assert!(stack.last().unwrap().starts_with("sqlite3_prepare_v2 (sqlite3.c:"), "{stack:#?}");
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

#[test]
fn a_crash_in_one_row_ends_the_case_there() {
    let rows = "    with: [{how: BUSY}, {how: MISUSE}]\n";
    let steps = ["open: ':memory:'", "{query: SELECT 1, expect: '${how}'}", "misbehave: abort"];
    let reports = Bench::new().run(&case("rows", rows, &steps));
    assert_eq!(reports[0].verdict, Verdict::Crashed);
    let lines = ["with how=\"BUSY\"", "open :memory: → OK", "crashed: SIGABRT in misbehave abort"];
    assert_eq!(reports[0].transcript, lines);
    assert_eq!(reports[0].failures.len(), 1);
}

#[test]
fn a_worker_that_is_not_clean_is_not_used_again() {
    // The library keeps this text until the process ends.
    let dirty = case("dirty", "", &["open: ':memory:'", "exec: PRAGMA temp_store_directory='.'"]);
    let next = case("next", "", &["open: ':memory:'", "{query: PRAGMA temp_store_directory, expect: []}"]);
    let reports = Bench::new().run(&(dirty + &next));
    assert_eq!(verdicts(&reports), [Verdict::Holds, Verdict::Holds], "{reports:#?}");
}

#[test]
fn a_fresh_process_can_be_configured_and_is_gone_afterwards() {
    let configured = |name| {
        let steps = [
            "{config: {memstatus: false}, expect: OK}",
            "open: ':memory:'",
            "{memory_used: , expect: 0}",
            "{config: {memstatus: true}, expect: MISUSE}",
        ];
        case(name, "    fresh_process: true\n", &steps)
    };
    let plain = case("plain", "", &["open: ':memory:'", "{memory_used: , expect: '> 0'}"]);
    let reports = Bench::new().run(&[configured("one"), configured("two"), plain].concat());
    assert_eq!(verdicts(&reports), [Verdict::Holds; 3], "{reports:#?}");
}

#[test]
fn a_limit_of_one_case_does_not_reach_the_next() {
    let limited = case("limited", "", &["open: ':memory:'", "hard_heap_limit: 1000000"]);
    let reports = Bench::new().run(&(limited + &case("next", "", &["{hard_heap_limit: -1, expect: 0}"])));
    assert_eq!(verdicts(&reports), [Verdict::Holds, Verdict::Holds], "{reports:#?}");
}

#[test]
fn a_function_that_the_library_lacks_is_an_outcome() {
    let steps = ["open: ':memory:'", "prepare: SELECT 1", "column_decltype: 0"];
    let reports = Bench::new().run_on("3.54.1-recommended", &case("decltype", "", &steps));
    assert_eq!(reports[0].transcript[2], "column_decltype 0 → missing sqlite3_column_decltype");
    assert_eq!(reports[0].verdict, Verdict::Holds);
}

#[test]
fn a_build_that_rusqlite_refuses_is_on_record() {
    let refused = case("refused", "    driver: rusqlite\n", &["open: ':memory:'", "query: SELECT 1"]);
    let reports = Bench::new().run_on("3.54.1-recommended", &refused);
    assert!(reports[0].transcript[0].starts_with("open :memory: → refused: "), "{reports:#?}");
    assert_eq!(reports[0].transcript[1], "query SELECT 1 → no `db`");
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
            "needs version <3.50.0, is 3.54.1",
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
    assert_eq!(reports[0].transcript[1], line);
}

#[test]
#[cfg(target_os = "linux")]
fn an_idle_worker_that_somebody_killed_is_passed_over() {
    use rustix::process::{Signal, WaitId, WaitIdOptions, kill_process, waitid};
    let bench = Bench::new();
    assert_eq!(verdicts(&bench.run(&good("first"))), [Verdict::Holds]);
    let idle = bench.idle_workers();
    assert_eq!(idle.len(), 1);
    for pid in idle {
        kill_process(pid, Signal::KILL).unwrap();
        // A killed process is not gone at once. Its exit status is left for the engine, which is its parent.
        waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT).unwrap();
    }
    assert_eq!(verdicts(&bench.run(&good("second"))), [Verdict::Holds]);
}

#[test]
fn a_worker_that_cannot_start_is_an_error_of_the_build() {
    let bench = Bench::with_worker(WorkerProgram::new("/bin/false"));
    let build = bench.engine.builds().get(BUILD).unwrap();
    let real = Bench::new();
    assert_eq!(verdicts(&real.run(&good("compiles-the-build"))), [Verdict::Holds]);
    let file = project(real.folder.path()).contracts().join("area/contract.yaml");
    let contract = Contract::load(&project(real.folder.path()), &file).unwrap();
    let error = bench.engine.run(&contract, build).unwrap_err().to_string();
    assert!(
        error.starts_with("3.54.1-rusqlite cannot be loaded: its worker ended (exit status 1)"),
        "{error}"
    );
}

#[test]
fn a_worker_ends_with_whoever_started_it_even_in_the_middle_of_a_case() {
    let bench = Bench::new();
    assert_eq!(verdicts(&bench.run(&good("compiles-the-build"))), [Verdict::Holds]);
    let build = bench.engine.builds().get(BUILD).unwrap();
    let product = bench.engine.store().ensure(build, &()).unwrap();
    let program = WorkerProgram::new(env!("CARGO_BIN_EXE_sqlite-contracts-worker"));
    let mut command = program.command();
    let notes = bench.folder.path().join("notes");
    std::fs::write(&notes, "").unwrap();
    let stack = bench.folder.path().join("stack");
    std::fs::write(&stack, "").unwrap();
    let mut child = command
        .arg("--serve")
        .arg(&product.library)
        .arg(&notes)
        .arg(&stack)
        .arg(bench.folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let verbs = vec![Verb::Misbehave(Misbehaviour::Hang)];
    let run = RunRequest { driver: Driver::Capi, functions: Vec::new(), verbs, keeps_stacks: false };
    let request = Request { runs: vec![run] };
    let mut input = child.stdin.take().unwrap();
    ciborium::into_writer(&request, &mut input).unwrap();
    assert!(child.try_wait().unwrap().is_none());
    drop(input);
    let until = Instant::now() + Duration::from_secs(30);
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > until {
            child.kill().unwrap();
            panic!("the worker lives on");
        }
        std::thread::sleep(Duration::from_millis(5));
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
        assert_eq!(reports[0].transcript[3], "sweep → NOMEM, OK");
    }
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
    assert_eq!(reports[0].transcript[3], "crashed: SIGSEGV in sweep at_most=5");
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
