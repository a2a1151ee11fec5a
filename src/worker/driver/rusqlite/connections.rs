//! Connections: opening and closing them, SQL at once, settings, and what they say.

use std::time::Duration;

use super::super::{Outcome, done, doubles, integer, named, value};
use super::Rusqlite;
use super::sections::{Connections, Log, Memory, Numbers, Rust, Sql, State};
use crate::contract::verb::{
    BusyTimeout, CacheCapacity, DbConfig, DbStatus, Doubles, Exec, Get, Limit, OnDb, OnSchema, OnStmt, Open,
    Query, Run, StmtStatus, WalCheckpointV2,
};
use crate::worker::ffi::{Asked, Call, RusqliteConnection, rusqlite_outcome};

impl Connections for Rusqlite {
    fn open(&mut self, open: &Open) -> Call<Outcome> {
        self.name_is_free(&open.db)?;
        let connection =
            RusqliteConnection::open(self.library, &open.path, open.flags(), open.vfs.as_deref())?;
        self.connections.insert(open.db.to_string(), connection);
        Ok(Outcome::OK)
    }

    /// A connection that would not close keeps its name.
    fn close(&mut self, on: &OnDb) -> Call<Outcome> {
        self.end_connection(&on.db, RusqliteConnection::close)
    }

    fn busy_timeout(&mut self, timeout: &BusyTimeout) -> Call<Outcome> {
        let timeout_of = Duration::from_millis(u64::try_from(timeout.ms).unwrap_or(0));
        let connection = self.connection(&timeout.db)?.get();
        connection.busy_timeout(timeout_of).map(done).map_err(rusqlite_outcome)
    }

    fn interrupt(&mut self, on: &OnDb) -> Call<Outcome> {
        self.connection(&on.db)?.get().get_interrupt_handle().interrupt();
        Ok(Outcome::OK)
    }

    fn db_cacheflush(&mut self, on: &OnDb) -> Call<Outcome> {
        self.connection(&on.db)?.get().cache_flush().map(done).map_err(rusqlite_outcome)
    }

    fn limit(&mut self, limit: &Limit) -> Call<Outcome> {
        self.connection(&limit.db)?.limit(limit.limit, limit.value).map(value)
    }

    fn db_config(&mut self, config: &DbConfig) -> Call<Outcome> {
        self.connection(&config.db)?.switch(config.switch, config.value).map(value)
    }
}

impl Sql for Rusqlite {
    fn exec(&mut self, exec: &Exec) -> Call<Outcome> {
        self.connection(&exec.db)?.get().execute_batch(&exec.sql).map(done).map_err(rusqlite_outcome)
    }

    fn query(&mut self, query: &Query) -> Call<Outcome> {
        self.connection(&query.db)?.query(&query.sql, &query.values)
    }
}

impl State for Rusqlite {
    fn changes(&mut self, on: &OnDb) -> Call<Outcome> {
        Ok(integer(self.connection(&on.db)?.get().changes().cast_signed()))
    }

    fn total_changes(&mut self, on: &OnDb) -> Call<Outcome> {
        Ok(integer(self.connection(&on.db)?.get().total_changes().cast_signed()))
    }

    fn last_insert_rowid(&mut self, on: &OnDb) -> Call<Outcome> {
        Ok(integer(self.connection(&on.db)?.get().last_insert_rowid()))
    }

    fn autocommit(&mut self, on: &OnDb) -> Call<Outcome> {
        Ok(integer(self.connection(&on.db)?.get().is_autocommit()))
    }

    fn db_readonly(&mut self, on: &OnSchema) -> Call<Outcome> {
        let connection = self.connection(&on.db)?.get();
        connection.is_readonly(on.schema.as_str()).map(integer).map_err(rusqlite_outcome)
    }

    fn is_interrupted(&mut self, on: &OnDb) -> Call<Outcome> {
        Ok(integer(self.connection(&on.db)?.get().is_interrupted()))
    }
}

impl Log for Rusqlite {
    fn wal_checkpoint_v2(&mut self, checkpoint: &WalCheckpointV2) -> Call<Outcome> {
        let connection = self.connection(&checkpoint.db)?;
        connection.wal_checkpoint(checkpoint.mode, checkpoint.schema.as_deref())
    }
}

impl Memory for Rusqlite {
    fn db_release_memory(&mut self, on: &OnDb) -> Call<Outcome> {
        self.connection(&on.db)?.get().release_memory().map(done).map_err(rusqlite_outcome)
    }

    fn db_status(&mut self, status: &DbStatus) -> Call<Outcome> {
        let connection = self.connection(&status.db)?;
        connection.status(self.library, status.counter, status.peak, status.reset).map(Outcome::Quantity)
    }

    fn stmt_status(&mut self, status: &StmtStatus) -> Call<Outcome> {
        Ok(Outcome::Quantity(self.statement(&status.stmt)?.status(status.counter, status.reset)))
    }
}

impl Numbers for Rusqlite {
    fn doubles(&mut self, doubles: &Doubles) -> Call<Outcome> {
        doubles::by_rusqlite(self.connection(&doubles.db)?, doubles)
    }
}

impl Rust for Rusqlite {
    fn execute(&mut self, run: &Run) -> Call<Outcome> {
        self.library.need("sqlite3_changes64")?;
        self.connection(&run.db)?.execute(run).map(value)
    }

    fn query_row(&mut self, run: &Run) -> Call<Outcome> {
        self.connection(&run.db)?.row(run, Asked::First)
    }

    fn query_one(&mut self, run: &Run) -> Call<Outcome> {
        self.connection(&run.db)?.row(run, Asked::Only)
    }

    fn get(&mut self, get: &Get) -> Call<Outcome> {
        self.statement(&get.stmt)?.column(get).map(value)
    }

    fn forget(&mut self, on: &OnStmt) -> Call<Outcome> {
        named(self.statements.remove(on.stmt.as_str()), &on.stmt)?.forget();
        Ok(Outcome::OK)
    }

    fn cache_capacity(&mut self, capacity: &CacheCapacity) -> Call<Outcome> {
        let connection = self.connection(&capacity.db)?.get();
        connection.set_prepared_statement_cache_capacity(capacity.statements);
        Ok(Outcome::OK)
    }

    fn flush_cache(&mut self, on: &OnDb) -> Call<Outcome> {
        self.connection(&on.db)?.get().flush_prepared_statement_cache();
        Ok(Outcome::OK)
    }
}
