//! Descriptors, signals and process groups, on every Unix.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus};
use std::sync::{Arc, Barrier};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{
    Pid, Resource, Rlimit, Signal, getpid, getrlimit, kill_process, kill_process_group, setrlimit,
};

pub(super) fn take_standard_output() -> io::Result<File> {
    let ours = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), 3)?;
    rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
    Ok(ours.into())
}

pub(super) fn is_same_file(one: &Metadata, other: &Metadata) -> bool {
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

pub(super) fn is_our_directory(path: &Path) -> bool {
    let user = rustix::process::geteuid().as_raw();
    path.symlink_metadata().is_ok_and(|found| found.is_dir() && found.uid() == user)
}

pub(super) fn close_to_others(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(directory, std::fs::Permissions::from_mode(0o700))
}

pub(super) fn free_space(directory: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(directory).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}

pub(super) fn said_so_far() -> u64 {
    rustix::fs::tell(rustix::stdio::stderr()).unwrap_or(0)
}

pub(super) fn end_with_standard_input(last: impl Fn() + Send + 'static) -> Option<JoinHandle<()>> {
    // A thread that begins allocates, and a sanitizer's allocator does not expect a copy of the process meanwhile: the copy
    // would find a lock taken for ever.
    let begun = Arc::new(Barrier::new(2));
    let has_begun = Arc::clone(&begun);
    let watch = move || {
        has_begun.wait();
        loop {
            if standard_input_ends(None) {
                last();
                std::process::exit(0);
            }
        }
    };
    // A small stack: its address space counts where a case limits that.
    let watch = std::thread::Builder::new().stack_size(64 * 1024).spawn(watch).ok()?;
    begun.wait();
    Some(watch)
}

/// Whether who writes to standard input is gone, at the latest after so long.
pub(super) fn standard_input_ends(within: Option<&Timespec>) -> bool {
    let stdin = rustix::stdio::stdin();
    let mut input = [PollFd::new(&stdin, PollFlags::empty())];
    let hung_up = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    poll(&mut input, within).is_ok() && input[0].revents().intersects(hung_up)
}

pub(super) fn limit_file_size(bytes: u64) -> io::Result<()> {
    // A limit that is lower already stays.
    let limit = |known: Option<u64>| Some(known.map_or(bytes, |known| known.min(bytes)));
    let Rlimit { current, maximum } = getrlimit(Resource::Fsize);
    Ok(setrlimit(Resource::Fsize, Rlimit { current: limit(current), maximum: limit(maximum) })?)
}

/// Waits for the descriptor itself.
pub(super) struct Source(ChildStdout);

impl Source {
    pub(super) fn new(output: ChildStdout) -> Self {
        Self(output)
    }

    pub(super) fn read(&mut self, within: Duration) -> io::Result<Option<Vec<u8>>> {
        let timeout = Timespec::try_from(within).ok();
        let ready =
            rustix::io::retry_on_intr(|| poll(&mut [PollFd::new(&self.0, PollFlags::IN)], timeout.as_ref()))?;
        if ready == 0 {
            return Ok(None);
        }
        let mut bytes = [0; 4096];
        let length = self.0.read(&mut bytes)?;
        Ok(Some(bytes[..length].to_vec()))
    }
}

pub(super) fn raise_segfault() -> ! {
    // Under a sanitizer the standard library's handler returns from the first one, and the next one kills.
    loop {
        let _ = kill_process(getpid(), Signal::SEGV);
    }
}

pub(super) fn kill_ourselves() -> ! {
    loop {
        let _ = kill_process(getpid(), Signal::KILL);
    }
}

#[expect(unsafe_code, reason = "rustix has no way to set what a signal does")]
pub(super) fn keep_ended_children() {
    // SAFETY: the default runs no code, and no handler of this process is replaced.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_DFL) };
}

pub(super) fn die_of(signal: i32) {
    let Some(signal) = Signal::from_named_raw(signal) else { return };
    super::signals::are_not_watched();
    // The standard library's handler of a fault returns from the first one that is no fault, and the next one kills.
    for _ in 0..2 {
        let _ = kill_process(getpid(), signal);
    }
}

pub(super) fn signal_of(status: ExitStatus) -> Option<i32> {
    status.signal()
}

pub(super) fn lead_a_group(command: &mut Command) {
    command.process_group(0);
}

pub(super) fn kill_our_group() {
    let _ = kill_process_group(getpid(), Signal::KILL);
}

pub(super) fn quit(child: &Child) -> io::Result<()> {
    Ok(kill_process_group(Pid::from_child(child), Signal::QUIT)?)
}

pub(super) fn is_killed_from_outside(status: ExitStatus) -> bool {
    let from_outside = [Signal::KILL, Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT];
    status.signal().is_some_and(|signal| from_outside.iter().any(|it| it.as_raw() == signal))
}

pub(super) fn name_of_signal(status: ExitStatus) -> Option<String> {
    let signal = status.signal()?;
    let known = [
        (Signal::SEGV, "SIGSEGV"),
        (Signal::ABORT, "SIGABRT"),
        (Signal::BUS, "SIGBUS"),
        (Signal::FPE, "SIGFPE"),
        (Signal::ILL, "SIGILL"),
        (Signal::KILL, "SIGKILL"),
        (Signal::TERM, "SIGTERM"),
        (Signal::TRAP, "SIGTRAP"),
        (Signal::INT, "SIGINT"),
        (Signal::HUP, "SIGHUP"),
        (Signal::QUIT, "SIGQUIT"),
        (Signal::XFSZ, super::FILE_TOO_LARGE),
    ];
    let name = known.iter().find(|(known, _)| known.as_raw() == signal).map(|(_, name)| (*name).to_owned());
    Some(name.unwrap_or_else(|| format!("signal {signal}")))
}
