//! What the operating system does to a process: limits, files, descriptors and signals. `linux.rs`, `landlock.rs` and
//! `unix.rs` have what only these systems have; beside each is the file that stands in for it elsewhere.

pub mod confinement;
pub mod files;
#[cfg_attr(not(target_os = "linux"), path = "no_landlock.rs")]
mod landlock;
#[cfg_attr(not(target_os = "linux"), path = "not_linux.rs")]
mod linux;
pub(crate) mod mappings;
pub mod scratch;
#[cfg(unix)]
pub mod signals;
mod timed_reader;
#[cfg_attr(not(unix), path = "not_unix.rs")]
mod unix;

use std::fs::Metadata;
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::OnceLock;
use std::thread::JoinHandle;

pub use self::timed_reader::TimedReader;

/// How many processors are used, where that was said.
static CORES: OnceLock<NonZeroUsize> = OnceLock::new();

/// Makes this process start so many compilers and workers at once; the first call counts.
pub fn use_cores(cores: NonZeroUsize) {
    let _ = CORES.set(cores);
}

/// How many compilers and workers are started at once: as many as there are processors, unless [`use_cores`] said
/// another number.
pub fn cores() -> usize {
    let all = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    CORES.get().copied().unwrap_or_else(all).get()
}

/// Limits this process to `bytes` of address space beyond what it has mapped now.
///
/// # Errors
/// Where the system has no such limit, or refuses it.
pub fn limit_address_space(bytes: u64) -> io::Result<()> {
    linux::limit_address_space(bytes)
}

/// Whether this process is killed when the one that started it ends; where the system has no such thing, it is not.
pub(crate) fn end_with_parent(ends: bool) {
    linux::end_with_parent(ends);
}

/// Limits each file that this process and its copies write. Who writes more dies of [`FILE_TOO_LARGE`].
///
/// # Errors
/// Where the system refuses.
pub fn limit_file_size(bytes: u64) -> io::Result<()> {
    unix::limit_file_size(bytes)
}

/// What a process dies of that writes more than its [limit](limit_file_size).
pub const FILE_TOO_LARGE: &str = "SIGXFSZ";

/// What a process and its copies take of memory, and of files that have no name any more; nothing where the system does
/// not tell.
pub fn footprint(child: &Child) -> Footprint {
    linux::footprint(child.id())
}

/// Bytes that processes take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Footprint {
    /// Bytes in memory.
    pub memory: u64,
    /// Bytes in files without a name.
    pub unnamed_files: u64,
}

/// Returns how many descriptors of this process are open on files in `directory`, also on files that have been removed.
///
/// # Errors
/// Where the system does not tell.
pub fn open_files(directory: &Path) -> io::Result<usize> {
    linux::open_files(directory)
}

/// A directory in memory, which all users share, where the system has one with room for so many bytes.
pub fn directory_in_memory(room: u64) -> Option<PathBuf> {
    linux::directory_in_memory(room)
}

/// Keeps standard output for ourselves; what the library prints goes to standard error from now on
/// (`PRAGMA vdbe_trace` of a debug build prints).
///
/// # Errors
/// When there is no descriptor left.
pub fn take_standard_output() -> io::Result<impl io::Write> {
    unix::take_standard_output()
}

/// Whether two names are of one file.
pub fn is_same_file(one: &Metadata, other: &Metadata) -> bool {
    unix::is_same_file(one, other)
}

/// Whether this is a directory, no link, and belongs to the user of this process.
pub(crate) fn is_our_directory(path: &Path) -> bool {
    unix::is_our_directory(path)
}

/// Lets only the user of this process enter a directory.
pub(crate) fn close_to_others(directory: &Path) -> io::Result<()> {
    unix::close_to_others(directory)
}

/// Completes the files that are being written and removes the directories of this process, which is about to end without
/// dropping what it has.
pub fn tidy_up_before_the_end() {
    files::complete_writes();
    scratch::remove_all();
}

/// How many bytes this user may still write to the file system of this directory, where the system tells.
pub fn free_space(directory: &Path) -> Option<u64> {
    unix::free_space(directory)
}

/// How many bytes this process has written to its standard error, when that is a file.
pub fn said_so_far() -> u64 {
    unix::said_so_far()
}

/// Ends this process when the other end of its standard input is closed, even in the middle of a case that
/// never ends: whoever started it is gone. Before that it does the last thing that is left to do.
/// Whoever sees the end of standard input waits for this thread, which may be at that.
pub fn end_with_standard_input(last: impl Fn() + Send + 'static) -> Option<JoinHandle<()>> {
    unix::end_with_standard_input(last)
}

/// Dies as a bad pointer makes a process die.
pub fn raise_segfault() -> ! {
    unix::raise_segfault()
}

/// Dies at once, as a process that somebody kills.
pub fn kill_ourselves() -> ! {
    unix::kill_ourselves()
}

/// Keeps the status of each process that this one starts until it is asked for. Whoever started this process may ignore
/// `SIGCHLD`, which is inherited: then the system forgets each status, and waiting for it fails.
pub fn keep_ended_children() {
    unix::keep_ended_children();
}

/// Whether this process runs, and runs the program that we are, where the system tells.
pub fn runs_this_program(process: u32) -> bool {
    std::env::current_exe().is_ok_and(|ours| is_mapped(process, &ours))
}

/// Whether a process has this file in its memory, where the system tells; its path has no links.
pub fn is_mapped(process: u32, file: &Path) -> bool {
    linux::is_mapped(process, file)
}

/// Ends this process as another one ended: of the same signal, where that ends a process.
pub fn die_of(signal: i32) {
    unix::die_of(signal);
}

/// The signal of which a process died.
pub fn signal_of(status: ExitStatus) -> Option<i32> {
    unix::signal_of(status)
}

/// Lets a process and its copies be asked together to [`quit`].
pub fn lead_a_group(command: &mut Command) {
    unix::lead_a_group(command);
}

/// Kills this process, and those that it has started, if it [leads a group](lead_a_group).
pub fn kill_our_group() {
    unix::kill_our_group();
}

/// Asks a process that [leads a group](lead_a_group) to save its stack and end: it, or its copy that works for it.
///
/// # Errors
/// Where the system cannot ask, or the process is gone.
pub fn quit(child: &Child) -> io::Result<()> {
    unix::quit(child)
}

/// Whether a process ended by a signal that none sends to itself by a fault: somebody else sent it, or the system did
/// because memory is short.
pub fn is_killed_from_outside(status: ExitStatus) -> bool {
    unix::is_killed_from_outside(status)
}

/// How a process ended: `SIGSEGV`, or `exit status 3`.
pub fn describe_end(status: ExitStatus) -> String {
    match (unix::name_of_signal(status), status.code()) {
        (Some(signal), _) => signal,
        (None, Some(code)) => format!("exit status {code}"),
        (None, None) => "ended".to_owned(),
    }
}
