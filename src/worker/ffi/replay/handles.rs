//! Handles of a trace: which object of this process each number stands for.

use std::collections::HashMap;
use std::ffi::c_void;
use std::hash::{BuildHasherDefault, Hasher};

/// What a handle is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Db,
    Stmt,
    Blob,
    Backup,
    Context,
    Value,
}

/// A process of the trace and a number in it.
pub(super) type Number = (u32, u64);

#[derive(Default)]
pub(super) struct Numbers(u64);

impl Hasher for Numbers {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(number.into());
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(20);
    }
}

#[derive(Clone, Copy)]
struct Entry {
    sort: Sort,
    pointer: usize,
    /// The statement that lends a value.
    lender: usize,
}

/// The objects that are there.
#[derive(Default)]
pub(super) struct Handles {
    entries: HashMap<Number, Entry, BuildHasherDefault<Numbers>>,
    /// Values that statements lend, which end with the row.
    lent: Vec<(Number, usize)>,
    last: Option<(Number, Entry)>,
}

impl Handles {
    /// The object of a number, if it is of this sort.
    #[inline]
    pub(super) fn get(&mut self, number: Number, sort: Sort) -> Option<*mut c_void> {
        let entry = match self.last {
            Some((last, entry)) if last == number => entry,
            _ => {
                let entry = *self.entries.get(&number)?;
                self.last = Some((number, entry));
                entry
            }
        };
        (entry.sort == sort).then_some(entry.pointer as *mut c_void)
    }

    pub(super) fn bind(&mut self, number: Number, sort: Sort, pointer: *mut c_void) {
        self.last = None;
        self.entries.insert(number, Entry { sort, pointer: pointer as usize, lender: 0 });
    }

    /// A value that this statement lends.
    pub(super) fn lend(&mut self, number: Number, pointer: *mut c_void, lender: *mut c_void) {
        self.last = None;
        let lender = lender as usize;
        self.entries.insert(number, Entry { sort: Sort::Value, pointer: pointer as usize, lender });
        self.lent.push((number, lender));
    }

    /// What this statement has lent is there no more.
    #[inline]
    pub(super) fn take_back(&mut self, lender: *mut c_void) {
        if self.lent.is_empty() {
            return;
        }
        let lender = lender as usize;
        let (ended, stay): (Vec<_>, Vec<_>) = self.lent.drain(..).partition(|(_, of)| *of == lender);
        self.lent = stay;
        for (number, _) in ended {
            // The number may have become another value's.
            if self.entries.get(&number).is_some_and(|entry| entry.lender == lender) {
                self.end(number);
            }
        }
    }

    pub(super) fn end(&mut self, number: Number) {
        self.last = None;
        self.entries.remove(&number);
    }

    /// The number and the object of everything of this sort that a process has left.
    pub(super) fn left(&self, process: u32, sort: Sort) -> Vec<(Number, *mut c_void)> {
        let left = self.entries.iter().filter(|(number, entry)| number.0 == process && entry.sort == sort);
        let mut left: Vec<_> = left.map(|(number, entry)| (*number, entry.pointer as *mut c_void)).collect();
        left.sort_by_key(|(number, _)| *number);
        left
    }

    /// Whether any connection is open.
    pub(super) fn any_open(&self) -> bool {
        self.entries.values().any(|entry| entry.sort == Sort::Db)
    }

    /// A process ended.
    pub(super) fn forget(&mut self, process: u32) {
        self.last = None;
        self.entries.retain(|number, _| number.0 != process);
    }
}
