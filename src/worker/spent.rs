//! What the run under way has used of its budget.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::budget::{Budget, Limit, bytes};
use crate::outcome::Outcome;
use crate::outcome::value::Value;

static RUN: Mutex<Option<Spending>> = Mutex::new(None);

struct Spending {
    budget: Budget,
    /// What an outcome that was never finished exceeded, or a file in memory.
    exceeded: Option<Limit>,
}

/// A run begins, with this budget.
pub(super) fn begin(budget: Budget) {
    *run() = Some(Spending { budget, exceeded: None });
}

/// Says what the run exceeds with its newest outcome.
pub(super) fn exceeded(outcome: &Outcome) -> Option<String> {
    let run = run();
    let spending = run.as_ref()?;
    let limit = spending.exceeded.or_else(|| spending.budget.exceeded_by(outcome))?;
    Some(spending.budget.exceeded(limit))
}

/// Whether a file in memory may have so many bytes, and all of them together so many. If not, the run is over, also where
/// a block goes on.
pub(super) fn allows_file(bytes: usize, all: usize) -> bool {
    let mut run = run();
    let Some(spending) = run.as_mut() else { return true };
    let exceeded = spending.budget.exceeded_by_file(bytes, all);
    spending.exceeded = spending.exceeded.or(exceeded);
    exceeded.is_none()
}

fn run() -> MutexGuard<'static, Option<Spending>> {
    RUN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Rows as they come, up to what the budget allows.
pub(super) struct Rows {
    rows: Vec<Vec<Value>>,
    bytes: usize,
    budget: Budget,
}

impl Rows {
    /// No rows yet.
    pub(super) fn new() -> Self {
        let budget = run().as_ref().map(|spending| spending.budget).unwrap_or_default();
        Self { rows: Vec::new(), bytes: 0, budget }
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When it is one too many. The run is over then, also where a block goes on.
    pub(super) fn push(&mut self, row: Vec<Value>) -> Result<(), Outcome> {
        self.bytes += bytes(&row);
        self.rows.push(row);
        match self.budget.exceeded_by_rows(self.rows.len(), self.bytes) {
            None => Ok(()),
            Some(limit) => {
                run().iter_mut().for_each(|spending| spending.exceeded = Some(limit));
                Err(Outcome::Refused(self.budget.exceeded(limit)))
            }
        }
    }

    /// All of them.
    pub(super) fn all(self) -> Outcome {
        Outcome::Rows(self.rows)
    }
}
