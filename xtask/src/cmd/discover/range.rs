//! The builds that a search compares.

use anyhow::Result;
use sqlite_contracts::builds::{Build, BuildSet};

use crate::support::context::selected;
use crate::support::exit::Usage;
use crate::support::named::named;

/// Which builds.
#[derive(clap::Args)]
pub(crate) struct Range {
    /// One of two builds to compare: changes are told from the older version to the newer one, and of one version from
    /// a build to what descends from it
    #[arg(long, value_name = "BUILD", requires = "to")]
    from: Option<String>,
    /// The other one
    #[arg(long, value_name = "BUILD", requires = "from")]
    to: Option<String>,
    /// Builds to take, such as `3.46.0-rusqlite` or '3.5?.*'; by default the core builds; may be repeated
    #[arg(long = "build", value_name = "GLOB", conflicts_with = "from")]
    builds: Vec<String>,
    /// Take every build, core and extended
    #[arg(long, conflicts_with_all = ["builds", "from"])]
    all: bool,
}

impl Range {
    /// The builds, older versions first and each after its parent. A library that every machine has another one of is
    /// taken where it is named alone, and so is a build that needs such a library: the same seed is to find the same.
    pub(crate) fn of<'a>(&self, builds: &'a BuildSet) -> Result<Vec<&'a Build>> {
        if let (Some(from), Some(to)) = (&self.from, &self.to) {
            let (from, to) = (named(builds, "--from", from)?, named(builds, "--to", to)?);
            if from.name() == to.name() {
                let why = format!("`--from` and `--to` are one build, {}: name two to compare", from.name());
                return Err(Usage(why).into());
            }
            return Ok(in_order(builds, vec![from, to]));
        }
        let mut chosen = selected(builds, self.builds.iter().collect(), self.all)?;
        let lineage = builds.lineage();
        let is_everywhere =
            |build: &Build| lineage.is_recorded(build.name()) && build.profile().needs.is_none();
        chosen.retain(|build| !self.builds.is_empty() || is_everywhere(build));
        Ok(in_order(builds, chosen))
    }
}

/// Older versions first, and each build after its parent; as they are given where neither says which comes first.
fn in_order<'a>(builds: &BuildSet, mut chosen: Vec<&'a Build>) -> Vec<&'a Build> {
    let lineage = builds.lineage();
    chosen.sort_by_key(|build| (build.version(), lineage.depth(build.name())));
    chosen
}
