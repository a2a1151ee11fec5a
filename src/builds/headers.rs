//! The header of the newest SQLite that a project has: what a driver in another language is compiled with.

use std::path::PathBuf;

use anyhow::Context;

use super::error::BuildError;
use super::{Build, BuildSet, Source, source};
use crate::project::Project;

impl BuildSet {
    /// The folder of `sqlite3.h` of the newest build that is compiled from code.
    ///
    /// # Errors
    /// There is none, or its source cannot be fetched.
    pub(crate) fn newest_headers(&self, project: &Project) -> Result<PathBuf, BuildError> {
        let build =
            self.newest_of_code().context("no build is compiled from code, so there is no sqlite3.h")?;
        let Source::Code(code) = build.source() else { unreachable!("it was chosen because it has code") };
        let fetched = source::fetch(project, &code.origin, code.file.as_deref())?;
        Ok(fetched.directory().to_owned())
    }

    /// Of several of one version the first: the others are forks of it, or its children with other flags.
    fn newest_of_code(&self) -> Option<&Build> {
        let of_code = || self.iter().filter(|build| matches!(build.source(), Source::Code(_)));
        let newest = of_code().filter_map(Build::version).max()?;
        of_code().find(|build| build.version() == Some(newest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_header_is_that_of_the_trunk() {
        let builds = BuildSet::load(&Project::at(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let newest = builds.newest_of_code().unwrap();
        let trunk = builds.ladder("rusqlite");
        assert_eq!(newest.name(), trunk.last().unwrap().name());
    }
}
