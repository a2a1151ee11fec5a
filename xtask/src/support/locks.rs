//! The builds that programs' lock files name.

use std::path::Path;

use anyhow::Result;
use sqlite_contracts::builds::BuildSet;
use sqlite_contracts::builds::cargo_lock::Lock;
use sqlite_contracts::project::Project;

/// What a lock file brings.
pub(crate) struct Locked {
    /// The name of the build.
    pub build: String,
    /// The line that says which release it is.
    pub line: usize,
}

/// The build of a lock file, and the project with that build: where there is no manifest of it, it is made
/// from the crate that the lock names. `instead` says how the command is told a build without a lock: `with --build`.
pub(crate) fn with_lock(project: &mut Project, lock: &Path, instead: &str) -> Result<Locked> {
    let builds = BuildSet::load(project)?;
    let read = Lock::read(lock, &project.shown(lock))?.instead(instead);
    let locked = read.build(project, &builds)?;
    if let Some((package, manifest)) = locked.new {
        let name = &locked.name;
        anstream::eprintln!(
            "no build is of {package} yet: {name} is made from the crate, with the flags of its profile"
        );
        *project = project.clone().with_build(name.clone(), manifest);
    }
    Ok(Locked { build: locked.name, line: locked.line })
}
