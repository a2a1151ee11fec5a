//! From arguments to copies.

use std::path::Path;

use anyhow::{Result, anyhow};
use sqlite_contracts::builds::{Build, Product};
use sqlite_contracts::copies::{Found, Limits, Search, process};
use sqlite_contracts::engine::Engine;
use sqlite_contracts::project::Project;

use crate::support::exit::Usage;
use crate::support::locks::with_lock;
use crate::support::products::Products;

/// Every copy in files, builds and processes. `locks` are the targets that are lock files, with the builds that they name.
pub(crate) fn find(
    targets: &[String],
    processes: &[u32],
    locks: &[(String, String)],
    engine: &Engine,
    room: &Path,
) -> Result<Found> {
    let mut search = Search::new(room, Limits::default());
    for target in targets {
        let path = Path::new(target);
        if let Some((_, build)) = locks.iter().find(|(lock, _)| lock == target) {
            search.file(&product(named(build, engine)?[0], engine)?.library, target)?;
        } else if path.is_file() || path.is_dir() {
            search.target(path)?;
        } else if path.exists() {
            return Err(Usage(format!("{target} is neither a file nor a directory")).into());
        } else {
            for build in named(target, engine)? {
                search.file(&product(build, engine)?.library, build.name())?;
            }
        }
    }
    for &pid in processes {
        let files = process::files(pid).map_err(|error| Usage(format!("{error:#}")))?;
        files.iter().try_for_each(|(file, name)| search.file(file, name))?;
    }
    Ok(search.found())
}

/// The targets that are lock files, and the builds that they name; those that are new are the project's from now on.
pub(crate) fn locks(targets: &[String], project: &mut Project) -> Result<Vec<(String, String)>> {
    let is_lock = |target: &&String| {
        let path = Path::new(target);
        path.file_name().is_some_and(|name| name == "Cargo.lock") && path.exists()
    };
    let locks = targets.iter().filter(is_lock);
    locks.map(|target| Ok((target.clone(), with_lock(project, Path::new(target))?.build))).collect()
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

fn product(build: &Build, engine: &Engine) -> Result<Product> {
    let Products { missing, .. } = Products::make(engine.store(), [build]).of_this_machine();
    if let Some((_, error)) = missing.into_iter().next() {
        return Err(error.into());
    }
    engine.store().find(build).ok_or_else(|| anyhow!("{} cannot be made on this machine", build.name()))
}
