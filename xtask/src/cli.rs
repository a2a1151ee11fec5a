//! The commands and their arguments.

use clap::builder::styling::{AnsiColor, Styles};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use sqlite_contracts::project::command_name;

use crate::cmd::audit;
use crate::cmd::build;
use crate::cmd::discover;
use crate::cmd::doctor;
use crate::cmd::exchange;
use crate::cmd::fetch;
use crate::cmd::fits;
use crate::cmd::gate;
use crate::cmd::history;
use crate::cmd::init;
use crate::cmd::leaks;
use crate::cmd::matrix;
use crate::cmd::memory;
use crate::cmd::min_version;
use crate::cmd::mutants;
use crate::cmd::needs;
use crate::cmd::new_build;
use crate::cmd::new_contract;
use crate::cmd::plan;
use crate::cmd::record;
use crate::cmd::report;
use crate::cmd::review;
use crate::cmd::tidy;
use crate::cmd::trace;
use crate::cmd::try_subject;
use crate::cmd::why;
use crate::support::exit;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Compiles real SQLite versions and runs contracts on every one of them.
#[derive(Parser)]
#[command(name = command_name::NAME_HERE, version, styles = STYLES, after_help = exit::HELP)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub verb: Verb,
}

impl Cli {
    /// Parses the arguments; exits with a message when they are invalid, and for `--help`.
    pub(crate) fn read() -> Self {
        let matches = named(Self::command()).get_matches();
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

/// The same command, with the name of the running program in the help texts.
fn named(command: clap::Command) -> clap::Command {
    let command = command.name(command_name::name()).bin_name(command_name::name());
    command.mut_subcommands(|verb| match verb.get_after_help() {
        Some(help) => {
            let help = help.ansi().to_string().replace(command_name::NAME_HERE, command_name::name());
            verb.after_help(help)
        }
        None => verb,
    })
}

#[derive(Subcommand)]
pub(crate) enum Verb {
    Matrix(matrix::Args),
    Gate(Box<gate::Args>),
    Plan(plan::Args),
    Report(report::Args),
    Review(review::Args),
    Tidy(tidy::Args),
    Build(build::Args),
    Fetch(fetch::Args),
    History(history::Args),
    Why(why::Args),
    MinVersion(min_version::Args),
    Needs(needs::Args),
    Fits(fits::Args),
    Leaks(leaks::Args),
    Memory(memory::Args),
    Audit(Box<audit::Args>),
    Exchange(exchange::Args),
    Discover(discover::Args),
    Try(try_subject::Args),
    Record(record::Args),
    Trace(trace::Args),
    Mutants(mutants::Args),
    Init(init::Args),
    NewBuild(new_build::Args),
    NewContract(new_contract::Args),
    Doctor(doctor::Args),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_of_every_command_fit_together() {
        Cli::command().debug_assert();
    }
}
