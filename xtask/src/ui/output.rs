//! Results on stdout.

use std::io::{ErrorKind, Write};
use std::sync::OnceLock;

use anstyle::{AnsiColor, Style};
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use serde::Serialize;

use super::pager;

/// `--format` of the commands with text and JSON output.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    #[default]
    Text,
    Json,
}

/// The style of the word `error`.
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();

/// Whether standard output shows colour.
pub(crate) fn color() -> bool {
    anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never
}

/// The terminal's width, else one that fits a log.
pub(crate) fn width() -> usize {
    const WIDTH_OF_A_LOG: usize = 132;
    terminal_width().unwrap_or(WIDTH_OF_A_LOG)
}

/// The terminal's width. In a pipe a finding that is one line stays one, for `grep`.
pub(crate) fn terminal_width() -> Option<usize> {
    console::Term::stdout().size_checked().map(|(_, columns)| usize::from(columns))
}

/// Prints a result with a line feed, in plain text where stdout is no terminal. A reader that closes the pipe (`| head`)
/// has read enough: the status still says what the command found.
pub(crate) fn print(text: &str) {
    if pager::keeps(text) {
        return;
    }
    if let Err(error) = writeln!(anstream::stdout(), "{text}")
        && error.kind() != ErrorKind::BrokenPipe
    {
        let _ = UNWRITTEN.set(error);
    }
}

/// Why the first result that is lost could not be written.
static UNWRITTEN: OnceLock<std::io::Error> = OnceLock::new();

/// Shows the results that a pager is to show, and says whether all were written, or to a reader that did not want more.
///
/// # Errors
/// Why one could not be written.
pub(crate) fn check_written() -> Result<()> {
    pager::show().context("cannot write the output")?;
    match UNWRITTEN.get() {
        None => Ok(()),
        Some(error) => bail!("cannot write the output: {error}"),
    }
}

/// Prints a result for programs.
pub(crate) fn print_json(result: &impl Serialize) -> Result<()> {
    print(&serde_json::to_string_pretty(result).context("cannot write JSON")?);
    Ok(())
}

/// An empty table whose columns are separated only by spaces.
pub(crate) fn table<'a>(header: impl IntoIterator<Item = &'a str>) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.set_header(header.into_iter().collect::<Vec<_>>());
    table
}

/// A table as text, without spaces where its lines end.
pub(crate) fn shown(table: &Table) -> String {
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}
