//! Workers, kept for the next case of the same build.

use std::collections::{HashMap, VecDeque};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::batch::{Batch, PlannedRun, RunEnd};
use super::handle::Worker;
use super::idle::Idle;
use super::joint::Company;
use super::worker_files::WorkerFiles;
use crate::builds::Product;
use crate::contract::{Case, DriverVersion};
use crate::system::scratch::{OwnDirectory, Scratch};
use crate::worker::WorkerProgram;
use crate::worker::budget::Budget;
use crate::worker::launch::Launch;

/// More companies than this are ended: there is one for each cell that runs at a time.
const MOST_COMPANIES: usize = 16;

/// How long it takes at most to find that something is short.
const AT_ONCE: Duration = Duration::from_secs(20);

/// What a worker is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Service {
    /// Runs that leave the process as it was.
    Shared,
    /// Runs that need a process that no run used: the worker executes them in copies of itself, and nothing else.
    Fresh,
    /// A single request.
    Once,
}

impl Service {
    /// What a case needs.
    pub(super) fn of(case: &Case) -> Self {
        if case.fresh_process { Self::Fresh } else { Self::Shared }
    }
}

/// What a worker has loaded.
#[derive(Clone, Copy)]
pub(super) struct Loaded<'a> {
    pub product: &'a Product,
    /// The program of another language that it drives.
    pub program: Option<(&'a DriverVersion, &'a Launch)>,
}

impl<'a> Loaded<'a> {
    /// A library alone.
    pub(super) fn library(product: &'a Product) -> Self {
        Self { product, program: None }
    }

    fn kind(&self, service: Service) -> Kind {
        (self.product.build.clone(), service, self.program.map(|(driver, _)| driver.clone()))
    }
}

/// What workers are told apart by.
pub(super) type Kind = (String, Service, Option<DriverVersion>);

/// Workers by the product that they have loaded, and by what they are for.
pub(super) struct Pool {
    program: WorkerProgram,
    scratch: Scratch,
    budget: Budget,
    started: AtomicUsize,
    idle: Mutex<Idle<Worker>>,
    /// Those of a program take turns: to start an interpreter takes longer than to wait for one.
    turns: Mutex<HashMap<Kind, Arc<Mutex<()>>>>,
    /// With the build of their cases. Cells come by builds, so those of a few are enough.
    companies: Mutex<VecDeque<(String, Company)>>,
}

impl Pool {
    pub(super) fn new(program: WorkerProgram, scratch: Scratch, budget: Budget) -> Self {
        Self {
            program,
            scratch,
            budget,
            started: AtomicUsize::new(0),
            idle: Mutex::default(),
            turns: Mutex::default(),
            companies: Mutex::default(),
        }
    }

    pub(super) fn set_budget(&mut self, budget: Budget) {
        self.budget = budget;
    }

    pub(super) fn program(&self) -> &WorkerProgram {
        &self.program
    }

    pub(super) fn directory(&self) -> &Path {
        self.scratch.path()
    }

    /// Runs these in one worker of this product, see [`Worker::run`]. A run that the environment ended gets one new
    /// worker of its own: most of what happens to a machine does not happen twice.
    pub(super) fn run(&self, loaded: &Loaded<'_>, service: Service, planned: &[PlannedRun]) -> Result<Batch> {
        let turn = loaded.program.map(|_| self.turn(loaded.kind(service)));
        let _turn = turn.as_ref().map(|turn| turn.lock().unwrap_or_else(PoisonError::into_inner));
        let mut batch = self.run_once(loaded, service, planned)?;
        let at = batch.results.len().saturating_sub(1);
        if let Some(last) = batch.results.last_mut()
            && matches!(last.end, RunEnd::CouldNotRun(_))
            && let Some(again) = self.run_once(loaded, Service::Once, &planned[at..=at])?.results.pop()
        {
            *last = again;
        }
        Ok(batch)
    }

    fn turn(&self, kind: Kind) -> Arc<Mutex<()>> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner).entry(kind).or_default().clone()
    }

    fn run_once(&self, loaded: &Loaded<'_>, service: Service, planned: &[PlannedRun]) -> Result<Batch> {
        let mut worker = self.take(loaded, service)?;
        let batch = worker.run(planned);
        if batch.reusable && service != Service::Once {
            self.give_back(loaded.kind(service), worker);
        }
        Ok(batch)
    }

    /// An idle worker, or a new one. One that was killed meanwhile is passed over: its death is no case's doing.
    fn take(&self, loaded: &Loaded<'_>, service: Service) -> Result<Worker> {
        let kind = loaded.kind(service);
        let idle = || self.idle().take(&kind);
        let alive = std::iter::from_fn(idle).find_map(|mut worker| worker.is_alive().then_some(worker));
        alive.map_or_else(|| self.start(loaded, |files| files), Ok)
    }

    /// The workers that joint runs of this build have left.
    pub(super) fn company(&self, build: &str) -> Option<Company> {
        let mut companies = self.companies.lock().unwrap_or_else(PoisonError::into_inner);
        let at = companies.iter().position(|(known, _)| known == build)?;
        companies.remove(at).map(|(_, company)| company)
    }

    /// Keeps them for the next cell of the build.
    pub(super) fn keep(&self, build: &str, company: Company) {
        let mut companies = self.companies.lock().unwrap_or_else(PoisonError::into_inner);
        companies.push_back((build.to_owned(), company));
        let excess = companies.len().saturating_sub(MOST_COMPANIES);
        companies.drain(..excess);
    }

    /// A directory that several workers may use for one run.
    pub(super) fn shared_directory(&self) -> Result<OwnDirectory> {
        OwnDirectory::new(self.scratch.path(), "shared-").context("cannot make a directory for cases")
    }

    /// A new worker in such a directory, for one run. It is not kept.
    pub(super) fn start_in(&self, directory: &OwnDirectory, product: &Product) -> Result<Worker> {
        self.start(&Loaded::library(product), |files| files.sharing(directory.path()))
    }

    fn start(&self, loaded: &Loaded<'_>, place: impl Fn(WorkerFiles) -> WorkerFiles) -> Result<Worker> {
        let start = || {
            let number = self.started.fetch_add(1, Ordering::Relaxed);
            let files = place(WorkerFiles::new(&self.scratch, number));
            Worker::start(&self.program, loaded, files, self.budget)
        };
        let began = Instant::now();
        // Descriptors and processes may be short for a moment, and a process may be killed before it is ready. What takes
        // long to fail would do so again.
        start().or_else(|error| if began.elapsed() < AT_ONCE { start() } else { Err(error) })
    }

    fn give_back(&self, kind: Kind, worker: Worker) {
        let excess = self.idle().keep(kind, worker);
        // To end processes takes a while, in which others may take theirs.
        drop(excess);
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Idle<Worker>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
