//! The files that a command is to write when it has run.

use std::path::Path;

use anyhow::Result;
use sqlite_contracts::system::files;

use crate::support::exit::Usage;

/// Ends a command that could not write its files, before it runs anything.
pub(crate) fn check<'a>(files: impl IntoIterator<Item = &'a Path>) -> Result<()> {
    for file in files {
        files::check_writable(file)
            .map_err(|error| Usage(format!("cannot write {}: {error}", file.display())))?;
    }
    Ok(())
}
