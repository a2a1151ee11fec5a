//! Signals that are somebody else's affair: they are told to a thread, with whether they came to this process alone or to all
//! of its group.
//!
//! The system does not say which it was. So there is a copy of this process that does nothing but wait in the same group:
//! what came to that too came to all.
#![expect(unsafe_code, reason = "rustix has no way to set what a signal does, and none to copy a process")]

use std::io::{self, PipeReader, Read};
use std::os::fd::IntoRawFd;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, getpgid, getpgrp, kill_process};
#[cfg(target_os = "linux")]
use rustix::process::{getpid, getppid};

/// What people send a program so that it ends or does something.
const WATCHED: [i32; 6] =
    [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM, libc::SIGUSR1, libc::SIGUSR2];
/// How long the copy may take to say that it got a signal too.
const AT_MOST: Duration = Duration::from_millis(200);
/// Where a handler writes: the other end is read by a thread.
static TO: AtomicI32 = AtomicI32::new(-1);

/// A signal that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrived {
    /// Its number.
    pub signal: i32,
    /// Whether all of this process's group got it.
    pub is_for_group: bool,
}

impl Arrived {
    /// Sends it to a process that has not got it.
    pub fn pass_on(self, process: u32) {
        let Some(process) = i32::try_from(process).ok().and_then(Pid::from_raw) else { return };
        let has_it = self.is_for_group && getpgid(Some(process)).is_ok_and(|group| group == getpgrp());
        if let Some(signal) = Signal::from_named_raw(self.signal).filter(|_| !has_it) {
            let _ = kill_process(process, signal);
        }
    }
}

/// From now on signals end this process no longer, but are told to `each`, in a thread. Those that this process was started
/// to ignore stay so, and programs that it starts have them as it had them. To be called while there is one thread.
///
/// # Errors
/// When the system has no room for it: then signals are what they were.
pub fn watch(mut each: impl FnMut(Arrived) + Send + 'static) -> io::Result<()> {
    let (ours, to) = io::pipe()?;
    let mut of_group = copy_that_waits()?;
    TO.store(to.into_raw_fd(), Ordering::SeqCst);
    WATCHED.iter().for_each(|signal| handle(*signal, tell));
    // A limit of the size of files is an error for who writes, and no signal.
    handle(libc::SIGXFSZ, nothing);
    let mut ours = Told { from: ours, waiting: Vec::new() };
    std::thread::Builder::new().spawn(move || {
        while let Some(signal) = ours.next() {
            let is_for_group = of_group.as_mut().is_some_and(|of_group| of_group.take(signal, AT_MOST));
            // The same one again within this time is the same: who ends a group often tells its first process too.
            while ours.take(signal, Duration::ZERO) {}
            while of_group.as_mut().is_some_and(|of_group| of_group.take(signal, Duration::ZERO)) {}
            each(Arrived { signal, is_for_group });
        }
    })?;
    Ok(())
}

/// What a handler writes.
struct Told {
    from: PipeReader,
    /// Signals that were told, and not asked for yet.
    waiting: Vec<i32>,
}

impl Told {
    /// The next one, once there is one.
    fn next(&mut self) -> Option<i32> {
        if self.waiting.is_empty() && !self.read(None) {
            return None;
        }
        Some(self.waiting.remove(0))
    }

    /// Whether this one is told within so long.
    fn take(&mut self, signal: i32, within: Duration) -> bool {
        loop {
            if let Some(at) = self.waiting.iter().position(|told| *told == signal) {
                self.waiting.remove(at);
                return true;
            }
            if !self.read(Some(within)) {
                return false;
            }
        }
    }

    fn read(&mut self, within: Option<Duration>) -> bool {
        let timeout = within.and_then(|within| Timespec::try_from(within).ok());
        let ready = rustix::io::retry_on_intr(|| {
            poll(&mut [PollFd::new(&self.from, PollFlags::IN)], timeout.as_ref())
        });
        let mut byte = [0];
        let is_there = ready.is_ok_and(|ready| ready > 0) && self.from.read_exact(&mut byte).is_ok();
        if is_there {
            self.waiting.push(i32::from(byte[0]));
        }
        is_there
    }
}

/// Signals do again what they do by themselves.
pub(super) fn are_not_watched() {
    if TO.load(Ordering::SeqCst) >= 0 {
        for signal in WATCHED {
            // SAFETY: the default runs no code.
            unsafe { libc::signal(signal, libc::SIG_DFL) };
        }
    }
}

/// A handler: interrupted code finds its error number as it was.
extern "C" fn tell(signal: i32) {
    let (byte, place) = (signal as u8, errno());
    // SAFETY: the C library's own place, of this thread.
    let before = unsafe { place.read() };
    // SAFETY: a byte, to the end of a pipe that is never closed; `write` may be called in a handler.
    unsafe { libc::write(TO.load(Ordering::SeqCst), (&raw const byte).cast(), 1) };
    // SAFETY: the same place.
    unsafe { place.write(before) };
}

extern "C" fn nothing(_: i32) {}

fn errno() -> *mut i32 {
    // SAFETY: the C library's own place, one for each thread.
    unsafe {
        #[cfg(target_os = "linux")]
        return libc::__errno_location();
        #[cfg(not(target_os = "linux"))]
        return libc::__error();
    }
}

fn handle(signal: i32, handler: extern "C" fn(i32)) {
    let mut action = no_action();
    // SAFETY: nothing is set, and there is room for what is.
    unsafe { libc::sigaction(signal, std::ptr::null(), &raw mut action) };
    if action.sa_sigaction == libc::SIG_IGN {
        return;
    }
    let action =
        libc::sigaction { sa_sigaction: handler as usize, sa_flags: libc::SA_RESTART, ..no_action() };
    // SAFETY: the handler calls nothing that it may not.
    unsafe { libc::sigaction(signal, &raw const action, std::ptr::null_mut()) };
}

fn no_action() -> libc::sigaction {
    // SAFETY: zeros are the default action, an empty set and no flags.
    unsafe { std::mem::zeroed() }
}

/// A copy of this process, which writes down the signals that it gets, and ends with this one.
#[cfg(target_os = "linux")]
fn copy_that_waits() -> io::Result<Option<Told>> {
    let (ours, theirs) = io::pipe()?;
    let parent = getpid();
    // All signals wait until the copy has its own end of a pipe, or has failed to come to be.
    let before = mask(&all_signals());
    // SAFETY: the copy calls what may be called after a fork, and never comes back.
    let copy = unsafe { libc::fork() };
    if copy == 0 {
        wait_for_signals(theirs, &before, parent);
    }
    let failed = io::Error::last_os_error();
    mask(&before);
    if copy < 0 { Err(failed) } else { Ok(Some(Told { from: ours, waiting: Vec::new() })) }
}

/// What the copy does.
#[cfg(target_os = "linux")]
fn wait_for_signals(theirs: io::PipeWriter, before: &libc::sigset_t, parent: Pid) -> ! {
    TO.store(theirs.into_raw_fd(), Ordering::SeqCst);
    WATCHED.iter().for_each(|signal| handle(*signal, tell));
    // SAFETY: numbers alone.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
    // Of a parent that had ended before, nothing is told.
    if getppid() != Some(parent) {
        // SAFETY: nothing of the parent's runs at the end.
        unsafe { libc::_exit(0) };
    }
    for stream in 0..3 {
        // SAFETY: nothing here reads or writes these.
        unsafe { libc::close(stream) };
    }
    mask(before);
    loop {
        // SAFETY: it waits.
        unsafe { libc::pause() };
    }
}

#[cfg(target_os = "linux")]
fn all_signals() -> libc::sigset_t {
    let mut all = std::mem::MaybeUninit::uninit();
    // SAFETY: there is room for a set.
    unsafe { libc::sigfillset(all.as_mut_ptr()) };
    // SAFETY: the call has filled it.
    unsafe { all.assume_init() }
}

/// Keeps these signals waiting and no others; returns those that were.
#[cfg(target_os = "linux")]
fn mask(signals: &libc::sigset_t) -> libc::sigset_t {
    let mut before = all_signals();
    // SAFETY: both are sets.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, signals, &raw mut before) };
    before
}

/// The system tells nobody here whether a parent has ended.
#[cfg(not(target_os = "linux"))]
fn copy_that_waits() -> io::Result<Option<Told>> {
    Ok(None)
}
