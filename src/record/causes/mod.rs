//! Causes: which entries of a contract's `changed` explain what differs between two builds, and whether the record
//! and the causes match. Pure, like all rules of the record.

mod audit;
mod shown;
mod span;

pub use audit::{Finding, RecordedDrift, audit, drifts};
pub use shown::Because;
pub use span::{Family, Span, Traits};

use crate::contract::Contract;
use crate::contract::cause::Cause;

/// The causes of a difference between the two ends of the span in a case, the oldest first.
pub fn causes<'a>(contract: &'a Contract, case: &str, span: &Span) -> Vec<&'a Cause> {
    contract.causes(case).into_iter().filter(|cause| span.covers(&cause.key)).collect()
}
