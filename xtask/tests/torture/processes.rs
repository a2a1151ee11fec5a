//! Processes that belong to a project, found by their command line or working directory.

use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// Longer than this no process may outlive the command that it worked for.
const PATIENCE: Duration = Duration::from_secs(5);

/// The processes with this text in their command line, but zombies, which have none.
pub(crate) fn with_argument(text: &str) -> Vec<Pid> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let has = |id: &i32| {
        let line = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(text)
    };
    ids.filter(has).filter_map(Pid::from_raw).collect()
}

/// How many processes of the project in this folder live on; they get some time to notice that they are alone.
pub(crate) fn survivors(root: &Path) -> usize {
    let root = root.to_str().unwrap();
    let until = Instant::now() + PATIENCE;
    loop {
        let left = with_argument(root).len();
        if left == 0 || Instant::now() > until {
            return left;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub(crate) fn kill(process: Pid, signal: Signal) {
    // It may be gone by now.
    let _ = kill_process(process, signal);
}
