//! The exit codes of every verb.

use std::fmt;
use std::process::ExitCode;

use sqlite_contracts::builds::BuildError;
use sqlite_contracts::diagnostic::{Diagnostics, paragraph};
use sqlite_contracts::engine::NotReplayed;
use sqlite_contracts::matrix::results::UnusableResults;
use sqlite_contracts::subject::UnknownSubject;
use sqlite_contracts::system;
use sqlite_contracts::trace::Damage;

use crate::ui::output;

/// How a verb ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Success.
    Fine,
    /// Something needs attention.
    Drift,
    /// Bad usage, or a mistake in a file.
    Input,
    /// The compiler, the network or the disk.
    Environment,
    /// Somebody interrupted it, and it has said what it had to say.
    Interrupted,
    /// What a program that was run ended with.
    Program(u8),
}

/// The arguments are invalid.
#[derive(Debug)]
pub(crate) struct Usage(pub String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

impl Exit {
    /// `Fine`, unless something needs attention.
    pub fn of_findings(any: bool) -> Self {
        if any { Self::Drift } else { Self::Fine }
    }
}

/// The codes and what they mean.
const MEANINGS: [(u8, &str); 5] = [
    (0, "success"),
    (
        1,
        "something needs attention: a broken case, unreviewed drift, under CI what is not yet on record, a change that blocks \
         a gate, a defect in what is shipped, a superfluous snapshot, a mutant that no contract caught",
    ),
    (2, "bad usage, or a mistake in a file"),
    (3, "the environment: compiler, network or disk; a case that could not run"),
    (130, "interrupted"),
];

/// The codes, as `--help` shows them; a command with others shows its own.
pub(crate) fn help(width: usize) -> String {
    let line = |(code, meaning): &(u8, &str)| paragraph(meaning, &format!("  {code:<5}"), "       ", width);
    let lines: String = MEANINGS.iter().map(line).collect();
    format!("Exit status:\n{}", lines.trim_end())
}

impl From<Exit> for u8 {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Fine => 0,
            Exit::Drift => 1,
            Exit::Input => 2,
            Exit::Environment => 3,
            Exit::Interrupted => 130,
            Exit::Program(status) => status,
        }
    }
}

/// The exit status of an error of a build.
pub(crate) fn of(error: &BuildError) -> Exit {
    if error.is_input() { Exit::Input } else { Exit::Environment }
}

/// Prints the error that a verb ended with, and turns the result into the process's exit code.
pub(crate) fn code(result: anyhow::Result<Exit>) -> ExitCode {
    u8::from(told(result)).into()
}

/// The same, and ends the process now, whatever its other threads do.
pub(crate) fn at_once(result: anyhow::Result<Exit>) -> ! {
    let exit = told(result);
    system::tidy_up_before_the_end();
    std::process::exit(u8::from(exit).into())
}

/// Prints the error that a verb ended with.
fn told(result: anyhow::Result<Exit>) -> Exit {
    let error = match result.and_then(|exit| output::check_written().map(|()| exit)) {
        Ok(exit) => return exit,
        Err(error) => error,
    };
    if let Some(mistakes) = error.downcast_ref::<Diagnostics>() {
        // Styles are removed where the stream is not a terminal.
        anstream::eprintln!("{}", mistakes.render(true));
        return Exit::Input;
    }
    anstream::eprintln!("{}error:{} {error:#}", output::ERROR.render(), output::ERROR.render_reset());
    if error.is::<Usage>()
        || error.is::<UnknownSubject>()
        || error.is::<UnusableResults>()
        || error.is::<NotReplayed>()
        || error.is::<Damage>()
    {
        return Exit::Input;
    }
    error.downcast_ref::<BuildError>().map_or(Exit::Environment, of)
}
