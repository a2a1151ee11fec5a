//! Many small cases on one build, without a verdict or a transcript.

use anyhow::{Context, Result, bail};

use super::batch::{PlannedRun, RunEnd, RunResult};
use super::pool::{Loaded, Pool, Service};
use crate::builds::Product;
use crate::contract::Case;
use crate::outcome::Outcome;

/// What the steps of a case did.
#[derive(Debug, Clone, PartialEq)]
pub struct Ran {
    /// Of its steps, as far as it got.
    pub outcomes: Vec<Outcome>,
    /// Why it did not come to its end: the process crashed, or a limit was reached.
    pub ended: Option<Ended>,
}

/// Why a case did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// The process died, in words.
    Crashed(String),
    /// It took more time or room than it may. How far it comes is not the library's doing.
    Stopped,
}

/// Runs them in one worker, and in another one where that cannot go on.
pub(super) fn run(cases: &[&Case], product: &Product, pool: &Pool) -> Result<Vec<Ran>> {
    let Some(service) = cases.first().map(|case| Service::of(case)) else { return Ok(Vec::new()) };
    let runs = cases.iter().copied().flat_map(|case| case.runs.iter().map(move |run| (case, run)));
    let planned: Vec<PlannedRun> =
        runs.map(|(case, run)| PlannedRun { case, run, keeps_stacks: false }).collect();
    let mut ran = Vec::with_capacity(planned.len());
    while ran.len() < planned.len() {
        let batch = pool.run(&Loaded::library(product), service, &planned[ran.len()..])?;
        if batch.results.is_empty() {
            bail!("a worker of {} ran nothing", product.build);
        }
        let results = batch.results.into_iter().map(Ran::of);
        ran.extend(results.collect::<Result<Vec<_>>>().context(product.build.clone())?);
    }
    Ok(ran)
}

impl Ran {
    fn of(result: RunResult) -> Result<Self> {
        let ended = match result.end {
            RunEnd::Done => None,
            RunEnd::Crashed { how, .. } => Some(Ended::Crashed(how)),
            RunEnd::TimedOut { .. } | RunEnd::OverBudget(_) => Some(Ended::Stopped),
            RunEnd::Lacks(what) | RunEnd::CouldNotRun(what) => bail!("a program could not run: {what}"),
        };
        Ok(Self { outcomes: result.outcomes, ended })
    }
}
