//! Commands killed at random points: the next one must find nothing amiss, and nothing may live on.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};

use super::processes::{kill, survivors};
use super::project::{Project, Record, said};
use super::random;

const KILLS: usize = 500;

/// A command that is killed: its name here, its arguments, and what is done to the project before it.
type Attacked = (&'static str, &'static [&'static str], fn(&Project));

const COMMANDS: [Attacked; 7] = [
    ("cached matrix", &["matrix"], |_| {}),
    ("matrix", &["matrix", "--fresh"], |_| {}),
    ("matrix without a record", &["matrix"], forget),
    ("matrix with reports", &["matrix", "--fresh", "--results", "target/results.jsonl"], |_| {}),
    ("gate", &["gate", "--from", super::project::BUILDS[0], "--to", super::project::BUILDS[1]], |_| {}),
    ("review", &["review", "--accept", "*"], pending),
    ("tidy", &["tidy"], |_| {}),
];

fn forget(project: &Project) {
    std::fs::remove_dir_all(project.root().join("tests")).unwrap();
}

fn pending(project: &Project) {
    forget(project);
    let recorded = project.run(&["matrix"]);
    assert_eq!(recorded.status.code(), Some(1), "{}", said(&recorded));
}

/// Runs a command and kills it after so long. Returns how it ended.
fn killed(project: &Project, arguments: &[&str], after: Duration, signal: Signal) -> ExitStatus {
    let mut command = project.command(arguments);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(after);
    kill(Pid::from_child(&child), signal);
    child.wait().unwrap()
}

/// How long the command takes when it is left alone.
fn duration(project: &Project, arguments: &[&str], before: fn(&Project)) -> Duration {
    before(project);
    let begin = Instant::now();
    project.run(arguments);
    begin.elapsed()
}

/// Brings the project to its end state, as a user does who runs the commands again.
fn recover(project: &Project) -> Result<(), String> {
    let recorded = project.run(&["matrix"]);
    match recorded.status.code() {
        Some(0) => return Ok(()),
        Some(1) => {}
        _ => return Err(format!("matrix: {}", said(&recorded))),
    }
    for arguments in [&["review", "--accept", "*"][..], &["matrix"]] {
        let output = project.run(arguments);
        if !output.status.success() {
            return Err(format!("{arguments:?}: {}", said(&output)));
        }
    }
    Ok(())
}

/// The files that only one of them has, or that differ.
fn differences(one: &Record, other: &Record) -> Vec<PathBuf> {
    let all: BTreeSet<&PathBuf> = one.keys().chain(other.keys()).collect();
    all.into_iter().filter(|file| one.get(*file) != other.get(*file)).cloned().collect()
}

#[test]
#[ignore = "takes minutes"]
fn a_killed_command_leaves_nothing_behind_that_matters() {
    let mut random = random("kills of commands");
    let project = Project::new();
    let record = project.record();
    let lengths = COMMANDS.map(|(_, arguments, before)| {
        let length = duration(&project, arguments, before);
        recover(&project).unwrap();
        length
    });
    let mut faults = Vec::new();
    let (mut cut, mut alive, mut left) = ([0; COMMANDS.len()], 0, 0);
    for round in 0..KILLS {
        let number = random.usize(0..COMMANDS.len());
        let (name, arguments, before) = COMMANDS[number];
        before(&project);
        let after = lengths[number].mul_f64(random.f64());
        let signal = *random.choice(&[Signal::KILL, Signal::KILL, Signal::TERM, Signal::INT]).unwrap();
        cut[number] += usize::from(!killed(&project, arguments, after, signal).success());
        alive += survivors(&project.root());
        if let Err(said) = recover(&project) {
            faults.push(format!("round {round}, {name} killed after {after:?} by {signal:?}: {said}"));
        }
        let leftovers = project.leftovers();
        if !leftovers.is_empty() {
            left += leftovers.len();
            faults.push(format!("round {round}, {name} killed after {after:?}: {leftovers:?} left"));
        }
        let now = project.record();
        let other = differences(&record, &now);
        if let Some(file) = other.first() {
            let [was, is] =
                [&record, &now].map(|record| record.get(file).map(|it| String::from_utf8_lossy(it)));
            faults.push(format!(
                "round {round}, {name} killed after {after:?}: {other:?}: {is:?}, not {was:?}"
            ));
            break;
        }
    }
    for ((name, ..), cut) in COMMANDS.iter().zip(cut) {
        println!("  {name}: {cut} cut short");
    }
    println!("  {KILLS} kills: {alive} survivors, {left} leftovers, {} faults", faults.len());
    assert!(faults.is_empty() && alive == 0, "{}", faults.join("\n"));
}
