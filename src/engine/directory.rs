//! Where cases run.

use std::ffi::OsStr;

use anyhow::Result;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::project::Project;
use crate::system;
use crate::system::scratch::Scratch;
use crate::worker::case_directory::VARIABLE;

/// Less room than this in memory is left to others: containers have 64 MB by default.
const ROOM_IN_MEMORY: u64 = 512 << 20;

/// Where this process's cases run: in memory when there is room, because cases make and remove small files all the
/// time and none of them outlives its case.
pub(super) fn of_cases(project: &Project) -> Result<Scratch> {
    if let Some(named) = std::env::var_os(VARIABLE) {
        return Ok(in_directory(&named)?);
    }
    let in_memory = system::directory_in_memory(ROOM_IN_MEMORY).map(|directory| Scratch::new(&directory));
    match in_memory {
        Some(Ok(scratch)) => Ok(scratch),
        Some(Err(_)) | None => Scratch::new(&project.scratch().join("cases")),
    }
}

/// In the directory that the variable names. It is not made: a mistyped path would go unnoticed.
fn in_directory(named: &OsStr) -> Result<Scratch, Diagnostics> {
    let mistake = |message: String| {
        let help =
            format!("`{VARIABLE}` names a directory that can be written; without it, cases run in memory");
        Diagnostics::from(Diagnostic::of_variable(VARIABLE, named, message).help(help))
    };
    match std::path::absolute(named).and_then(|path| Ok((path.metadata()?.is_dir(), path))) {
        Ok((true, path)) => Scratch::new(&path).map_err(|error| mistake(format!("{error:#}"))),
        Ok((false, _)) => Err(mistake("this is not a directory".to_owned())),
        Err(error) => Err(mistake(format!("cannot use this directory: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_directory_that_is_not_there_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let mistake = |path: &Path| in_directory(path.as_os_str()).unwrap_err().render(false);
        let mistyped = folder.path().join("casse");
        let told = mistake(&mistyped);
        assert!(told.contains("cannot use this directory") && !mistyped.exists(), "{told}");
        assert!(told.contains("SQLITE_CONTRACTS_CASES:1:1") && told.contains("casse"), "{told}");
        std::fs::write(&mistyped, "").unwrap();
        assert!(mistake(&mistyped).contains("this is not a directory"));
        assert!(in_directory(OsStr::new("")).is_err());
        assert!(in_directory(folder.path().as_os_str()).unwrap().path().starts_with(folder.path()));
    }
}
