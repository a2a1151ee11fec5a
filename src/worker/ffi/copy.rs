//! A copy of this process: as good as a new one that has loaded the same library, and made at a quarter of the cost.

use std::ffi::c_int;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{
    Pid, Signal, WaitOptions, WaitStatus, getpid, getppid, set_parent_process_death_signal, waitpid,
};

/// Whether this process only waits for its copy.
static WAITS: AtomicBool = AtomicBool::new(false);
/// What the copy says when it has come to the end of its work.
const DONE: u8 = 1;
/// What it says when it could not do its work, in front of the reason.
const FAILED: u8 = 2;
/// More of a reason than this is not passed on: a pipe takes so much at once.
const LONGEST_REASON: usize = 4000;
const FAILURE: i32 = 1;

/// Does the work in a copy of this process, and waits for it. A copy that dies takes this process with it, by the same
/// signal or with the same status: who waits for this process learns how its work ended.
///
/// # Safety
/// No other thread holds a lock that the work needs: in the copy it would be held for ever.
///
/// # Errors
/// When the system makes no copy, or the work failed.
pub(crate) unsafe fn in_a_copy(work: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    let (ours, theirs) = pipe_with(PipeFlags::CLOEXEC)?;
    let parent = getpid();
    // SAFETY: the caller vouches for the other threads. The copy ends without returning from here.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            drop(ours);
            let done = followed_by_death(parent).and_then(|()| {
                catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(io::ErrorKind::Other.into()))
            });
            let said = match done {
                Ok(()) => vec![DONE],
                Err(error) => [&[FAILED], error.to_string().as_bytes()].concat(),
            };
            let _ = rustix::io::write(&theirs, &said[..said.len().min(LONGEST_REASON)]);
            // SAFETY: ends the process at once: what a library does at its end would say something of the parent.
            unsafe { libc::_exit(0) }
        }
        copy => {
            drop(theirs);
            WAITS.store(true, Ordering::Release);
            let mut said = [0; LONGEST_REASON];
            let length = rustix::io::retry_on_intr(|| rustix::io::read(&ours, &mut said)).unwrap_or(0);
            let status = rustix::io::retry_on_intr(|| waitpid(Pid::from_raw(copy), WaitOptions::empty()));
            WAITS.store(false, Ordering::Release);
            match (&said[..length], status) {
                ([DONE, ..], _) => Ok(()),
                ([_, reason @ ..], _) => Err(io::Error::other(String::from_utf8_lossy(reason))),
                ([], Ok(Some((_, status)))) => die_as(status),
                ([], Ok(None)) => Err(io::ErrorKind::Other.into()),
                ([], Err(error)) => Err(error.into()),
            }
        }
    }
}

/// Whether a signal that reaches this process is meant for its copy, which gets it too.
pub(super) fn waits() -> bool {
    WAITS.load(Ordering::Acquire)
}

/// Makes the kernel kill this process when its parent dies: it has no thread that would see it.
fn followed_by_death(parent: Pid) -> io::Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    // It may have died before that.
    if getppid() == Some(parent) { Ok(()) } else { Err(io::ErrorKind::BrokenPipe.into()) }
}

fn die_as(status: WaitStatus) -> ! {
    if let Some(signal) = status.terminating_signal() {
        end_by(signal);
    }
    // SAFETY: ends the process at once, as the copy ended.
    unsafe { libc::_exit(status.exit_status().unwrap_or(FAILURE)) }
}

/// Lets a signal do what it does by default, which for all that come here is to end the process.
pub(super) fn end_by(signal: c_int) {
    // SAFETY: no handler of this process is needed any more; a signal handler may call this.
    unsafe { libc::signal(signal, libc::SIG_DFL) };
    // SAFETY: a signal handler may call this.
    unsafe { libc::raise(signal) };
}
