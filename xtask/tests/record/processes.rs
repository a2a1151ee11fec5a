//! What a program and its processes notice of a recording: nothing.

use std::os::unix::process::ExitStatusExt;
use std::process::Command;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use sqlite_contracts::trace::{Summary, Trace};

use crate::recorded::room;
use crate::said::said;
use crate::{calls, count, process_that_is_ready, record, started, trace_of, wait_for};

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

#[test]
fn a_process_that_outlives_its_recording_writes_nothing_into_the_next_of_its_name() {
    let Some(room) = room() else { return };
    let first = trace_of(room.path(), "later");
    assert_eq!(first.about().still_running.len(), 1);
    // Meanwhile one of them goes on with its parts, and the other begins to call.
    let second = trace_of(room.path(), "meets");
    let processes = Summary::of(&second).unwrap().by_process;
    let commands: Vec<&str> = processes.iter().map(|process| process.command[1].as_str()).collect();
    assert_eq!(commands, ["meets"]);
    let about = second.about();
    assert!(
        about.stopped.is_empty() && about.files.is_empty() && about.still_running.is_empty(),
        "{about:?}"
    );
}
