//! What the counting allocator says, as outcomes.

use super::Outcome;
use crate::outcome::Holder;
use crate::outcome::sqlite_names::AllocationCounter;
use crate::outcome::value::Value;
use crate::worker::ffi::allocator;

/// The refusal where SQLite does not allocate from the counting allocator.
pub(super) fn not_counted() -> Outcome {
    Outcome::Refused("allocations are not counted: `config: malloc` did not succeed before".to_owned())
}

/// A counter; with what lives come the steps that hold it, so that a broken balance names them.
pub(super) fn count(counter: AllocationCounter) -> Outcome {
    let quantity = integer(allocator::count(counter));
    match counter {
        AllocationCounter::LiveBlocks | AllocationCounter::LiveBytes => {
            Outcome::Live { quantity, holders: allocator::outstanding(0) }
        }
        _ => Outcome::Quantity(quantity),
    }
}

/// A row for each power of two.
pub(super) fn rows(histogram: Vec<(u64, u64)>) -> Outcome {
    let row = |(power, count)| [power, count].map(|n| Value::Integer(integer(n))).to_vec();
    Outcome::Rows(histogram.into_iter().map(row).collect())
}

/// A row for each step that allocated what lives.
pub(super) fn outstanding() -> Outcome {
    Outcome::Rows(allocator::outstanding(0).into_iter().map(row).collect())
}

fn row(holder: Holder) -> Vec<Value> {
    let [blocks, bytes] = [holder.blocks, holder.bytes].map(|n| Value::Integer(integer(n)));
    vec![Value::text(&holder.step), blocks, bytes]
}

fn integer(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
