//! The arguments of the verbs that refuse allocations and limit memory.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{arguments, is_usual, usual};
use crate::contract::step::Step;
use crate::outcome::io::{Failure, FileKind, Operation};

arguments! {
    /// Which allocation fails.
    FailAllocation {
        /// Counted from 1 from this step on; 0, or nothing in the place of all arguments, makes none fail.
        at: u64,
    } optional {
        /// Every allocation from there on fails, not that one alone.
        persistent: bool,
    }
    brief at or nothing
}

arguments! {
    /// Steps to run with allocations, or calls of the watched file system, failing.
    Sweep {
        /// What runs while they fail.
        steps: Vec<Step> [Hidden],
    } optional {
        /// What fails; `allocations` when left out.
        over: SweptOver,
        /// Steps before each run, in which nothing fails: a sweep over a backup need not be one over opening connections
        /// too.
        setup: Vec<Step> [Hidden],
        /// Steps after each run, when nothing fails any more: what must still work.
        after: Vec<Step> [Hidden],
        /// `true`: every one from the n-th on fails; `false`: that one alone; left out: one sweep of each.
        persistent: Option<bool>,
        /// The last n, where not all are needed.
        at_most: Option<u64>,
        /// The one n to be run.
        only: Option<u64>,
        /// Over `io`: calls of this kind; all that can fail when left out.
        operation: Option<Operation>,
        /// Over `io`: calls on files of this kind; all when left out.
        file: Option<FileKind>,
        /// Over `io`: how a call fails.
        error: Failure,
    }
}

/// What a sweep lets fail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SweptOver {
    /// Allocations, by the counting allocator.
    #[default]
    Allocations,
    /// Calls of the watched file system.
    Io,
}

arguments! {
    /// Steps whose least memory is searched, and where.
    LeastMemory {
        /// The least and the greatest limit to try, in bytes.
        between: [u64; 2],
        /// What must succeed within the limit.
        steps: Vec<Step> [Hidden],
        /// How exact the answer is, in bytes.
        #[serde(default = "usual::<u64, 1024>", skip_serializing_if = "is_usual::<_, 1024>")]
        resolution: u64 = 1024,
    } optional {
        /// What refuses memory; `hard_heap_limit` when left out.
        by: LimitedBy,
    }
}

/// What refuses memory beyond the limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LimitedBy {
    /// `sqlite3_hard_heap_limit64`, from 3.31.0 on.
    #[default]
    HardHeapLimit,
    /// The counting allocator, on every build.
    Allocator,
}
