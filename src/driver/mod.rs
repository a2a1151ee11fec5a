//! Executing verbs on the library that this process has loaded.
//!
//! This runs in the worker. A [`Session`] is one run of a case: its handles by name, nothing of the run
//! before, and nothing left for the run after.

mod capi;
mod capi_callbacks;
mod capi_details;
mod named;
mod objects;
mod process;
mod repeat;
mod rusqlite;
mod rusqlite_callbacks;
mod rusqlite_objects;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::contract::Driver;
use crate::contract::verb::Verb;
use crate::ffi::{self, Call, Library};
use crate::outcome::Outcome;
use crate::value::Value;

/// One run of a case.
pub struct Session {
    library: &'static Library,
    handles: Handles,
}

/// The names of a run, in the terms of its driver.
enum Handles {
    Capi(Box<capi::Handles>),
    Rusqlite(rusqlite::Handles),
}

impl Session {
    /// A session without any handle. The library is initialised unless the case does that itself.
    pub fn new(library: &'static Library, driver: Driver, verbs: &[Verb]) -> Self {
        let starts_itself =
            |verb: &Verb| matches!(verb, Verb::Config(_) | Verb::Initialize(_) | Verb::Shutdown(_));
        if !verbs.iter().any(starts_itself) {
            // A failure shows in the first verb that needs the library.
            let _ = ffi::initialize(library);
        }
        let handles = match driver {
            Driver::Capi => Handles::Capi(Box::default()),
            Driver::Rusqlite => Handles::Rusqlite(rusqlite::Handles::default()),
        };
        Self { library, handles }
    }

    /// Executes one verb. A panic (rusqlite's, where a function is missing) is a refusal like any other.
    pub fn execute(&mut self, verb: &Verb) -> Outcome {
        catch_unwind(AssertUnwindSafe(|| self.dispatch(verb)))
            .unwrap_or_else(|panic| Outcome::Refused(format!("panic: {}", panic_message(&*panic))))
    }

    fn dispatch(&mut self, verb: &Verb) -> Outcome {
        if let Verb::Repeat(repeat) = verb {
            return repeat::run(self, repeat);
        }
        if let Some(outcome) = process::execute(self.library, verb) {
            return outcome;
        }
        let outcome = match &mut self.handles {
            Handles::Capi(handles) => capi::execute(self.library, handles, verb),
            Handles::Rusqlite(handles) => rusqlite::execute(self.library, handles, verb),
        };
        outcome.unwrap_or_else(|instead| instead)
    }

    /// Ends everything that the run left open. Answers whether the process is as it was before the run, so
    /// that another case may use it.
    pub fn end(self) -> bool {
        match self.handles {
            Handles::Capi(handles) => handles.end(self.library),
            Handles::Rusqlite(handles) => handles.end(),
        }
        ffi::forget_bindings();
        ffi::forget_callbacks();
        process::reset(self.library)
    }
}

/// A handle by its name, or the outcome that says there is none.
fn named<T>(found: Option<T>, name: &str) -> Call<T> {
    found.ok_or_else(|| Outcome::NoHandle(name.to_owned()))
}

/// A hook to set, or none to take away what was set.
fn hook_of(off: bool, does: ffi::Does, elsewhere: Option<ffi::Elsewhere>, name: &str) -> ffi::NewHook {
    (!off).then(|| (does, elsewhere, name.to_owned()))
}

/// A yes or no as SQLite answers it.
fn flag(value: bool) -> Outcome {
    Outcome::Value(Value::Integer(value.into()))
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without words")
}
