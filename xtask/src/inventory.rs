//! What a project has: its contracts with their cases, its builds with their lineage.
//!
//! The lead connects this to `builds::BuildSet` and `contract::ContractFile` when they are merged.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sqlite_contracts::lineage::Lineage;
use sqlite_contracts::matrix::harness::{build_id, contract_id};
use sqlite_contracts::project::Project;
use sqlite_contracts::snapshots::recorded::files_below;

/// The contracts and builds of a project.
pub struct Inventory {
    /// Contract to its cases.
    pub contracts: BTreeMap<String, BTreeSet<String>>,
    /// Builds of the core.
    pub core: BTreeSet<String>,
    /// Every build and its parent.
    pub lineage: Lineage,
}

#[derive(Deserialize)]
struct Contract {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
}

#[derive(Deserialize)]
struct Manifest {
    parent: Option<String>,
}

impl Inventory {
    /// Reads the project's folders.
    pub fn load(project: &Project) -> Result<Self> {
        let mut contracts = BTreeMap::new();
        for file in yaml_files(&project.contracts())? {
            let cases = read::<Contract>(&file)?.cases.into_iter().map(|case| case.name).collect();
            contracts.insert(contract_id(project, &file)?, cases);
        }
        let mut parents = Vec::new();
        let mut core = BTreeSet::new();
        for tier in ["core", "extended"] {
            for file in yaml_files(&project.builds().join(tier))? {
                let build = build_id(&file)?;
                parents.push((build.clone(), read::<Manifest>(&file)?.parent));
                if tier == "core" {
                    core.insert(build);
                }
            }
        }
        let lineage = Lineage::new(parents).map_err(|errors| anyhow!("the lineage is wrong: {errors:?}"))?;
        Ok(Self { contracts, core, lineage })
    }
}

fn yaml_files(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let files = files_below(folder)?.into_iter();
    Ok(files.filter(|file| file.extension().is_some_and(|extension| extension == "yaml")).collect())
}

fn read<T: DeserializeOwned>(file: &Path) -> Result<T> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_yaml::from_str(&text).map_err(|error| anyhow!("{}: {error}", file.display()))
}
