//! Where a thread is: in the program, or inside SQLite.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
    static NUMBER: Cell<u32> = const { Cell::new(0) };
}

static THREADS: AtomicU32 = AtomicU32::new(0);

/// A call of the program's. What this thread calls until it is dropped is called by SQLite itself (many libraries call
/// their own functions through the loader), or by a signal handler, and is not of the program's traffic.
pub(crate) struct Inside(());

impl Inside {
    /// `None` when this thread is inside SQLite already.
    #[inline]
    pub(crate) fn enter() -> Option<Self> {
        INSIDE.with(|inside| (!inside.replace(true)).then(|| Self(())))
    }
}

impl Drop for Inside {
    #[inline]
    fn drop(&mut self) {
        INSIDE.with(|inside| inside.set(false));
    }
}

/// A function of the program's that SQLite calls: what it calls is the program's traffic again.
pub(crate) struct Outside(bool);

impl Outside {
    pub(crate) fn enter() -> Self {
        Self(INSIDE.with(|inside| inside.replace(false)))
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        INSIDE.with(|inside| inside.set(self.0));
    }
}

/// The number of this thread: 1 is the first that was seen.
#[inline]
pub(crate) fn number() -> u32 {
    NUMBER.with(|number| match number.get() {
        0 => {
            number.set(THREADS.fetch_add(1, Ordering::Relaxed) + 1);
            number.get()
        }
        known => known,
    })
}
