//! Traces as subjects: what small programs did is done again on builds, and what is different is said.

#![cfg(target_os = "linux")]

mod again;
mod other_builds;
#[path = "../support/recorded.rs"]
mod recorded;
#[path = "../support/said.rs"]
mod said;

use std::path::Path;
use std::process::Output;

use recorded::{is_made, xtask};
use said::said;

/// The rows of the replay of this command's trace on the system's own library.
fn replayed(room: &Path, command: &[&str]) -> String {
    xtask(room, &[&["record", "-o", "a.trace", "--"], command].concat());
    let output = xtask(room, &["try", "a.trace", "--build", "system"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    said(&output)
}

/// Whether all calls that were made did what they did.
fn is_same(text: &str) -> bool {
    text.contains("\"differ\", 0)") && !text.contains("not made")
}

/// A program in Python, where there is one whose SQLite is a library of its own.
fn python(room: &Path, program: &str) -> bool {
    std::fs::write(room.join("app.py"), program).unwrap();
    let output = xtask(room, &["record", "-o", "a.trace", "--", "python3", "app.py"]);
    if !output.status.success() {
        eprintln!("skipped: {}", said(&output));
    }
    output.status.success()
}

/// A program in C that uses the system's SQLite; `false`, with the reason, where it cannot be made.
fn made_of(room: &Path, program: &str) -> bool {
    std::fs::write(room.join("program.c"), program).unwrap();
    is_made(room, &["program.c", "-l:libsqlite3.so.0"])
}

/// What a command says of `a.trace`, in this repository and with its builds.
fn ask(room: &Path, command: &str, arguments: &[&str]) -> Output {
    let trace = room.join("a.trace");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    xtask(root, &[&[command, trace.to_str().unwrap()], arguments].concat())
}

/// The report of a gate on `a.trace`, with its status.
fn gate(room: &Path, from: &str, to: &str, more: &[&str]) -> (Option<i32>, String) {
    let output = ask(room, "gate", &[&["--from", from, "--to", to], more].concat());
    (output.status.code(), said(&output))
}
