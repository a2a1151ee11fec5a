//! The verbs that read and set the counting allocator.

use super::Outcome;
use crate::contract::verb::Verb;
use crate::outcome::Holder;
use crate::outcome::sqlite_names::AllocationCounter;
use crate::outcome::value::Value;
use crate::worker::ffi::allocator;

/// What is answered where SQLite does not allocate from the counting allocator.
pub(super) fn not_counted() -> Outcome {
    Outcome::Refused("allocations are not counted: `config: malloc` did not succeed before".to_owned())
}

/// Executes the verb, or returns `None` when it is about something else.
pub(super) fn execute(verb: &Verb) -> Option<Outcome> {
    if verb.needs_malloc() && !allocator::is_installed() {
        return Some(not_counted());
    }
    Some(match verb {
        Verb::Allocations(counter) => count(*counter),
        Verb::AllocationSizes(_) => rows(allocator::sizes()),
        Verb::AllocationLifetimes(_) => rows(allocator::lifetimes()),
        Verb::Outstanding(_) => Outcome::Rows(allocator::outstanding(0).into_iter().map(row).collect()),
        Verb::ResetAllocations(_) => {
            allocator::reset();
            Outcome::Code(0)
        }
        Verb::FailAllocation(failing) => {
            allocator::fail(failing.at, failing.persistent);
            Outcome::Code(0)
        }
        _ => return None,
    })
}

/// A counter; with what lives come the steps that hold it, so that a broken balance names them.
fn count(counter: AllocationCounter) -> Outcome {
    let quantity = integer(allocator::count(counter));
    match counter {
        AllocationCounter::LiveBlocks | AllocationCounter::LiveBytes => {
            Outcome::Live { quantity, holders: allocator::outstanding(0) }
        }
        _ => Outcome::Quantity(quantity),
    }
}

fn rows(histogram: Vec<(u64, u64)>) -> Outcome {
    let row = |(power, count)| [power, count].map(|n| Value::Integer(integer(n))).to_vec();
    Outcome::Rows(histogram.into_iter().map(row).collect())
}

fn row(holder: Holder) -> Vec<Value> {
    let [blocks, bytes] = [holder.blocks, holder.bytes].map(|n| Value::Integer(integer(n)));
    vec![Value::text(&holder.step), blocks, bytes]
}

fn integer(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
