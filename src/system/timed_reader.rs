//! Reading what another process writes, with a deadline.

use std::io;
use std::process::ChildStdout;
use std::time::Duration;

use super::unix::Source;

/// The standard output of another process, read with a deadline.
pub struct TimedReader(Source);

impl TimedReader {
    /// A reader of this output.
    pub fn new(output: ChildStdout) -> Self {
        Self(Source::new(output))
    }

    /// Returns what comes first within this time: nothing when the output has ended, `None` when the time has passed.
    ///
    /// # Errors
    /// When the system cannot read.
    pub fn read(&mut self, within: Duration) -> io::Result<Option<Vec<u8>>> {
        self.0.read(within)
    }
}
