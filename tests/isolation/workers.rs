//! When a worker is used again, and when it is not.

use std::process::Stdio;
use std::time::{Duration, Instant};

use sqlite_contracts::contract::verb::{Call, Misbehaviour, Verb};
use sqlite_contracts::contract::{Contract, Driver};
use sqlite_contracts::record::report::Verdict;
use sqlite_contracts::worker::WorkerProgram;
use sqlite_contracts::worker::budget::Budget;
use sqlite_contracts::worker::protocol::{Request, RunRequest};

#[cfg(target_os = "linux")]
use crate::bench::processes_in;
use crate::bench::{BUILD, Bench, case, good, project, verdicts};

#[test]
fn a_worker_that_is_not_clean_is_not_used_again() {
    // The library keeps this text until the process ends.
    let dirty = case("dirty", "", &["open: ':memory:'", "exec: PRAGMA temp_store_directory='.'"]);
    let next = case("next", "", &["open: ':memory:'", "{query: PRAGMA temp_store_directory, expect: []}"]);
    let reports = Bench::new().run(&(dirty + &next));
    assert_eq!(verdicts(&reports), [Verdict::Holds, Verdict::Holds], "{reports:#?}");
}

#[test]
fn a_fresh_process_can_be_configured_and_is_gone_afterwards() {
    let configured = |name| {
        let steps = [
            "{config: {memstatus: false}, expect: OK}",
            "open: ':memory:'",
            "{memory_used: , expect: 0}",
            "{config: {memstatus: true}, expect: MISUSE}",
        ];
        case(name, "    fresh_process: true\n", &steps)
    };
    let plain = case("plain", "", &["open: ':memory:'", "{memory_used: , expect: '> 0'}"]);
    let reports = Bench::new().run(&[configured("one"), configured("two"), plain].concat());
    assert_eq!(verdicts(&reports), [Verdict::Holds; 3], "{reports:#?}");
}

#[test]
fn a_limit_of_one_case_does_not_reach_the_next() {
    let limited = case("limited", "", &["open: ':memory:'", "hard_heap_limit: 1000000"]);
    let reports = Bench::new().run(&(limited + &case("next", "", &["{hard_heap_limit: -1, expect: 0}"])));
    assert_eq!(verdicts(&reports), [Verdict::Holds, Verdict::Holds], "{reports:#?}");
}

#[test]
#[cfg(target_os = "linux")]
fn an_idle_worker_that_somebody_killed_is_passed_over() {
    use rustix::process::{Signal, WaitId, WaitIdOptions, kill_process, waitid};
    let bench = Bench::new();
    assert_eq!(verdicts(&bench.run(&good("first"))), [Verdict::Holds]);
    let idle = bench.idle_workers();
    assert_eq!(idle.len(), 1);
    for pid in idle {
        kill_process(pid, Signal::KILL).unwrap();
        // A killed process is not gone at once. Its exit status is left for the engine, which is its parent.
        waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT).unwrap();
    }
    assert_eq!(verdicts(&bench.run(&good("second"))), [Verdict::Holds]);
}

#[test]
fn a_worker_that_cannot_start_is_an_error_of_the_build() {
    let bench = Bench::with_worker(WorkerProgram::new("/bin/false"));
    let build = bench.engine.builds().get(BUILD).unwrap();
    let real = Bench::new();
    assert_eq!(verdicts(&real.run(&good("compiles-the-build"))), [Verdict::Holds]);
    let file = project(real.folder.path()).contracts().join("area/contract.yaml");
    let contract = Contract::load(&project(real.folder.path()), &file).unwrap();
    let error = bench.engine.run(&contract, build).unwrap_err().to_string();
    assert!(
        error.starts_with("3.54.1-rusqlite cannot be loaded: its worker ended (exit status 1)"),
        "{error}"
    );
}

#[test]
fn a_worker_ends_with_whoever_started_it_even_in_the_middle_of_a_case() {
    for fresh in [false, true] {
        assert_ends_with_whoever_started_it(fresh);
    }
}

fn assert_ends_with_whoever_started_it(fresh: bool) {
    let bench = Bench::new();
    assert_eq!(verdicts(&bench.run(&good("compiles-the-build"))), [Verdict::Holds]);
    let build = bench.engine.builds().get(BUILD).unwrap();
    let product = bench.engine.store().ensure(build, &()).unwrap();
    let program = WorkerProgram::new(env!("CARGO_BIN_EXE_sqlite-contracts-worker"));
    let mut command = program.command();
    let notes = bench.folder.path().join("notes");
    std::fs::write(&notes, "").unwrap();
    let stack = bench.folder.path().join("stack");
    std::fs::write(&stack, "").unwrap();
    let abandoned = bench.folder.path().join("sqlite-contracts-process-that-is-gone");
    let directory = abandoned.join("worker.case");
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::write(abandoned.join("lock"), "").unwrap();
    let mut child = command
        .arg("--serve")
        .arg(&product.library)
        .arg(&notes)
        .arg(&stack)
        .arg(&directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let verbs = vec![Verb::from(Call::Misbehave(Misbehaviour::Hang))];
    let run = RunRequest {
        driver: Driver::Capi,
        functions: Vec::new(),
        verbs,
        fresh,
        pauses: Vec::new(),
        keeps_stacks: false,
    };
    let request = Request { runs: vec![run], budget: Budget::default() };
    let mut input = child.stdin.take().unwrap();
    ciborium::into_writer(&request, &mut input).unwrap();
    let until = Instant::now() + Duration::from_secs(30);
    #[cfg(target_os = "linux")]
    while processes_in(&directory).is_empty() {
        assert!(Instant::now() < until, "the worker does not start");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(child.try_wait().unwrap().is_none());
    drop(input);
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > until {
            child.kill().unwrap();
            panic!("the worker lives on");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    #[cfg(target_os = "linux")]
    while !processes_in(bench.folder.path()).is_empty() {
        assert!(Instant::now() < until, "its copy lives on");
        std::thread::sleep(Duration::from_millis(5));
    }
    #[cfg(unix)]
    assert!(!abandoned.exists(), "it leaves the directory of whoever started it behind");
}
