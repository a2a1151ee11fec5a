//! Builds many builds at once: some sources are fetched while others compile.

use std::sync::{Mutex, mpsc};
use std::time::Instant;

use super::store::{Progress, Store};
use super::{Build, BuildError, Product};

/// Builds to compile, at most `jobs` at a time.
pub struct Batch<'a> {
    store: &'a Store,
    builds: Vec<&'a Build>,
    jobs: usize,
}

/// The result of one build.
#[derive(Debug)]
pub struct Outcome<'a> {
    /// The build.
    pub build: &'a Build,
    /// Its product, or the reason why it has none.
    pub result: Result<Product, BuildError>,
    /// How long it took in seconds, without the time spent in the queue.
    pub seconds: f64,
    /// Whether the product existed before.
    pub was_there: bool,
}

/// Is notified of the progress and of the result of each build.
pub trait BatchProgress: Progress {
    /// A build is finished or has failed.
    fn done(&self, outcome: &Outcome<'_>);
}

impl BatchProgress for () {
    fn done(&self, _: &Outcome<'_>) {}
}

impl<'a> Batch<'a> {
    /// A batch of builds, one compiler process per core.
    pub fn new(store: &'a Store, builds: impl IntoIterator<Item = &'a Build>) -> Self {
        Self { store, builds: builds.into_iter().collect(), jobs: crate::system::cores() }
    }

    /// Sets the number of compiler processes; 0 counts as 1.
    pub fn jobs(mut self, jobs: usize) -> Self {
        self.jobs = jobs.max(1);
        self
    }

    /// Compiles every build; a failure does not stop the others. The longest start first, so that none of them runs
    /// alone at the end. The outcomes are in the order of the builds.
    pub fn run(&self, progress: &dyn BatchProgress) -> Vec<Outcome<'a>> {
        let (fetched, queue) = mpsc::channel();
        let queue = Mutex::new(queue);
        let outcomes = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            scope.spawn(|| self.fetch_all(progress, fetched));
            for _ in 0..self.jobs.min(self.builds.len()) {
                scope.spawn(|| {
                    while let Some(ready) = next(&queue) {
                        let outcome = self.make(ready, progress);
                        progress.done(&outcome);
                        lock(&outcomes).push(outcome);
                    }
                });
            }
        });
        let mut outcomes = outcomes.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        outcomes
            .sort_by_key(|outcome| self.builds.iter().position(|build| build.name() == outcome.build.name()));
        outcomes
    }

    /// One thread fetches for all: more would not make the network faster, and cargo locks its cache anyway.
    fn fetch_all(&self, progress: &dyn BatchProgress, fetched: mpsc::Sender<Ready<'a>>) {
        let mut builds = self.builds.clone();
        builds.sort_by_key(|build| std::cmp::Reverse(build.profile().cost()));
        for build in builds {
            let ready = match self.store.find(build) {
                Some(product) => Ready::There(build, Box::new(product)),
                None => Ready::Fetched(build, self.fetch(build, progress)),
            };
            if fetched.send(ready).is_err() {
                return;
            }
        }
    }

    /// What cannot be compiled need not be fetched.
    fn fetch(&self, build: &Build, progress: &dyn BatchProgress) -> Result<(), BuildError> {
        match self.store.check_needs(build) {
            Err(lack @ BuildError::Lacking { .. }) => Err(lack),
            _ => self.store.fetch(build, progress).map(drop),
        }
    }

    fn make(&self, ready: Ready<'a>, progress: &dyn BatchProgress) -> Outcome<'a> {
        let started = Instant::now();
        let (build, result, was_there) = match ready {
            Ready::There(build, product) => (build, Ok(*product), true),
            Ready::Fetched(build, Ok(())) => (build, self.store.ensure(build, progress), false),
            Ready::Fetched(build, Err(error)) => (build, Err(error), false),
        };
        Outcome { build, result, seconds: started.elapsed().as_secs_f64(), was_there }
    }
}

/// A build that is ready to compile.
enum Ready<'a> {
    There(&'a Build, Box<Product>),
    Fetched(&'a Build, Result<(), BuildError>),
}

fn next<'a>(queue: &Mutex<mpsc::Receiver<Ready<'a>>>) -> Option<Ready<'a>> {
    lock(queue).recv().ok()
}

/// Locks despite poisoning: a thread that panicked left nothing half-done behind this lock.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
