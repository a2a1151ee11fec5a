//! Numbers of handles: small, in the order of their births, and never used again.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::short::Packed;

#[derive(Default)]
pub(crate) struct Pointers(u64);

impl Hasher for Pointers {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_usize(usize::from(*byte)));
    }

    fn write_usize(&mut self, number: usize) {
        self.0 = (self.0 ^ number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(20);
    }
}

pub(crate) struct Handles {
    numbers: HashMap<usize, u64, BuildHasherDefault<Pointers>>,
    born: u64,
    /// The one that was asked for last: most calls are about the same.
    last: (usize, u64),
    /// The same with how it is written, where that is short.
    packed: (usize, Packed),
}

/// The address of nothing.
const NOWHERE: usize = usize::MAX;

impl Handles {
    pub(crate) const fn new() -> Self {
        Self {
            numbers: HashMap::with_hasher(BuildHasherDefault::new()),
            born: 0,
            last: (NOWHERE, 0),
            packed: (NOWHERE, Packed::NONE),
        }
    }

    /// How a handle is written, where it is the one that was asked for last.
    #[inline]
    pub(crate) fn same(&self, pointer: usize) -> Option<Packed> {
        (self.packed.0 == pointer).then_some(self.packed.1)
    }

    fn is_last(&mut self, pointer: usize, number: u64) {
        self.last = (pointer, number);
        let packed = Packed::of(|at| at.handle(number));
        self.packed = packed.map_or((NOWHERE, Packed::NONE), |packed| (pointer, packed));
    }

    /// The number of a handle; one that was never seen gets its own.
    #[inline]
    pub(crate) fn number(&mut self, pointer: usize) -> u64 {
        if self.last.0 != pointer {
            let number = self.numbers.get(&pointer).copied();
            let number = number.unwrap_or_else(|| self.birth(pointer));
            self.is_last(pointer, number);
        }
        self.last.1
    }

    /// A new number, also where an earlier handle was at the same address.
    pub(crate) fn birth(&mut self, pointer: usize) -> u64 {
        self.born += 1;
        self.put_back(pointer, self.born);
        self.born
    }

    /// What comes to be at this address is another handle.
    pub(crate) fn end(&mut self, pointer: usize) -> u64 {
        let number = self.number(pointer);
        self.numbers.remove(&pointer);
        self.last = (NOWHERE, 0);
        self.packed = (NOWHERE, Packed::NONE);
        number
    }

    /// It did not end.
    pub(crate) fn put_back(&mut self, pointer: usize, number: u64) {
        self.numbers.insert(pointer, number);
        self.is_last(pointer, number);
    }
}
