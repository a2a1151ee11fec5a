//! The files that a command is to write when it has run.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result};
use sqlite_contracts::system::files;

use crate::support::exit::Usage;

/// Ends a command that could not write its files, before it runs anything.
pub(crate) fn check<'a>(files: impl IntoIterator<Item = &'a Path>) -> Result<()> {
    for file in files {
        let cannot = || format!("cannot write {}", file.display());
        match files::check_writable(file) {
            // A folder is no file on any machine.
            Err(error) if error.kind() == ErrorKind::IsADirectory => {
                return Err(Usage(format!("{}: {error}", cannot())).into());
            }
            checked => checked.with_context(cannot)?,
        }
    }
    Ok(())
}
