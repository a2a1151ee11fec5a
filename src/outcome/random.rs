//! A generator of numbers from a seed. What a seed gives is part of the contracts that name it, so it may never change:
//! hence ten lines here, since a crate's generator could change with its version.

/// [SplitMix64](https://prng.di.unimi.it/splitmix64.c): its state is a counter.
#[derive(Debug)]
pub(crate) struct Random(pub u64);

impl Random {
    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below the bound, nearly uniform.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    /// A number from `low` to `high`.
    pub(crate) fn between(&mut self, low: i32, high: i32) -> i32 {
        low + self.below(u64::from(high.abs_diff(low)) + 1) as i32
    }

    /// An empty text or a minus.
    pub(crate) fn sign(&mut self) -> &'static str {
        ["", "-"][self.below(2) as usize]
    }
}
