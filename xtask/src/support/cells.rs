//! Cells run without the matrix's test executable: remembered from the last time where nothing has changed since.

use std::collections::BTreeSet;

use anyhow::Result;
use rayon::prelude::*;
use sqlite_contracts::analysis::gate::{ContractChanges, changes};
use sqlite_contracts::builds::Build;
use sqlite_contracts::contract::Contract;
use sqlite_contracts::diagnostic::Diagnostics;
use sqlite_contracts::engine::Engine;
use sqlite_contracts::engine::Runner;
use sqlite_contracts::matrix::cache::ResultCache;
use sqlite_contracts::project::Project;
use sqlite_contracts::record::report::CellReport;

use crate::support::context;
use crate::support::selection::select;

/// Contracts of a project, and what they did on builds.
pub struct Cells {
    engine: Engine,
    /// Apart from the matrix's: reports are keyed by the program that made them, and each would forget the other's.
    cache: Option<ResultCache>,
    contracts: Vec<String>,
    is_narrow: bool,
}

impl Cells {
    /// The cells of the contracts that any of the globs names, without a glob of all. `fresh` remembers nothing.
    pub fn new(project: &Project, globs: &[String], fresh: bool) -> Result<Self> {
        let files = Contract::files(project)?;
        let all: Vec<&str> = files.iter().map(|file| file.id.as_str()).collect();
        let meant = if globs.is_empty() { all } else { select("contract", globs, &all)? };
        Ok(Self {
            engine: Engine::new(project, context::worker()?, Box::new(()))?,
            cache: (!fresh).then(|| ResultCache::at(project.scratch().join("gate"))),
            contracts: meant.into_iter().map(str::to_owned).collect(),
            is_narrow: !globs.is_empty(),
        })
    }

    /// What runs them.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Whether some of the project's contracts were left out.
    pub fn is_narrow(&self) -> bool {
        self.is_narrow
    }

    /// Every contract on every build, which can be loaded: a list per build, in the order of the contracts.
    pub fn run(&self, builds: &[&Build]) -> Result<Vec<Vec<CellReport>>> {
        let cells: Vec<(&str, &str)> = builds
            .iter()
            .flat_map(|build| self.contracts.iter().map(|c| (c.as_str(), build.name())))
            .collect();
        let reports: Vec<Result<CellReport>> =
            cells.par_iter().map(|(contract, build)| self.report_of(contract, build)).collect();
        let reports = together(reports)?;
        let each = self.contracts.len().max(1);
        Ok(reports.chunks(each).map(<[CellReport]>::to_vec).collect())
    }

    /// The contracts that change between the cells of two builds. Only those are read.
    pub fn changes(&self, from: &[CellReport], to: &[CellReport]) -> Result<Vec<ContractChanges>> {
        let differ = from.iter().zip(to).filter(|(from, to)| !from.does_the_same(to));
        let found = differ.map(|(from, to)| Ok(changes(&*self.engine.contract(&from.contract)?, from, to)));
        Ok(found.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    }

    fn report_of(&self, contract: &str, build: &str) -> Result<CellReport> {
        match &self.cache {
            Some(cache) => Ok(cache.report_of(&self.engine, contract, build)?.report),
            None => self.engine.run_cell(contract, build),
        }
    }
}

/// All results, or the mistakes of all, or else the first error.
fn together(results: Vec<Result<CellReport>>) -> Result<Vec<CellReport>> {
    let mut mistakes = Diagnostics::new();
    let mut told = BTreeSet::new();
    for found in results.iter().filter_map(|result| result.as_ref().err()?.downcast_ref::<Diagnostics>()) {
        // A contract is read once and runs on several builds.
        if told.insert(found.to_string()) {
            mistakes.extend(found.clone());
        }
    }
    mistakes.into_result(())?;
    results.into_iter().collect()
}
