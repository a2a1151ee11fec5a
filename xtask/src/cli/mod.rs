//! The commands and their arguments.

pub(crate) mod complete;
mod examples;
#[cfg(test)]
mod papers;

use std::sync::LazyLock;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use sqlite_contracts::diagnostic::paragraph;
use sqlite_contracts::project::{catalogue, command_name};

use crate::cmd::audit;
use crate::cmd::build;
use crate::cmd::completions;
use crate::cmd::discover;
use crate::cmd::doctor;
use crate::cmd::exchange;
use crate::cmd::fetch;
use crate::cmd::fits;
use crate::cmd::gate;
use crate::cmd::history;
use crate::cmd::init;
use crate::cmd::leaks;
use crate::cmd::man;
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
use crate::ui::output;
use crate::ui::settings::Settings;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Which SQLite does your program ship, and what changes when it ships the next one?
#[derive(Parser)]
#[command(name = command_name::NAME_HERE, styles = STYLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub verb: Verb,
    #[command(flatten)]
    pub settings: Settings,
}

/// The name under which the commands are installed.
pub(crate) const INSTALLED: &str = "sqlite-contracts";

/// The commands by what a person wants; `--help` shows them so.
const GROUPS: [(&str, &[&str]); 6] = [
    ("Ask builds", &["try", "history", "why", "min-version", "exchange", "memory", "leaks"]),
    ("Decide about an upgrade", &["gate", "plan", "audit"]),
    ("Your program", &["init", "record", "trace", "needs", "fits"]),
    (
        "The catalogue, or your own contracts",
        &["matrix", "review", "report", "tidy", "new-contract", "new-build"],
    ),
    ("Find what no contract shows", &["discover", "mutants"]),
    ("This machine", &["doctor", "build", "fetch", "completions", "man"]),
];

impl Cli {
    /// Parses the arguments; exits with a message when they are invalid, and for `--help`.
    pub(crate) fn read() -> Self {
        let matches = command().get_matches();
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

/// The commands, with help texts for this terminal.
pub(crate) fn command() -> clap::Command {
    command_at(help_width())
}

/// The width of help texts: the terminal's, else that of `COLUMNS`, else one that most windows have.
fn help_width() -> usize {
    let named = || std::env::var("COLUMNS").ok()?.parse().ok().filter(|columns| *columns > 0);
    output::terminal_width().or_else(named).unwrap_or(100)
}

/// The commands, with the name of the running program in the help texts, which have this width.
pub(crate) fn command_at(width: usize) -> clap::Command {
    let name = command_name::name();
    let command = Cli::command().name(name).bin_name(name).version(version()).term_width(width);
    let command = command.mut_subcommands(|verb| match verb.get_after_help() {
        Some(help) => {
            let help = help.ansi().to_string().replace(command_name::NAME_HERE, name);
            verb.after_help(examples::fitting(&help, width).trim_end().to_owned())
        }
        None => verb,
    });
    let help = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n{}\n{{options}}\n\n{}\n\n`{name} COMMAND --help` has \
         examples.",
        grouped(&command, width),
        exit::help(width)
    );
    complete::with_names(command.help_template(help))
}

/// The commands of each group, with what they are about.
fn grouped(command: &clap::Command, width: usize) -> String {
    let heading = STYLES.get_header();
    let literal = STYLES.get_literal();
    let line = |name: &&str| {
        let about = command.find_subcommand(name)?.get_about()?.to_string();
        let text = paragraph(&about, &format!("  {name:<13} "), &" ".repeat(16), width);
        Some(text.replacen(name, &format!("{literal}{name}{literal:#}"), 1))
    };
    let group = |(title, names): &(&str, &[&str])| {
        format!("\n{heading}{title}:{heading:#}\n{}", names.iter().filter_map(line).collect::<String>())
    };
    GROUPS.iter().map(group).collect()
}

/// The version of the tool, and of what it brings along.
fn version() -> &'static str {
    static VERSION: LazyLock<String> =
        LazyLock::new(|| format!("{} ({})", env!("CARGO_PKG_VERSION"), catalogue::summary()));
    &VERSION
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
    Completions(completions::Args),
    Man(man::Args),
}

impl Verb {
    /// Whether it prints its result when it is done, which may be long; the others say what they do while they do it.
    pub(crate) fn is_answer(&self) -> bool {
        !matches!(
            self,
            Self::Review(_)
                | Self::Record(_)
                | Self::Init(_)
                | Self::Fetch(_)
                | Self::Completions(_)
                | Self::Man(_)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_of_every_command_fit_together() {
        command().debug_assert();
    }

    #[test]
    fn every_command_is_in_one_group() {
        let mut grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        let command = command();
        let mut all: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
        grouped.sort_unstable();
        all.sort_unstable();
        assert_eq!(grouped, all, "GROUPS says under which heading `--help` shows a command");
    }
}
