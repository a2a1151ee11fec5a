//! Stands in for `unix.rs` on every other system.

use std::fs::Metadata;
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

pub(super) fn take_standard_output() -> io::Result<io::Stdout> {
    Ok(io::stdout())
}

/// Files have no numbers here that could be asked for.
pub(super) fn is_same_file(_: &Metadata, _: &Metadata) -> bool {
    false
}

pub(super) fn is_our_directory(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|found| found.is_dir())
}

pub(super) fn close_to_others(_: &Path) -> io::Result<()> {
    Ok(())
}

pub(super) fn free_space(_: &Path) -> Option<u64> {
    None
}

pub(super) fn said_so_far() -> u64 {
    0
}

pub(super) fn end_with_standard_input(_: impl Fn() + Send + 'static) -> Option<JoinHandle<()>> {
    None
}

pub(super) fn limit_file_size(_: u64) -> io::Result<()> {
    Ok(())
}

/// Reads in a thread, for reading alone knows no deadline.
pub(super) struct Source(Receiver<io::Result<Vec<u8>>>);

impl Source {
    pub(super) fn new(output: ChildStdout) -> Self {
        let (sender, receiver) = channel();
        std::thread::spawn(move || read_all(output, &sender));
        Self(receiver)
    }

    pub(super) fn read(&mut self, within: Duration) -> io::Result<Option<Vec<u8>>> {
        match self.0.recv_timeout(within) {
            Ok(read) => read.map(Some),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Ok(Some(Vec::new())),
        }
    }
}

fn read_all(mut output: ChildStdout, sender: &Sender<io::Result<Vec<u8>>>) {
    let mut bytes = [0; 4096];
    loop {
        let read = output.read(&mut bytes).map(|length| bytes[..length].to_vec());
        let last = read.as_ref().map_or(true, Vec::is_empty);
        if sender.send(read).is_err() || last {
            break;
        }
    }
}

pub(super) fn raise_segfault() -> ! {
    std::process::abort()
}

pub(super) fn kill_ourselves() -> ! {
    std::process::abort()
}

pub(super) fn lead_a_group(_: &mut Command) {}

pub(super) fn kill_our_group() {}

pub(super) fn quit(_: &Child) -> io::Result<()> {
    Err(io::Error::new(ErrorKind::Unsupported, "this system has no signals"))
}

pub(super) fn is_killed_from_outside(_: ExitStatus) -> bool {
    false
}

pub(super) fn name_of_signal(_: ExitStatus) -> Option<String> {
    None
}

pub(super) fn die_of(_: i32) {}

pub(super) fn signal_of(_: ExitStatus) -> Option<i32> {
    None
}
