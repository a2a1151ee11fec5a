//! The worker: the process that loads a library, so that a crash costs no more than itself.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{BufReader, BufWriter, Seek, Write, stdin};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use serde::Serialize;

use crate::driver::Session;
use crate::ffi::{self, Library};
use crate::outcome::Outcome;
use crate::protocol::{Reply, Request};

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
        [flag, library] if flag == "--probe" => crate::probe::main(library),
        [flag, library, outcomes] if flag == "--serve" => serve(library, outcomes),
        _ => {
            eprintln!("usage: --probe LIBRARY | --serve LIBRARY OUTCOMES");
            ExitCode::from(2)
        }
    }
}

/// Loads the library and runs cases until standard input ends.
fn serve(library: &OsStr, outcomes: &OsStr) -> ExitCode {
    // A panic is an outcome; its message travels in the reply.
    std::panic::set_hook(Box::new(|_| {}));
    crate::limits::end_with_standard_input();
    let mut output = match crate::limits::take_standard_output() {
        Ok(output) => BufWriter::new(output),
        Err(error) => {
            eprintln!("cannot keep standard output for answers: {error}");
            return ExitCode::FAILURE;
        }
    };
    let library = match ffi::load(Path::new(library)) {
        Ok(library) => library,
        Err(reason) => {
            let _ = send(&mut output, &Reply::Unloadable(reason));
            return ExitCode::FAILURE;
        }
    };
    let mut input = BufReader::new(stdin().lock());
    let Ok(mut outcomes) = File::options().write(true).open(outcomes) else { return ExitCode::FAILURE };
    if send(&mut output, &Reply::Ready).is_err() {
        return ExitCode::FAILURE;
    }
    while let Ok(request) = ciborium::from_reader::<Request, _>(&mut input) {
        if answer(library, &request, &mut outcomes, &mut output).is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn answer(
    library: &'static Library,
    request: &Request,
    outcomes: &mut File,
    output: &mut impl Write,
) -> std::io::Result<()> {
    outcomes.rewind()?;
    if let Some(function) = request.functions.iter().find(|function| !library.has(function)) {
        return send(output, &Reply::Lacks(function.clone()));
    }
    std::env::set_current_dir(&request.directory)?;
    let mut session = Session::new(library, request.driver, &request.verbs);
    for verb in &request.verbs {
        record(outcomes, &session.execute(verb))?;
    }
    let clean = session.end();
    // Some systems do not remove a directory that a process stands in.
    if let Some(parent) = request.directory.parent() {
        std::env::set_current_dir(parent)?;
    }
    send(output, &Reply::End { clean })
}

/// Writes an outcome in one call: half of one would be worth nothing.
fn record(outcomes: &mut File, outcome: &Outcome) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    ciborium::into_writer(outcome, &mut bytes).map_err(std::io::Error::other)?;
    outcomes.write_all(&bytes)
}

fn send(output: &mut impl Write, reply: &impl Serialize) -> std::io::Result<()> {
    ciborium::into_writer(reply, &mut *output).map_err(std::io::Error::other)?;
    output.flush()
}
