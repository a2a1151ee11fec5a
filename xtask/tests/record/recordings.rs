//! What becomes of a recording: files, folders and what is left of them.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use rustix::process::{Signal, kill_process};
use sqlite_contracts::trace::{Summary, Trace};

use crate::recorded::{RECORDER, room};
use crate::said::said;
use crate::{count, record, started, trace_of};

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
    let parts = folder.join("parts-Q4x9aZ");
    std::fs::create_dir_all(&parts).unwrap();
    for name in ["417-0.last", "order"] {
        std::fs::write(parts.join(name), "").unwrap();
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
