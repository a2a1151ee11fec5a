//! Drivers in other languages: a program executes the calls, in a process with the library under test as its own.
//!
//! A program is kept for the next run, as a worker is, unless a run has left memory in it.

#[cfg_attr(not(unix), path = "no_program.rs")]
mod program;
mod wire;

use std::sync::{Mutex, PoisonError};

use self::program::Program;
use super::calls::{Calls, lacking};
use super::process::Process;
use super::{Driver, Outcome, integer};
use crate::contract;
use crate::contract::verb::Call as Verb;
use crate::worker::ffi::{Call, Library};

/// A driver of a language.
pub(super) struct Other {
    library: &'static Library,
    kind: contract::Driver,
    /// From its first call on.
    program: Option<Program>,
}

/// The program that the run before has left.
static IDLE: Mutex<Option<Program>> = Mutex::new(None);

impl Other {
    pub(super) fn new(kind: contract::Driver, library: &'static Library) -> Self {
        Self { library, kind, program: None }
    }

    fn program(&mut self) -> &mut Program {
        let idle = || IDLE.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.program.get_or_insert_with(|| idle().unwrap_or_else(Program::start))
    }

    /// Sets a limit, which not every library has.
    fn limit(&mut self, question: &str) -> Call<Outcome> {
        let program = self.program();
        let before = program.number(question);
        program.missing().map_or(Ok(integer(before)), |function| Err(Outcome::Missing(function)))
    }

    /// A number that the program itself does not know.
    fn number(&mut self, question: &str) -> i64 {
        self.program().number(question)
    }
}

/// What is asked of the guard, or done by the worker itself.
fn is_of_the_worker(call: &Verb) -> bool {
    matches!(
        call,
        Verb::MemoryUsed(_)
            | Verb::MemoryHighwater(_)
            | Verb::ReleaseMemory(_)
            | Verb::SoftHeapLimit(_)
            | Verb::HardHeapLimit(_)
            | Verb::DbStatus(_)
            | Verb::StmtCount(_)
            | Verb::ConnectionCount(_)
            | Verb::FileSize(_)
            | Verb::FileBytes(_)
            | Verb::FileHash(_)
            | Verb::WriteFile(_)
    )
}

impl Calls for Other {
    fn call(&mut self, call: &Verb) -> Call<Outcome> {
        if !call.drivers().contains(&self.kind) {
            return Err(lacking(self.kind.name(), call.name()));
        }
        match call {
            Verb::MemoryUsed(_) => Ok(Outcome::Quantity(self.number("memory_used"))),
            Verb::MemoryHighwater(mark) => {
                Ok(Outcome::Quantity(self.number(&format!("memory_highwater {}", i32::from(mark.reset)))))
            }
            Verb::ReleaseMemory(wanted) => {
                Ok(Outcome::Quantity(self.number(&format!("release_memory {}", wanted.bytes))))
            }
            Verb::SoftHeapLimit(limit) => self.limit(&format!("soft_heap_limit {}", limit.bytes)),
            Verb::HardHeapLimit(limit) => self.limit(&format!("hard_heap_limit {}", limit.bytes)),
            Verb::DbStatus(status) => {
                let question = format!("db_status {} {}", status.counter.number(), i32::from(status.reset));
                Ok(Outcome::Quantity(self.number(&question)))
            }
            Verb::StmtCount(_) => Ok(integer(self.number("stmt_count"))),
            Verb::ConnectionCount(_) => Ok(integer(self.number("connection_count"))),
            Verb::FileSize(path) => self.file_size(path),
            Verb::FileBytes(read) => self.file_bytes(read),
            Verb::FileHash(path) => self.file_hash(path),
            Verb::WriteFile(write) => self.write_file(write),
            call => self.program().run(call),
        }
    }
}

impl Process for Other {
    fn library(&self) -> Call<&'static Library> {
        Ok(self.library)
    }
}

impl Driver for Other {
    /// Sends the calls up to the first that is not the program's.
    fn expect(&mut self, calls: &[&Verb], stop_at_failure: bool) {
        let is_its = |call: &&&Verb| call.drivers().contains(&self.kind) && !is_of_the_worker(call);
        let calls: Vec<&Verb> = calls.iter().take_while(is_its).copied().collect();
        if !calls.is_empty() {
            self.program().send_ahead(&calls, stop_at_failure);
        }
    }

    fn expect_no_more(&mut self) {
        self.program.iter_mut().for_each(Program::drop_replies);
    }

    fn end(mut self: Box<Self>) {
        if let Some(mut program) = self.program.take()
            && program.is_clean()
        {
            *IDLE.lock().unwrap_or_else(PoisonError::into_inner) = Some(program);
        }
    }
}
