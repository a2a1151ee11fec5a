//! From arguments to copies.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Result, bail};
use sqlite_contracts::builds::{Build, BuildError};
use sqlite_contracts::copies::{Found, Limits, Search, process};
use sqlite_contracts::engine::Engine;
use sqlite_contracts::project::Project;

use crate::support::exit::Usage;
use crate::support::locks::with_lock;
use crate::support::products::Products;

/// A build that cannot be asked, and why.
type Missing<'a> = Vec<(&'a Build, BuildError)>;

/// Every copy in files, builds and processes; builds that are missing are compiled first, all together, unless the store
/// compiles nothing. `locks` are the targets that are lock files, with the builds that they name. Also returned are the
/// builds that cannot be made.
///
/// # Errors
/// A target that is nothing of this, and why the first build cannot be made where there is no copy at all.
pub(crate) fn find<'a>(
    targets: &[String],
    processes: &[u32],
    locks: &[(String, String)],
    engine: &'a Engine,
    room: &Path,
) -> Result<(Found, Missing<'a>)> {
    let meant = targets.iter().map(|target| builds_of(target, locks, engine)).collect::<Result<Vec<_>>>()?;
    let mut missing = make(meant.iter().flatten().flatten().copied(), engine);
    let mut search = Search::new(room, Limits::default());
    for (target, builds) in targets.iter().zip(&meant) {
        let Some(builds) = builds else {
            search.target(Path::new(target))?;
            continue;
        };
        let is_lock = locks.iter().any(|(lock, _)| lock == target);
        for build in builds {
            if let Some(product) = engine.store().find(build) {
                search.file(&product.library, if is_lock { target } else { build.name() })?;
            } else if build.name() == target && !missing.iter().any(|(it, _)| it.name() == target) {
                bail!("{target} cannot be made on this machine");
            }
        }
    }
    for &pid in processes {
        let files = process::files(pid).map_err(|error| Usage(format!("{error:#}")))?;
        files.iter().try_for_each(|(file, name)| search.file(file, name))?;
    }
    let found = search.found();
    if found.copies.is_empty() && !missing.is_empty() {
        let (_, error) = missing.remove(0);
        return Err(error.into());
    }
    Ok((found, missing))
}

/// The builds that a target is the name of; none where it is a file.
fn builds_of<'a>(
    target: &str,
    locks: &[(String, String)],
    engine: &'a Engine,
) -> Result<Option<Vec<&'a Build>>> {
    let path = Path::new(target);
    if let Some((_, build)) = locks.iter().find(|(lock, _)| lock == target) {
        return named(build, engine).map(Some);
    }
    match path.is_file() || path.is_dir() {
        true => Ok(None),
        false if path.exists() => Err(Usage(format!("{target} is neither a file nor a directory")).into()),
        false => named(target, engine).map(Some),
    }
}

/// Compiles what is missing, each build once.
fn make<'a>(builds: impl Iterator<Item = &'a Build>, engine: &'a Engine) -> Missing<'a> {
    let mut names = BTreeSet::new();
    let builds: Vec<&Build> = builds.filter(|build| names.insert(build.name())).collect();
    match builds.is_empty() {
        true => Vec::new(),
        false => Products::make(engine.store(), builds).of_this_machine().missing,
    }
}

/// The targets that are lock files, and the builds that they name; those that are new are the project's from now on.
pub(crate) fn locks(targets: &[String], project: &mut Project) -> Result<Vec<(String, String)>> {
    let is_lock = |target: &&String| {
        let path = Path::new(target);
        path.file_name().is_some_and(|name| name == "Cargo.lock") && path.exists()
    };
    let locks = targets.iter().filter(is_lock);
    locks
        .map(|target| Ok((target.clone(), with_lock(project, Path::new(target), "as a target")?.build)))
        .collect()
}

/// What is no file may be the name of builds.
fn named<'a>(target: &str, engine: &'a Engine) -> Result<Vec<&'a Build>> {
    let chosen = if target.contains('/') { None } else { engine.builds().select(&[target]).ok() };
    chosen.ok_or_else(|| {
        let message =
            format!("there is neither a file nor a build `{target}`; `build --list` lists the builds");
        Usage(message).into()
    })
}
