//! How a worker starts the program of a driver in another language.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use serde::{Deserialize, Serialize};

/// Names the variable in which a worker gets its launch.
const VARIABLE: &str = "SQLITE_CONTRACTS_LAUNCH";

/// A program with the library under test as its `libsqlite3.so.0`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Launch {
    /// The program: an interpreter, or what a compiler made.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// Variables beside those that it inherits.
    pub environment: BTreeMap<String, String>,
    /// What it reads and executes, beside the files of a case.
    pub reads: Vec<PathBuf>,
}

/// What a program prints when it is ready.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Greeting {
    /// The language and its version.
    pub ready: String,
    /// `sqlite_source_id()` of the library that it has.
    pub source_id: String,
}

impl Launch {
    /// A command that starts it.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        // Node reads all of these when it starts, which takes longer than the rest of it, and no driver uses the network.
        command.env_remove("NODE_EXTRA_CA_CERTS");
        command.args(&self.args).envs(&self.environment);
        command
    }

    /// Lets a worker that is to be started know it.
    ///
    /// # Errors
    /// When a path of it is not Unicode.
    pub(crate) fn hand_to(&self, worker: &mut Command) -> serde_json::Result<()> {
        worker.env(VARIABLE, serde_json::to_string(self)?);
        Ok(())
    }

    /// That of this process, when it is a worker that got one.
    pub(super) fn of_this_process() -> Option<Self> {
        serde_json::from_str(&std::env::var(VARIABLE).ok()?).ok()
    }
}
