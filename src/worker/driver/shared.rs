//! What a thread can do with a connection that others use at the same time.

use std::sync::Arc;

use super::calls::{Calls, lacking};
use super::process::Process;
use super::{Driver, Outcome};
use crate::contract::verb;
use crate::worker::ffi::{Call, Library, SharedConnection};

/// One thread's part in a connection.
pub(super) struct Shared {
    library: &'static Library,
    connection: Arc<SharedConnection>,
}

impl Shared {
    pub(super) fn new(library: &'static Library, connection: Arc<SharedConnection>) -> Self {
        Self { library, connection }
    }
}

impl Process for Shared {
    fn library(&self) -> Call<&'static Library> {
        Ok(self.library)
    }
}

impl Calls for Shared {
    fn call(&mut self, call: &verb::Call) -> Call<Outcome> {
        match call {
            verb::Call::Exec(exec) => self.connection.exec(self.library, &exec.sql),
            verb::Call::Query(query) => self.connection.query(self.library, &query.sql, &query.values),
            // What a repetition measures.
            verb::Call::MemoryUsed(nothing) => self.memory_used(nothing),
            other => Err(lacking("shared", other.name())),
        }
    }
}

impl Driver for Shared {
    fn end(self: Box<Self>) {}
}
