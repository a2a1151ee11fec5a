//! What something else does to a worker is no behaviour of SQLite: the case runs once more, or could not run.
#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process};
use sqlite_contracts::record::report::{CaseReport, Verdict};
use sqlite_contracts::worker::WorkerProgram;

use crate::bench::{Bench, case, good, processes_in, verdicts};

/// Cases of which the one in the middle hangs.
fn hanging(deadline: &str, settings: &str) -> String {
    let settings = format!("    deadline: {deadline}\n{settings}");
    let steps = ["open: hangs.db", "exec: CREATE TABLE t(x)", "misbehave: hang"];
    good("before") + &case("hanging", &settings, &steps) + &good("after")
}

/// Runs the cases, and ends so many workers that hang by this signal.
fn run_and_kill(bench: &Bench, cases: &str, signal: Signal, times: usize) -> Vec<CaseReport> {
    std::thread::scope(|scope| {
        let running = scope.spawn(|| bench.run(cases));
        let mut killed: BTreeSet<PathBuf> = BTreeSet::new();
        let until = Instant::now() + Duration::from_secs(60);
        while killed.len() < times && Instant::now() < until {
            for pid in processes_in(bench.engine.directory()) {
                let Ok(directory) = std::fs::read_link(format!("/proc/{}/cwd", pid.as_raw_nonzero())) else {
                    continue;
                };
                if directory.join("hangs.db").exists() && kill_process(pid, signal).is_ok() {
                    killed.insert(directory);
                }
            }
        }
        running.join().unwrap()
    })
}

#[test]
fn a_case_whose_worker_is_killed_runs_once_more_in_another() {
    for settings in ["", "    fresh_process: true\n"] {
        let reports = run_and_kill(&Bench::new(), &hanging("1s", settings), Signal::KILL, 1);
        assert_eq!(verdicts(&reports), [Verdict::Holds, Verdict::TimedOut, Verdict::Holds], "{reports:#?}");
    }
}

/// Whether this process, and so each worker that it starts, heeds a signal: `nohup` and shells that put a command into
/// the background let some be ignored.
fn is_heeded(signal: &Signal) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap().trim();
    let ignored = u64::from_str_radix(ignored, 16).unwrap();
    ignored & 1 << (signal.as_raw() - 1) == 0
}

#[test]
fn a_case_whose_workers_are_killed_twice_could_not_run() {
    // Nobody waits for the deadline, however busy the machine is.
    let cases = hanging("60s", "    fresh_process: true\n");
    for signal in [Signal::KILL, Signal::TERM, Signal::INT, Signal::HUP].into_iter().filter(is_heeded) {
        let bench = Bench::new();
        let reports = run_and_kill(&bench, &cases, signal, 2);
        assert_eq!(
            verdicts(&reports),
            [Verdict::Holds, Verdict::CouldNotRun, Verdict::Holds],
            "{signal:?} {reports:#?}"
        );
        assert!(reports[1].transcript.is_empty(), "{reports:#?}");
        let reason = reports[1].reason.as_deref().unwrap();
        assert!(reason.starts_with("its worker was killed (SIG"), "{reason}");
        assert_eq!(bench.left_behind(), Vec::<PathBuf>::new());
    }
}

/// A worker whose notes go where there is no room.
fn without_room(bench: &Bench) -> WorkerProgram {
    let script = bench.folder.path().join("worker.sh");
    let real = env!("CARGO_BIN_EXE_sqlite-contracts-worker");
    let text = format!(
        "#!/bin/sh\n[ $1 = --serve ] || exec '{real}' \"$@\"\nexec '{real}' $1 \"$2\" /dev/full \"$4\" \"$5\"\n"
    );
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    WorkerProgram::new(script)
}

#[test]
fn a_case_whose_notes_cannot_be_written_could_not_run() {
    let folder = Bench::new();
    for settings in ["", "    fresh_process: true\n"] {
        let bench = Bench::with_worker(without_room(&folder));
        let reports = bench.run(&case("one", settings, &["open: a.db"]));
        assert_eq!(verdicts(&reports), [Verdict::CouldNotRun], "{reports:#?}");
        let reason = reports[0].reason.as_deref().unwrap();
        assert!(reason.contains("No space left on device"), "{reason}");
        let cases = bench.contract(&case("one", settings, &["open: a.db"]));
        let build = bench.engine.builds().get(crate::bench::BUILD).unwrap();
        let error = bench.engine.run(&cases, build).unwrap_err().to_string();
        assert!(error.starts_with("area/contract/one could not run on 3.54.1-rusqlite: "), "{error}");
    }
}
