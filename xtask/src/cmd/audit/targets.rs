//! From arguments to copies.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, anyhow};
use sqlite_contracts::builds::Build;
use sqlite_contracts::builds::cargo_lock::{Lock, LockError};
use sqlite_contracts::copies::{self, Copy, Limits};
use sqlite_contracts::engine::Engine;
use sqlite_contracts::project::Project;

use crate::support::exit::Usage;
use crate::support::products::Products;

/// What is in the targets.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub copies: Vec<Copy>,
    pub unread: BTreeMap<String, String>,
    pub files: u64,
}

impl Found {
    fn add(&mut self, found: copies::Found) {
        for copy in found.copies {
            match self.copies.iter_mut().find(|known| known.sha256 == copy.sha256) {
                Some(known) => known.places.extend(copy.places),
                None => self.copies.push(copy),
            }
        }
        self.unread.extend(found.unread);
        self.files += found.files;
    }
}

/// Every copy in files, builds and processes.
pub(super) fn find(
    targets: &[String],
    processes: &[u32],
    project: &Project,
    engine: &Engine,
    room: &Path,
) -> Result<Found> {
    let mut found = Found::default();
    for target in targets {
        let path = Path::new(target);
        if path.file_name().is_some_and(|name| name == "Cargo.lock") && path.exists() {
            found.add(build(locked(path, project, engine)?, target, engine, room)?);
        } else if path.exists() && !path.is_file() && !path.is_dir() {
            return Err(Usage(format!("{target} is neither a file nor a directory")).into());
        } else if path.exists() {
            found.add(copies::find(path, room, Limits::default())?);
        } else {
            for chosen in named(target, engine)? {
                found.add(build(chosen, chosen.name(), engine, room)?);
            }
        }
    }
    for &pid in processes {
        let files = copies::process::files(pid).map_err(|error| Usage(format!("{error:#}")))?;
        found.add(copies::find_in(&files, room, Limits::default())?);
    }
    Ok(found)
}

/// The build that a program's lock file names.
fn locked<'a>(file: &Path, project: &Project, engine: &'a Engine) -> Result<&'a Build> {
    let lock = Lock::read(file, &project.shown(file))?;
    lock.build(project, engine.builds()).map_err(|error| match error {
        LockError::Input(mistakes) => mistakes.into(),
        LockError::Build(error) => error.into(),
    })
}

/// What is no file may be the name of builds.
fn named<'a>(target: &str, engine: &'a Engine) -> Result<Vec<&'a Build>> {
    if target.contains('/') {
        return Err(Usage(format!("there is no file {target}")).into());
    }
    engine.builds().select(&[target]).map_err(|_| {
        let message =
            format!("there is neither a file nor a build {target}; `build --list` lists the builds");
        Usage(message).into()
    })
}

fn build(build: &Build, name: &str, engine: &Engine, room: &Path) -> Result<copies::Found> {
    let Products { ready, missing } = Products::make(engine.store(), [build]).of_this_machine();
    if let Some((_, error)) = missing.into_iter().next() {
        return Err(error.into());
    }
    let product = ready.first().and_then(|build| engine.store().find(build));
    let product = product.ok_or_else(|| anyhow!("{name} cannot be made on this machine"))?;
    copies::find_in(&[(product.library, name.to_owned())], room, Limits::default())
}
