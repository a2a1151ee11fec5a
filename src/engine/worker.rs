//! One worker process, seen from the engine.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::unusable;
use crate::builds::Product;
use crate::limits::describe_end;
use crate::outcome::Outcome;
use crate::protocol::{Reply, Request};
use crate::worker::WorkerProgram;

/// How long loading a library may take, on a loaded machine under a sanitizer.
const STARTUP: Duration = Duration::from_secs(60);
/// How long a process may take to be gone after its output has ended.
const ENDING: Duration = Duration::from_secs(10);

/// A running worker. Dropping it ends the process.
pub(super) struct Worker {
    child: Child,
    input: Option<BufWriter<ChildStdin>>,
    replies: Receiver<Result<Reply, String>>,
    reader: Option<JoinHandle<()>>,
    stderr: PathBuf,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RunEnd {
    /// Every step was executed; `clean` workers may run another case.
    Done { clean: bool },
    /// The library lacks a function that the case requires.
    Lacks(String),
    /// The process died: by which signal or with which status, and what it said last. A library's words may
    /// hold addresses and process ids, so they are no part of the transcript.
    Crashed { how: String, words: String },
    /// The deadline passed; the process was killed.
    TimedOut,
}

impl Worker {
    /// Starts a worker and waits until it has loaded the product.
    pub fn start(program: &WorkerProgram, product: &Product, stderr: &Path) -> Result<Self> {
        let mut command = program.command();
        product.prepare(&mut command);
        let mut child = command
            .arg("--serve")
            .arg(&product.library)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(stderr).context("cannot keep a worker's standard error")?)
            .spawn()
            .with_context(|| format!("cannot start {}", program.program.display()))?;
        let input = child.stdin.take().map(BufWriter::new);
        let mut output = BufReader::new(child.stdout.take().context("the worker has no output")?);
        let (sender, replies) = channel();
        // A thread of its own, because reading from a pipe knows no deadline.
        let reader = std::thread::spawn(move || {
            loop {
                let reply = match ciborium::from_reader::<Reply, _>(&mut output) {
                    Err(ciborium::de::Error::Io(_)) => break,
                    other => other.map_err(|error| error.to_string()),
                };
                let garbled = reply.is_err();
                if sender.send(reply).is_err() || garbled {
                    break;
                }
            }
        });
        let mut worker = Self { child, input, replies, reader: Some(reader), stderr: stderr.to_owned() };
        match worker.replies.recv_timeout(STARTUP) {
            Ok(Ok(Reply::Ready)) => Ok(worker),
            Ok(Ok(Reply::Unloadable(reason))) => Err(unusable(product, &reason)),
            Ok(_) | Err(RecvTimeoutError::Timeout) => {
                Err(unusable(product, &format!("its worker does not answer {}", worker.last_words(0))))
            }
            Err(RecvTimeoutError::Disconnected) => {
                let how = worker.how_it_ended();
                Err(unusable(product, &format!("its worker ended ({how}) {}", worker.last_words(0))))
            }
        }
    }

    /// Whether the process still runs: an idle one may have been killed by somebody else.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Runs one request, telling each outcome as it comes. Unless the run is done, the process is gone when
    /// this returns, so that nothing writes into the case's directory any more.
    pub fn run(
        &mut self,
        request: &Request,
        deadline: Duration,
        mut on_outcome: impl FnMut(Outcome),
    ) -> RunEnd {
        let until = Instant::now() + deadline;
        let said_before = std::fs::metadata(&self.stderr).map_or(0, |metadata| metadata.len());
        if self.send(request).is_err() {
            return self.crashed(said_before);
        }
        loop {
            match self.replies.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(Ok(Reply::Outcome(outcome))) => on_outcome(outcome),
                Ok(Ok(Reply::End { clean })) => return RunEnd::Done { clean },
                Ok(Ok(Reply::Lacks(function))) => return RunEnd::Lacks(function),
                Ok(Ok(Reply::Ready | Reply::Unloadable(_))) => {}
                Ok(Err(garbled)) => {
                    self.kill();
                    return RunEnd::Crashed { how: "its answer was no message".to_owned(), words: garbled };
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.kill();
                    return RunEnd::TimedOut;
                }
                Err(RecvTimeoutError::Disconnected) => return self.crashed(said_before),
            }
        }
    }

    fn send(&mut self, request: &Request) -> std::io::Result<()> {
        let input = self.input.as_mut().ok_or(std::io::ErrorKind::BrokenPipe)?;
        ciborium::into_writer(request, &mut *input).map_err(std::io::Error::other)?;
        input.flush()
    }

    fn crashed(&mut self, said_before: u64) -> RunEnd {
        RunEnd::Crashed { how: self.how_it_ended(), words: self.last_words(said_before) }
    }

    /// How the process ended whose output has ended. One that only closed its output is killed.
    fn how_it_ended(&mut self) -> String {
        let until = Instant::now() + ENDING;
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return describe_end(status),
                Ok(None) if Instant::now() < until => std::thread::sleep(Duration::from_millis(1)),
                Ok(None) => {
                    self.kill();
                    return "its output ended".to_owned();
                }
                Err(error) => return error.to_string(),
            }
        }
    }

    fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// The end of what it wrote to its standard error after so many bytes.
    fn last_words(&self, after: u64) -> String {
        let bytes = std::fs::read(&self.stderr).unwrap_or_default();
        let new = bytes.get(usize::try_from(after).unwrap_or(usize::MAX)..).unwrap_or_default();
        let from = new.len().saturating_sub(600);
        String::from_utf8_lossy(&new[from..]).trim().to_owned()
    }
}

impl Drop for Worker {
    /// A worker ends when its input does. One that does not is killed.
    fn drop(&mut self) {
        drop(self.input.take());
        self.kill();
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
        let _ = std::fs::remove_file(&self.stderr);
    }
}
