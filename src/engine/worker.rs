//! One worker process, seen from the engine.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::scratch::empty_directory;
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
    files: WorkerFiles,
    outcomes: File,
}

/// Files of one worker.
pub(super) struct WorkerFiles {
    /// Takes its standard error.
    pub stderr: PathBuf,
    /// Takes the outcomes of a run.
    pub outcomes: PathBuf,
    /// The directory in which its cases run, one after the other, each finding it empty.
    pub case: PathBuf,
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
    pub fn start(program: &WorkerProgram, product: &Product, files: WorkerFiles) -> Result<Self> {
        let create =
            |path: &Path| File::create_new(path).with_context(|| format!("cannot make {}", path.display()));
        create(&files.outcomes)?;
        std::fs::create_dir(&files.case).context("cannot make a directory for cases")?;
        let mut command = program.command();
        product.prepare(&mut command);
        let mut child = command
            .arg("--serve")
            .arg(&product.library)
            .arg(&files.outcomes)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(create(&files.stderr)?)
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
        let outcomes = File::options()
            .read(true)
            .write(true)
            .open(&files.outcomes)
            .context("cannot read a worker's outcomes")?;
        let mut worker = Self { child, input, replies, reader: Some(reader), files, outcomes };
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

    /// Runs one request, and tells each outcome that it had. Unless the run is done, the process is gone when
    /// this returns, so that nothing writes into the case's directory any more.
    pub fn run(
        &mut self,
        request: &Request,
        deadline: Duration,
        on_outcome: impl FnMut(Outcome),
    ) -> Result<RunEnd> {
        // Here, and not in the worker: one that dies at once would leave the outcomes of the run before.
        self.outcomes.set_len(0).context("cannot clear a worker's outcomes")?;
        let end = self.wait_for_end(request, deadline);
        self.read_outcomes(on_outcome)?;
        empty_directory(&self.files.case).context("cannot clear the directory of a case")?;
        Ok(end)
    }

    /// The directory in which its cases run.
    pub fn case_directory(&self) -> &Path {
        &self.files.case
    }

    fn wait_for_end(&mut self, request: &Request, deadline: Duration) -> RunEnd {
        let said_before = std::fs::metadata(&self.files.stderr).map_or(0, |metadata| metadata.len());
        if self.send(request).is_err() {
            return self.crashed(said_before);
        }
        match self.replies.recv_timeout(deadline) {
            Ok(Ok(Reply::End { clean })) => RunEnd::Done { clean },
            Ok(Ok(Reply::Lacks(function))) => RunEnd::Lacks(function),
            // It says nothing else once it is ready, so whatever else came is no worker of ours any more.
            Ok(other) => {
                self.kill();
                let words = other.map_or_else(|garbled| garbled, |reply| format!("{reply:?}"));
                RunEnd::Crashed { how: "its answer was no answer".to_owned(), words }
            }
            Err(RecvTimeoutError::Timeout) => {
                self.kill();
                RunEnd::TimedOut
            }
            Err(RecvTimeoutError::Disconnected) => self.crashed(said_before),
        }
    }

    fn read_outcomes(&mut self, mut on_outcome: impl FnMut(Outcome)) -> Result<()> {
        let mut bytes = Vec::new();
        let read = self.outcomes.rewind().and_then(|()| self.outcomes.read_to_end(&mut bytes));
        read.context("cannot read a worker's outcomes")?;
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let Ok(outcome) = ciborium::from_reader(&mut rest) else { break };
            on_outcome(outcome);
        }
        Ok(())
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

    /// What it wrote to its standard error after so many bytes, in one line: a sanitizer's summary, else the
    /// first.
    fn last_words(&self, after: u64) -> String {
        let bytes = std::fs::read(&self.files.stderr).unwrap_or_default();
        let new = bytes.get(usize::try_from(after).unwrap_or(usize::MAX)..).unwrap_or_default();
        let text = String::from_utf8_lossy(new);
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let first = lines.next().unwrap_or_default();
        lines.find(|line| line.starts_with("SUMMARY: ")).unwrap_or(first).to_owned()
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
        let _ = std::fs::remove_file(&self.files.stderr);
        let _ = std::fs::remove_file(&self.files.outcomes);
        let _ = std::fs::remove_dir_all(&self.files.case);
    }
}
