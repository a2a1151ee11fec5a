//! The books of the counting allocator: what lives, which step asked for it, what was refused.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::counts::Counts;
use crate::outcome::Holder;

/// The return addresses of the calls that led to an allocation, innermost first.
pub(crate) type Stack = Box<[usize]>;

/// A block that lives.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    /// As SQLite asked for it.
    pub(crate) bytes: usize,
    /// The number of the step that allocated it.
    pub(crate) step: u32,
    /// Where it was allocated, when stacks are captured.
    pub(crate) stack: Option<Stack>,
    /// How many steps had begun then.
    born: u64,
    /// How many allocations there were before it.
    serial: u64,
}

/// Which allocation is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Failing {
    /// Allocations that still succeed.
    before: u64,
    /// Every one from there on, not that one alone.
    persistent: bool,
}

/// Everything that the allocator knows. Blocks stand in slots, which are used again.
pub(super) struct Ledger {
    blocks: Vec<Option<Block>>,
    free_slots: Vec<usize>,
    counts: Counts,
    failing: Option<Failing>,
    /// More bytes than this are refused.
    limit: Option<usize>,
    /// Names of steps, by their number.
    steps: Vec<String>,
    step: u32,
    steps_begun: u64,
    serial: u64,
}

static LEDGER: Mutex<Ledger> = Mutex::new(Ledger::EMPTY);

/// The ledger of this process. A panic cannot leave it half written: nothing in here panics midway.
pub(super) fn ledger() -> MutexGuard<'static, Ledger> {
    LEDGER.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Ledger {
    const EMPTY: Self = Self {
        blocks: Vec::new(),
        free_slots: Vec::new(),
        counts: Counts::ZERO,
        failing: None,
        limit: None,
        steps: Vec::new(),
        step: 0,
        steps_begun: 0,
        serial: 0,
    };

    /// Whether an allocation that makes a block of `before` bytes one of `after` bytes is refused.
    pub(crate) fn refuses(&mut self, before: usize, after: usize) -> bool {
        let over = self.limit.is_some_and(|limit| self.counts.live_bytes() - before + after > limit);
        let refused = self.is_due() || over;
        if refused {
            self.counts.refused();
        }
        refused
    }

    /// Whether this is the allocation that is to fail.
    fn is_due(&mut self) -> bool {
        match &mut self.failing {
            None => false,
            Some(Failing { before: 0, persistent }) => {
                if !*persistent {
                    self.failing = None;
                }
                true
            }
            Some(failing) => {
                failing.before -= 1;
                false
            }
        }
    }

    /// Enters a new block, and returns its slot.
    pub(crate) fn allocate(&mut self, bytes: usize, stack: Option<Stack>) -> usize {
        self.counts.allocated(bytes);
        self.serial += 1;
        let block = Block { bytes, step: self.step, stack, born: self.steps_begun, serial: self.serial };
        match self.free_slots.pop() {
            Some(slot) => {
                self.blocks[slot] = Some(block);
                slot
            }
            None => {
                self.blocks.push(Some(block));
                self.blocks.len() - 1
            }
        }
    }

    /// Enters that a block has another size now. It belongs to the step that allocated it first.
    pub(crate) fn resize(&mut self, slot: usize, bytes: usize) {
        if let Some(block) = &mut self.blocks[slot] {
            self.counts.resized(block.bytes, bytes);
            block.bytes = bytes;
        }
    }

    /// Enters that a block is gone.
    pub(crate) fn free(&mut self, slot: usize) {
        let Some(block) = self.blocks[slot].take() else { return };
        self.free_slots.push(slot);
        self.counts.freed(block.bytes, self.steps_begun - block.born);
    }

    /// Lets an allocation fail, the first one being 1; 0 lets none fail.
    pub(crate) fn fail(&mut self, at: u64, persistent: bool) {
        self.failing = at.checked_sub(1).map(|before| Failing { before, persistent });
    }

    /// Refuses to hold more than so many bytes.
    pub(crate) fn limit(&mut self, bytes: Option<usize>) {
        self.limit = bytes;
    }

    /// What the steps are called, by their number.
    pub(crate) fn name_steps(&mut self, names: Vec<String>) {
        self.steps = names;
    }

    /// The names that the steps were given.
    pub(crate) fn step_names(&self) -> Vec<String> {
        self.steps.clone()
    }

    /// Begins a step, and returns which one it interrupts.
    pub(crate) fn begin(&mut self, step: u32) -> u32 {
        self.steps_begun += 1;
        std::mem::replace(&mut self.step, step)
    }

    /// Goes on with the step that was interrupted.
    pub(crate) fn resume(&mut self, step: u32) {
        self.step = step;
    }

    /// The counters and the histograms.
    pub(crate) fn counts(&mut self) -> &mut Counts {
        &mut self.counts
    }

    /// How many allocations there were: a mark for [`Ledger::outstanding`].
    pub(crate) fn mark(&self) -> u64 {
        self.serial
    }

    /// What lives of what was allocated since the mark, by the step that allocated it, in the order of steps.
    pub(crate) fn outstanding(&self, since: u64) -> Vec<Holder> {
        let mut held = vec![(0, 0); self.steps.len().max(1)];
        for block in self.blocks.iter().flatten().filter(|block| block.serial > since) {
            if let Some((blocks, bytes)) = held.get_mut(block.step as usize) {
                *blocks += 1;
                *bytes += block.bytes as u64;
            }
        }
        let name = |step: usize| self.steps.get(step).cloned().unwrap_or_default();
        let held = held.into_iter().enumerate().filter(|(_, (blocks, _))| *blocks > 0);
        held.map(|(step, (blocks, bytes))| Holder { step: name(step), blocks, bytes }).collect()
    }

    /// Every block that lives.
    pub(crate) fn blocks(&self) -> Vec<Block> {
        self.blocks.iter().flatten().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::sqlite_names::AllocationCounter;

    fn with_steps() -> Ledger {
        Ledger { steps: ["start", "one", "two"].map(str::to_owned).to_vec(), ..Ledger::EMPTY }
    }

    #[test]
    fn what_is_outstanding_is_known_by_its_step() {
        let mut ledger = with_steps();
        ledger.begin(1);
        let first = ledger.allocate(100, None);
        let outer = ledger.begin(2);
        ledger.allocate(8, None);
        let mark = ledger.mark();
        ledger.resume(outer);
        ledger.allocate(24, None);
        ledger.free(first);
        let shown =
            |held: Vec<Holder>| held.into_iter().map(|h| (h.step, h.blocks, h.bytes)).collect::<Vec<_>>();
        assert_eq!(shown(ledger.outstanding(0)), [("one".into(), 1, 24), ("two".into(), 1, 8)]);
        assert_eq!(shown(ledger.outstanding(mark)), [("one".into(), 1, 24)]);
        assert_eq!(ledger.counts().value(AllocationCounter::LiveBytes), 32);
        assert_eq!(ledger.counts().value(AllocationCounter::PeakBytes), 132);
    }

    #[test]
    fn sizes_and_lifetimes_fall_into_powers_of_two() {
        let mut ledger = with_steps();
        let slots: Vec<usize> = [1, 8, 15, 16].map(|bytes| ledger.allocate(bytes, None)).to_vec();
        ledger.free(slots[0]);
        for step in 0..5 {
            ledger.begin(step % 3);
        }
        ledger.free(slots[1]);
        assert_eq!(ledger.counts().sizes(), [(1, 1), (8, 2), (16, 1)]);
        assert_eq!(ledger.counts().lifetimes(), [(0, 1), (4, 1)]);
    }

    #[test]
    fn the_nth_allocation_fails_alone_or_with_all_after_it() {
        let mut ledger = with_steps();
        let mut refused = |at, persistent| {
            ledger.fail(at, persistent);
            [0; 4].map(|_| ledger.refuses(0, 8))
        };
        assert_eq!(refused(2, false), [false, true, false, false]);
        assert_eq!(refused(3, true), [false, false, true, true]);
        assert_eq!(refused(0, true), [false; 4]);
    }

    #[test]
    fn a_limit_is_of_what_lives() {
        let mut ledger = with_steps();
        ledger.limit(Some(100));
        let slot = ledger.allocate(64, None);
        assert!(ledger.refuses(0, 40));
        assert!(!ledger.refuses(64, 100), "the block itself may grow up to the limit");
        ledger.free(slot);
        assert!(!ledger.refuses(0, 40));
    }
}
