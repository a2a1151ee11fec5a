//! The lock of the trace of this process.

use std::cell::UnsafeCell;
use std::ffi::{c_char, c_void};
use std::ops::{Deref, DerefMut};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

use crate::trace::Trace;

struct Locked {
    is_taken: AtomicBool,
    trace: UnsafeCell<Trace>,
}

// SAFETY: the trace is used by whoever holds the lock.
unsafe impl Sync for Locked {}

static TRACE: Locked = Locked { is_taken: AtomicBool::new(false), trace: UnsafeCell::new(Trace::new()) };

/// Where the C library says whether this process has one thread. Only that thread could make another, and it makes none
/// while it holds the lock.
static IS_ALONE: AtomicPtr<c_char> = AtomicPtr::new(null_mut());

/// Asks the C library where that is, if it is one that says so.
pub(crate) fn look() {
    // SAFETY: the name ends.
    let place: *mut c_void = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"__libc_single_threaded".as_ptr()) };
    IS_ALONE.store(place.cast(), Ordering::Relaxed);
}

#[inline]
fn is_alone() -> bool {
    let place = IS_ALONE.load(Ordering::Relaxed);
    // SAFETY: a byte of the C library's, which is there as long as the process.
    !place.is_null() && unsafe { place.read_volatile() } != 0
}

/// Takes the lock, which a fork can take and give back on both sides, and which is held for a few hundred instructions.
#[inline]
pub(crate) fn take() {
    match is_alone() {
        true => TRACE.is_taken.store(true, Ordering::Relaxed),
        false => take_among_others(),
    }
}

#[inline]
fn take_among_others() {
    if !is_free_now() {
        wait();
    }
}

#[inline]
fn is_free_now() -> bool {
    TRACE.is_taken.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_ok()
}

/// Takes it when another thread gives it back.
#[cold]
#[inline(never)]
fn wait() {
    let mut tries = 0;
    while !is_free_now() {
        tries += 1;
        match tries % 64 {
            0 => std::thread::yield_now(),
            _ => std::hint::spin_loop(),
        }
    }
}

/// Gives the lock back.
#[inline]
pub(crate) fn give() {
    TRACE.is_taken.store(false, Ordering::Release);
}

/// The trace, as long as this is there.
pub(crate) struct Held(());

impl Held {
    #[inline]
    pub(crate) fn take() -> Self {
        take();
        Self(())
    }

    /// The lock that another side of a fork took for this one.
    ///
    /// # Safety
    /// It was taken, and nobody else gives it back.
    pub(crate) unsafe fn inherited() -> Self {
        Self(())
    }
}
impl Drop for Held {
    #[inline]
    fn drop(&mut self) {
        give();
    }
}

impl Deref for Held {
    type Target = Trace;

    #[inline]
    fn deref(&self) -> &Trace {
        // SAFETY: this value is the lock.
        unsafe { &*TRACE.trace.get() }
    }
}

impl DerefMut for Held {
    #[inline]
    fn deref_mut(&mut self) -> &mut Trace {
        // SAFETY: this value is the lock.
        unsafe { &mut *TRACE.trace.get() }
    }
}
