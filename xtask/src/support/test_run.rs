//! Runs the rstest matrix as a process, and follows what its cells report.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use sqlite_contracts::engine::cells_at_a_time;
use sqlite_contracts::matrix::cache::CACHE_VARIABLE;
use sqlite_contracts::matrix::harness::ONLY_VARIABLE;
use sqlite_contracts::matrix::results::{CellResult, Follower, RESULTS_VARIABLE};
use sqlite_contracts::project::Project;
use sqlite_contracts::system::scratch::Scratch;

/// How often results are looked for.
const PERIOD: Duration = Duration::from_millis(20);

/// With which libtest is told how many tests to run at a time.
const THREADS_VARIABLE: &str = "RUST_TEST_THREADS";

/// Where the results of the last run are kept, one JSON line per cell.
pub fn last_run(project: &Project) -> PathBuf {
    project.scratch().join("last-run.jsonl")
}

/// The test executable of the matrix.
pub struct TestExecutable(pub PathBuf);

/// What a run of tests left behind.
pub struct Finished {
    /// What each cell reported.
    pub results: Vec<CellResult>,
    /// Whether the tests say that all is well.
    pub passed: bool,
    /// Everything that the tests printed.
    pub output: String,
}

impl TestExecutable {
    /// The names of its tests.
    pub fn list(&self, project: &Project) -> Result<Vec<String>> {
        let output = self.command(project).args(["--list", "--format=terse"]).output();
        let output = output.with_context(|| format!("cannot start {}", self.0.display()))?;
        if !output.status.success() {
            bail!("{} does not list its tests", self.0.display());
        }
        let names = String::from_utf8_lossy(&output.stdout);
        Ok(names.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect())
    }

    /// Runs some of its tests; of a test that stands for several contracts, only `contracts`. `progress` hears of
    /// every cell's result as it comes.
    pub fn run(
        &self,
        project: &Project,
        tests: &[&str],
        contracts: &[&str],
        fresh: bool,
        mut progress: impl FnMut(&CellResult),
    ) -> Result<Finished> {
        let folder = Scratch::new(&project.scratch().join("runs"))?;
        let mut follower = Follower::new(&folder.file("results.jsonl"))?;
        let mut command = self.command(project);
        command.args(["--include-ignored", "--exact"]).args(tests);
        command.env(RESULTS_VARIABLE, folder.file("results.jsonl"));
        command.env(ONLY_VARIABLE, contracts.join(","));
        command.env(CACHE_VARIABLE, if fresh { "0" } else { "1" });
        if std::env::var_os(THREADS_VARIABLE).is_none() {
            command.env(THREADS_VARIABLE, cells_at_a_time().to_string());
        }
        // What insta would print is said better here, against the parent.
        command.env("INSTA_OUTPUT", "none").env("RUST_BACKTRACE", "0");
        let output = folder.file("output.txt");
        let mut child = spawn(command, &output)?;
        let mut results = Vec::new();
        loop {
            let ended = child.try_wait().context("cannot wait for the tests")?;
            for result in follower.read()? {
                progress(&result);
                results.push(result);
            }
            if let Some(status) = ended {
                // The report shows it until the next run.
                let _ = std::fs::rename(folder.file("results.jsonl"), last_run(project));
                let output = String::from_utf8_lossy(&std::fs::read(&output)?).into_owned();
                return Ok(Finished { results, passed: status.success(), output });
            }
            std::thread::sleep(PERIOD);
        }
    }

    fn command(&self, project: &Project) -> Command {
        let mut command = Command::new(&self.0);
        command.current_dir(project.root()).env("CARGO_MANIFEST_DIR", project.root());
        command.stdin(Stdio::null()).stderr(Stdio::null());
        command
    }
}

fn spawn(mut command: Command, output: &Path) -> Result<Child> {
    let file = File::create(output).with_context(|| format!("cannot make {}", output.display()))?;
    let errors = file.try_clone().context("cannot share the output file")?;
    command.stdout(file).stderr(errors).spawn().context("cannot start the tests")
}

/// What libtest shows of some failed tests, each message once: the tests that failed without a result.
pub fn messages_of(output: &str, is_meant: impl Fn(&str) -> bool) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut messages = Vec::new();
    for section in output.split("\n---- ").skip(1) {
        let Some((name, text)) = section.split_once(" stdout ----\n") else { continue };
        let text = text.split("\nfailures:\n").next().unwrap_or(text);
        let lines: Vec<&str> = text.lines().filter(|line| is_of_the_message(line)).collect();
        let message = lines.join("\n").trim().to_owned();
        if is_meant(name) && seen.insert(message.clone()) {
            messages.push(message);
        }
    }
    messages
}

/// Not the lines in which Rust names the thread, and advises about backtraces.
fn is_of_the_message(line: &str) -> bool {
    let names_the_thread = line.starts_with("thread '") && line.contains("panicked at");
    let advises = line.starts_with("note: run with `RUST_BACKTRACE");
    !(names_the_thread || advises)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_messages_of_failed_tests_are_found_once_each() {
        let output = "running 3 tests\ntest a ... FAILED\n\nfailures:\n\n---- a stdout ----\n\
            \nthread 'a' (12) panicked at tests/matrix.rs:9:5:\nno compiler\n\
            note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n\n\
            ---- b stdout ----\n\nthread 'b' (13) panicked at tests/matrix.rs:9:5:\nno compiler\n\n\
            \nfailures:\n    a\n    b\n\ntest result: FAILED.\n";
        assert_eq!(messages_of(output, |_| true), ["no compiler"]);
        assert_eq!(messages_of(output, |_| false), [] as [&str; 0]);
    }
}
