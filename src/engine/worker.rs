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

/// A running worker. Dropping it ends the process.
pub(super) struct Worker {
    child: Child,
    input: Option<BufWriter<ChildStdin>>,
    replies: Receiver<Reply>,
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
    /// The process died: by which signal or with which status.
    Crashed(String),
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
            while let Ok(reply) = ciborium::from_reader::<Reply, _>(&mut output) {
                if sender.send(reply).is_err() {
                    break;
                }
            }
        });
        let mut worker = Self { child, input, replies, reader: Some(reader), stderr: stderr.to_owned() };
        match worker.replies.recv_timeout(STARTUP) {
            Ok(Reply::Ready) => Ok(worker),
            Ok(Reply::Unloadable(reason)) => Err(unusable(product, &reason)),
            Ok(_) | Err(RecvTimeoutError::Timeout) => Err(unusable(product, "its worker does not answer")),
            Err(RecvTimeoutError::Disconnected) => {
                let how = worker.how_it_ended();
                Err(unusable(product, &format!("its worker ended ({how}) {}", worker.last_words())))
            }
        }
    }

    /// Runs one request, telling each outcome as it comes.
    pub fn run(
        &mut self,
        request: &Request,
        deadline: Duration,
        mut on_outcome: impl FnMut(Outcome),
    ) -> RunEnd {
        let until = Instant::now() + deadline;
        if self.send(request).is_err() {
            return RunEnd::Crashed(self.how_it_ended());
        }
        loop {
            match self.replies.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(Reply::Outcome(outcome)) => on_outcome(outcome),
                Ok(Reply::End { clean }) => return RunEnd::Done { clean },
                Ok(Reply::Lacks(function)) => return RunEnd::Lacks(function),
                Ok(Reply::Ready | Reply::Unloadable(_)) => {}
                Err(RecvTimeoutError::Timeout) => {
                    let _ = self.child.kill();
                    return RunEnd::TimedOut;
                }
                Err(RecvTimeoutError::Disconnected) => return RunEnd::Crashed(self.how_it_ended()),
            }
        }
    }

    fn send(&mut self, request: &Request) -> std::io::Result<()> {
        let input = self.input.as_mut().ok_or(std::io::ErrorKind::BrokenPipe)?;
        ciborium::into_writer(request, &mut *input).map_err(std::io::Error::other)?;
        input.flush()
    }

    fn how_it_ended(&mut self) -> String {
        match self.child.wait() {
            Ok(status) => describe_end(status),
            Err(error) => error.to_string(),
        }
    }

    fn last_words(&self) -> String {
        let text = std::fs::read_to_string(&self.stderr).unwrap_or_default();
        let from = text.trim_end().len().saturating_sub(600);
        text.get(from..).unwrap_or(&text).trim().to_owned()
    }
}

impl Drop for Worker {
    /// A worker ends when its input does. One that does not is killed.
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
        let _ = std::fs::remove_file(&self.stderr);
    }
}
