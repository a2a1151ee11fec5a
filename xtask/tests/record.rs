//! `xtask record` and `xtask trace` as people run them, on small programs: what is written down of them, that they notice
//! nothing, and what becomes of traces that are damaged.

#![cfg(target_os = "linux")]

use std::collections::HashMap;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use sqlite_contracts::trace::{Event, HOW_BUNDLED, HiddenType, Item, Recorder, Summary, Trace};

/// Both streams.
fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// The recorder's library, built once for all tests.
static RECORDER: LazyLock<PathBuf> = LazyLock::new(|| Recorder::build().unwrap().library().to_owned());

/// A folder with the program of `record/program.c`; nothing, with the reason, where it cannot be made.
fn room() -> Option<tempfile::TempDir> {
    let room = tempfile::tempdir().unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/record/program.c");
    let made = cc(room.path(), &[source.to_str().unwrap(), "-pthread", "-l:libsqlite3.so.0"]);
    if !made {
        eprintln!("skipped: there is no C compiler, or no libsqlite3.so.0 that it finds");
    }
    made.then_some(room)
}

fn cc(room: &Path, arguments: &[&str]) -> bool {
    let made = Command::new("cc").current_dir(room).args(["-w", "-o", "program"]).args(arguments).output();
    made.is_ok_and(|output| output.status.success())
}

fn record(room: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
    command.current_dir(room).env("SQLITE_CONTRACTS_RECORDER", &*RECORDER).arg("record");
    command.args(arguments).output().unwrap()
}

/// The trace of the program with this word.
fn trace_of(room: &Path, word: &str) -> Trace {
    let output = record(room, &["-o", "a.trace", "--", "./program", word]);
    assert!(output.status.success(), "{}", said(&output));
    Trace::open(&room.join("a.trace")).unwrap()
}

fn count(summary: &Summary, function: &str) -> u64 {
    summary.by_function.iter().find(|counted| counted.what == function).map_or(0, |counted| counted.count)
}

/// The calls of a function in all processes: arguments and results, each in the form that `{:?}` has.
fn calls(trace: &Trace, name: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for process in 0..trace.about().processes.len() {
        let mut names = HashMap::new();
        let mut open = Vec::new();
        let visit = &mut |event: Event<'_>| {
            match event {
                Event::Function { number, function } => drop(names.insert(number, function.name)),
                Event::Call { function, arguments, results } if names[&function] == name => {
                    found.push((format!("{arguments:?}"), format!("{results:?}")));
                }
                Event::Begin { function, arguments } => open.push((function, format!("{arguments:?}"))),
                Event::End { results } => {
                    let (function, arguments) = open.pop().unwrap();
                    if names[&function] == name {
                        found.push((arguments, format!("{results:?}")));
                    }
                }
                _ => {}
            }
            Ok(())
        };
        trace.each(process, visit).unwrap();
    }
    found
}

#[test]
fn output_and_status_are_the_programs_own() {
    let Some(room) = room() else { return };
    let output = record(room.path(), &["./program", "status"]);
    assert_eq!(output.status.code(), Some(7));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "printed\n");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(errors.starts_with("complained\nprogram.trace: 1 process, "), "{errors}");
    let trace = Trace::open(&room.path().join("program.trace")).unwrap();
    assert_eq!((trace.about().status, trace.about().signal), (Some(7), None));
    assert_eq!(trace.about().command, ["./program", "status"]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
    let shown = command.current_dir(room.path()).args(["trace", "program.trace"]).output().unwrap();
    assert!(shown.status.success());
    let text = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(text.starts_with("./program status (status 7)\n10 calls of 1 process on "), "{text}");
    assert!(
        text.contains("\nstatements\n           1  select ?\n") || text.ends_with("  select ?\n"),
        "{text}"
    );
    assert!(!room.path().join("program.trace.recording").exists());
}

#[test]
fn every_call_of_every_thread_is_there() {
    let Some(room) = room() else { return };
    let summary = Summary::of(&trace_of(room.path(), "threads")).unwrap();
    assert_eq!(summary.by_process.len(), 1);
    let process = &summary.by_process[0];
    assert_eq!((process.threads, process.left_open, process.has_exited), (5, 0, true));
    assert_eq!(count(&summary, "sqlite3_open"), 81);
    assert_eq!(count(&summary, "sqlite3_prepare_v2"), 161);
    let statements: Vec<(&str, u64)> =
        summary.statements.iter().map(|counted| (counted.what.as_str(), counted.count)).collect();
    let expected =
        [("insert into t values(?)", 80), ("select count(*) from t", 80), ("create table t(a)", 1)];
    assert_eq!(statements, expected);
    assert_eq!(summary.databases.len(), 1);
    assert_eq!((summary.databases[0].opens, summary.databases[0].bytes), (81, None));
}

#[test]
fn forked_and_other_processes_have_traces_of_their_own() {
    let Some(room) = room() else { return };
    let trace = trace_of(room.path(), "fork");
    let summary = Summary::of(&trace).unwrap();
    let [parent, child] = &summary.by_process[..] else { panic!("{:?}", summary.by_process) };
    assert_eq!(child.parent.as_ref(), Some(&parent.name));
    assert!(parent.has_exited && child.has_exited);
    // What the child wrote is what the parent read afterwards.
    let read = calls(&trace, "sqlite3_column_text");
    assert_eq!(read[0].1, "[Text(\"of the child\")]");

    let summary = Summary::of(&trace_of(room.path(), "two")).unwrap();
    let commands: Vec<&str> = summary.by_process.iter().map(|process| process.command[1].as_str()).collect();
    assert_eq!(commands, ["two", "second"]);
    assert!(summary.by_process.iter().all(|process| process.parent.is_none()));
}

#[test]
fn a_trace_survives_a_kill_and_a_crash() {
    let Some(room) = room() else { return };
    for (word, signal, last) in [("kill", 9, "sqlite3_close"), ("crash", 11, "sqlite3_exec")] {
        let output = record(room.path(), &["-o", "a.trace", "--", "./program", word]);
        assert_eq!(output.status.signal(), Some(signal), "{}", said(&output));
        let trace = Trace::open(&room.path().join("a.trace")).unwrap();
        assert_eq!(trace.about().signal, Some(signal));
        assert!(trace.cut().is_none());
        let summary = Summary::of(&trace).unwrap();
        assert_eq!(count(&summary, last), 1);
        let process = &summary.by_process[0];
        assert!(!process.has_exited);
        let unfinished: &[&str] = if word == "crash" { &["sqlite3_exec", "exec()"] } else { &[] };
        assert_eq!(process.unfinished, unfinished);
    }
}

/// The program with this word, recorded, once it has said that it is ready; and which process it is.
fn started(room: &Path, word: &str) -> (Child, Pid) {
    let _ = std::fs::remove_file(room.join("ready"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
    command.current_dir(room).env("SQLITE_CONTRACTS_RECORDER", &*RECORDER).process_group(0);
    command.args(["record", "-o", "a.trace", "--", "./program", word]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    wait_for(&room.join("ready"));
    (child, process_that_is_ready(room))
}

/// Returns when the file is there; a program that never makes it is a failure and no test without end.
fn wait_for(file: &Path) {
    for _ in 0..12_000 {
        if file.exists() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("{} is not made", file.display());
}

fn process_that_is_ready(room: &Path) -> Pid {
    let number = std::fs::read_to_string(room.join("ready")).unwrap();
    Pid::from_raw(number.parse().unwrap()).unwrap()
}

#[test]
fn a_program_sees_each_signal_once() {
    let Some(room) = room() else { return };
    for is_for_group in [true, false] {
        let (child, _) = started(room.path(), "signals");
        let record = Pid::from_child(&child);
        match is_for_group {
            true => kill_process_group(record, Signal::TERM).unwrap(),
            false => kill_process(record, Signal::TERM).unwrap(),
        }
        // Of two signals that wait for a process, each may come first.
        wait_for(&room.path().join("told"));
        std::fs::remove_file(room.path().join("told")).unwrap();
        // Passed on behind whatever became of the first.
        kill_process(record, Signal::USR1).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "1 of SIGTERM\n", "{}", said(&output));
        assert!(output.status.success(), "{}", said(&output));
        assert!(Trace::open(&room.path().join("a.trace")).unwrap().cut().is_none());
    }
}

/// What who may do with a file.
fn rights(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_recording_that_was_killed_becomes_a_trace() {
    let Some(room) = room() else { return };
    let (mut child, program) = started(room.path(), "signals");
    child.kill().unwrap();
    child.wait().unwrap();
    let folder = room.path().join("a.trace.recording");
    let trace = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
        command.current_dir(room.path()).arg("trace").args(arguments).output().unwrap()
    };
    let refused = trace(&["--recover", "a.trace.recording"]);
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    assert!(said(&refused).contains("1 process of it still run"), "{}", said(&refused));
    let refused = record(room.path(), &["-o", "a.trace", "--", "./program", "status"]);
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    let shown = trace(&["a.trace.recording"]);
    assert_eq!(shown.status.code(), Some(2), "{}", said(&shown));
    for told in [&refused, &shown] {
        assert!(said(told).contains("trace --recover"), "{}", said(told));
    }
    assert_eq!(rights(&folder), 0o700);

    kill_process(program, Signal::KILL).unwrap();
    let mut recovered = trace(&["--recover", "a.trace.recording"]);
    while said(&recovered).contains("still run") {
        recovered = trace(&["--recover", "a.trace.recording"]);
    }
    assert!(recovered.status.success(), "{}", said(&recovered));
    assert!(!folder.exists());
    assert_eq!(rights(&room.path().join("a.trace")), 0o600);
    let trace = Trace::open(&room.path().join("a.trace")).unwrap();
    assert_eq!(trace.about().command, ["./program", "signals"]);
    let summary = Summary::of(&trace).unwrap();
    assert!(trace.cut().is_none() && !summary.by_process[0].has_exited);
    assert_eq!(count(&summary, "sqlite3_close"), 1);
}

#[test]
fn what_is_left_of_a_recording_is_removed_by_the_next_and_other_folders_stay() {
    let Some(room) = room() else { return };
    let folder = room.path().join("a.trace.recording");
    std::fs::create_dir(&folder).unwrap();
    for name in ["417-0.last", "order"] {
        std::fs::write(folder.join(name), "").unwrap();
    }
    let mut refused = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
    refused.current_dir(room.path()).args(["trace", "--recover", "a.trace.recording"]);
    let refused = refused.output().unwrap();
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    assert!(said(&refused).contains("no trace can be made of it"), "{}", said(&refused));
    let recorded = record(room.path(), &["-o", "a.trace", "--", "./program", "blob"]);
    assert!(said(&recorded).contains("a.trace: 1 process, "), "{}", said(&recorded));
    assert!(!folder.exists());

    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("notes.txt"), "mine").unwrap();
    let refused = record(room.path(), &["-o", "a.trace", "--", "./program", "blob"]);
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    assert!(said(&refused).contains("is none: remove it, or write to another output"), "{}", said(&refused));
    assert!(folder.join("notes.txt").exists());
}

#[test]
fn a_process_that_outlives_the_program_is_said_to_be_cut_off() {
    let Some(room) = room() else { return };
    let (child, _) = started(room.path(), "outlived");
    let output = child.wait_with_output().unwrap();
    kill_process(process_that_is_ready(room.path()), Signal::KILL).unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert!(
        said(&output).contains("1 process still ran: what it called later is not in"),
        "{}",
        said(&output)
    );
    let trace = Trace::open(&room.path().join("a.trace")).unwrap();
    let summary = Summary::of(&trace).unwrap();
    assert_eq!(trace.about().still_running, trace.about().processes);
    assert!(summary.by_process[0].still_runs);
    assert_eq!(count(&summary, "sqlite3_close"), 1);
    let mut shown = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
    let shown = shown.current_dir(room.path()).args(["trace", "a.trace"]).output().unwrap();
    assert_eq!(shown.status.code(), Some(1), "{}", said(&shown));
    assert!(said(&shown).contains("it still ran when the trace was made"), "{}", said(&shown));
}

/// What becomes of a program where no file may be larger than one or two mebibytes: so much are 2048 blocks to a shell.
fn record_where_files_are_small(room: &Path, word: &str) -> (Output, Trace) {
    let mut command = Command::new("sh");
    command.current_dir(room).env("SQLITE_CONTRACTS_RECORDER", &*RECORDER);
    command.args(["-c", "ulimit -f 2048; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_sqlite-contracts")]);
    let output = command.args(["record", "-o", "a.trace", "--", "./program", word]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(!room.join("a.trace.recording").exists());
    (output, Trace::open(&room.join("a.trace")).unwrap())
}

#[test]
fn where_there_is_no_room_the_program_runs_on_and_the_trace_is_whole_to_there() {
    let Some(room) = room() else { return };
    // The trace becomes too large.
    let (output, trace) = record_where_files_are_small(room.path(), "much");
    assert!(
        said(&output).contains("a.trace is cut short, and whole to there: File too large"),
        "{}",
        said(&output)
    );
    assert!(trace.cut().is_some());
    let calls = count(&Summary::of(&trace).unwrap(), "sqlite3_bind_blob");
    assert!((1..40).contains(&calls), "{calls}");

    // A part of the recording becomes too large.
    let (output, trace) = record_where_files_are_small(room.path(), "large");
    assert!(said(&output).contains("stopped before its end: File too large"), "{}", said(&output));
    assert!(trace.cut().is_none());
    let summary = Summary::of(&trace).unwrap();
    assert_eq!((count(&summary, "sqlite3_prepare_v2"), count(&summary, "sqlite3_bind_text")), (1, 0));
    assert_eq!(trace.about().stopped.len(), 1);
}

#[test]
fn only_a_trace_is_written_over() {
    let Some(room) = room() else { return };
    let source = room.path().join("app.c");
    std::fs::write(&source, "int main(void) { return 0; }").unwrap();
    let output = record(room.path(), &["-o", "app.c", "--", "./program", "status"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("app.c is there and is no trace"), "{}", said(&output));
    assert!(output.stdout.is_empty());
    assert_eq!(std::fs::read_to_string(&source).unwrap(), "int main(void) { return 0; }");
    for _ in 0..2 {
        trace_of(room.path(), "blob");
    }
    std::os::unix::fs::symlink("/dev/null", room.path().join("device")).unwrap();
    let output = record(room.path(), &["-o", "device", "--", "./program", "status"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("device is no file, and a trace is one"), "{}", said(&output));
}

#[test]
fn values_have_their_types_and_bytes() {
    let Some(room) = room() else { return };
    let trace = trace_of(room.path(), "blob");
    let bytes = format!("{:?}", Item::Blob(&[0, 1, 2, 255]));
    assert_eq!(calls(&trace, "sqlite3_blob_read")[0].1, format!("[Integer(0), {bytes}]"));
    assert!(calls(&trace, "sqlite3_blob_write")[0].0.contains(&bytes));

    let trace = trace_of(room.path(), "large");
    let read = calls(&trace, "sqlite3_column_text");
    assert_eq!(read.len(), 3);
    assert!(
        read.iter().all(|(_, result)| result == &read[0].1 && result.contains("length: 3000000")),
        "{read:?}"
    );
    let bound = calls(&trace, "sqlite3_bind_text");
    assert!(bound.iter().all(|(arguments, _)| arguments.len() > 3_000_000));

    let trace = trace_of(room.path(), "function");
    assert_eq!(calls(&trace, "sqlite3_value_int")[0].1, "[Integer(2)]");
    assert!(calls(&trace, "sqlite3_result_int")[0].0.ends_with("Integer(42)]"));
    assert_eq!(calls(&trace, "function()").len(), 1);
    assert_eq!(Summary::of(&trace).unwrap().functions.into_iter().collect::<Vec<_>>(), ["add_forty"]);
}

#[test]
fn a_database_is_kept_as_it_was_before_the_first_change() {
    let Some(room) = room() else { return };
    let file = room.path().join("kept.db");
    let script = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute('create table t(a)'); \
                  c.execute(\"insert into t values('old')\"); c.commit()";
    let made = Command::new("python3").args(["-c", script]).arg(&file).output();
    if !made.is_ok_and(|output| output.status.success()) {
        return eprintln!("skipped: there is no python3 with sqlite3, which makes the database");
    }
    let before = std::fs::read(&file).unwrap();
    let trace = trace_of(room.path(), "change");
    assert_ne!(std::fs::read(&file).unwrap(), before);
    let mut kept = Vec::new();
    trace.extract(&trace.about().files[0].name, &mut kept).unwrap();
    assert_eq!(kept, before);
    let summary = Summary::of(&trace).unwrap();
    assert_eq!(summary.databases[0].bytes, Some(before.len() as u64));
    assert_eq!(summary.errors[0].what, "no such column: no_such");
}

#[test]
fn hidden_values_keep_equality_and_order() {
    let Some(room) = room() else { return };
    let output = record(room.path(), &["--hash-values", "-o", "a.trace", "--", "./program", "values"]);
    assert!(output.status.success(), "{}", said(&output));
    let trace = Trace::open(&room.path().join("a.trace")).unwrap();
    assert!(trace.about().is_hidden);
    let mut ranks = Vec::new();
    let mut everything = String::new();
    let visit = &mut |event: Event<'_>| {
        everything.push_str(&format!("{event:?}\n"));
        if let Event::Call { arguments, .. } = &event
            && let Some(Item::Hidden { kind, length, rank }) = arguments.get(2)
        {
            ranks.push((*kind, *length, *rank));
        }
        Ok(())
    };
    trace.each(0, visit).unwrap();
    assert!(!everything.contains("secret"), "{everything}");
    assert!(everything.contains("insert into t values(?)"), "{everything}");
    let [b, real, a, integer, b_again, real_again] = ranks[..] else { panic!("{ranks:?}") };
    assert_eq!((b, real), (b_again, real_again));
    assert_eq!((b.0, a.1, real.0, integer.0), (HiddenType::Text, 8, HiddenType::Real, HiddenType::Integer));
    assert!(integer.2 < real.2 && real.2 < a.2 && a.2 < b.2, "{ranks:?}");
}

#[test]
fn no_literal_comes_out_of_a_trace_of_hidden_values() {
    let Some(room) = room() else { return };
    let output = record(room.path(), &["--hash-values", "-o", "a.trace", "--", "./program", "secrets"]);
    assert!(output.status.success(), "{}", said(&output));
    let trace = Trace::open(&room.path().join("a.trace")).unwrap();
    let mut everything = format!("{:?}\n", trace.about());
    let visit = &mut |event: Event<'_>| {
        everything.push_str(&format!("{event:?}\n"));
        Ok(())
    };
    trace.each(0, visit).unwrap();
    let shown = serde_json::to_string(&Summary::of(&trace).unwrap()).unwrap();
    for line in everything.lines().chain([shown.as_str()]) {
        assert!(!line.contains("secret"), "{line}");
    }
    // The same run without the option has each of them.
    let plain = record(room.path(), &["-o", "b.trace", "--", "./program", "secrets"]);
    assert!(plain.status.success(), "{}", said(&plain));
    let mut plain = String::new();
    let visit = &mut |event: Event<'_>| {
        plain.push_str(&format!("{event:?}\n"));
        Ok(())
    };
    Trace::open(&room.path().join("b.trace")).unwrap().each(0, visit).unwrap();
    for number in 1..=21 {
        assert!(plain.contains(&format!("secret{number}")), "{number}");
    }

    let names: Vec<String> = calls(&trace, "sqlite3_column_name").into_iter().map(|(_, name)| name).collect();
    let hidden = names.iter().filter(|name| name.contains("Hidden { kind: Text, ")).count();
    assert!(hidden > 0 && names.contains(&"[Text(\"known\")]".to_owned()), "{names:?}");
    let statements: Vec<String> =
        Summary::of(&trace).unwrap().statements.into_iter().map(|counted| counted.what).collect();
    for statement in [
        "select ? || known, known from kept",
        "select count(*) from kept",
        "create table kept(known, other default ?, third default ?)",
        "pragma application_id = ?",
        "attach ? as more",
    ] {
        assert!(statements.iter().any(|known| known == statement), "{statement}: {statements:#?}");
    }
    let authorized = calls(&trace, "authorizer()");
    assert!(
        authorized.iter().any(|(given, _)| given.contains("Text(\"application_id\"), Hidden")),
        "{authorized:?}"
    );
}

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

#[test]
fn a_trace_that_is_cut_is_used_to_there_and_a_damaged_one_is_refused() {
    let Some(room) = room() else { return };
    trace_of(room.path(), "blob");
    let whole = std::fs::read(room.path().join("a.trace")).unwrap();
    let file = room.path().join("damaged.trace");
    for length in 0..whole.len() {
        std::fs::write(&file, &whole[..length]).unwrap();
        if let Ok(trace) = Trace::open(&file) {
            assert!(trace.cut().is_some(), "{length}");
            Summary::of(&trace).unwrap();
        }
    }
    std::fs::write(&file, &whole[..whole.len() - 1]).unwrap();
    assert_eq!(Summary::of(&Trace::open(&file).unwrap()).unwrap().calls, 7);

    let mut random = fastrand::Rng::with_seed(16);
    for _ in 0..500 {
        let mut damaged = whole.clone();
        let at = random.usize(..damaged.len());
        damaged[at] ^= 1 << random.u32(..8);
        std::fs::write(&file, &damaged).unwrap();
        // Neither a panic, nor memory for what a length promises.
        if let Ok(trace) = Trace::open(&file) {
            let _ = Summary::of(&trace);
        }
    }
    let shown = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"))
        .arg("trace")
        .arg(room.path().join("program"))
        .output();
    let shown = shown.unwrap();
    assert_eq!(shown.status.code(), Some(2));
    assert!(said(&shown).contains("it is not a trace of SQLite's calls"), "{}", said(&shown));
}

#[test]
fn pythons_functions_are_recorded_with_what_they_answer() {
    let room = tempfile::tempdir().unwrap();
    let script = "import sqlite3\nc = sqlite3.connect(':memory:')\n\
                  c.create_function('double', 1, lambda x: x * 2)\n\
                  c.create_collation('backwards', lambda a, b: (a < b) - (a > b))\n\
                  c.execute('select double(?)', (21,)).fetchall()\n\
                  print(c.execute(\"select 'a' as x union select 'b' order by x collate backwards\").fetchall())\n";
    std::fs::write(room.path().join("script.py"), script).unwrap();
    let output = record(room.path(), &["-o", "a.trace", "--", "python3", "script.py"]);
    if output.status.code() != Some(0) {
        return eprintln!("skipped: {}", said(&output));
    }
    assert_eq!(String::from_utf8_lossy(&output.stdout), "[('b',), ('a',)]\n");
    let trace = Trace::open(&room.path().join("a.trace")).unwrap();
    assert!(calls(&trace, "sqlite3_result_int64").iter().any(|(given, _)| given.ends_with("Integer(42)]")));
    let compared = calls(&trace, "collation()");
    assert!(!compared.is_empty());
    assert!(compared.iter().all(|(texts, _)| texts.contains("Text(\"a\")") && texts.contains("Text(\"b\")")));
}
