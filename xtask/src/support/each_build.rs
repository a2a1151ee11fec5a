//! Runs work on many builds, one build per core at a time.

use anyhow::Result;
use rayon::prelude::*;
use sqlite_contracts::builds::Build;

/// Does the work on every build; a failure does not stop the others. The results are in the order of the builds.
pub(crate) fn each_build<T: Send>(
    builds: &[&Build],
    work: impl Fn(&Build) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let done: Vec<Result<T>> = builds.par_iter().map(|build| work(build)).collect();
    done.into_iter().collect()
}
