//! Results on stdout.

use std::io::Write;

use clap::ValueEnum;

/// `--format` of the commands that people and programs read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
}

/// Prints a result with a line feed, in plain text where stdout is no terminal. A reader that has seen
/// enough (`| head`) ends us, as it ends every other program.
pub fn print(text: &str) {
    if writeln!(anstream::stdout(), "{text}").is_err() {
        std::process::exit(0);
    }
}
