//! `xtask record` and `xtask trace` as people run them, on small programs: what is written down of them, that they notice
//! nothing, and what becomes of traces that are damaged.

#![cfg(target_os = "linux")]

mod contents;
mod processes;
mod programs;
#[path = "../support/recorded.rs"]
mod recorded;
mod recordings;
#[path = "../support/said.rs"]
mod said;

use std::collections::HashMap;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use rustix::process::Pid;
use sqlite_contracts::trace::{Event, Summary, Trace};

use recorded::{RECORDER, xtask};
use said::said;

fn record(room: &Path, arguments: &[&str]) -> Output {
    xtask(room, &[&["record"], arguments].concat())
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
