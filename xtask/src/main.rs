//! The commands that people run. Each verb is a file with a `run`; what they know is in the library.

mod inventory;
mod matrix;
mod outcome;
mod review;
mod selection;
mod test_run;
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use outcome::Outcome;

/// Compatibility contracts across SQLite builds.
///
/// Exit status: 0 nothing to say, 1 broken promises or unreviewed drift, 2 bad usage or input, 3 the
/// environment.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Matrix(matrix::Arguments),
    Tidy(tidy::Arguments),
    Review(review::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().verb {
        Verb::Matrix(arguments) => matrix::run(&arguments),
        Verb::Tidy(arguments) => tidy::run(&arguments),
        Verb::Review(arguments) => review::run(&arguments),
    };
    result.unwrap_or_else(Outcome::of_error).into()
}
