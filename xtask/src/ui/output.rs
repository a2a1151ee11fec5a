//! Results on stdout.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use anyhow::{Context, Result};
use clap::ValueEnum;
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use serde::Serialize;

/// `--format` of the commands with text and JSON output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
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
    let size = console::Term::stdout().size_checked();
    size.map_or(WIDTH_OF_A_LOG, |(_, columns)| usize::from(columns))
}

/// Prints a result with a line feed, in plain text where stdout is no terminal. A reader that closes
/// the pipe (`| head`) ends this process, like any other program.
pub(crate) fn print(text: &str) {
    if writeln!(anstream::stdout(), "{text}").is_err() {
        sqlite_contracts::system::tidy_up_before_the_end();
        std::process::exit(0);
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
