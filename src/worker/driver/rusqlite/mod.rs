//! The driver `rusqlite`: what a Rust program really uses.

mod callbacks;
mod objects;

use std::collections::BTreeMap;

use super::capi::open_flags;
use super::{Outcome, flag, named};
use crate::contract::verb::{Bind, DropBehavior, Parameter, Prepare, Verb};
use crate::outcome::value::Value;
use crate::worker::ffi::{
    Call, Library, RusqliteBackup, RusqliteBlob, RusqliteConnection, RusqliteStatement, RusqliteTransaction,
    rusqlite_outcome,
};

/// What the names of a run stand for. Giving a name again drops its first handle, as Rust does.
#[derive(Default)]
pub struct Handles {
    // Dropped in this order: what borrows a connection before it.
    statements: BTreeMap<String, RusqliteStatement>,
    blobs: BTreeMap<String, RusqliteBlob>,
    backups: BTreeMap<String, RusqliteBackup>,
    transactions: BTreeMap<String, RusqliteTransaction>,
    connections: BTreeMap<String, RusqliteConnection>,
    /// Serialized databases, in memory of Rust's.
    images: BTreeMap<String, Vec<u8>>,
}

impl Handles {
    fn connection(&self, name: &str) -> Call<&RusqliteConnection> {
        let connection = named(self.connections.get(name), name)?;
        connection.may_be_used()?;
        Ok(connection)
    }

    fn connection_mut(&mut self, name: &str) -> Call<&mut RusqliteConnection> {
        named(self.connections.get_mut(name), name)
    }

    fn statement(&mut self, name: &str) -> Call<&mut RusqliteStatement> {
        named(self.statements.get_mut(name), name)
    }

    /// Drops everything. Transactions are left to their connections, which roll back.
    pub fn end(mut self) {
        self.statements.clear();
        self.transactions.values_mut().for_each(|tx| tx.set_drop_behavior(DropBehavior::Ignore));
        self.blobs.clear();
        self.backups.clear();
        self.transactions.clear();
        self.connections.clear();
    }
}

/// Executes a verb that concerns connections and statements.
pub fn execute(library: &Library, handles: &mut Handles, verb: &Verb) -> Call<Outcome> {
    let ok = Ok(Outcome::Code(0));
    let integer = |n: i64| Ok(Outcome::Value(Value::Integer(n)));
    match verb {
        Verb::Open(open) => {
            if handles.connections.contains_key(open.db.as_str()) {
                return Err(Outcome::Refused(format!("`{}` is open already", open.db.as_str())));
            }
            let connection = RusqliteConnection::open(&open.path, open_flags(&open.flags))?;
            handles.connections.insert(open.db.to_string(), connection);
            ok
        }
        Verb::Close(on) => close(handles, &on.db),
        Verb::Exec(exec) => {
            let connection = handles.connection(&exec.db)?.get();
            connection.execute_batch(&exec.sql).map_err(rusqlite_outcome)?;
            ok
        }
        Verb::Query(query) => handles.connection(&query.db)?.query(&query.sql, &query.values),
        Verb::Prepare(prepare) => self::prepare(handles, prepare),
        Verb::Bind(bind) => self::bind(handles.statement(&bind.stmt)?, bind),
        Verb::Step(on) => handles.statement(&on.stmt)?.step(),
        Verb::Reset(on) => {
            handles.statement(&on.stmt)?.reset();
            ok
        }
        Verb::ClearBindings(on) => {
            handles.statement(&on.stmt)?.clear_bindings();
            ok
        }
        Verb::Finalize(on) => {
            named(handles.statements.remove(on.stmt.as_str()), &on.stmt)?.finalize()?;
            ok
        }
        Verb::ColumnName(column) => {
            let at = usize::try_from(column.at).unwrap_or(usize::MAX);
            Ok(Outcome::Value(handles.statement(&column.stmt)?.column_name(at)))
        }
        Verb::ColumnCount(on) => count(handles.statement(&on.stmt)?.column_count()),
        Verb::BindParameterCount(on) => count(handles.statement(&on.stmt)?.parameter_count()),
        Verb::ExpandedSql(on) => Ok(Outcome::Value(handles.statement(&on.stmt)?.expanded_sql())),
        Verb::StmtReadonly(on) => Ok(flag(handles.statement(&on.stmt)?.readonly())),
        Verb::StmtStatus(status) => {
            let statement = handles.statement(&status.stmt)?;
            Ok(Outcome::Quantity(statement.status(status.counter, status.reset)))
        }
        Verb::Changes(on) => integer(handles.connection(&on.db)?.get().changes().cast_signed()),
        Verb::TotalChanges(on) => integer(handles.connection(&on.db)?.get().total_changes().cast_signed()),
        Verb::LastInsertRowid(on) => integer(handles.connection(&on.db)?.get().last_insert_rowid()),
        Verb::Autocommit(on) => Ok(flag(handles.connection(&on.db)?.get().is_autocommit())),
        Verb::BusyTimeout(timeout) => {
            let ms = u64::try_from(timeout.ms).unwrap_or(0);
            let connection = handles.connection(&timeout.db)?.get();
            connection.busy_timeout(std::time::Duration::from_millis(ms)).map_err(rusqlite_outcome)?;
            ok
        }
        Verb::Interrupt(on) => {
            handles.connection(&on.db)?.get().get_interrupt_handle().interrupt();
            ok
        }
        Verb::DbReleaseMemory(on) => {
            let connection = handles.connection(&on.db)?.get();
            connection.release_memory().map_err(rusqlite_outcome)?;
            ok
        }
        Verb::CacheCapacity(capacity) => {
            let connection = handles.connection(&capacity.db)?.get();
            connection.set_prepared_statement_cache_capacity(capacity.statements);
            ok
        }
        Verb::FlushCache(on) => {
            handles.connection(&on.db)?.get().flush_prepared_statement_cache();
            ok
        }
        Verb::Limit(limit) => {
            Ok(Outcome::Value(handles.connection(&limit.db)?.limit(limit.limit, limit.value)?))
        }
        Verb::DbConfig(config) => {
            Ok(Outcome::Value(handles.connection(&config.db)?.switch(config.switch, config.value)?))
        }
        Verb::BindParameterName(parameter) => {
            let at = usize::try_from(parameter.at).unwrap_or(usize::MAX);
            Ok(Outcome::Value(handles.statement(&parameter.stmt)?.parameter_name(at)))
        }
        Verb::DbReadonly(on) => {
            let connection = handles.connection(&on.db)?.get();
            Ok(flag(connection.is_readonly(on.schema.as_str()).map_err(rusqlite_outcome)?))
        }
        Verb::IsInterrupted(on) => Ok(flag(handles.connection(&on.db)?.get().is_interrupted())),
        Verb::DbCacheflush(on) => {
            handles.connection(&on.db)?.get().cache_flush().map_err(rusqlite_outcome)?;
            ok
        }
        Verb::WalCheckpointV2(checkpoint) => {
            let connection = handles.connection(&checkpoint.db)?;
            connection.wal_checkpoint(checkpoint.mode, checkpoint.schema.as_deref())
        }
        Verb::Forget(on) => {
            named(handles.statements.remove(on.stmt.as_str()), &on.stmt)?.forget();
            ok
        }
        Verb::StmtCount(on) => handles.connection(&on.db)?.stmt_count(library).map(Outcome::Value),
        Verb::DbStatus(status) => {
            let connection = handles.connection(&status.db)?;
            connection.status(library, status.counter, status.peak, status.reset).map(Outcome::Quantity)
        }
        Verb::Doubles(doubles) => super::doubles::by_rusqlite(handles.connection(&doubles.db)?, doubles),
        other => {
            callbacks::execute(handles, other).unwrap_or_else(|| objects::execute(library, handles, other))
        }
    }
}

fn count(n: usize) -> Call<Outcome> {
    Ok(Outcome::Value(Value::Integer(i64::try_from(n).unwrap_or(i64::MAX))))
}

/// A connection that would not close keeps its name.
fn close(handles: &mut Handles, name: &str) -> Call<Outcome> {
    match named(handles.connections.remove(name), name)?.close() {
        Ok(()) => Ok(Outcome::Code(0)),
        Err((connection, failed)) => {
            handles.connections.insert(name.to_owned(), connection);
            Ok(failed)
        }
    }
}

/// The statement of this name is dropped first, so that a cached one is back in its cache.
fn prepare(handles: &mut Handles, prepare: &Prepare) -> Call<Outcome> {
    handles.statements.remove(prepare.stmt.as_str());
    let statement = handles.connection(&prepare.db)?.prepare(&prepare.sql, prepare.cached)?;
    handles.statements.insert(prepare.stmt.to_string(), statement);
    Ok(Outcome::Code(0))
}

fn bind(statement: &mut RusqliteStatement, bind: &Bind) -> Call<Outcome> {
    if let (Some(at), Some(value)) = (&bind.at, &bind.value) {
        match bind.written_as {
            None => statement.bind(at, value)?,
            Some(written_as) => statement.bind_typed(at, value, written_as)?,
        }
    }
    for (position, value) in (1..).zip(&bind.values) {
        statement.bind(&Parameter::Position(position), value)?;
    }
    Ok(Outcome::Code(0))
}
