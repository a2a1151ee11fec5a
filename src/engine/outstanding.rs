//! What the cases of a contract leave allocated on a build, and where that was allocated.

use std::collections::HashMap;

use anyhow::{Result, bail};

use super::batch::{PlannedRun, RunEnd};
use super::pool::{Loaded, Pool, Service};
use super::symbols::Symbols;
use crate::builds::Product;
use crate::contract::requires::BuildFacts;
use crate::contract::{Case, Contract, Run};
use crate::worker::protocol::Allocation;

/// Bytes that a case left allocated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outstanding {
    /// The case, the row of its parameters, the step; then the functions of the library, outermost first.
    pub path: Vec<String>,
    /// How many they are.
    pub bytes: u64,
}

/// What a contract left allocated on a build.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leftovers {
    /// One for each place that allocated what is left.
    pub outstanding: Vec<Outstanding>,
    /// The cases of which nothing is known, with the reason.
    pub unknown: Vec<(String, String)>,
}

/// Runs every case in a process of its own, up to its last step, before anything is closed for it.
pub(super) fn run(
    contract: &Contract,
    facts: &BuildFacts,
    product: &Product,
    pool: &Pool,
) -> Result<Leftovers> {
    let mut leftovers = Leftovers::default();
    for case in &contract.cases {
        if let Some(reason) = case.requires.unmet(facts) {
            leftovers.unknown.push((case.name.clone(), reason));
            continue;
        }
        if case.needs_processes() || case.driver.is_of_a_language() {
            leftovers.unknown.push((case.name.clone(), "another process executes it".to_owned()));
            continue;
        }
        for run in &case.runs {
            match run_once(case, run, product, pool)? {
                Ok(outstanding) => leftovers.outstanding.extend(outstanding),
                Err(reason) => leftovers.unknown.push((case.name.clone(), reason)),
            }
        }
    }
    Ok(leftovers)
}

/// The error says why nothing is known of this run.
fn run_once(
    case: &Case,
    run: &Run,
    product: &Product,
    pool: &Pool,
) -> Result<Result<Vec<Outstanding>, String>> {
    let batch =
        pool.run(&Loaded::library(product), Service::Once, &[PlannedRun { case, run, keeps_stacks: true }])?;
    let Some(result) = batch.results.into_iter().next() else { return Ok(Err("it did not run".to_owned())) };
    let reason = match result.end {
        RunEnd::Done => None,
        RunEnd::Lacks(function) => Some(format!("needs function {function}")),
        RunEnd::Crashed { how, .. } => Some(format!("crashed: {how}")),
        RunEnd::TimedOut { .. } => Some(format!("timed out after {:?}", case.deadline)),
        RunEnd::CouldNotRun(reason) => bail!("{} could not run: {reason}", case.name),
        RunEnd::OverBudget(excess) => Some(excess),
    };
    if let Some(reason) = reason {
        return Ok(Err(reason));
    }
    let Some(found) = result.outstanding else {
        return Ok(Err("it does not allocate from the counting allocator".to_owned()));
    };
    let labels = [Some(&case.name), run.label.as_ref()].into_iter().flatten().cloned().collect();
    let names = Names::new(Symbols::new(&product.library, &pool.program().program, &found.mappings), labels);
    Ok(Ok(names.of_all(&found.allocations)))
}

/// Names calls, each once: one function allocates much.
struct Names {
    symbols: Symbols,
    known: HashMap<u64, Vec<String>>,
    labels: Vec<String>,
}

impl Names {
    fn new(symbols: Symbols, labels: Vec<String>) -> Self {
        Self { symbols, known: HashMap::new(), labels }
    }

    fn of_all(mut self, allocations: &[Allocation]) -> Vec<Outstanding> {
        allocations.iter().map(|allocation| self.of(allocation)).collect()
    }

    fn of(&mut self, allocation: &Allocation) -> Outstanding {
        let mut path = self.labels.clone();
        path.push(allocation.step.clone());
        for call in allocation.stack.iter().rev() {
            let symbols = &mut self.symbols;
            let functions = self.known.entry(*call).or_insert_with(|| functions(symbols, *call));
            path.extend_from_slice(functions);
        }
        Outstanding { path, bytes: allocation.bytes }
    }
}

/// The function of a call after those that it is inlined into; none of what is ours, the driver that called the
/// library and the allocator that it called.
fn functions(symbols: &mut Symbols, call: u64) -> Vec<String> {
    if !symbols.is_of_library(call) {
        return Vec::new();
    }
    let frames = symbols.frames(call).into_iter().rev();
    frames.map(|frame| frame.function.unwrap_or(frame.place)).collect()
}
