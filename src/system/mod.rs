//! What the operating system does to a process: address-space limits and signals. Everything that is Unix-only
//! stands here.

pub mod files;
pub mod scratch;

use std::io::{self, Read};
use std::path::Path;
use std::process::{ChildStdout, Command, ExitStatus};
use std::thread::JoinHandle;
use std::time::Duration;

/// Limits this process to `bytes` of address space beyond what it has mapped now.
///
/// # Errors
/// Where the system has no such limit, or refuses it.
#[cfg(target_os = "linux")]
pub fn limit_address_space(bytes: u64) -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let statm = std::fs::read_to_string("/proc/self/statm")?;
    let pages: u64 = statm.split(' ').next().and_then(|word| word.parse().ok()).unwrap_or(0);
    let mapped = pages * rustix::param::page_size() as u64;
    let limit = Some(mapped.saturating_add(bytes));
    Ok(setrlimit(Resource::As, Rlimit { current: limit, maximum: limit })?)
}

#[cfg(not(target_os = "linux"))]
pub fn limit_address_space(_bytes: u64) -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "this system has no limit of the address space"))
}

/// How many descriptors of this process are open on files in `directory`, also on files that have been removed.
///
/// # Errors
/// Where the system does not tell.
#[cfg(target_os = "linux")]
pub fn open_files(directory: &Path) -> io::Result<usize> {
    let mut count = 0;
    for descriptor in std::fs::read_dir("/proc/self/fd")? {
        // The descriptor that lists them is closed before it can be looked at.
        let file = std::fs::read_link(descriptor?.path());
        count += usize::from(file.is_ok_and(|file| file != directory && file.starts_with(directory)));
    }
    Ok(count)
}

#[cfg(not(target_os = "linux"))]
pub fn open_files(_directory: &Path) -> io::Result<usize> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "this system does not tell which files are open"))
}

/// A directory in memory that nobody but this user can enter, where the system has one with room for so many bytes.
#[cfg(target_os = "linux")]
pub fn directory_in_memory(room: u64) -> Option<std::path::PathBuf> {
    use std::os::unix::fs::{DirBuilderExt, MetadataExt};
    // https://www.kernel.org/doc/html/latest/filesystems/tmpfs.html: where shared memory is.
    const MEMORY: &str = "/dev/shm";
    let free = rustix::fs::statvfs(MEMORY).ok().map(|stat| stat.f_bavail.saturating_mul(stat.f_frsize))?;
    let user = rustix::process::geteuid().as_raw();
    let directory = Path::new(MEMORY).join(format!("sqlite-contracts-{user}"));
    // Everybody may write there: what already has the name may be somebody else's.
    let _ = std::fs::DirBuilder::new().mode(0o700).create(&directory);
    let found = std::fs::symlink_metadata(&directory).ok()?;
    let is_ours = found.is_dir() && found.uid() == user && found.mode() & 0o077 == 0;
    (free >= room && is_ours).then_some(directory)
}

#[cfg(not(target_os = "linux"))]
pub fn directory_in_memory(_room: u64) -> Option<std::path::PathBuf> {
    None
}

/// Keeps standard output for ourselves; what the library prints goes to standard error from now on
/// (`PRAGMA vdbe_trace` of a debug build prints).
///
/// # Errors
/// When there is no descriptor left.
#[cfg(unix)]
pub fn take_standard_output() -> io::Result<std::fs::File> {
    let ours = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), 3)?;
    rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
    Ok(ours.into())
}

#[cfg(not(unix))]
pub fn take_standard_output() -> io::Result<io::Stdout> {
    Ok(io::stdout())
}

/// How many bytes this process has written to its standard error, when that is a file.
#[cfg(unix)]
pub fn said_so_far() -> u64 {
    rustix::fs::tell(rustix::stdio::stderr()).unwrap_or(0)
}

#[cfg(not(unix))]
pub fn said_so_far() -> u64 {
    0
}

/// Ends this process when the other end of its standard input is closed, even in the middle of a case that
/// never ends: whoever started it is gone. Before that it does the last thing that is left to do.
/// Whoever sees the end of standard input waits for this thread, which may be at that.
#[cfg(unix)]
pub fn end_with_standard_input(last: impl Fn() + Send + 'static) -> Option<JoinHandle<()>> {
    use rustix::event::{PollFd, PollFlags, poll};
    let watch = move || {
        loop {
            let stdin = rustix::stdio::stdin();
            let mut input = [PollFd::new(&stdin, PollFlags::empty())];
            let hung_up = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
            if poll(&mut input, None).is_ok() && input[0].revents().intersects(hung_up) {
                last();
                std::process::exit(0);
            }
        }
    };
    // A small stack: its address space counts where a case limits that.
    std::thread::Builder::new().stack_size(64 * 1024).spawn(watch).ok()
}

#[cfg(not(unix))]
pub fn end_with_standard_input(_: impl Fn() + Send + 'static) -> Option<JoinHandle<()>> {
    None
}

/// Reads what another process writes, with a deadline.
#[cfg(unix)]
pub struct TimedReader(ChildStdout);

#[cfg(unix)]
impl TimedReader {
    pub fn new(output: ChildStdout) -> Self {
        Self(output)
    }

    /// What came first within this time: nothing when the output has ended, `None` when the time has passed.
    ///
    /// # Errors
    /// When the system cannot read.
    pub fn read(&mut self, within: Duration) -> io::Result<Option<Vec<u8>>> {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
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

/// Reads what another process writes, with a deadline: in a thread, for reading alone knows no deadline.
#[cfg(not(unix))]
pub struct TimedReader(std::sync::mpsc::Receiver<io::Result<Vec<u8>>>);

#[cfg(not(unix))]
impl TimedReader {
    pub fn new(mut output: ChildStdout) -> Self {
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            loop {
                let read = output.read(&mut bytes).map(|length| bytes[..length].to_vec());
                let last = read.as_ref().map_or(true, Vec::is_empty);
                if sender.send(read).is_err() || last {
                    break;
                }
            }
        });
        Self(receiver)
    }

    pub fn read(&mut self, within: Duration) -> io::Result<Option<Vec<u8>>> {
        use std::sync::mpsc::RecvTimeoutError;
        match self.0.recv_timeout(within) {
            Ok(read) => read.map(Some),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Ok(Some(Vec::new())),
        }
    }
}

/// Dies as a bad pointer makes a process die.
#[cfg(unix)]
pub fn raise_segfault() -> ! {
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::SEGV);
    // Under a sanitizer the standard library's handler returns from it, and the next one kills.
    loop {
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::SEGV);
    }
}

#[cfg(not(unix))]
pub fn raise_segfault() -> ! {
    std::process::abort()
}

/// Lets a process and its copies be asked together to [`quit`].
pub fn lead_a_group(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}

/// Asks a process that [leads a group](lead_a_group) to save its stack and end: it, or its copy that works for it.
///
/// # Errors
/// Where the system cannot ask, or the process is gone.
#[cfg(unix)]
pub fn quit(child: &std::process::Child) -> io::Result<()> {
    use rustix::process::{Pid, Signal, kill_process_group};
    Ok(kill_process_group(Pid::from_child(child), Signal::QUIT)?)
}

#[cfg(not(unix))]
pub fn quit(_: &std::process::Child) -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "this system has no signals"))
}

/// How a process ended: `SIGSEGV`, or `exit status 3`.
pub fn describe_end(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return signal_name(signal);
    }
    match status.code() {
        Some(code) => format!("exit status {code}"),
        None => "ended".to_owned(),
    }
}

#[cfg(unix)]
fn signal_name(signal: i32) -> String {
    use rustix::process::Signal;
    let known = [
        (Signal::SEGV, "SIGSEGV"),
        (Signal::ABORT, "SIGABRT"),
        (Signal::BUS, "SIGBUS"),
        (Signal::FPE, "SIGFPE"),
        (Signal::ILL, "SIGILL"),
        (Signal::KILL, "SIGKILL"),
        (Signal::TERM, "SIGTERM"),
        (Signal::TRAP, "SIGTRAP"),
    ];
    let name = known.iter().find(|(known, _)| known.as_raw() == signal).map(|(_, name)| (*name).to_owned());
    name.unwrap_or_else(|| format!("signal {signal}"))
}
