//! A replay: the calls of a trace, made again on the library of this process, and what came out otherwise.
//!
//! All calls are made by one thread in the order of the trace, whichever process or thread made them. A copy of this process
//! makes them, on copies of the files, so that a library that dies or hangs is an outcome of its call. What is different is
//! believed when a second replay finds the same.

mod about;
pub(crate) mod call;
mod groups;
mod judge;
mod last_error;
mod lost;
mod reader;
mod report;
mod rows;
pub(crate) mod shown;
mod statements;

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::rc::Rc;
use std::sync::atomic::AtomicU64;

use anyhow::{Context, Result, bail};

use crate::contract::verb::{Call, Replay, Verb};
use crate::outcome::Outcome;
#[cfg(target_os = "linux")]
use crate::outcome::replayed::Kind;
use crate::trace::Trace;
use crate::worker::ffi::Library;
use crate::worker::ffi::replay::Machine;
pub(crate) use about::{code, sql};
use judge::Judge;
pub(crate) use reader::{Visit, read};
#[cfg(target_os = "linux")]
use report::Group;
use report::Report;

thread_local! {
    /// Traces that were opened before this process was confined.
    static TRACES: RefCell<HashMap<String, Result<Rc<Trace>, String>>> = RefCell::default();
    /// What the last replay of the run came to.
    static LAST: RefCell<Option<Report>> = RefCell::default();
}

/// The name of what a copy has found, in the directory of its files.
const REPORT: &str = "report.cbor";

/// Opens the traces that a run names, while this process can reach them.
pub(super) fn open_traces(verbs: &[Verb]) {
    for verb in verbs {
        if let Verb::Call(Call::Replay(Replay { path, .. })) = verb {
            let opened = Trace::open(Path::new(path)).map(Rc::new).map_err(|error| format!("{error:#}"));
            TRACES.with_borrow_mut(|traces| traces.insert(path.clone(), opened));
        }
    }
}

/// Replays a trace.
pub(super) fn replay(library: &'static Library, asked: &Replay) -> Outcome {
    let trace = TRACES.with_borrow(|traces| traces.get(&asked.path).cloned());
    let trace = match trace {
        Some(Ok(trace)) => trace,
        Some(Err(error)) => return Outcome::Refused(error),
        None => return Outcome::Refused("a trace is replayed by a step of the case itself".to_owned()),
    };
    let lowered = asked.limit.map(|limit| (limit.number(), asked.at_most));
    match replayed(Setting { library, lowered }, &trace) {
        Ok(report) => {
            let outcome = report.outcome();
            LAST.set(Some(report));
            outcome
        }
        Err(error) => Outcome::Refused(format!("{error:#}")),
    }
}

/// Something else of what the last replay came to.
pub(super) fn of_last(show: impl FnOnce(&Report) -> Outcome) -> Outcome {
    LAST.with_borrow(|last| match last {
        Some(report) => show(report),
        None => Outcome::Refused("nothing was replayed".to_owned()),
    })
}

/// The plans of the statements of the last replay.
pub(super) fn plans() -> Outcome {
    of_last(Report::plans)
}

/// The work of the statements of the last replay.
pub(super) fn work() -> Outcome {
    of_last(Report::work)
}

/// What the last replay did not give back, and how much it held.
pub(super) fn memory() -> Outcome {
    of_last(Report::memory)
}

/// On what the calls are made.
#[derive(Clone, Copy)]
struct Setting {
    library: &'static Library,
    /// A limit by its number, which each connection has lowered to so much.
    lowered: Option<(i32, i32)>,
}

/// Makes all calls, in this process, which is good for nothing else then.
fn make(setting: Setting, trace: &Rc<Trace>, progress: &AtomicU64, stop: Option<u64>) -> Result<Report> {
    let directory = tempfile::Builder::new().prefix("replay-").tempdir_in(".")?;
    let machine = Machine::install(setting.library, setting.lowered);
    let files = Rc::clone(trace);
    let path = fs::canonicalize(directory.path())?.to_string_lossy().into_owned();
    machine.begin_files(path, Box::new(move |name: &str, to: &str| extract(&files, name, to)));
    let mut judge = Judge::new(machine, progress, stop, trace.about().processes.len());
    reader::read(trace, &mut judge)?;
    if let Some(damage) = machine.damaged_file() {
        bail!(damage);
    }
    let still_running = trace.about().still_running.len() as u64;
    Ok(Report { cut_at: trace.cut().map(|cut| cut.at), still_running, ..judge.finish() })
}

/// Puts a file of the trace at a path, with what stands beside it.
fn extract(trace: &Trace, name: &str, to: &str) -> io::Result<()> {
    for beside in ["", "-journal", "-wal"] {
        let name = format!("{name}{beside}");
        if trace.about().files.iter().any(|file| file.name == name) {
            let mut file = File::create(format!("{to}{beside}"))?;
            trace.extract(&name, &mut file).map_err(io::Error::other)?;
        }
    }
    Ok(())
}

/// Where processes are not copied there is one replay, and a crash is one of the case.
#[cfg(not(target_os = "linux"))]
fn replayed(setting: Setting, trace: &Rc<Trace>) -> Result<Report> {
    trace.check_replayable()?;
    make(setting, trace, &AtomicU64::new(0), None)
}

#[cfg(target_os = "linux")]
fn replayed(setting: Setting, trace: &Rc<Trace>) -> Result<Report> {
    trace.check_replayable()?;
    match attempt(setting, trace, None)? {
        Attempt::Report(report) if report.groups.is_empty() => Ok(*report),
        Attempt::Report(report) => match attempt(setting, trace, None)? {
            Attempt::Report(again) => Ok(report.agreed(&again)),
            Attempt::Ended(kind, how, at) => ended(setting, trace, kind, how, at),
        },
        Attempt::Ended(kind, how, at) => ended(setting, trace, kind, how, at),
    }
}

#[cfg(target_os = "linux")]
enum Attempt {
    Report(Box<Report>),
    /// The copy crashed or hung in the call of this number.
    Ended(Kind, String, u64),
}

/// How long one call may take.
#[cfg(target_os = "linux")]
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "a worker has no threads that would hold a lock")]
fn attempt(setting: Setting, trace: &Rc<Trace>, stop: Option<u64>) -> Result<Attempt> {
    use crate::worker::ffi::{Ended, in_a_watched_copy};
    let work = |progress: &AtomicU64| {
        let report = make(setting, trace, progress, stop).map_err(|error| format!("{error:#}"));
        let file = File::create(REPORT)?;
        ciborium::into_writer(&report, io::BufWriter::new(file)).map_err(io::Error::other)
    };
    let _ = fs::remove_file(REPORT);
    // SAFETY: what other threads a worker has only wait, and hold no lock that the copy would find taken.
    let ended = unsafe { in_a_watched_copy(PATIENCE, work) }.context("cannot copy this process")?;
    remove_files();
    match ended {
        Ended::Well => {
            let report: Result<Report, String> =
                ciborium::from_reader(io::BufReader::new(File::open(REPORT)?))?;
            report.map(|it| Attempt::Report(Box::new(it))).map_err(anyhow::Error::msg)
        }
        Ended::Failed => bail!("the replay could not write what it found"),
        Ended::Died(signal, at) => {
            use std::os::unix::process::ExitStatusExt;
            let how = crate::system::describe_end(std::process::ExitStatus::from_raw(signal));
            Ok(Attempt::Ended(Kind::Crash, how, at))
        }
        Ended::Hung(at) => Ok(Attempt::Ended(Kind::Hang, format!("no end in {PATIENCE:?}"), at)),
    }
}

/// What a copy that died has left.
#[cfg(target_os = "linux")]
fn remove_files() {
    let entries = fs::read_dir(".").into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("replay-")) {
        let _ = fs::remove_dir_all(entry.path());
    }
}

/// The report of a replay that ends in a call: what there was before it, and the call.
#[cfg(target_os = "linux")]
fn ended(setting: Setting, trace: &Rc<Trace>, kind: Kind, how: String, at: u64) -> Result<Report> {
    let Attempt::Report(mut report) = attempt(setting, trace, Some(at))? else {
        bail!("{how} in call {at}, and another time before it");
    };
    if let Some((process, call, function, statement)) = report.stopped.take() {
        let old = format!("{function} came back");
        let place = (process, call);
        report.groups.push(Group { kind, statement, count: 1, place, column: None, old, new: how });
    }
    Ok(*report)
}
