//! A run that several processes execute in one directory: one for each build that its steps name, and a new one after
//! each that is killed. They take turns.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};

use super::batch::{Batch, PlannedRun, RunEnd, RunResult};
use super::handle::Worker;
use super::others::Others;
use super::pool::Pool;
use crate::builds::{Product, Store};
use crate::contract::other_build::OtherBuild;
use crate::contract::verb::{Fact, Verb};
use crate::contract::{DriverVersion, Run};
use crate::languages::{Languages, Unable};
use crate::outcome::Outcome;
use crate::system::scratch::OwnDirectory;
use crate::worker::case_directory::CaseDirectory;
use crate::worker::launch::Launch;
use crate::worker::protocol::RunRequest;

/// What a run needs beside its steps.
pub(super) struct Setting<'a> {
    /// The product of the case's own build.
    pub own: &'a Product,
    pub others: &'a Others,
    /// What is in the directory when a run begins.
    pub files: &'a [CaseFile],
    /// The driver that the build is one of, and its version: no other driver runs on it.
    pub driver: Option<&'a DriverVersion>,
    /// Who knows how to start a driver in another language.
    pub programs: &'a Programs<'a>,
}

/// The programs of drivers in other languages on this machine.
pub(super) struct Programs<'a> {
    pub languages: &'a Languages,
    pub store: &'a Store,
}

impl Programs<'_> {
    /// How to start a driver on a product; nothing for one that needs no program. The error is why it cannot be
    /// started.
    pub(super) fn launch(
        &self,
        driver: &DriverVersion,
        product: &Product,
    ) -> Result<Option<Arc<Launch>>, Unable> {
        let is_program = driver.driver.is_of_a_language();
        is_program.then(|| self.languages.launch(driver, product, self.store)).transpose()
    }
}

/// A file of which each run gets a copy of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFile {
    /// Where it is. It is only read.
    pub from: PathBuf,
    /// Its name in the case's directory.
    pub name: String,
}

impl CaseFile {
    /// The copy can be written, also where the file cannot.
    fn copy_into(&self, directory: &Path) -> Result<()> {
        let copy =
            || std::io::copy(&mut File::open(&self.from)?, &mut File::create(directory.join(&self.name))?);
        copy().map(drop).with_context(|| format!("cannot copy {}", self.from.display()))
    }
}

/// Workers in one directory, for the runs of a cell one after the other.
pub(super) struct Company {
    /// By the words of their builds, those that are there for the next run.
    idle: BTreeMap<Option<OtherBuild>, Worker>,
    /// After the workers, so that these are gone when it is removed.
    directory: OwnDirectory,
}

impl Company {
    fn new(pool: &Pool) -> Result<Self> {
        Ok(Self { idle: BTreeMap::new(), directory: pool.shared_directory()? })
    }
}

/// Executes a run, in `company` and with what is left of it, unless the run needs processes that no run used. One that
/// the environment ended is executed once more.
///
/// # Errors
/// When the case's own build cannot be loaded.
pub(super) fn run(
    planned: &PlannedRun,
    setting: &Setting<'_>,
    pool: &Pool,
    company: &mut Option<Company>,
) -> Result<RunResult> {
    let mut fresh = None;
    let company = if planned.case.fresh_process { &mut fresh } else { company };
    let result = run_once(planned, setting, pool, company)?;
    match result.end {
        RunEnd::CouldNotRun(_) => run_once(planned, setting, pool, &mut None),
        _ => Ok(result),
    }
}

/// A company is left only by a run that came to its end.
fn run_once(
    planned: &PlannedRun,
    setting: &Setting<'_>,
    pool: &Pool,
    left: &mut Option<Company>,
) -> Result<RunResult> {
    let company = left.take().map_or_else(|| Company::new(pool), Ok)?;
    setting.files.iter().try_for_each(|file| file.copy_into(company.directory.path()))?;
    let (lives, parts) = plan(planned.run);
    let mut joint =
        Joint { planned, setting, pool, lives, outcomes: Vec::new(), started: Instant::now(), company };
    let mut end = None;
    for part in parts {
        end = joint.execute(part)?;
        if end.is_some() {
            break;
        }
    }
    let end = end.unwrap_or_else(|| joint.close());
    let seconds = joint.started.elapsed().as_secs_f64();
    let result = RunResult { outcomes: std::mem::take(&mut joint.outcomes), end, seconds, outstanding: None };
    if result.end == RunEnd::Done && CaseDirectory::at(joint.company.directory.path()).clear().is_ok() {
        *left = Some(joint.company);
    }
    Ok(result)
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
    planned: &'a PlannedRun<'a>,
    setting: &'a Setting<'a>,
    pool: &'a Pool,
    lives: Vec<Life<'a>>,
    outcomes: Vec<Outcome>,
    started: Instant,
    company: Company,
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
        let idle = self.company.idle.remove(&on.cloned());
        let start = || self.pool.start_in(&self.company.directory, self.setting.of(on));
        match (idle.map_or_else(start, Ok), on) {
            (Ok(worker), _) => {
                let request = self.request(&self.lives[at]);
                let worker = self.lives[at].worker.insert(worker);
                let batch = worker.begin(vec![request], &[self.planned.case.deadline], self.started);
                Ok(self.take(at, batch))
            }
            (Err(error), None) => Err(error),
            (Err(error), Some(_)) => Ok(Some(RunEnd::CouldNotRun(format!("{error:#}")))),
        }
    }

    /// What the process must know. What the case requires is said of its own build.
    fn request<'v>(&self, life: &Life<'v>) -> RunRequest<&'v Verb> {
        let functions = if life.on.is_none() { self.planned.request().functions } else { Vec::new() };
        RunRequest {
            functions,
            verbs: life.verbs.clone(),
            // Nothing else would use this process.
            fresh: false,
            pauses: life.pauses.clone(),
            ..self.planned.request()
        }
    }

    fn go_on(&mut self, at: usize) -> Batch {
        let worker = self.lives[at].worker.as_mut().expect("only a process that has begun goes on");
        worker.go_on(&[self.planned.case.deadline], self.started)
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
            Some(end) if life.on.is_some() => Some(end.on(&self.setting.of(life.on).build)),
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
            let reusable = batch.reusable;
            match self.take(at, batch) {
                None | Some(RunEnd::Done) => {}
                Some(end) => return end,
            }
            let life = &mut self.lives[at];
            let worker = life.worker.take().filter(|_| reusable);
            self.company.idle.extend(worker.map(|worker| (life.on.cloned(), worker)));
        }
        RunEnd::Done
    }
}

impl Setting<'_> {
    fn of(&self, on: Option<&OtherBuild>) -> &Product {
        let other = on.and_then(|word| self.others.get(word)?.as_ref().ok());
        other.map_or(self.own, |ready| &ready.product)
    }
}
