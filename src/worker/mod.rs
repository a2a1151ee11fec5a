//! The worker: the process that loads a library, so that a crash costs no more than itself.

pub mod budget;
pub(crate) mod case_directory;
pub mod confinement;
mod driver;
mod environment;
#[expect(unsafe_code, reason = "it calls the library under test")]
mod ffi;
pub mod foreign;
mod io;
pub mod launch;
pub(crate) mod notebook;
mod outstanding;
mod place;
#[expect(unsafe_code, reason = "it loads a library and asks it")]
pub(crate) mod probe;
pub mod protocol;
pub(crate) mod replay;
mod spent;
pub(crate) mod supervisor;

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::rc::Rc;

use serde::Serialize;

use crate::outcome::relative::Directory;
use crate::worker::protocol::{GREETING, Reply};
use confinement::Confinement;
use ffi::Library;
use launch::Launch;
use notebook::Notebook;
use place::Place;

/// How to start a worker: the tool's tests have a binary of their own, the commands are their own worker, and so is
/// a test executable with the tests of [`matrix!`](crate::matrix!).
#[derive(Debug, Clone)]
pub struct WorkerProgram {
    /// The program.
    pub program: PathBuf,
    /// Arguments before the worker's own.
    pub args: Vec<OsString>,
    /// Variables beside those that it inherits.
    pub environment: Vec<(OsString, OsString)>,
}

/// The test that [`matrix!`](crate::matrix!) defines to be the worker.
const WORKER_TEST: &str = "sqlite_contracts_worker";
/// Where the arguments of the tests' own end, and the worker's begin.
const END_OF_OPTIONS: &str = "--";

impl WorkerProgram {
    /// A program that takes only the worker's own arguments.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), args: Vec::new(), environment: Vec::new() }
    }

    /// This program, which knows itself by an argument that it is started with.
    ///
    /// # Errors
    /// When the system does not say which file it is.
    pub fn ourselves() -> std::io::Result<Self> {
        // Linux keeps it reachable when cargo replaces it during a long run.
        let running = PathBuf::from("/proc/self/exe");
        let is_linux = cfg!(target_os = "linux") && running.exists();
        Ok(Self::new(if is_linux { running } else { std::env::current_exe()? }))
    }

    /// This test executable, whose module `module` (`module_path!()`) has the tests of
    /// [`matrix!`](crate::matrix!): one of them is the worker. libtest takes what follows `--` for further names of
    /// tests, which no test has.
    ///
    /// # Errors
    /// As [`WorkerProgram::ourselves`].
    pub fn this_test_executable(module: &str) -> std::io::Result<Self> {
        // libtest leaves the name of the crate out.
        let test = match module.split_once("::") {
            Some((_, inner)) => format!("{inner}::{WORKER_TEST}"),
            None => WORKER_TEST.to_owned(),
        };
        let ourselves = Self::ourselves()?
            .arg("--include-ignored")
            .arg("--exact")
            .arg("--nocapture")
            .arg(test)
            .arg(END_OF_OPTIONS);
        // A test runs in a thread. It gets the stack of a main thread.
        Ok(ourselves.variable("RUST_MIN_STACK", "8388608"))
    }

    /// Adds an argument before the worker's own.
    pub fn arg(mut self, arg: impl Into<OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Sets a variable of its environment.
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// A command that starts a worker.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.args).envs(self.environment.iter().map(|(name, value)| (name, value)));
        // One heap for all threads: another thread's heap reserves 64 MB, which a limit of the address space then
        // allows for nothing.
        command.env("MALLOC_ARENA_MAX", "1");
        // What a connection frees, the next takes: giving pages back and asking for them again costs as much as some
        // of what SQLite does with them.
        command.env("MALLOC_TRIM_THRESHOLD_", "1048576").env("MALLOC_MMAP_THRESHOLD_", "1048576");
        command
    }
}

/// What a worker process does with its arguments.
pub fn main(args: &[OsString]) -> ExitCode {
    ExitCode::from(run(args))
}

/// What the test does that is the worker: it ends the process, unless nobody asked it for anything.
pub fn main_in_test() {
    let args: Vec<_> = std::env::args_os().skip_while(|arg| arg != END_OF_OPTIONS).skip(1).collect();
    if !args.is_empty() {
        std::process::exit(run(&args).into());
    }
}

const SUCCESS: u8 = 0;
const FAILURE: u8 = 1;
const USAGE: u8 = 2;

/// Returns the exit status.
fn run(args: &[OsString]) -> u8 {
    crate::system::keep_ended_children();
    match args {
        [flag, library] if flag == "--probe" => crate::worker::probe::main(library),
        [flag, library, notes, stack, directory] if flag == "--serve" => {
            serve(library, notes, stack, directory)
        }
        [flag, program, args @ ..] if flag == supervisor::FLAG => supervisor::main(program, args),
        _ => {
            eprintln!(
                "usage: --probe LIBRARY | --serve LIBRARY NOTES STACK DIRECTORY | --supervise PROGRAM …"
            );
            USAGE
        }
    }
}

/// Loads the library and runs cases in the directory until standard input ends.
fn serve(library: &OsStr, notes: &OsStr, stack: &OsStr, directory: &OsStr) -> u8 {
    // A panic is an outcome; its message travels in the note.
    std::panic::set_hook(Box::new(|_| {}));
    let mut output = match crate::system::take_standard_output() {
        Ok(output) => BufWriter::new(output),
        Err(error) => {
            eprintln!("cannot keep standard output for answers: {error}");
            return FAILURE;
        }
    };
    if output.write_all(GREETING.as_bytes()).is_err() {
        return FAILURE;
    }
    if let Err(error) = save_stack(stack) {
        eprintln!("cannot prepare for a crash: {error}");
        return FAILURE;
    }
    let path = Path::new(library);
    let notes = match Notebook::open(Path::new(notes)) {
        Ok(notes) => notes,
        Err(error) => {
            eprintln!("cannot write notes: {error}");
            return FAILURE;
        }
    };
    let directory = Path::new(directory);
    if let Err(error) = confine_loading(path, directory) {
        eprintln!("cannot be confined: {error}");
        return FAILURE;
    }
    // Until the requests come, nobody watches standard input: a library may take for ever to load.
    crate::system::end_with_parent(true);
    let loaded = load(path);
    crate::system::end_with_parent(false);
    let library = match loaded {
        Ok(library) => library,
        Err(reason) => {
            let _ = send(&mut output, &Reply::Unloadable(reason));
            return FAILURE;
        }
    };
    let mut place = match place(library, path, notes, directory) {
        Ok(place) => place,
        Err(error) => {
            eprintln!("cannot use the directory for cases: {error}");
            return FAILURE;
        }
    };
    if send(&mut output, &Reply::Ready).is_err() {
        return FAILURE;
    }
    match place.serve_requests(&mut output, directory) {
        Ok(()) => SUCCESS,
        Err(error) => {
            let _ = send(&mut output, &Reply::CouldNotRun(error.to_string()));
            FAILURE
        }
    }
}

/// The directory becomes this process's own.
fn place(
    library: &'static Library,
    path: &Path,
    notes: Notebook,
    directory: &Path,
) -> std::io::Result<Place> {
    let mut confinement = Confinement::new(directory, path)?;
    if let Some(launch) = Launch::of_this_process() {
        confinement.permit_program(&launch);
    }
    std::env::set_current_dir(directory)?;
    let directory = Directory::new(&std::env::current_dir()?);
    Ok(Place { library, notes: Rc::new(notes), confinement, directory })
}

/// A library of another program may do what it likes when it is loaded: it changes nothing and reaches nobody.
fn confine_loading(library: &Path, directory: &Path) -> std::io::Result<()> {
    match foreign::Addresses::beside(library)? {
        Some(_) => Confinement::while_loading(directory, library)?.enter_by_system(),
        None => Ok(()),
    }
}

/// Loads the library that this process was started for.
#[expect(unsafe_code, reason = "what to run is chosen by whoever starts a worker, as with any program")]
fn load(library: &Path) -> Result<&'static Library, String> {
    // SAFETY: a worker exists to run what this file has: that is why it is a process of its own. The probe has found
    // SQLite's functions in it.
    unsafe { ffi::load(library) }
}

/// From now on the stack goes into this file when a signal ends the process. Only Linux says itself which file
/// stands behind which address; elsewhere a crash has no stack.
fn save_stack(file: &OsStr) -> std::io::Result<()> {
    let file = File::options().write(true).open(file)?;
    #[cfg(target_os = "linux")]
    ffi::save_before_death(file)?;
    #[cfg(not(target_os = "linux"))]
    drop(file);
    Ok(())
}

fn send(output: &mut impl Write, reply: &impl Serialize) -> std::io::Result<()> {
    ciborium::into_writer(reply, &mut *output).map_err(std::io::Error::other)?;
    output.flush()
}
