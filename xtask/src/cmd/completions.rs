//! `cargo xtask completions`: completions for a shell.

use anyhow::{Context, Result};
use clap_complete::Shell;
use clap_complete::env::Shells;

use crate::cli;
use crate::support::exit::Exit;
use crate::ui::output::print;

const AFTER: &str = "\
Examples:
  sqlite-contracts completions bash > ~/.local/share/bash-completion/completions/sqlite-contracts
  sqlite-contracts completions zsh > ~/.zfunc/_sqlite-contracts
  sqlite-contracts completions fish > ~/.config/fish/completions/sqlite-contracts.fish

What they propose comes from the command itself, whenever a word is completed: commands and options, and the names of \
builds, contracts, cases, drivers and profiles, those of the project of the current directory first.

";

/// Print the completions of a shell, for the installed command
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    /// The shell
    shell: Shell,
}

/// Prints them.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let name = args.shell.to_string();
    let shells = Shells::builtins();
    let shell = shells.completer(&name).with_context(|| format!("nothing is known of the shell {name}"))?;
    let mut written = Vec::new();
    shell.write_registration(
        cli::complete::VARIABLE,
        cli::INSTALLED,
        cli::INSTALLED,
        cli::INSTALLED,
        &mut written,
    )?;
    print(String::from_utf8_lossy(&written).trim());
    Ok(Exit::Fine)
}
