//! `cargo xtask man`: a man page for each command.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::cli;
use crate::support::exit::Exit;
use crate::ui::output::print;

const AFTER: &str = "\
Example:
  sqlite-contracts man ~/.local/share/man/man1

";

/// Write a man page for each command into a folder
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    /// The folder, such as ~/.local/share/man/man1
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Of the examples in a page.
const WIDTH: usize = 78;

/// Writes them.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let shown = args.folder.display();
    fs::create_dir_all(&args.folder).with_context(|| format!("cannot create {shown}"))?;
    let command = cli::command_at(WIDTH).name(cli::INSTALLED).bin_name(cli::INSTALLED);
    clap_mangen::generate_to(command, &args.folder).with_context(|| format!("cannot write in {shown}"))?;
    print(&format!("wrote the man pages in {shown}"));
    Ok(Exit::Fine)
}
