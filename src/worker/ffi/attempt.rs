//! A copy of this process that is watched: when it dies or does not go on, who waits for it learns how far it came.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous, munmap};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, set_parent_process_death_signal, waitpid};

/// How a copy ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It came to the end of its work.
    Well,
    /// It could not do its work.
    Failed,
    /// A signal ended it, at this number of its progress.
    Died(i32, u64),
    /// It did not go on for as long as it was given.
    Hung(u64),
}

const FAILURE: i32 = 1;
/// How often it is looked at.
const PAUSE: Duration = Duration::from_millis(2);

/// A number that a copy and this process share.
struct Shared(*mut AtomicU64);

impl Shared {
    fn new() -> io::Result<Self> {
        let size = size_of::<AtomicU64>();
        // SAFETY: a new mapping at an address that the system chooses; all zeros are a number.
        let at = unsafe {
            mmap_anonymous(std::ptr::null_mut(), size, ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED)
        }?;
        Ok(Self(at.cast()))
    }

    fn number(&self) -> &AtomicU64 {
        // SAFETY: mapped as long as this value.
        unsafe { &*self.0 }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // SAFETY: mapped by `new`, and nobody has it any more.
        let _ = unsafe { munmap(self.0.cast(), size_of::<AtomicU64>()) };
    }
}

/// Does the work in a copy of this process, and waits for it as long as the number that it gets goes on.
///
/// # Safety
/// No other thread holds a lock that the work needs: in the copy it would be held for ever.
///
/// # Errors
/// When the system makes no copy.
pub(crate) unsafe fn in_a_watched_copy(
    patience: Duration,
    work: impl FnOnce(&AtomicU64) -> io::Result<()>,
) -> io::Result<Ended> {
    let shared = Shared::new()?;
    // SAFETY: the caller vouches for the other threads. The copy ends without returning from here.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            let followed = set_parent_process_death_signal(Some(Signal::KILL)).map_err(io::Error::from);
            let work = || catch_unwind(AssertUnwindSafe(|| work(shared.number()))).unwrap_or_else(failed);
            let status = if followed.and_then(|()| work()).is_ok() { 0 } else { FAILURE };
            // SAFETY: ends the process at once: what a library does at its end would say something of the parent.
            unsafe { libc::_exit(status) }
        }
        copy => wait(copy, shared.number(), patience),
    }
}

fn failed<T>(_: Box<dyn std::any::Any + Send>) -> io::Result<T> {
    Err(io::ErrorKind::Other.into())
}

fn wait(copy: i32, number: &AtomicU64, patience: Duration) -> io::Result<Ended> {
    let pid = Pid::from_raw(copy);
    let mut last = (number.load(Ordering::Relaxed), Instant::now());
    loop {
        let ended = rustix::io::retry_on_intr(|| waitpid(pid, WaitOptions::NOHANG))?;
        let now = number.load(Ordering::Relaxed);
        if let Some((_, status)) = ended {
            return Ok(match (status.terminating_signal(), status.exit_status()) {
                (Some(signal), _) => Ended::Died(signal, now),
                (None, Some(0)) => Ended::Well,
                (None, _) => Ended::Failed,
            });
        }
        if now != last.0 {
            last = (now, Instant::now());
        } else if last.1.elapsed() > patience {
            if let Some(pid) = pid {
                let _ = kill_process(pid, Signal::KILL);
            }
            rustix::io::retry_on_intr(|| waitpid(pid, WaitOptions::empty()))?;
            return Ok(Ended::Hung(now));
        }
        std::thread::sleep(PAUSE);
    }
}
