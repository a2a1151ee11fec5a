//! Executing verbs on the library that this process has loaded.
//!
//! This runs in the worker. A [`Session`] is one run of a case: its handles by name, nothing of the run
//! before, and nothing left for the run after.

mod allocations;
mod capi;
mod doubles;
mod files;
mod hooks;
mod least_memory;
mod named;
mod process;
mod repeat;
mod rusqlite;
mod steps;
mod sweep;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use self::steps::Steps;
use crate::contract::Driver;
use crate::contract::verb::Verb;
use crate::outcome::Outcome;
use crate::outcome::value::Value;
use crate::worker::ffi::{self, Call, Library};

/// Told where a long step is, so that a crash in it has a place.
pub type Progress = Box<dyn FnMut(String)>;

/// One run of a case.
pub struct Session {
    library: &'static Library,
    handles: Handles,
    /// What the library holds for itself from its start on, as SQLCipher does.
    held: i64,
    steps: Rc<Steps>,
    progress: Progress,
}

/// The names of a run, in the terms of its driver.
enum Handles {
    Capi(Box<capi::Handles>),
    Rusqlite(rusqlite::Handles),
}

impl Handles {
    fn new(driver: Driver) -> Self {
        match driver {
            Driver::Capi => Self::Capi(Box::default()),
            Driver::Rusqlite => Self::Rusqlite(rusqlite::Handles::default()),
        }
    }

    fn driver(&self) -> Driver {
        match self {
            Self::Capi(_) => Driver::Capi,
            Self::Rusqlite(_) => Driver::Rusqlite,
        }
    }

    fn end(self, library: &Library) {
        match self {
            Self::Capi(handles) => handles.end(library),
            Self::Rusqlite(handles) => handles.end(),
        }
    }
}

impl Session {
    /// A session without any handle. The library is initialised unless the case does that itself.
    pub fn new(library: &'static Library, driver: Driver, verbs: &[Verb], progress: Progress) -> Self {
        let starts_itself =
            |verb: &Verb| matches!(verb, Verb::Config(_) | Verb::Initialize(_) | Verb::Shutdown(_));
        if !verbs.iter().any(starts_itself) {
            // A failure shows in the first verb that needs the library.
            let _ = ffi::initialize(library);
        }
        let held = ffi::memory_used(library).unwrap_or(0);
        Self { library, handles: Handles::new(driver), held, steps: Rc::new(Steps::of(verbs)), progress }
    }

    /// Runs something without any handle of ours, and frees the handles that it made.
    fn apart<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> T {
        let fresh = Handles::new(self.handles.driver());
        let ours = std::mem::replace(&mut self.handles, fresh);
        let result = run(self);
        std::mem::replace(&mut self.handles, ours).end(self.library);
        result
    }

    /// Executes one verb. A panic (rusqlite's, where a function is missing) is a refusal like any other.
    pub fn execute(&mut self, verb: &Verb) -> Outcome {
        let interrupted = self.steps.begin(verb);
        let outcome = catch_unwind(AssertUnwindSafe(|| self.dispatch(verb)))
            .unwrap_or_else(|panic| Outcome::Refused(format!("panic: {}", panic_message(&*panic))));
        self.steps.resume(interrupted);
        outcome
    }

    fn dispatch(&mut self, verb: &Verb) -> Outcome {
        match verb {
            Verb::Repeat(repeat) => return repeat::run(self, repeat),
            Verb::Sweep(sweep) => return sweep::run(self, sweep),
            Verb::LeastMemory(least) => return least_memory::run(self, least),
            _ => {}
        }
        let of_process = allocations::execute(verb).or_else(|| process::execute(self.library, verb));
        if let Some(outcome) = of_process {
            return outcome;
        }
        let outcome = match &mut self.handles {
            Handles::Capi(handles) => capi::execute(self.library, handles, verb),
            Handles::Rusqlite(handles) => rusqlite::execute(self.library, handles, verb),
        };
        outcome.unwrap_or_else(|instead| instead)
    }

    /// Ends everything that the run left open. Returns whether the process is as it was before the run, so
    /// that another case may use it.
    pub fn end(self) -> bool {
        self.handles.end(self.library);
        ffi::forget_bindings();
        ffi::forget_callbacks();
        process::reset(self.library, self.held)
    }
}

/// A handle by its name, or the outcome that says there is none.
fn named<T>(found: Option<T>, name: &str) -> Call<T> {
    found.ok_or_else(|| Outcome::NoHandle(name.to_owned()))
}

/// A yes or no as SQLite returns it.
fn flag(value: bool) -> Outcome {
    Outcome::Value(Value::Integer(value.into()))
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without words")
}
