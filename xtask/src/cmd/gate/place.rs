//! `--at`: the line of the program that moves SQLite.

use std::path::{Path, PathBuf};

use anyhow::Result;
use sqlite_contracts::analysis::gate::Place;
use sqlite_contracts::builds::BuildSet;
use sqlite_contracts::builds::cargo_lock::Lock;

use crate::support::exit::Usage;

/// The line of a lock file that brings the new build.
pub(super) struct LockLine<'a> {
    /// The lock file.
    pub file: &'a Path,
    pub line: usize,
}

/// The place that `Dockerfile:7` names. Without a number it is the crate's line, in the lock file of the new build or in
/// the one that is named. The file is as an annotation needs it: from the root of its repository.
///
/// # Errors
/// When there is no such file or line, or it cannot be known which line is meant.
pub(super) fn place(at: &str, lock: Option<LockLine<'_>>, builds: &BuildSet) -> Result<Place> {
    let numbered = at.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse::<usize>().ok()?)));
    let file = Path::new(numbered.map_or(at, |(file, _)| file));
    if !file.is_file() {
        return Err(Usage(format!("--at {at}: there is no file {}", file.display())).into());
    }
    let line = match (numbered, lock) {
        (Some((_, line)), _) => existing(at, file, line)?,
        // The program's may be that of another commit.
        (None, Some(lock)) if lock.file.file_name() == file.file_name() => lock.line,
        (None, _) if file.extension().is_some_and(|extension| extension == "lock") => {
            Lock::read(file, &file.display().to_string())?
                .instead("by its line, as in `--at FILE:7`")
                .line(builds)?
        }
        (None, _) => {
            let file = file.display();
            return Err(Usage(format!("which line of {file} moves SQLite? name it: `--at {file}:7`")).into());
        }
    };
    Ok(Place { file: in_repository(file), line })
}

fn existing(at: &str, file: &Path, line: usize) -> Result<usize> {
    let text = std::fs::read(file).map_err(|error| Usage(format!("--at {at}: {error}")))?;
    let lines = text.split_inclusive(|byte| *byte == b'\n').count();
    match (1..=lines).contains(&line) {
        true => Ok(line),
        false => Err(Usage(format!("--at {at}: {} has the lines 1 to {lines}", file.display())).into()),
    }
}

/// A file's path from the root of its repository; outside of one as it was named.
fn in_repository(file: &Path) -> String {
    let inside = || -> Option<PathBuf> {
        let real = std::fs::canonicalize(file).ok()?;
        let root = real.ancestors().skip(1).find(|folder| folder.join(".git").exists())?;
        Some(real.strip_prefix(root).ok()?.to_owned())
    };
    inside().unwrap_or_else(|| file.to_owned()).to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlite_contracts::project::Project;

    #[test]
    fn a_place_is_a_line_that_is_there_seen_from_the_root_of_its_repository() {
        let builds = BuildSet::load(&Project::at(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join(".git")).unwrap();
        std::fs::create_dir_all(folder.path().join("deep/er")).unwrap();
        let file = |name: &str| folder.path().join("deep/er/..").join(name).display().to_string();
        std::fs::write(file("Dockerfile"), "FROM a\nRUN b").unwrap();
        let package =
            "[[package]]\nname = \"libsqlite3-sys\"\nversion = \"0.27.0\"\ndependencies = [\"cc\"]\n";
        std::fs::write(file("Cargo.lock"), format!("version = 4\n\n{package}")).unwrap();
        let found = |at: &str, lock| place(&file(at), lock, &builds);
        let is = |at: &str, lock, line| {
            let place = found(at, lock).unwrap();
            let name = at.split(':').next().unwrap();
            assert_eq!((place.file, place.line), (format!("deep/{name}"), line), "{at}");
        };
        is("Dockerfile:2", None, 2);
        is("Cargo.lock", None, 5);
        is("Cargo.lock", Some(LockLine { file: Path::new("head/Cargo.lock"), line: 9 }), 9);
        let fails = |at: &str, why: &str| {
            let error = found(at, None).unwrap_err();
            assert!(error.is::<Usage>() && error.to_string().contains(why), "{at}: {error:#}");
        };
        fails("Dockerfile:3", "has the lines 1 to 2");
        fails("Dockerfile:0", "has the lines 1 to 2");
        fails("nope:1", "there is no file");
        fails("Dockerfile", "which line of");
    }
}
