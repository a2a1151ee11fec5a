//! Libraries that mean harm, or are none: an error or a contained verdict, and nothing else.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use sqlite_contracts::analysis::audit::{AuditedCopy, Standing};
use sqlite_contracts::copies::loadable;
use tempfile::TempDir;

use crate::bench::{ENGINE, audit, audit_copy, builds, find, library};

/// What makes a library count as SQLite, and what it does beside that.
const PREAMBLE: &str = r#"
#include <stdlib.h>
#include <stdio.h>
const char header[] = "SQLite format 3";
const char error[] = "malformed database schema (%s)";
const char id[] = "2024-05-23 13:25:27 96c92aba00c8375bc32fafcdf12429c58bd8aabfcadab6683e35bbb9cdebf19e";
int sqlite3_open_v2(const char *name, void **db, int flags, const char *vfs) { return 1; }
const char *sqlite3_libversion(void) { return "3.46.0"; }
int sqlite3_libversion_number(void) { return 3046000; }
"#;

/// Compiles a library of a few lines.
fn compiled(folder: &Path, code: &str, args: &[&str]) -> PathBuf {
    let (source, library) = (folder.join("hostile.c"), folder.join("hostile.so"));
    fs::write(&source, format!("{PREAMBLE}{code}")).unwrap();
    let mut cc = Command::new(std::env::var("CC").unwrap_or_else(|_| "cc".to_owned()));
    let status = cc.args(["-shared", "-fPIC", "-w"]).args(args).arg(&source).arg("-o").arg(&library).status();
    assert!(status.unwrap().success());
    library
}

fn audited(code: &str) -> (AuditedCopy, TempDir) {
    let folder = TempDir::new().unwrap();
    let copy = audit(&compiled(folder.path(), code, &[]));
    (copy, folder)
}

/// Nothing is said of it but what its source id says.
fn is_not_run(copy: &AuditedCopy) {
    assert!(copy.not_run.is_some(), "{copy:?}");
    assert!(copy.findings.iter().all(|finding| finding.standing == Standing::NotRun));
    assert_eq!(copy.identity.release.as_ref().map(ToString::to_string).as_deref(), Some("3.46.0"));
    assert_eq!(copy.identity.agrees, None);
}

#[test]
fn what_a_library_would_do_when_it_is_loaded_is_not_done() {
    let folder = TempDir::new().unwrap();
    let mark = folder.path().join("mark");
    let code = format!(
        r#"__attribute__((constructor)) static void begin(void) {{ fclose(fopen("{0}", "w")); abort(); }}
           __attribute__((destructor)) static void end(void) {{ fclose(fopen("{0}", "w")); }}"#,
        mark.display()
    );
    is_not_run(&audit(&compiled(folder.path(), &code, &[])));
    assert!(!mark.exists(), "a constructor ran");
}

#[test]
fn a_constructor_that_never_ends_does_not_run() {
    let started = Instant::now();
    is_not_run(&audited("__attribute__((constructor)) static void begin(void) { for (;;); }").0);
    assert!(started.elapsed() < Duration::from_secs(30));
}

/// The loader itself asks such a function where another one is.
#[test]
fn a_resolver_that_crashes_is_contained_and_cannot_write() {
    let folder = TempDir::new().unwrap();
    let mark = folder.path().join("mark");
    let code = format!(
        r#"static void work(void) {{}}
           static void *resolve(void) {{
             int fd = (int)syscall(257, -100, "{}", 0101, 0600);
             if (fd < 0) *(volatile int *)8 = 1;
             return work;
           }}
           void indirect(void) __attribute__((ifunc("resolve")));
           void (*used)(void) = indirect;"#,
        mark.display()
    );
    let code = format!("#include <unistd.h>\n#include <sys/syscall.h>\n{code}");
    is_not_run(&audit(&compiled(folder.path(), &code, &["-Wl,-z,now"])));
    let confined = sqlite_contracts::worker::confinement::by_system().is_some();
    assert!(!confined || !mark.exists(), "a resolver wrote a file");
}

/// The command was killed before the worker could ask to end with it. A library that loads for ever is stopped by the
/// limit of its time.
#[test]
#[cfg(target_os = "linux")]
fn a_worker_whose_command_is_gone_already_loads_nothing() {
    use std::os::unix::process::ExitStatusExt;
    const KILLED: i32 = 9;
    let folder = TempDir::new().unwrap();
    let code = r#"static void *resolve(void) { for (;;); }
                  void indirect(void) __attribute__((ifunc("resolve")));
                  void (*used)(void) = indirect;"#;
    let library = compiled(folder.path(), code, &["-Wl,-z,now"]);
    let (input, command) = std::io::pipe().unwrap();
    drop(command);
    let mut worker = Command::new("sh");
    worker.args([
        "-c",
        "ulimit -t 3; exec \"$0\" \"$@\"",
        env!("CARGO_BIN_EXE_sqlite-contracts-worker"),
        "--serve",
    ]);
    worker.arg(library).args(["notes", "stack", "cases"].map(|name| folder.path().join(name)));
    fs::create_dir(folder.path().join("cases")).unwrap();
    ["notes", "stack"].iter().for_each(|name| fs::write(folder.path().join(name), "").unwrap());
    let output = worker.stdin(input).output().unwrap();
    assert_eq!(output.status.signal(), Some(KILLED), "{output:?}");
}

#[test]
fn functions_that_crash_are_no_defect_of_sqlite() {
    is_not_run(&audited("void *sqlite3_errmsg(void *db) { abort(); }").0);
}

#[test]
fn a_library_cut_off_anywhere_is_refused_or_contained() {
    let whole = fs::read(library(builds(false)[0])).unwrap();
    for part in 1..16 {
        let (room, file) = written(&whole[..whole.len() * part / 16]);
        for copy in find(&file, room.path()).copies {
            let copies = audit_copy(&copy, room.path());
            assert!(copies.iter().all(|copy| copy.not_run.is_some()), "{part}/16: {copies:?}");
        }
    }
}

/// Seeded changes of the headers: each is refused, or becomes a file, and no panic.
#[test]
fn a_library_with_damaged_headers_is_refused_or_prepared() {
    let whole = fs::read(library(builds(false)[0])).unwrap();
    let mut random = fastrand::Rng::with_seed(1);
    let (mut refused, mut prepared) = (0, 0);
    for _ in 0..60 {
        let mut damaged = whole.clone();
        let tables = [0..64, 64..700, whole.len() - 3000..whole.len()];
        for _ in 0..random.usize(1..4) {
            let table = random.usize(0..3);
            let at = random.usize(tables[table].clone());
            damaged[at] = random.u8(..);
        }
        let (room, file) = written(&damaged);
        for copy in find(&file, room.path()).copies {
            match loadable::prepare(&copy, room.path()).unwrap() {
                Ok(_) => prepared += 1,
                Err(_) => refused += 1,
            }
        }
    }
    assert!(refused > 0 && prepared > 0, "{refused} refused, {prepared} prepared");
}

fn written(bytes: &[u8]) -> (TempDir, PathBuf) {
    let room = TempDir::new().unwrap();
    let file = room.path().join("damaged.so");
    fs::write(&file, bytes).unwrap();
    (room, file)
}

/// A program is loaded as a library, with fixed addresses too: the same release, the same verdicts.
#[test]
#[ignore = "compiles SQLite twice"]
fn programs_are_run_like_libraries() {
    let build = builds(false).into_iter().find(|build| build.name() == "3.51.3-rusqlite").unwrap();
    let as_library = audit(&library(build));
    let source = source_of(build);
    for args in [["-pie", "-fPIE"], ["-no-pie", "-fno-pie"]] {
        let folder = TempDir::new().unwrap();
        let (main, program) = (folder.path().join("main.c"), folder.path().join("program"));
        let code = "int sqlite3_open_v2(); int sqlite3_exec();\
            int main(void) { void *db; sqlite3_open_v2(\":memory:\", &db, 6, 0); return sqlite3_exec(db, \"\", 0, 0, 0); }";
        fs::write(&main, code).unwrap();
        let mut cc = Command::new("cc");
        cc.args(args).arg("-O1").args(build.profile().defines.iter().map(|define| format!("-D{define}")));
        cc.args([&main, &source]).arg("-o").arg(&program).args(["-lm", "-ldl", "-lpthread"]);
        assert!(cc.status().unwrap().success());
        let as_program = audit(&program);
        assert_eq!(as_program.not_run, None);
        assert_eq!(as_program.identity.answers_like, as_library.identity.answers_like);
        for (one, other) in as_program.findings.iter().zip(&as_library.findings) {
            assert_eq!(
                (&one.advisory, one.standing),
                (&other.advisory, other.standing),
                "{args:?} {}",
                one.reason
            );
        }
    }
}

fn source_of(build: &sqlite_contracts::builds::Build) -> PathBuf {
    let fetched = ENGINE.store().fetch(build, &()).unwrap().expect("it has a source");
    fetched.main
}

/// One that can be loaded anywhere, as a Rust program for musl is: it has no interpreter, and only a flag tells it from a
/// library. Its C library would not have been started, and its crashes would be taken for defects of SQLite.
#[test]
fn a_static_program_is_not_taken_for_a_library() {
    let folder = TempDir::new().unwrap();
    let file = compiled(folder.path(), "", &["-nostdlib", "-Wl,-z,now"]);
    let mut bytes = fs::read(&file).unwrap();
    // `DF_1_NOW`, to which `DF_1_PIE` comes.
    let flags = [0x6fff_fffb_u64.to_le_bytes(), 1_u64.to_le_bytes()].concat();
    let at = bytes.windows(16).position(|window| window == flags).unwrap();
    bytes[at + 11] = 8;
    fs::write(&file, bytes).unwrap();
    let copy = audit(&file);
    is_not_run(&copy);
    assert_eq!(copy.not_run.as_deref(), Some("it is a static program, with a C library of its own"));
}
