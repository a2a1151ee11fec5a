//! What the counting allocator has counted since it was last set to zero.

use crate::outcome::sqlite_names::AllocationCounter;

/// Powers of two that a size or a lifetime can have, and one place for zero.
const POWERS: usize = 65;

/// Counters, and histograms by powers of two.
pub(super) struct Counts {
    mallocs: u64,
    reallocs: u64,
    frees: u64,
    failed: u64,
    live_blocks: u64,
    live_bytes: usize,
    peak_bytes: usize,
    sizes: [u64; POWERS],
    lifetimes: [u64; POWERS],
}

impl Counts {
    /// Nothing was counted yet.
    pub(crate) const ZERO: Self = Self {
        mallocs: 0,
        reallocs: 0,
        frees: 0,
        failed: 0,
        live_blocks: 0,
        live_bytes: 0,
        peak_bytes: 0,
        sizes: [0; POWERS],
        lifetimes: [0; POWERS],
    };

    /// Counts a new block.
    pub(crate) fn allocated(&mut self, bytes: usize) {
        self.mallocs += 1;
        self.live_blocks += 1;
        self.asked_for(bytes);
    }

    /// Counts that a block got another size.
    pub(crate) fn resized(&mut self, before: usize, bytes: usize) {
        self.reallocs += 1;
        self.live_bytes -= before;
        self.asked_for(bytes);
    }

    fn asked_for(&mut self, bytes: usize) {
        self.sizes[power(bytes as u64)] += 1;
        self.live_bytes += bytes;
        self.peak_bytes = self.peak_bytes.max(self.live_bytes);
    }

    /// Counts that a block is gone, which has lived through so many steps.
    pub(crate) fn freed(&mut self, bytes: usize, steps: u64) {
        self.frees += 1;
        self.live_blocks -= 1;
        self.live_bytes -= bytes;
        self.lifetimes[power(steps)] += 1;
    }

    /// Counts an allocation that got nothing.
    pub(crate) fn refused(&mut self) {
        self.failed += 1;
    }

    /// How many bytes live.
    pub(crate) fn live_bytes(&self) -> usize {
        self.live_bytes
    }

    /// Counts from zero again; the peak is what lives now.
    pub(crate) fn reset(&mut self) {
        let Self { live_blocks, live_bytes, .. } = *self;
        *self = Self { live_blocks, live_bytes, peak_bytes: live_bytes, ..Self::ZERO };
    }

    /// A counter's value.
    pub(crate) fn value(&self, counter: AllocationCounter) -> u64 {
        match counter {
            AllocationCounter::Mallocs => self.mallocs,
            AllocationCounter::Reallocs => self.reallocs,
            AllocationCounter::Frees => self.frees,
            AllocationCounter::Failed => self.failed,
            AllocationCounter::LiveBlocks => self.live_blocks,
            AllocationCounter::LiveBytes => self.live_bytes as u64,
            AllocationCounter::PeakBytes => self.peak_bytes as u64,
        }
    }

    /// How many allocations asked for 2ⁿ bytes or more and for less than twice that, by 2ⁿ.
    pub(crate) fn sizes(&self) -> Vec<(u64, u64)> {
        histogram(&self.sizes)
    }

    /// How many blocks were freed after 2ⁿ steps or more and less than twice that, by 2ⁿ; 0 is the same step.
    pub(crate) fn lifetimes(&self) -> Vec<(u64, u64)> {
        histogram(&self.lifetimes)
    }
}

/// The place of a number in a histogram: 0 for zero, n + 1 for 2ⁿ and more.
fn power(number: u64) -> usize {
    (u64::BITS - number.leading_zeros()) as usize
}

/// The places that are not empty, each with its power of two.
fn histogram(counts: &[u64; POWERS]) -> Vec<(u64, u64)> {
    let lowest = |place: usize| place.checked_sub(1).map_or(0, |exponent| 1 << exponent);
    counts
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0)
        .map(|(place, count)| (lowest(place), *count))
        .collect()
}
