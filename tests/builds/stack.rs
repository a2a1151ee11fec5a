//! The stack of a library that crashes or hangs, on a SQLite of a few lines whose SQL says what goes wrong.
#![cfg(target_os = "linux")]

use sqlite_contracts::contract::Contract;
use sqlite_contracts::engine::Engine;
use sqlite_contracts::record::report::{CaseReport, Frame, Verdict};
use sqlite_contracts::worker::WorkerProgram;

use crate::fake::{FakeProject, manifest};

const CODE: &str = r#"
const char *sqlite3_libversion(void) { return "3.46.0"; }
int sqlite3_libversion_number(void) { return 3046000; }
const char *sqlite3_sourceid(void) { return "2024-05-23 13:25:27 fake"; }
const char *sqlite3_compileoption_get(int n) { return 0; }
int sqlite3_initialize(void) { return 0; }
int sqlite3_open_v2(const char *name, void **db, int flags, const char *vfs) { *db = (void*)1; return 0; }
int sqlite3_extended_result_codes(void *db, int on) { return 0; }

static volatile int sink;
static void (*volatile bad_pointer)(void);

static volatile int *volatile nowhere;

static void store(volatile int *to) {
  *to = 1;
}
static void change(void) { store(nowhere); sink++; }
static int recurse(int depth) {
  volatile char large[512]; large[0] = depth;
  return recurse(depth + 1) + large[0];
}
static void call(void) { bad_pointer(); sink++; }
static void overwrite(void) {
  volatile long small[1];
  static int at;
  for (at = 0; at < 64; at++) small[at] = 0x100;
  store(nowhere);
}
static void spin(void) { while (1) sink++; }

int sqlite3_prepare_v2(void *db, const char *sql, int length, void **statement, const char **tail) {
  *statement = 0;
  switch (sql[0]) {
    case 'n': change(); break;
    case 'r': sink = recurse(0); break;
    case 'p': bad_pointer = 0; call(); break;
    case 'w': bad_pointer = (void (*)(void))0x10; call(); break;
    case 's': spin(); break;
    case 'o': overwrite(); break;
  }
  return sink & 0;
}
"#;

/// Runs `prepare: SQL` on the code above, compiled with these arguments.
fn die(sql: &str, compiler: &str) -> CaseReport {
    let project = FakeProject::new();
    project.write("code/sqlite3.c", CODE);
    project
        .write("sqlite-builds/profiles/dying.yaml", &format!("about: for tests\ncompiler: [{compiler}]\n"));
    project.write("sqlite-builds/core/3.46.0-dying.yaml", &manifest("3.46.0", "dying", CODE));
    for other in ["plain", "flagged"] {
        std::fs::remove_file(project.root().join(format!("sqlite-builds/core/3.46.0-{other}.yaml"))).unwrap();
    }
    let contract = format!(
        "title: a promise\nwhy: someone breaks\ncases:\n  - name: dying\n    deadline: 2s\n    steps:\n      \
         - open: ':memory:'\n      - prepare: '{sql}'\n"
    );
    project.write("contracts/area/contract.yaml", &contract);
    let worker = WorkerProgram::new(env!("CARGO_BIN_EXE_sqlite-contracts-worker"));
    let engine = Engine::new(&project.project(), worker, Box::new(())).unwrap();
    let file = project.root().join("contracts/area/contract.yaml");
    let contract = Contract::load(&project.project(), &file).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let build = engine.builds().get("3.46.0-dying").unwrap();
    engine.run(&contract, build).unwrap().cases.remove(0)
}

#[track_caller]
fn assert_ends(report: &CaseReport, line: &str) {
    assert_eq!(report.transcript, ["open :memory: → OK", line].into_iter().collect(), "{report:#?}");
}

fn functions(report: &CaseReport) -> Vec<&str> {
    report.stack.iter().map(|frame| frame.function.as_deref().unwrap_or(&frame.place)).collect()
}

fn line_of(code: &str) -> String {
    let line = CODE.lines().position(|line| line.contains(code)).unwrap() + 1;
    format!("sqlite3.c:{line}")
}

#[test]
fn a_crash_names_functions_and_lines_down_to_the_call_of_the_case() {
    for compiler in ["", "-O2, -fno-inline, -fno-optimize-sibling-calls, -fomit-frame-pointer"] {
        let report = die("null", compiler);
        assert_ends(&report, "crashed: SIGSEGV in prepare null");
        let frame = |function: &str, code| Frame { function: Some(function.into()), place: line_of(code) };
        let wanted = [
            frame("store", "*to = 1"),
            frame("change", "store(nowhere)"),
            frame("sqlite3_prepare_v2", "case 'n'"),
        ];
        assert_eq!(report.stack, wanted, "{compiler}");
    }
}

#[test]
fn without_debugging_information_the_symbols_name_the_functions() {
    let report = die("null", "-g0");
    assert_eq!(functions(&report), ["store", "change", "sqlite3_prepare_v2"], "{report:#?}");
    assert_eq!(report.stack[0].place, "libsqlite3.so");
}

#[test]
fn a_stripped_library_names_what_it_exports() {
    let report = die("null", "-g0, -s");
    assert_eq!(functions(&report), ["libsqlite3.so", "sqlite3_prepare_v2"], "{report:#?}");
}

#[test]
fn endless_recursion_shows_where_it_stands_and_where_it_began() {
    let report = die("recursion", "");
    assert_ends(&report, "crashed: SIGSEGV in prepare recursion");
    let functions = functions(&report);
    assert_eq!(functions[0], "recurse", "{report:#?}");
    assert!(functions.iter().any(|name| name.ends_with(" frames left out")), "{report:#?}");
    assert_eq!(functions[functions.len() - 2..], ["recurse", "sqlite3_prepare_v2"], "{report:#?}");
}

#[test]
fn a_call_through_a_bad_pointer_names_its_caller() {
    for sql in ["pointer", "wild"] {
        let report = die(sql, "");
        assert_ends(&report, &format!("crashed: SIGSEGV in prepare {sql}"));
        assert_eq!(functions(&report), ["no code", "call", "sqlite3_prepare_v2"], "{report:#?}");
    }
}

#[test]
fn an_overwritten_stack_still_names_what_crashed() {
    let report = die("overwritten", "-fno-stack-protector");
    assert_ends(&report, "crashed: SIGSEGV in prepare overwritten");
    assert_eq!(functions(&report)[..2], ["store", "overwrite"], "{report:#?}");
}

#[test]
fn a_hang_names_where_it_hangs() {
    let report = die("spin", "");
    assert_eq!(report.verdict, Verdict::TimedOut);
    assert_ends(&report, "timed out in prepare spin");
    assert_eq!(functions(&report), ["spin", "sqlite3_prepare_v2"], "{report:#?}");
}
