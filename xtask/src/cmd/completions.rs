//! `cargo xtask completions`: completions for a shell.

use anyhow::Result;
use clap_complete::Shell;

use crate::cli;
use crate::support::exit::Exit;
use crate::ui::output::print;

const AFTER: &str = "\
Examples:
  sqlite-contracts completions bash > ~/.local/share/bash-completion/completions/sqlite-contracts
  sqlite-contracts completions zsh > ~/.zfunc/_sqlite-contracts
  sqlite-contracts completions fish > ~/.config/fish/completions/sqlite-contracts.fish

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
    let mut written = Vec::new();
    clap_complete::generate(args.shell, &mut cli::command(), cli::INSTALLED, &mut written);
    print(String::from_utf8_lossy(&written).trim_end());
    Ok(Exit::Fine)
}
