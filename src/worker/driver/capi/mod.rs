//! The driver `capi`: SQLite's C interface, call by call.

mod callbacks;
mod connections;
mod handed_out;
mod objects;
mod records;
mod sessions;
mod statements;

use self::records::Labels;
use super::calls::calls;
use super::named::Named;
use super::process::Process;
use super::{Driver, Outcome};
use crate::contract::verb::table;
use crate::worker::ffi::{Backup, Blob, Call, Connection, HeldPointer, Kept, Library, Session, Statement};

/// The driver, with what the names of a run stand for.
pub(super) struct Capi {
    library: &'static Library,
    connections: Named<Connection>,
    /// Connections that would not open: they can be asked for their error, and closed.
    unopened: Named<Connection>,
    statements: Named<Statement>,
    blobs: Named<Blob>,
    backups: Named<Backup>,
    sessions: Named<Session>,
    kept: Named<Kept>,
    pointers: Named<HeldPointer>,
    /// The results of sqllogictest's labels.
    labels: Labels,
}

table!(calls! ($) Capi);

impl Capi {
    pub(super) fn new(library: &'static Library) -> Self {
        Self {
            library,
            connections: Named::default(),
            unopened: Named::default(),
            statements: Named::default(),
            blobs: Named::default(),
            backups: Named::default(),
            sessions: Named::default(),
            kept: Named::default(),
            pointers: Named::default(),
            labels: Labels::default(),
        }
    }

    fn connection(&self, name: &str) -> Call<&Connection> {
        self.connections.get(name)
    }

    /// The connection that was opened last under a name, whether it would open or not.
    fn opened(&self, name: &str) -> Call<&Connection> {
        self.unopened.get(name).or_else(|_| self.connections.get(name))
    }

    /// The same, taken out.
    fn take_opened(&mut self, name: &str) -> Call<Connection> {
        self.unopened.take(name).or_else(|_| self.connections.take(name))
    }

    fn statement(&self, name: &str) -> Call<&Statement> {
        self.statements.get(name)
    }

    /// Keeps what SQLite handed out under the name that a step gives it, or frees it.
    fn keep_or_free(&mut self, kept: Kept, name: Option<&str>) -> Call<()> {
        match name {
            Some(name) => {
                self.kept.keep(name, kept);
                Ok(())
            }
            None => kept.free(self.library),
        }
    }

    /// What was handed out is the outcome.
    fn show(&mut self, kept: Kept, name: Option<&str>) -> Call<Outcome> {
        let outcome = kept.read(self.library)?;
        self.keep_or_free(kept, name)?;
        Ok(outcome)
    }
}

impl Process for Capi {
    fn library(&self) -> Call<&'static Library> {
        Ok(self.library)
    }
}

impl Driver for Capi {
    /// Frees everything: what holds a connection before it, and what a connection may read from after it.
    fn end(self: Box<Self>) {
        let library = self.library;
        self.backups.into_all().for_each(|backup| drop(backup.finish(library)));
        self.blobs.into_all().for_each(|blob| drop(blob.close(library)));
        self.sessions.into_all().for_each(|session| drop(session.delete(library)));
        self.statements.into_all().for_each(|statement| drop(statement.finalize(library)));
        let connections = self.connections.into_all().chain(self.unopened.into_all());
        connections.for_each(|connection| drop(connection.close(library)));
        self.kept.into_all().for_each(|kept| drop(kept.free(library)));
    }
}
