//! The driver `rusqlite`: what a Rust program really uses.

mod callbacks;
mod connections;
mod objects;
mod pools;
mod statements;
mod transactions;

use std::collections::BTreeMap;

use super::calls::calls;
use super::process::Process;
use super::{Driver, Outcome, named};
use crate::contract::verb::{DropBehavior, table};
use crate::worker::ffi::{
    Call, Library, RusqliteBackup, RusqliteBlob, RusqliteConnection, RusqlitePool, RusqliteStatement,
    RusqliteTransaction,
};

/// The driver, with what the names of a run stand for. Giving a name again drops its first handle, as Rust does.
pub(super) struct Rusqlite {
    library: &'static Library,
    // Dropped in this order: what borrows a connection before it.
    statements: BTreeMap<String, RusqliteStatement>,
    blobs: BTreeMap<String, RusqliteBlob>,
    backups: BTreeMap<String, RusqliteBackup>,
    transactions: BTreeMap<String, RusqliteTransaction>,
    connections: BTreeMap<String, RusqliteConnection>,
    pools: BTreeMap<String, RusqlitePool>,
    /// Serialized databases, in memory of Rust's.
    images: BTreeMap<String, Vec<u8>>,
}

table!(calls! ($) Rusqlite);

impl Rusqlite {
    pub(super) fn new(library: &'static Library) -> Self {
        Self {
            library,
            statements: BTreeMap::new(),
            blobs: BTreeMap::new(),
            backups: BTreeMap::new(),
            transactions: BTreeMap::new(),
            connections: BTreeMap::new(),
            pools: BTreeMap::new(),
            images: BTreeMap::new(),
        }
    }

    fn connection(&self, name: &str) -> Call<&RusqliteConnection> {
        let connection = named(self.connections.get(name), name)?;
        connection.may_be_used()?;
        Ok(connection)
    }

    /// Refuses a name that an open connection has.
    fn name_is_free(&self, name: &str) -> Call<()> {
        match self.connections.contains_key(name) {
            true => Err(Outcome::Refused(format!("`{name}` is open already"))),
            false => Ok(()),
        }
    }

    /// Ends a connection. One that would not end keeps its name.
    fn end_connection(
        &mut self,
        name: &str,
        end: impl FnOnce(RusqliteConnection) -> Result<(), (RusqliteConnection, Outcome)>,
    ) -> Call<Outcome> {
        match end(named(self.connections.remove(name), name)?) {
            Ok(()) => Ok(Outcome::OK),
            Err((connection, failed)) => {
                self.connections.insert(name.to_owned(), connection);
                Ok(failed)
            }
        }
    }

    /// A connection that rusqlite wants alone.
    fn connection_mut(&mut self, name: &str) -> Call<&mut RusqliteConnection> {
        named(self.connections.get_mut(name), name)
    }

    fn statement(&mut self, name: &str) -> Call<&mut RusqliteStatement> {
        named(self.statements.get_mut(name), name)
    }
}

impl Process for Rusqlite {
    fn library(&self) -> Call<&'static Library> {
        Ok(self.library)
    }
}

impl Driver for Rusqlite {
    /// Drops everything. Transactions are left to their connections, which roll back.
    fn end(mut self: Box<Self>) {
        self.statements.clear();
        self.transactions.values_mut().for_each(|tx| tx.set_drop_behavior(DropBehavior::Ignore));
        self.blobs.clear();
        self.backups.clear();
        self.transactions.clear();
        self.connections.clear();
        self.pools.clear();
    }
}
