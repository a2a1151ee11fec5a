//! Workers, kept for the next case of the same build.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::Result;

use super::worker::{Worker, WorkerFiles};
use crate::builds::Product;
use crate::scratch::Scratch;
use crate::worker::WorkerProgram;

/// More idle workers than this are ended: each holds a few MiB.
const MOST_IDLE: usize = 128;

/// Idle workers by the product that they have loaded.
pub(super) struct Pool {
    program: WorkerProgram,
    scratch: Scratch,
    started: AtomicUsize,
    idle: Mutex<HashMap<String, Vec<Worker>>>,
}

impl Pool {
    pub fn new(program: WorkerProgram, scratch: Scratch) -> Self {
        Self { program, scratch, started: AtomicUsize::new(0), idle: Mutex::default() }
    }

    pub fn program(&self) -> &WorkerProgram {
        &self.program
    }

    /// An idle worker of this product, or a new one. One that was killed meanwhile is passed over: its death
    /// is no case's doing.
    pub fn take(&self, product: &Product) -> Result<Worker> {
        let idle = || self.idle().get_mut(&product.build).and_then(Vec::pop);
        let alive = std::iter::from_fn(idle).find_map(|mut worker| worker.is_alive().then_some(worker));
        alive.map_or_else(|| self.start(product), Ok)
    }

    /// A worker that no case has used.
    pub fn start(&self, product: &Product) -> Result<Worker> {
        let number = self.started.fetch_add(1, Ordering::Relaxed);
        Worker::start(&self.program, product, WorkerFiles::new(&self.scratch, number))
    }

    /// Keeps a worker for the next case.
    pub fn give_back(&self, product: &Product, worker: Worker) {
        let mut idle = self.idle();
        if idle.values().map(Vec::len).sum::<usize>() < MOST_IDLE {
            idle.entry(product.build.clone()).or_default().push(worker);
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, HashMap<String, Vec<Worker>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
