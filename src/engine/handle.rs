//! One worker process, seen from the engine.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde::Serialize;

use super::batch::{Batch, Notes, PlannedRun, RunEnd, RunResult};
use super::death::{Death, last_words, shown};
use super::pool::Loaded;
use super::replies::{Answer, Replies};
use super::worker_files::WorkerFiles;
use super::{stack, unusable, usage};
use crate::contract::verb::Verb;
use crate::system;
use crate::worker::WorkerProgram;
use crate::worker::budget::{Budget, Limit};
use crate::worker::confinement::TEMPORARY_VARIABLE;
use crate::worker::notebook;
use crate::worker::protocol::{GoOn, Reply, Request, RunRequest};

/// How long loading a library may take, on a loaded machine under a sanitizer.
const STARTUP: Duration = Duration::from_secs(60);
/// How long a process may take to be gone after its output has ended.
const ENDING: Duration = Duration::from_secs(10);
/// How long a process that hangs may take to save its stack: some milliseconds, on a loaded machine more.
const SAVING: Duration = Duration::from_secs(3);

/// A running worker. Dropping it ends the process.
pub(super) struct Worker {
    child: Child,
    input: Option<BufWriter<ChildStdin>>,
    replies: Replies,
    files: WorkerFiles,
    notes: File,
    program: PathBuf,
    library: PathBuf,
    budget: Budget,
}

impl Worker {
    /// Starts a worker and waits until it has loaded the product.
    pub(super) fn start(
        program: &WorkerProgram,
        loaded: &Loaded<'_>,
        files: WorkerFiles,
        budget: Budget,
    ) -> Result<Self> {
        let stderr = files.make()?;
        let product = loaded.product;
        let mut command = program.command();
        product.prepare(&mut command);
        loaded.program.map_or(Ok(()), |(_, launch)| launch.hand_to(&mut command))?;
        system::lead_a_group(&mut command);
        // What sorts leave there is nameless on Unix, so it is none of the case's files.
        command.env(TEMPORARY_VARIABLE, &files.temporary);
        let mut child = command
            .arg("--serve")
            .arg(&product.library)
            .arg(&files.notes)
            .arg(&files.stack)
            .arg(&files.case)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .with_context(|| format!("cannot start {}", program.program.display()))?;
        let input = child.stdin.take().map(BufWriter::new);
        let replies = Replies::of(child.stdout.take().context("the worker has no output")?);
        let notes = File::options()
            .read(true)
            .write(true)
            .open(&files.notes)
            .context("cannot read a worker's notes")?;
        let mut worker = Self {
            child,
            input,
            replies,
            files,
            notes,
            program: program.program.clone(),
            library: product.library.clone(),
            budget,
        };
        match worker.replies.next(STARTUP) {
            Answer::Reply(Reply::Ready) => Ok(worker),
            Answer::Reply(Reply::Unloadable(reason)) => Err(unusable(product, &reason)),
            Answer::Reply(Reply::Done | Reply::Paused | Reply::CouldNotRun(_))
            | Answer::Garbled(_)
            | Answer::None => Err(unusable(
                product,
                &format!("its worker does not answer {}", last_words(&worker.files.said(0))),
            )),
            Answer::End => {
                let how = worker.status().map_or_else(|it| it.to_string(), shown);
                Err(unusable(
                    product,
                    &format!("its worker ended ({how}) {}", last_words(&worker.files.said(0))),
                ))
            }
        }
    }

    /// Whether the process still runs: an idle one may have been killed by somebody else.
    pub(super) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Runs these, one after the other, until one of them leaves the process unusable. At least one has a result,
    /// unless there was none to run. Unless the process may be used again, it is gone when this returns.
    pub(super) fn run(&mut self, planned: &[PlannedRun]) -> Batch {
        let deadlines: Vec<Duration> = planned.iter().map(|planned| planned.case.deadline).collect();
        self.begin(planned.iter().map(PlannedRun::request).collect(), &deadlines, Instant::now())
    }

    /// Runs these until one of them pauses, or as [`Worker::run`] does. Their time runs from `started` on.
    pub(super) fn begin(
        &mut self,
        runs: Vec<RunRequest<&Verb>>,
        deadlines: &[Duration],
        started: Instant,
    ) -> Batch {
        // Here, and not in the worker: one that dies at once would leave the notes of the request before.
        let cleared = notebook::clear(&mut self.notes).context("cannot clear a worker's notes");
        let request = Request { runs, budget: self.budget };
        let batch = cleared.and_then(|()| self.ask(&request, deadlines, started));
        batch.unwrap_or_else(|error| self.could_not_run(&error))
    }

    /// Lets a run go on that pauses, until it pauses again or ends.
    pub(super) fn go_on(&mut self, deadlines: &[Duration], started: Instant) -> Batch {
        self.ask(&GoOn, deadlines, started).unwrap_or_else(|error| self.could_not_run(&error))
    }

    fn could_not_run(&mut self, error: &anyhow::Error) -> Batch {
        self.kill();
        let end = RunEnd::CouldNotRun(format!("{error:#}"));
        let result = RunResult { outcomes: Vec::new(), end, seconds: 0.0, outstanding: None };
        Batch { results: vec![result], unended: Vec::new(), reusable: false }
    }

    /// Sends a message and waits for the reply. An error is one of the files between it and its process.
    fn ask(&mut self, message: &impl Serialize, deadlines: &[Duration], started: Instant) -> Result<Batch> {
        let said_before = self.files.length_of_said();
        let death = match self.send(message) {
            Ok(()) => self.wait(deadlines, started)?,
            Err(_) => Some(self.death()),
        };
        let notes = self.read_notes()?;
        let reusable = death.is_none() && notes.is_clean();
        let Notes { mut results, unended, place: at, at: under_way, said, .. } = notes;
        let Some(death) = death.filter(|_| results.len() < deadlines.len()) else {
            return Ok(Batch { results, unended, reusable });
        };
        let said = self.files.said(said.max(said_before));
        let stack = stack::of(&self.files.saved_stack(), &said, &self.library, &self.program);
        let end = death.end_of_run(at, last_words(&said), stack);
        let seconds = started.elapsed().saturating_sub(under_way).as_secs_f64();
        results.push(RunResult { outcomes: unended, end, seconds, outstanding: None });
        Ok(Batch { results, unended: Vec::new(), reusable })
    }

    /// Waits until the request is done with or pauses, or the process is dead.
    fn wait(&mut self, deadlines: &[Duration], started: Instant) -> Result<Option<Death>> {
        // It does not say when a run begins: looking this often is often enough for each deadline.
        let often = deadlines.iter().min().copied().unwrap_or(ENDING);
        let mut due = often;
        loop {
            let within = often.min(due.saturating_sub(started.elapsed())).min(usage::OFTEN);
            match self.replies.next(within) {
                Answer::Reply(Reply::Done | Reply::Paused) => return Ok(None),
                Answer::Reply(Reply::CouldNotRun(reason)) => {
                    self.kill();
                    return Ok(Some(Death::CouldNotRun { reason }));
                }
                // It says nothing else once it is ready, so whatever else came is no worker of ours any more.
                Answer::Reply(other) => return Ok(Some(self.garbled(format!("{other:?}")))),
                Answer::Garbled(words) => return Ok(Some(self.garbled(words))),
                Answer::End => return Ok(Some(self.death())),
                Answer::None => {
                    let directories = [&*self.files.case, &*self.files.temporary];
                    if let Some(excess) = usage::excess(&self.child, directories, &self.budget) {
                        self.kill();
                        return Ok(Some(Death::OverBudget(excess)));
                    }
                    if due <= started.elapsed() {
                        due = self.due(deadlines)?;
                    }
                    if due <= started.elapsed() {
                        self.let_save_stack();
                        self.kill();
                        return Ok(Some(Death::TimedOut));
                    }
                }
            }
        }
    }

    fn garbled(&mut self, words: String) -> Death {
        self.kill();
        Death::Garbled { words }
    }

    /// When the run that is under way has to be over.
    fn due(&mut self, deadlines: &[Duration]) -> Result<Duration> {
        let notes = self.read_notes()?;
        let deadline = deadlines.get(notes.results.len()).copied().unwrap_or(ENDING);
        Ok(notes.at + deadline)
    }

    fn read_notes(&mut self) -> Result<Notes> {
        let bytes = notebook::read(&mut self.notes).context("cannot read a worker's notes")?;
        Ok(Notes::read(&bytes))
    }

    fn send(&mut self, message: &impl Serialize) -> std::io::Result<()> {
        let input = self.input.as_mut().ok_or(std::io::ErrorKind::BrokenPipe)?;
        ciborium::into_writer(message, &mut *input).map_err(std::io::Error::other)?;
        input.flush()
    }

    /// The death of a process whose output has ended.
    fn death(&mut self) -> Death {
        match self.status() {
            Ok(Some(status)) if system::is_killed_from_outside(status) => Death::CouldNotRun {
                reason: format!(
                    "its worker was killed ({}), and not by this tool; the system does so when memory is short",
                    system::describe_end(status)
                ),
            },
            Ok(status) => match shown(status) {
                how if how == system::FILE_TOO_LARGE => Death::OverBudget(self.budget.exceeded(Limit::File)),
                how => Death::Crashed { how },
            },
            Err(error) => Death::CouldNotRun { reason: error.to_string() },
        }
    }

    /// How the process ended whose output has ended; `None` for one that only closed its output, and that is killed.
    fn status(&mut self) -> std::io::Result<Option<ExitStatus>> {
        let status = self.wait_until(Instant::now() + ENDING)?;
        if status.is_none() {
            self.kill();
        }
        Ok(status)
    }

    /// Asks a hanging process to end by itself, which saves its stack. One that cannot is killed later.
    fn let_save_stack(&mut self) {
        if system::quit(&self.child).is_ok() {
            let _ = self.wait_until(Instant::now() + SAVING);
        }
    }

    /// Its status once it is gone; `None` when it lives on.
    fn wait_until(&mut self, until: Instant) -> std::io::Result<Option<ExitStatus>> {
        loop {
            let status = self.child.try_wait()?;
            if status.is_some() || Instant::now() >= until {
                return Ok(status);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Worker {
    /// A worker ends when its input does. One that does not is killed. Its files go after it.
    fn drop(&mut self) {
        drop(self.input.take());
        self.kill();
    }
}
