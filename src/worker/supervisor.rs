//! A process between this one and a compiler: it ends the compiler, with the processes that this has started, as soon as
//! this process is gone, whatever it died of.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::process::{Command, Output, Stdio};

use super::WorkerProgram;
use super::protocol::{GREETING, after_greeting};
use crate::system;

/// The argument in front of the program that is supervised.
pub(super) const FLAG: &str = "--supervise";
/// The status when the program did not end by itself: it has told the reason.
const FAILURE: u8 = 1;

/// Runs a command under a supervisor and returns what it prints. The command has no standard input.
///
/// # Errors
/// When it cannot be started.
pub(crate) fn output(worker: &WorkerProgram, command: &Command) -> io::Result<Output> {
    let mut supervisor = worker.command();
    supervisor.arg(FLAG).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => supervisor.env(name, value),
            None => supervisor.env_remove(name),
        };
    }
    command.get_current_dir().iter().for_each(|directory| _ = supervisor.current_dir(directory));
    system::lead_a_group(&mut supervisor);
    let piped = supervisor.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn()?;
    // The system closes it when this process ends.
    let _lifeline = child.stdin.take();
    let mut output = child.wait_with_output()?;
    if let Some(printed) = after_greeting(&output.stdout) {
        output.stdout = printed.to_vec();
    }
    Ok(output)
}

/// Runs the program and ends as it does. When standard input is closed before, all processes of this group end.
pub(super) fn main(program: &OsStr, args: &[OsString]) -> u8 {
    let _watch = system::end_with_standard_input(system::kill_our_group);
    let mut stdout = io::stdout();
    let greeted = stdout.write_all(GREETING.as_bytes()).and_then(|()| stdout.flush());
    let ended = greeted.and_then(|()| Command::new(program).args(args).stdin(Stdio::null()).status());
    match ended.map(|status| (status.code().and_then(|code| u8::try_from(code).ok()), status)) {
        Ok((Some(code), _)) => code,
        Ok((None, status)) => {
            eprintln!("{}: {}", program.display(), system::describe_end(status));
            FAILURE
        }
        Err(error) => {
            eprintln!("{}: {error}", program.display());
            FAILURE
        }
    }
}
