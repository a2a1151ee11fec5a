//! Executing verbs on the library that this process has loaded.
//!
//! This runs in the worker. A [`Session`] is one run of a case: its handles by name, nothing of the run
//! before, and nothing left for the run after.

mod allocations;
mod blocks;
mod calls;
mod capi;
mod doubles;
mod error_log;
#[cfg(test)]
mod fake;
mod files;
mod hooks;
mod named;
mod other;
mod process;
mod rusqlite;
mod shared;
mod steps;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use self::calls::Calls;
use self::steps::Numbered;
pub(super) use self::steps::numbered;
use crate::contract;
use crate::contract::literal::Literal;
use crate::contract::verb::{Call, Fact, Verb};
use crate::outcome::Outcome;
use crate::outcome::sqlite_names::code_number;
use crate::outcome::value::Value;
use crate::worker::ffi::{self, Library, SharedConnection, allocator, mutex};
use crate::worker::io;
use crate::worker::protocol::RunRequest;

/// Told where a long step is, so that a crash in it has a place.
pub(super) type Progress = Box<dyn FnMut(String)>;

/// A way to call SQLite, with the handles of a run by their names.
trait Driver: Calls {
    /// Told which calls come next, in their order and before anything else: a driver that asks another process may send
    /// them together. After one that fails none of those behind it is executed where they `stop_at_failure`.
    fn expect(&mut self, _calls: &[&Call], _stop_at_failure: bool) {}

    /// Told that the rest of these do not come.
    fn expect_no_more(&mut self) {}

    /// Frees every handle.
    fn end(self: Box<Self>);
}

/// A driver without handles.
fn driver(driver: contract::Driver, library: &'static Library) -> Box<dyn Driver> {
    match driver {
        contract::Driver::Capi => Box::new(capi::Capi::new(library)),
        contract::Driver::Rusqlite => Box::new(rusqlite::Rusqlite::new(library)),
        contract::Driver::Python | contract::Driver::Apsw | contract::Driver::Go | contract::Driver::Node => {
            Box::new(other::Other::new(driver, library))
        }
        #[cfg(test)]
        contract::Driver::Fake => Box::new(fake::Fake::default()),
    }
}

/// One run of a case.
pub(super) struct Session {
    library: &'static Library,
    kind: contract::Driver,
    driver: Box<dyn Driver>,
    /// What the library holds for itself from its start on, as SQLCipher does.
    held: i64,
    /// Whether the counting allocator knows the steps by their numbers.
    names_steps: bool,
    /// Whether other threads use the library at the same time.
    is_threads: bool,
    /// Whether no other process or thread works in the same directory.
    is_alone: bool,
    progress: Progress,
}

impl Session {
    /// A session without any handle. The library is initialised unless the case does that itself.
    pub(super) fn new(
        library: &'static Library,
        RunRequest { driver: kind, verbs, pauses, .. }: &RunRequest,
        progress: Progress,
    ) -> Self {
        if !verbs.iter().any(|verb| verb.is(Fact::StartsLibrary)) {
            // A failure shows in the first verb that needs the library.
            let _ = ffi::initialize(library);
            ffi::notice_room(library);
        }
        let held = ffi::memory_used(library).unwrap_or(0);
        let names_steps = steps::name(verbs);
        let is_alone = pauses.is_empty();
        Self {
            library,
            kind: *kind,
            driver: driver(*kind, library),
            held,
            names_steps,
            is_threads: false,
            is_alone,
            progress,
        }
    }

    /// Runs something without any handle of ours, and frees the handles that it made.
    fn apart<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> T {
        let ours = std::mem::replace(&mut self.driver, driver(self.kind, self.library));
        let result = run(self);
        end(std::mem::replace(&mut self.driver, ours));
        result
    }

    /// A session beside this one, with handles of its own.
    fn another(&self) -> Self {
        Self {
            library: self.library,
            kind: self.kind,
            driver: driver(self.kind, self.library),
            held: self.held,
            names_steps: false,
            is_threads: false,
            is_alone: self.is_alone,
            progress: Box::new(|_| {}),
        }
    }

    /// Sessions beside this one for threads, which may share a connection.
    fn for_threads(&self, shared: Option<Arc<SharedConnection>>) -> Sessions {
        Sessions { library: self.library, kind: self.kind, held: self.held, shared }
    }

    /// Frees the handles of a session that is not the case's own.
    fn give_up(self) {
        end(self.driver);
    }

    /// Executes the verb with this number.
    pub(super) fn execute(&mut self, number: u32, verb: &Verb) -> Outcome {
        let interrupted = self.names_steps.then(|| allocator::begin(number));
        let outcome = self.attempt(number, verb);
        if let Some(step) = interrupted {
            allocator::resume(step);
        }
        outcome
    }

    /// Tells the driver which verbs come next.
    pub(super) fn expect<'v>(&mut self, verbs: impl Iterator<Item = &'v Verb>, stop_at_failure: bool) {
        let call = |verb: &'v Verb| if let Verb::Call(call) = verb { Some(call) } else { None };
        let calls: Vec<&Call> = verbs.map_while(call).collect();
        self.driver.expect(&calls, stop_at_failure);
    }

    /// Executes a step inside a block.
    fn step(&mut self, numbered: &Numbered<'_>) -> Outcome {
        self.execute(numbered.number, &numbered.step.verb)
    }

    /// Executes a verb without telling the counting allocator. A panic (rusqlite's, where a function is missing) is a
    /// refusal like any other.
    fn attempt(&mut self, number: u32, verb: &Verb) -> Outcome {
        catch_unwind(AssertUnwindSafe(|| self.dispatch(number, verb)))
            .unwrap_or_else(|panic| Outcome::Refused(format!("panic: {}", panic_message(&*panic))))
    }

    fn dispatch(&mut self, number: u32, verb: &Verb) -> Outcome {
        if mutex::is_library_given_up() {
            return Outcome::Refused("a deadlock inside the library".to_owned());
        }
        if self.is_threads && verb.is_for_one_thread() {
            return Outcome::Refused(format!("`{}` is not for threads", verb.name()));
        }
        if verb.needs_allocator() && !allocator::is_installed() {
            return allocations::not_counted();
        }
        match verb {
            Verb::Call(call) => self.driver.call(call).unwrap_or_else(|instead| instead),
            Verb::Block(block) => blocks::run(self, number, block),
            // The engine judges it: it has the saved outcomes.
            Verb::Check(_) => Outcome::OK,
        }
    }

    /// Ends everything that the run left open. Returns whether the process is as it was before the run, so
    /// that another case may use it.
    pub(super) fn end(self) -> bool {
        end(self.driver);
        if mutex::is_library_given_up() {
            return false;
        }
        ffi::unregister(self.library);
        io::forget();
        files::close();
        ffi::forget_bindings();
        ffi::forget_callbacks();
        process::reset(self.library, self.held)
    }
}

/// Frees every handle, where the library can still be asked to.
fn end(driver: Box<dyn Driver>) {
    if mutex::is_library_given_up() {
        std::mem::forget(driver);
    } else {
        driver.end();
    }
}

/// What a thread needs to make a session of its own.
#[derive(Clone)]
struct Sessions {
    library: &'static Library,
    kind: contract::Driver,
    held: i64,
    shared: Option<Arc<SharedConnection>>,
}

impl Sessions {
    /// A session for the thread that calls this.
    fn one(self) -> Session {
        ffi::make_unavailable();
        let Self { library, kind, held, shared } = self;
        let driver = match shared {
            Some(connection) => Box::new(shared::Shared::new(library, connection)),
            None => driver(kind, library),
        };
        let progress = Box::new(|_| {});
        Session {
            library,
            kind,
            driver,
            held,
            names_steps: false,
            is_threads: true,
            is_alone: false,
            progress,
        }
    }
}

/// A handle by its name, or the outcome that says there is none.
fn named<T>(found: Option<T>, name: &str) -> ffi::Call<T> {
    found.ok_or_else(|| Outcome::NoHandle(name.to_owned()))
}

/// A value that a call returned.
fn value(value: Value) -> Outcome {
    Outcome::Value(value)
}

/// An integer that a call returned.
fn integer(n: impl Into<i64>) -> Outcome {
    Outcome::Value(Value::Integer(n.into()))
}

/// A success that a call has nothing to show for.
fn done((): ()) -> Outcome {
    Outcome::OK
}

/// The bytes of a text or a blob, to be written.
fn bytes(literal: &Literal) -> ffi::Call<Vec<u8>> {
    match literal.to_value() {
        Value::Text(bytes) | Value::Blob(bytes) => Ok(bytes),
        other => Err(Outcome::Refused(format!("{other} has no bytes to write"))),
    }
}

/// The number of a result code, by its name.
fn number_of(code: &str) -> ffi::Call<i32> {
    code_number(code).ok_or_else(|| Outcome::Refused(format!("unknown result code `{code}`")))
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without words")
}
