//! A run that several processes execute in one directory: one for each build that its steps name, and a new one after
//! each that is killed. They take turns, and are gone afterwards.

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::Result;

use super::batch::{Batch, RunEnd, RunResult, Turn};
use super::handle::Worker;
use super::others::Others;
use super::pool::Pool;
use crate::builds::Product;
use crate::contract::Run;
use crate::contract::other_build::OtherBuild;
use crate::contract::verb::{Fact, Verb};
use crate::outcome::Outcome;
use crate::system::scratch::OwnDirectory;
use crate::worker::protocol::RunRequest;

/// Whose processes a run needs.
pub(super) struct Builds<'a> {
    /// Of the case's own build.
    pub own: &'a Product,
    pub others: &'a Others,
}

/// Executes a run. One that the environment ended is executed once more.
///
/// # Errors
/// When the case's own build cannot be loaded.
pub(super) fn run(turn: &Turn, builds: &Builds<'_>, pool: &Pool) -> Result<RunResult> {
    let result = run_once(turn, builds, pool)?;
    if matches!(result.end, RunEnd::CouldNotRun(_)) { run_once(turn, builds, pool) } else { Ok(result) }
}

fn run_once(turn: &Turn, builds: &Builds<'_>, pool: &Pool) -> Result<RunResult> {
    let (lives, parts) = plan(turn.run);
    let directory = pool.shared_directory()?;
    let mut joint =
        Joint { turn, builds, pool, lives, outcomes: Vec::new(), started: Instant::now(), directory };
    for part in parts {
        if let Some(end) = joint.execute(part)? {
            return Ok(joint.result(end));
        }
    }
    let end = joint.close();
    Ok(joint.result(end))
}

/// A process from its start until it is killed or the run ends.
struct Life<'a> {
    on: Option<&'a OtherBuild>,
    verbs: Vec<&'a Verb>,
    /// After how many of them it waits for the others: at last after all, so that nothing is closed before its time.
    pauses: Vec<usize>,
    is_killed: bool,
    worker: Option<Worker>,
    /// How many of its outcomes are known.
    done: usize,
}

/// Which process executes each group of steps that follow each other.
fn plan(run: &Run) -> (Vec<Life<'_>>, Vec<usize>) {
    let mut lives: Vec<Life> = Vec::new();
    let mut parts = Vec::new();
    let mut living: BTreeMap<Option<&OtherBuild>, usize> = BTreeMap::new();
    for step in run.steps.iter().map(|placed| &placed.step) {
        let on = step.on.as_ref();
        let at = *living.entry(on).or_insert_with(|| {
            lives.push(Life { on, verbs: vec![], pauses: vec![], is_killed: false, worker: None, done: 0 });
            lives.len() - 1
        });
        let life = &mut lives[at];
        if parts.last() == Some(&at) {
            life.pauses.pop();
        } else {
            parts.push(at);
        }
        life.verbs.push(&step.verb);
        life.pauses.push(life.verbs.len());
        life.is_killed = step.verb.is(Fact::EndsProcess);
        if life.is_killed {
            living.remove(&on);
        }
    }
    (lives, parts)
}

struct Joint<'a> {
    turn: &'a Turn<'a>,
    builds: &'a Builds<'a>,
    pool: &'a Pool,
    lives: Vec<Life<'a>>,
    outcomes: Vec<Outcome>,
    started: Instant,
    /// After the workers, so that these are gone when it is removed.
    directory: OwnDirectory,
}

impl Joint<'_> {
    /// Executes the steps of a process up to its next pause. Returns how the run ended, if it did.
    fn execute(&mut self, at: usize) -> Result<Option<RunEnd>> {
        if self.lives[at].worker.is_none() {
            return self.begin(at);
        }
        let batch = self.go_on(at);
        Ok(self.take(at, batch))
    }

    fn begin(&mut self, at: usize) -> Result<Option<RunEnd>> {
        let on = self.lives[at].on;
        match (self.pool.start_in(&self.directory, self.builds.of(on)), on) {
            (Ok(worker), _) => {
                let request = self.request(&self.lives[at]);
                let worker = self.lives[at].worker.insert(worker);
                let batch = worker.begin(vec![request], &[self.turn.case.deadline], self.started);
                Ok(self.take(at, batch))
            }
            (Err(error), None) => Err(error),
            (Err(error), Some(_)) => Ok(Some(RunEnd::CouldNotRun(format!("{error:#}")))),
        }
    }

    /// What the process must know. What the case requires is said of its own build.
    fn request<'v>(&self, life: &Life<'v>) -> RunRequest<&'v Verb> {
        let functions = if life.on.is_none() { self.turn.request().functions } else { Vec::new() };
        RunRequest {
            functions,
            verbs: life.verbs.clone(),
            // It is new.
            fresh: false,
            pauses: life.pauses.clone(),
            ..self.turn.request()
        }
    }

    fn go_on(&mut self, at: usize) -> Batch {
        let worker = self.lives[at].worker.as_mut().expect("only a process that has begun goes on");
        worker.go_on(&[self.turn.case.deadline], self.started)
    }

    /// Takes the outcomes that are new: a process notes all of a run.
    fn take(&mut self, at: usize, mut batch: Batch) -> Option<RunEnd> {
        let life = &mut self.lives[at];
        let (outcomes, end) = match batch.results.pop() {
            Some(result) => (result.outcomes, Some(result.end)),
            None => (batch.unended, None),
        };
        let known = std::mem::replace(&mut life.done, outcomes.len());
        self.outcomes.extend(outcomes.into_iter().skip(known));
        let is_at_kill = life.is_killed && life.done + 1 == life.verbs.len();
        match end {
            Some(RunEnd::Crashed { .. } | RunEnd::CouldNotRun(_)) if is_at_kill => {
                life.worker = None;
                self.outcomes.push(Outcome::OK);
                None
            }
            Some(end) if life.on.is_some() => Some(end.on(&self.builds.of(life.on).build)),
            end => end,
        }
    }

    /// Ends what the processes have left open, the one that began first at first.
    fn close(&mut self) -> RunEnd {
        for at in 0..self.lives.len() {
            if self.lives[at].worker.is_none() {
                continue;
            }
            let batch = self.go_on(at);
            match self.take(at, batch) {
                None | Some(RunEnd::Done) => {}
                Some(end) => return end,
            }
        }
        RunEnd::Done
    }

    fn result(self, end: RunEnd) -> RunResult {
        let seconds = self.started.elapsed().as_secs_f64();
        RunResult { outcomes: self.outcomes, end, seconds, outstanding: None }
    }
}

impl Builds<'_> {
    fn of(&self, on: Option<&OtherBuild>) -> &Product {
        let other = on.and_then(|word| self.others.get(word)?.as_ref().ok());
        other.map_or(self.own, |ready| &ready.product)
    }
}
