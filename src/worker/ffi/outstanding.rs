//! Where in the library the memory was allocated that nobody has freed.

use std::collections::BTreeMap;

use super::unwind::{Frame, unwind};
use super::{Library, allocator, config};
use crate::contract::verb::Config;
use crate::worker::protocol::Allocation;

/// More frames than this tell nothing.
const DEEPEST: usize = 96;

/// Lets the library allocate from the counting allocator, which keeps the stack of each block from now on. The
/// library must not be initialized yet. There is no lookaside: its slots are no allocations of their own, so a
/// forgotten statement in one would not show.
///
/// Returns whether the library took it.
pub(crate) fn keep_stacks(library: &Library) -> bool {
    allocator::capture_stacks(stack);
    let _ = config(library, &Config::Malloc);
    let _ = config(library, &Config::Lookaside { slot: 0, slots: 0 });
    allocator::is_installed()
}

/// The unwinder, and not frame pointers: neither optimized builds nor Rust's functions have these.
fn stack() -> allocator::Stack {
    let mut calls = Vec::with_capacity(DEEPEST);
    unwind(|Frame { call, .. }| {
        if calls.len() < DEEPEST {
            calls.push(call);
        }
    });
    calls.into_boxed_slice()
}

/// Every block that lives, those of one call in one step as one.
pub(crate) fn outstanding() -> Vec<Allocation> {
    let names = allocator::step_names();
    let mut bytes: BTreeMap<(u32, allocator::Stack), u64> = BTreeMap::new();
    for block in allocator::live_blocks() {
        *bytes.entry((block.step, block.stack.unwrap_or_default())).or_default() += block.bytes as u64;
    }
    let allocation = |((step, stack), bytes): ((u32, allocator::Stack), u64)| Allocation {
        bytes,
        step: names.get(step as usize).cloned().unwrap_or_default(),
        stack: stack.iter().map(|call| *call as u64).collect(),
    };
    bytes.into_iter().map(allocation).collect()
}
