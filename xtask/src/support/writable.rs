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

/// Ends a command that could not write files into a folder, before it runs anything. The folder is made.
pub(crate) fn check_folder(option: &str, folder: &Path) -> Result<()> {
    let cannot = || format!("cannot write into {}", folder.display());
    if folder.exists() && !folder.is_dir() {
        return Err(
            Usage(format!("{}: it is no folder; give `{option}` one, or a new name", cannot())).into()
        );
    }
    files::check_writable(&folder.join("draft.yaml")).with_context(cannot)
}
