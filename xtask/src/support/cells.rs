//! The cells of the commands: remembered from the last time where nothing has changed since.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::Result;
use rayon::prelude::*;
use sqlite_contracts::analysis::gate::{ContractChanges, changes};
use sqlite_contracts::builds::Build;
use sqlite_contracts::contract::Contract;
use sqlite_contracts::diagnostic::Diagnostics;
use sqlite_contracts::engine::Engine;
use sqlite_contracts::matrix;
use sqlite_contracts::matrix::cache::ResultCache;
use sqlite_contracts::project::Project;
use sqlite_contracts::record::report::CellReport;

use crate::support::context;
use crate::support::selection::select;

/// Contracts of a project, and what they did on builds.
pub struct Cells {
    cells: matrix::Cells<Engine>,
    contracts: Vec<String>,
    is_narrow: bool,
}

impl Cells {
    /// The cells of the contracts that any of the globs names, without a glob of all. `fresh` remembers nothing.
    pub fn new(project: &Project, globs: &[String], fresh: bool) -> Result<Self> {
        let (files, engine) = rayon::join(
            || Contract::files(project),
            || Engine::new(project, context::worker()?, Box::new(())),
        );
        let (files, engine) = both(files, engine)?;
        let all: Vec<&str> = files.iter().map(|file| file.id.as_str()).collect();
        let meant = if globs.is_empty() { all } else { select("contract", globs, &all)? };
        let lineage = engine.builds().lineage().clone();
        let cells = matrix::Cells::new(project.clone(), lineage, engine);
        Ok(Self {
            cells: if fresh { cells } else { cells.remembered_in(ResultCache::at(results(project))) },
            contracts: meant.into_iter().map(str::to_owned).collect(),
            is_narrow: !globs.is_empty(),
        })
    }

    /// What runs them.
    pub fn engine(&self) -> &Engine {
        self.cells.runner()
    }

    /// The library's own.
    pub fn matrix(&self) -> &matrix::Cells<Engine> {
        &self.cells
    }

    /// The contracts that are meant, in order.
    pub fn contracts(&self) -> Vec<&str> {
        self.contracts.iter().map(String::as_str).collect()
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
        let report = |(contract, build): &(&str, &str)| Ok(self.cells.report_of(contract, build)?.report);
        let reports: Vec<Result<CellReport>> = cells.par_iter().map(report).collect();
        let reports = together(reports)?;
        let each = self.contracts.len().max(1);
        Ok(reports.chunks(each).map(<[CellReport]>::to_vec).collect())
    }

    /// The contracts that change between the cells of two builds. Only those are read.
    pub fn changes(&self, from: &[CellReport], to: &[CellReport]) -> Result<Vec<ContractChanges>> {
        let (Some(first), Some(second)) = (from.first(), to.first()) else { return Ok(Vec::new()) };
        let span = self.engine().builds().span(&first.build, &second.build);
        let differ = from.iter().zip(to).filter(|(from, to)| !from.does_the_same(to));
        let found =
            differ.map(|(from, to)| Ok(changes(&*self.engine().contract(&from.contract)?, &span, from, to)));
        Ok(found.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    }
}

/// Where reports are remembered, by all commands.
fn results(project: &Project) -> PathBuf {
    project.scratch().join("results")
}

/// Both, or the mistakes of both together.
fn both<A, B>(a: Result<A, Diagnostics>, b: Result<B>) -> Result<(A, B)> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Ok(_), Err(error)) => Err(error),
        (Err(mistakes), Ok(_)) => Err(mistakes.into()),
        (Err(mut mistakes), Err(error)) => {
            mistakes.extend(error.downcast::<Diagnostics>()?);
            Err(mistakes.into())
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
