//! The worker: the process that loads a library, so that a crash costs no more than itself.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// How to start a worker: tests have a binary of their own, `cargo xtask` is its own worker.
#[derive(Debug, Clone)]
pub struct WorkerProgram {
    /// The program.
    pub program: PathBuf,
    /// Arguments before the worker's own.
    pub args: Vec<OsString>,
}

impl WorkerProgram {
    /// A program that takes only the worker's own arguments.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), args: Vec::new() }
    }

    /// Adds an argument before the worker's own.
    pub fn arg(mut self, arg: impl Into<OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// A command that starts a worker.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.args);
        command
    }
}

/// What a worker process does with its arguments.
pub fn main(args: &[OsString]) -> ExitCode {
    match args {
        [probe, library] if probe == "--probe" => crate::probe::main(library),
        _ => {
            eprintln!("usage: --probe LIBRARY");
            ExitCode::from(2)
        }
    }
}
