//! Programs that find their SQLite in ways of their own, and those that cannot be recorded.

use std::path::Path;
use std::process::Command;

use sqlite_contracts::trace::{HOW_BUNDLED, Summary, Trace};

use crate::recorded::{RECORDER, cc, room};
use crate::said::said;
use crate::{count, record, trace_of};

#[test]
fn what_cannot_be_recorded_is_told_before_it_runs() {
    let Some(room) = room() else { return };
    let source = room.path().join("other.c");
    let own = "const char a[] = \"SQLite format 3\\0 malformed database schema 2024-01-30 16:01:20 \
               e876e51a0ed5c5b3126f52e532044363a014bc594cfefa87ffb5b82257cc467a\"; \
               int main(void) { puts(a + 16); return 0; }";
    std::fs::write(&source, format!("#include <stdio.h>\n{own}")).unwrap();
    assert!(cc(room.path(), &["other.c"]));
    let output = record(room.path(), &["./program"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("cannot be recorded: it has a SQLite of its own inside"),
        "{}",
        said(&output)
    );
    assert!(said(&output).contains(HOW_BUNDLED), "{}", said(&output));
    assert!(output.stdout.is_empty());

    std::fs::write(&source, "int main(void) { return 0; }").unwrap();
    assert!(cc(room.path(), &["other.c"]));
    let output = record(room.path(), &["./program"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(
        said(&output).contains("nothing was recorded of ./program, which ended with status 0"),
        "{}",
        said(&output)
    );
    assert!(said(&output).contains(&HOW_BUNDLED[1..]), "{}", said(&output));
    assert!(!room.path().join("program.trace").exists());

    let output = record(room.path(), &["env", "-i", "./program"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("env cannot be recorded: it clears the environment"), "{}", said(&output));

    let output = record(room.path(), &["no-such-program"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    if cc(room.path(), &["-static", "other.c"]) {
        let output = record(room.path(), &["./program"]);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains("it is a static program"), "{}", said(&output));
    }
}

/// The build script of the crate compiles SQLite in, unless pkg-config is to say where one is.
#[test]
fn a_rust_program_that_compiles_sqlite_in_is_recorded() {
    let room = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let lock = std::fs::read_to_string(root.join("Cargo.lock")).unwrap();
    let (_, behind) = lock.split_once("name = \"libsqlite3-sys\"\nversion = \"").unwrap();
    let version = behind.split('"').next().unwrap();
    let manifest = format!(
        "[package]\nname = \"bundled\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[workspace]\n[dependencies]\n\
         libsqlite3-sys = {{ version = \"={version}\", features = [\"bundled\"] }}\n"
    );
    let program = "use std::ptr::null_mut;\nfn main() { unsafe {\n\
                   let mut db = null_mut(); libsqlite3_sys::sqlite3_open(c\":memory:\".as_ptr(), &mut db);\n\
                   libsqlite3_sys::sqlite3_exec(db, c\"select 1\".as_ptr(), None, null_mut(), null_mut());\n\
                   std::process::exit(3 + libsqlite3_sys::sqlite3_close(db)) } }\n";
    std::fs::create_dir(room.path().join("src")).unwrap();
    std::fs::write(room.path().join("Cargo.toml"), manifest).unwrap();
    std::fs::write(room.path().join("Cargo.lock"), &lock).unwrap();
    std::fs::write(room.path().join("src/main.rs"), program).unwrap();
    let trace = room.path().join("a.trace");
    let manifest = room.path().join("Cargo.toml");
    let mut command = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
    command.current_dir(root).env("SQLITE_CONTRACTS_RECORDER", &*RECORDER).env("CARGO_NET_OFFLINE", "true");
    command.env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("bundled"));
    command.args(["record", "--bundled", "--build", "3.54.1-rusqlite", "-o"]).arg(&trace);
    let output =
        command.args(["--", "cargo", "run", "--quiet", "--manifest-path"]).arg(&manifest).output().unwrap();
    if said(&output).contains("--offline") || said(&output).contains("pkg-config") {
        return eprintln!("skipped: a crate that is not here, or no pkg-config: {}", said(&output));
    }
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    let summary = Summary::of(&Trace::open(&trace).unwrap()).unwrap();
    let called = ["sqlite3_open", "sqlite3_exec", "sqlite3_close"];
    assert_eq!(called.map(|name| count(&summary, name)), [1, 1, 1]);
    let versions: Vec<&str> = summary.by_process.iter().map(|process| process.version.as_str()).collect();
    assert_eq!(versions, ["3.54.1"], "the build that was named");
}

#[test]
fn modules_that_would_find_a_sqlite_of_their_own_find_the_recorder() {
    let room = tempfile::tempdir().unwrap();
    let module = "#include <sqlite3.h>\nvoid work(void) { sqlite3 *db; sqlite3_open(\":memory:\", &db); sqlite3_close(db); }";
    let program = "#define _GNU_SOURCE\n#include <dlfcn.h>\nint main(void) { \
                   void *module = dlopen(\"./module.so\", RTLD_NOW | RTLD_DEEPBIND); if (!module) return 1; \
                   ((void (*)(void))dlsym(module, \"work\"))(); return 0; }";
    std::fs::write(room.path().join("module.c"), module).unwrap();
    std::fs::write(room.path().join("program.c"), program).unwrap();
    let made = cc(room.path(), &["program.c"]);
    if !made || !cc(room.path(), &["-o", "module.so", "-shared", "-fPIC", "module.c", "-l:libsqlite3.so.0"]) {
        return eprintln!(
            "skipped: there is no C compiler, no sqlite3.h, or no libsqlite3.so.0 that it finds"
        );
    }
    let summary = Summary::of(&trace_of(room.path(), "")).unwrap();
    assert_eq!((count(&summary, "sqlite3_open"), count(&summary, "sqlite3_close")), (1, 1));
}

/// On systems where the recorder stands before `dlsym`.
#[cfg(all(target_env = "gnu", target_arch = "x86_64"))]
#[test]
fn functions_that_a_program_looks_up_are_recorded_and_those_of_another_copy_are_its_own() {
    let room = tempfile::tempdir().unwrap();
    let own = "int sqlite3_libversion_number(void) { return 7; }";
    let program = "#define _GNU_SOURCE\n#include <dlfcn.h>\n#include <stdio.h>\ntypedef int (*f)(); int main(void) { \
                   void *library = dlopen(\"libsqlite3.so.0\", RTLD_NOW), *own = dlopen(\"./own.so\", RTLD_NOW), *db; \
                   if (!library || !own) return 1; \
                   ((f)dlsym(library, \"sqlite3_open\"))(\":memory:\", &db); \
                   ((f)dlsym(library, \"sqlite3_exec\"))(db, \"select 1\", (void *)0, (void *)0, (void *)0); \
                   ((f)dlsym(library, \"sqlite3_close\"))(db); \
                   printf(\"%d %d %d\", ((f)dlsym(own, \"sqlite3_libversion_number\"))(), \
                   !dlsym(library, \"sqlite3_no_such\") && dlerror(), dlsym(RTLD_NEXT, \"puts\") == (void *)puts); return 0; }";
    std::fs::write(room.path().join("own.c"), own).unwrap();
    std::fs::write(room.path().join("program.c"), program).unwrap();
    if !cc(room.path(), &["program.c"]) || !cc(room.path(), &["-o", "own.so", "-shared", "-fPIC", "own.c"]) {
        return eprintln!("skipped: there is no C compiler");
    }
    let output = record(room.path(), &["-o", "a.trace", "--", "./program"]);
    if output.status.code() == Some(1) {
        return eprintln!("skipped: there is no libsqlite3.so.0");
    }
    assert_eq!(String::from_utf8_lossy(&output.stdout), "7 1 1", "{}", said(&output));
    let summary = Summary::of(&Trace::open(&room.path().join("a.trace")).unwrap()).unwrap();
    let called = ["sqlite3_open", "sqlite3_exec", "sqlite3_close", "sqlite3_libversion_number"];
    assert_eq!(called.map(|name| count(&summary, name)), [1, 1, 1, 0]);
}
