//! What the system does to a process that writes more than it may: a signal, which would end the program for what the
//! recorder wrote.

use std::mem::MaybeUninit;

/// Writes; where a limit of the process stands against that, it fails, and no signal comes of it.
pub(crate) fn quietly<T>(write: impl FnOnce() -> T) -> T {
    let mut of_size = MaybeUninit::uninit();
    let mut before = MaybeUninit::uninit();
    // SAFETY: both sets are written before they are read; the mask is this thread's.
    let is_blocked = unsafe {
        libc::sigemptyset(of_size.as_mut_ptr());
        libc::sigaddset(of_size.as_mut_ptr(), libc::SIGXFSZ);
        libc::pthread_sigmask(libc::SIG_BLOCK, of_size.as_ptr(), before.as_mut_ptr()) == 0
            && libc::sigismember(before.as_ptr(), libc::SIGXFSZ) == 1
    };
    let answer = write();
    if !is_blocked {
        take(&of_size);
        // SAFETY: the mask that was there before.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), std::ptr::null_mut()) };
    }
    answer
}

/// Takes back the signal, which came to this thread.
#[cfg(target_os = "linux")]
fn take(of_size: &MaybeUninit<libc::sigset_t>) {
    let at_once = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: a set that was written, and no place for what is known of the signal.
    unsafe { libc::sigtimedwait(of_size.as_ptr(), std::ptr::null_mut(), &raw const at_once) };
}

/// Takes back the signal, where it came.
#[cfg(not(target_os = "linux"))]
fn take(of_size: &MaybeUninit<libc::sigset_t>) {
    let (mut pending, mut signal) = (MaybeUninit::uninit(), 0);
    // SAFETY: sets that were written; a signal that is pending does not let this wait.
    unsafe {
        if libc::sigpending(pending.as_mut_ptr()) == 0
            && libc::sigismember(pending.as_ptr(), libc::SIGXFSZ) == 1
        {
            libc::sigwait(of_size.as_ptr(), &raw mut signal);
        }
    }
}
