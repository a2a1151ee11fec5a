//! The tests of a project being compiled, while there is other work to do.

use std::fs::File;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use sqlite_contracts::project::Project;
use sqlite_contracts::system::scratch::Scratch;

use crate::support::test_run::TestExecutable;

/// A cargo that compiles the tests, if they have to be. It ends with this value.
pub struct Compilation {
    cargo: Child,
    /// Where it writes: a pipe that nobody reads yet would stop it.
    folder: Scratch,
}

impl Compilation {
    /// Starts cargo.
    pub fn start(project: &Project) -> Result<Self> {
        let folder = Scratch::new(&project.scratch().join("runs"))?;
        let create = |name| File::create(folder.file(name)).context("cannot make a file for what cargo says");
        let color = if std::io::stderr().is_terminal() { "always" } else { "never" };
        let cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["test", "--quiet", "--color", color, "--test", "matrix", "--no-run"])
            .arg("--message-format=json-render-diagnostics")
            .current_dir(project.root())
            .stdin(Stdio::null())
            .stdout(create(MESSAGES)?)
            .stderr(create(DIAGNOSTICS)?)
            .spawn()
            .context("cannot start cargo")?;
        Ok(Self { cargo, folder })
    }

    /// Waits for cargo, and passes on what it said to people.
    pub fn finish(mut self) -> Result<TestExecutable> {
        let status = self.cargo.wait().context("cannot wait for cargo")?;
        anstream::eprint!("{}", self.said(DIAGNOSTICS)?);
        if !status.success() {
            bail!("the tests do not compile (cargo test --test matrix --no-run)");
        }
        let executable = self.said(MESSAGES)?.lines().find_map(executable_of);
        executable.map(TestExecutable).context("cargo names no test executable")
    }

    fn said(&self, name: &str) -> Result<String> {
        std::fs::read_to_string(self.folder.file(name)).context("cannot read what cargo said")
    }
}

/// What it says to programs, and to people.
const MESSAGES: &str = "cargo.jsonl";
const DIAGNOSTICS: &str = "cargo.txt";

impl Drop for Compilation {
    fn drop(&mut self) {
        let _ = self.cargo.kill();
        let _ = self.cargo.wait();
    }
}

fn executable_of(message: &str) -> Option<PathBuf> {
    let message: serde_json::Value = serde_json::from_str(message).ok()?;
    let is_matrix = message["target"]["name"] == "matrix" && message["profile"]["test"] == true;
    is_matrix.then(|| message["executable"].as_str().map(PathBuf::from)).flatten()
}
