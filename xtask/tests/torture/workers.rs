//! Workers killed at random points: what somebody else killed is not what SQLite did.

use std::process::Stdio;
use std::time::Duration;

use rustix::process::Signal;

use super::processes::{kill, survivors, with_argument};
use super::project::{Project, said};
use super::random;

const KILLS: usize = 1_000;

#[test]
#[ignore = "takes minutes"]
fn a_killed_worker_is_never_a_behaviour() {
    let mut random = random("kills of workers");
    let project = Project::new();
    let record = project.record();
    let products = project.root().join("target/sqlite-builds").to_str().unwrap().to_owned();
    let (mut kills, mut runs, mut could_not_run) = (0, 0, 0);
    while kills < KILLS {
        let mut command = project.command(&["matrix", "--fresh"]);
        let mut running = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // At most some of a run's workers, so that there are runs that end well.
        let mut some = random.usize(1..=30);
        while some > 0 && running.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(random.u64(0..15_000)));
            if let Some(worker) = random.choice(&with_argument(&products)) {
                kill(*worker, Signal::KILL);
                kills += 1;
                some -= 1;
            }
        }
        let output = running.wait_with_output().unwrap();
        runs += 1;
        could_not_run += usize::from(output.status.code() == Some(3));
        assert!(matches!(output.status.code(), Some(0 | 3)), "run {runs}: {}", said(&output));
        assert_eq!(project.record(), record, "run {runs}: {}", said(&output));
    }
    let calm = project.run(&["matrix"]);
    assert!(calm.status.success(), "{}", said(&calm));
    assert_eq!(survivors(&project.root()), 0);
    assert_eq!(project.leftovers(), Vec::<std::path::PathBuf>::new());
    println!(
        "  {kills} kills in {runs} runs, {could_not_run} of which had cases that could not run; 0 false behaviours"
    );
}
