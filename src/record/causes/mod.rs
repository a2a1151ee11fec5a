//! Causes: which entries of a contract's `changed` explain what differs between two builds, and whether the record
//! and the causes fit each other. Pure, as all of the record's rules.

mod audit;
mod shown;
mod span;

pub use audit::{Finding, RecordedDrift, audit, drifts};
pub use shown::Because;
pub use span::{Family, Span, Traits};

use crate::contract::Contract;
use crate::contract::cause::Cause;

/// Why a case does one thing at one end of the span and another thing at the other end, the oldest cause first.
pub fn causes<'a>(contract: &'a Contract, case: &str, span: &Span) -> Vec<&'a Cause> {
    contract.causes(case).into_iter().filter(|cause| span.covers(&cause.key)).collect()
}
