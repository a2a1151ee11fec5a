//! `cargo xtask record`: what a program asks of its SQLite, written down while it runs.

mod bundled;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use sqlite_contracts::diagnostic::numbers::{counted, thousands};
use sqlite_contracts::project::command_name;
use sqlite_contracts::system;
use sqlite_contracts::trace::{
    Begun, Ended, HOW_BUNDLED, Packed, Recorder, Recording, Trace, has_no_environment, is_trace, objection,
    program_of,
};

use crate::interruption;
use crate::support::exit::{Exit, Usage};
use crate::support::writable;
use crate::ui::slow;

const AFTER: &str = "\
Examples:
  cargo xtask record -o app.trace -- python3 app.py
  cargo xtask record --bundled -- cargo test           a Rust program that compiles SQLite into itself
  cargo xtask record --hash-values -- ./app            a trace that holds no value, for other people's eyes
  cargo xtask trace app.trace                          what it holds

The program runs as it is, and must load its SQLite as a shared library: a small library of ours is loaded before that, \
passes every call on, and writes it down with its arguments, results, column values and errors, for each process and \
thread. Beside that the trace has each database file as it was when it was first opened, the time and the randomness that \
SQLite saw, and what the program's own functions, collations and hooks answered. What the program and the processes that \
it starts print, and how it ends, stays as it is. A crash or a kill costs nothing of what was called before.

Long values that SQLite returns are kept as length and hash; what a program passes is kept whole, so a trace holds the \
data of its databases. `docs/trace.md` describes the file.

Exit status: the program's own; when a signal ended it, this command ends of the same. Otherwise
  2  bad usage, or a program that cannot be recorded
  3  the environment; or nothing was recorded";

/// Record what a program asks of SQLite, from outside
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    /// The file to write; by default the program's name with `.trace`
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Keep of each value only type, length, equality and order, and no database files
    #[arg(long)]
    hash_values: bool,
    /// Let cargo link programs to a shared SQLite that their crates would compile in
    #[arg(long)]
    bundled: bool,
    /// The build that they are linked to; by default the newest one of rusqlite's
    #[arg(long, value_name = "BUILD", requires = "bundled")]
    build: Option<String>,
    /// Run a program that cannot be recorded itself, for those that it starts
    #[arg(long)]
    anyway: bool,
    /// The program and its arguments
    #[arg(value_name = "COMMAND", required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<OsString>,
}

/// Runs the program, and makes one file of what its recorders wrote.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let words: Vec<String> = args.command.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let output = args.output.clone().unwrap_or_else(|| default_output(&words[0]));
    writable::check([output.as_path()])?;
    check_output(&output)?;
    check_program(args, &words)?;
    let recorder =
        slow::told("compiling the recorder, or waiting for another cargo that runs", Recorder::build)?;
    let mut command = Command::new(&args.command[0]);
    command.args(&args.command[1..]);
    let _room = args.bundled.then(|| bundled::prepare(args.build.as_deref(), &mut command)).transpose()?;
    let program = words[0].clone();
    let begun = Begun { command: words, hides: args.hash_values, recorder: std::process::id() };
    let folder = free_folder(&output)?;
    let parts = Recording::prepare(&folder, &begun)?;
    command.envs(recorder.environment(&parts, args.hash_values));
    let status = run_program(command, &folder)?;
    let ended = Ended { status: status.code(), signal: system::signal_of(status) };
    wait_for_the_last(&folder)?;
    let recording = Recording::read(&folder)?;
    if recording.is_empty() {
        remove(&folder);
        bail!("{}", nothing(&why_empty(args), &program, ended));
    }
    let packed = recording.pack(&output, ended)?;
    remove(&folder);
    if packed.cut.is_none() && Trace::open(&output)?.is_of_library()? {
        fs::remove_file(&output).with_context(|| format!("cannot remove {}", output.display()))?;
        bail!("{}", nothing(NO_OWN_CALLS, &program, ended));
    }
    tell(&output, &packed)?;
    Ok(end(ended))
}

fn default_output(program: &str) -> PathBuf {
    let name = Path::new(program).file_name().unwrap_or_default().to_string_lossy().into_owned();
    PathBuf::from(format!("{name}.trace"))
}

/// Only an earlier trace is written over.
pub(in crate::cmd) fn check_output(output: &Path) -> Result<()> {
    let found = fs::metadata(output);
    if found.as_ref().is_ok_and(|found| !found.is_file()) {
        bail!(Usage(format!("{} is no file, and a trace is one: name another output", output.display())));
    }
    let is_free = match found {
        Ok(file) => file.len() == 0 || is_trace(output)?,
        Err(_) => true,
    };
    if !is_free {
        bail!(Usage(format!("{} is there and is no trace: name another output", output.display())));
    }
    Ok(())
}

/// A program that cannot be recorded is not run for nothing.
fn check_program(args: &Args, words: &[String]) -> Result<()> {
    let program = &words[0];
    let file = program_of(program).map_err(|error| Usage(error.to_string()))?;
    if args.anyway || args.bundled {
        return Ok(());
    }
    let objection = match has_no_environment(&file, &words[1..]) {
        true => Some("it clears the environment, by which the recorder is loaded".to_owned()),
        false => objection(&file)?,
    };
    match objection {
        None => Ok(()),
        Some(objection) => bail!(Usage(format!(
            "{} cannot be recorded: {objection}. With `--anyway` it is run for the processes that it starts; {HOW_BUNDLED}",
            file.display()
        ))),
    }
}

/// The folder beside the output, on the disk that will hold it; nothing is there, or not any more.
fn free_folder(output: &Path) -> Result<PathBuf> {
    let mut name = std::path::absolute(output)?.into_os_string();
    name.push(".recording");
    let folder = PathBuf::from(name);
    if folder.is_dir() && Recording::is_remainder(&folder).unwrap_or(false) {
        remove(&folder);
    }
    if folder.exists() && Recording::begun(&folder).is_err() {
        bail!(Usage(format!(
            "{} is there, where a recording is to be made, and is none: remove it, or write to another output",
            folder.display()
        )));
    }
    if folder.exists() {
        bail!(Usage(format!(
            "{} is there: another recording runs, or was ended before it could make its file, which `{}` does. Remove \
             the folder, or write to another output",
            folder.display(),
            command_name::command(&format!("trace --recover {}", folder.display())),
        )));
    }
    Ok(folder)
}

fn run_program(mut command: Command, folder: &Path) -> Result<ExitStatus> {
    let started = command.spawn();
    let mut child = match started {
        Ok(child) => child,
        Err(error) => {
            remove(folder);
            return Err(error).with_context(|| format!("cannot run {}", command.get_program().display()));
        }
    };
    interruption::program_runs(child.id());
    let status = child.wait().context("cannot wait for the program");
    interruption::program_ended();
    status
}

/// Processes that the program started may be about to end: they get a moment. The others are cut off, and that is said.
fn wait_for_the_last(folder: &Path) -> Result<()> {
    const MOMENT: Duration = Duration::from_secs(1);
    let begun = Instant::now();
    while !Recording::running(folder)?.is_empty() && begun.elapsed() < MOMENT {
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn remove(folder: &Path) {
    if let Err(error) = Recording::remove(folder) {
        anstream::eprintln!("{} stays: {error}", folder.display());
    }
}

/// Why a trace has nothing of the program.
const NO_OWN_CALLS: &str = "what was seen are calls that its SQLite makes of itself, on connections that nobody was seen to \
                            open: the program finds the functions by `dlsym`, as Python's `ctypes` does";

/// What a recorder sees on one system alone.
const LOOKS_UP: &str = match cfg!(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64")) {
    true => "",
    false => "look for the functions by `dlsym`, ",
};

/// Why a trace is empty.
fn why_empty(args: &Args) -> String {
    match args.bundled {
        true => {
            "no process that it started called a SQLite that it loads as a library. A crate that links to a \
             library of its own, or a program that cargo found already built, is not linked anew"
                .to_owned()
        }
        false => format!(
            "it called no SQLite that it loads as a library. It may call none, {LOOKS_UP}or have loaded a module with a \
             SQLite of its own inside, which `audit --pid` finds; and a process is not recorded that is started without \
             the environment of its parent, is a static program, or runs with other rights than its user's. {}",
            sentence(HOW_BUNDLED)
        ),
    }
}

/// Words with a large letter first.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn nothing(reason: &str, program: &str, ended: Ended) -> String {
    let how = match (ended.status, ended.signal) {
        (Some(status), _) => format!("ended with status {status}"),
        (None, Some(signal)) => format!("died of signal {signal}"),
        (None, None) => "ended".to_owned(),
    };
    format!("nothing was recorded of {program}, which {how}: {reason}")
}

/// What was written, on standard error: standard output is the program's.
pub(in crate::cmd) fn tell(output: &Path, packed: &Packed) -> Result<()> {
    let Packed { about, cut } = packed;
    let bytes = fs::metadata(output).with_context(|| format!("cannot read {}", output.display()))?.len();
    anstream::eprintln!(
        "{}: {}, {} bytes; `{}` shows what it holds",
        output.display(),
        counted(about.processes.len(), "process", "processes"),
        thousands(i64::try_from(bytes).unwrap_or(i64::MAX)),
        command_name::command(&format!("trace {}", output.display())),
    );
    for (process, reason) in &about.stopped {
        anstream::eprintln!("the recorder of process {process} stopped before its end: {reason}");
    }
    if !about.still_running.is_empty() {
        let (count, of_them) =
            (about.still_running.len(), if about.still_running.len() == 1 { "it" } else { "they" });
        anstream::eprintln!(
            "{} still ran: what {of_them} called later is not in the trace ({})",
            counted(count, "process", "processes"),
            about.still_running.join(", ")
        );
    }
    if let Some(reason) = cut {
        anstream::eprintln!("{} is cut short, and whole to there: {reason}", output.display());
    }
    Ok(())
}

/// Ends as the program did.
fn end(ended: Ended) -> Exit {
    const SIGNAL: i32 = 128;
    if let Some(signal) = ended.signal {
        system::die_of(signal);
        // A signal that this command handles.
        return Exit::Program(u8::try_from(SIGNAL + signal).unwrap_or(u8::MAX));
    }
    Exit::Program(ended.status.and_then(|status| u8::try_from(status).ok()).unwrap_or(0))
}
