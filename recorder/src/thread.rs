//! Where a thread is: in the program, or inside SQLite.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

/// What is known of a thread.
#[repr(C)]
struct Thread {
    inside: Cell<bool>,
    number: Cell<u32>,
}

static THREADS: AtomicU32 = AtomicU32::new(0);

/// The variable of this thread, which is zero in a new one.
///
/// The recorder is loaded before the program begins, so the loader puts this variable beside the program's own, where two
/// instructions find it. For `thread_local!` in a library the compiler expects that it may be loaded later, and has the
/// loader asked each time: that took longer than all else of a call that SQLite makes of itself.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod place {
    use std::arch::{asm, global_asm};

    use super::Thread;

    global_asm!(
        ".pushsection .tbss.sqlite_recorder_thread, \"awT\", @nobits",
        ".balign 8",
        ".hidden sqlite_recorder_thread",
        ".globl sqlite_recorder_thread",
        ".type sqlite_recorder_thread, @tls_object",
        ".size sqlite_recorder_thread, 8",
        "sqlite_recorder_thread:",
        ".zero 8",
        ".popsection",
    );
    const _: () = assert!(size_of::<Thread>() == 8 && align_of::<Thread>() <= 8);

    #[inline(always)]
    pub(super) fn this() -> *const Thread {
        let this: *const Thread;
        // SAFETY: the thread's own pointer, which lies where it points to, and the distance that the loader wrote down. Both
        // stay as long as the thread.
        unsafe {
            asm!(
                "mov {this}, qword ptr [rip + sqlite_recorder_thread@GOTTPOFF]",
                "add {this}, qword ptr fs:[0]",
                this = out(reg) this,
                options(pure, nomem, nostack),
            );
        }
        this
    }
}

/// The variable of this thread, as every system has it.
#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
mod place {
    use std::cell::Cell;

    use super::Thread;

    thread_local! {
        static THIS: Thread = const { Thread { inside: Cell::new(false), number: Cell::new(0) } };
    }

    #[inline]
    pub(super) fn this() -> *const Thread {
        THIS.with(|this| std::ptr::from_ref(this))
    }
}

#[inline(always)]
fn this<'a>() -> &'a Thread {
    // SAFETY: nothing leaves this module with it, and in it nothing outlives a call of this thread.
    unsafe { &*place::this() }
}

/// Whether this thread is inside SQLite.
#[inline(always)]
pub(crate) fn is_inside() -> bool {
    this().inside.get()
}

/// A call of the program's. What this thread calls until it is dropped is called by SQLite itself (many libraries call
/// their own functions through the loader), or by a signal handler, and is not of the program's traffic.
pub(crate) struct Inside(());

impl Inside {
    /// A call of which [`is_inside`] said just now that it is the program's.
    #[inline]
    pub(crate) fn begin() -> Self {
        this().inside.set(true);
        Self(())
    }

    /// `None` when this thread is inside SQLite already.
    #[inline]
    pub(crate) fn enter() -> Option<Self> {
        (!this().inside.replace(true)).then(|| Self(()))
    }
}

impl Drop for Inside {
    #[inline]
    fn drop(&mut self) {
        this().inside.set(false);
    }
}

/// A function of the program's that SQLite calls: what it calls is the program's traffic again.
pub(crate) struct Outside(bool);

impl Outside {
    pub(crate) fn enter() -> Self {
        Self(this().inside.replace(false))
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        this().inside.set(self.0);
    }
}

/// Whether this is the thread with this number.
#[inline]
pub(crate) fn is_number(number: u32) -> bool {
    this().number.get() == number
}

/// The number of this thread: 1 is the first that was seen.
#[inline]
pub(crate) fn number() -> u32 {
    let number = &this().number;
    if number.get() == 0 {
        number.set(THREADS.fetch_add(1, Ordering::Relaxed) + 1);
    }
    number.get()
}
