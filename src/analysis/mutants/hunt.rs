//! Runs contracts on a mutant and its real build until it is known which of them catch it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

use super::catch::{Catch, catches};
use crate::builds::{Build, Mutant};
use crate::contract::{Case, Contract};
use crate::record::report::CellReport;

/// How many times longer than the real build a mutant may take for a case, and its shortest deadline.
const PATIENCE: u32 = 20;
const LEAST_DEADLINE: Duration = Duration::from_secs(10);

/// Which contracts run on a mutant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breadth {
    /// Those of its rows; when none of them catches it, all others too.
    Rows,
    /// Every contract.
    All,
}

/// The status of a mutant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// A contract of one of its rows catches it.
    Caught,
    /// Only contracts of other rows catch it.
    OtherRow,
    /// No contract catches it.
    Survived,
}

/// The findings about a mutant.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its status.
    pub standing: Standing,
    /// The cases that catch it in a contract of its rows.
    pub own: Vec<Catch>,
    /// The other cases that catch it, as far as they were run.
    pub others: Vec<Catch>,
}

/// Contracts, and a way to run one on a build.
pub struct Hunt<'a, Run> {
    contracts: &'a [Contract],
    run: Run,
    /// The cells of the real builds, which run once for all their mutants.
    real: Mutex<HashMap<(String, String), RealCell>>,
}

/// The cell of a contract on a real build, once it has run.
type RealCell = Arc<Mutex<Option<Arc<CellReport>>>>;

impl<'a, Run: Fn(&Contract, &Build) -> Result<CellReport>> Hunt<'a, Run> {
    /// A hunt with these contracts.
    pub fn new(contracts: &'a [Contract], run: Run) -> Self {
        Self { contracts, run, real: Mutex::default() }
    }

    /// Which contracts catch the mutant.
    ///
    /// # Errors
    /// When the mutant or its real build cannot be compiled or loaded.
    pub fn find(&self, mutant: &Mutant, breadth: Breadth) -> Result<Found> {
        let is_own = |contract: &&Contract| must_catch(contract, mutant);
        let (own, others): (Vec<&Contract>, Vec<&Contract>) = self.contracts.iter().partition(is_own);
        let own = self.catches(mutant, &own)?;
        let others = match breadth {
            Breadth::Rows if !own.is_empty() => Vec::new(),
            _ => self.catches(mutant, &others)?,
        };
        let standing = match (own.is_empty(), others.is_empty()) {
            (false, _) => Standing::Caught,
            (true, false) => Standing::OtherRow,
            (true, true) => Standing::Survived,
        };
        Ok(Found { standing, own, others })
    }

    fn catches(&self, mutant: &Mutant, contracts: &[&Contract]) -> Result<Vec<Catch>> {
        let mut all = Vec::new();
        for contract in contracts {
            let real = self.real(contract, mutant.real())?;
            let impatient = impatient(contract, &real);
            all.extend(catches(&real, &(self.run)(&impatient, mutant.build())?));
        }
        all.sort_by_key(|catch| catch.how);
        Ok(all)
    }

    fn real(&self, contract: &Contract, build: &Build) -> Result<Arc<CellReport>> {
        let key = (contract.id.clone(), build.name().to_owned());
        let cell = lock(&self.real).entry(key).or_default().clone();
        let mut cell = lock(&cell);
        if let Some(report) = &*cell {
            return Ok(report.clone());
        }
        let report = Arc::new((self.run)(contract, build)?);
        *cell = Some(report.clone());
        Ok(report)
    }
}

/// Whether a contract is for one of the mutant's rows.
pub fn must_catch(contract: &Contract, mutant: &Mutant) -> bool {
    contract.rows.iter().any(|row| mutant.rows().contains(row))
}

/// The contract with deadlines based on the times of the real build: otherwise a mutant that hangs would cost a minute
/// per case.
fn impatient(contract: &Contract, real: &CellReport) -> Contract {
    let deadline = |case: &Case, seconds: f64| {
        let patience = Duration::from_secs_f64(seconds).saturating_mul(PATIENCE).max(LEAST_DEADLINE);
        case.deadline.min(patience)
    };
    let mut contract = contract.clone();
    for (case, real) in contract.cases.iter_mut().zip(&real.cases) {
        case.deadline = deadline(case, real.seconds);
    }
    contract
}

/// Locks despite poisoning: a thread that panicked left nothing half-done behind this lock.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
