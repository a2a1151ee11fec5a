//! What a project has: its contracts, and its builds with their lineage.

use anyhow::Result;
use sqlite_contracts::builds::BuildSet;
use sqlite_contracts::contract::Contract;
use sqlite_contracts::diagnostic::Diagnostics;
use sqlite_contracts::project::Project;

/// The contracts and builds of a project.
pub(crate) struct Inventory {
    pub contracts: Vec<Contract>,
    pub builds: BuildSet,
}

impl Inventory {
    /// Reads both; the mistakes of both come together.
    pub(crate) fn load(project: &Project) -> Result<Self, Diagnostics> {
        match rayon::join(|| Contract::load_all(project), || BuildSet::load(project)) {
            (Ok(contracts), Ok(builds)) => Ok(Self { contracts, builds }),
            (contracts, builds) => {
                let mut mistakes = Diagnostics::new();
                [contracts.err(), builds.err()]
                    .into_iter()
                    .flatten()
                    .for_each(|found| mistakes.extend(found));
                Err(mistakes)
            }
        }
    }
}
