//! Connections: opening and closing them, SQL at once, settings, and what they say.

use super::super::{Outcome, done, doubles, number_of, value};
use super::sections::{Connections, Log, Memory, Numbers, Sql, State};
use super::{Capi, records};
use crate::contract::verb::{
    BusyTimeout, DbConfig, DbLookaside, DbStatus, Doubles, Exec, ExecBlocking, FileControl, Limit, OnDb,
    OnSchema, Open, Plan, Query, SetErrmsg, SetLastInsertRowid, Sqllogictest, StmtStatus, TableColumn,
    WalAutocheckpoint, WalCheckpointV2,
};
use crate::worker::ffi::{Call, Connection};

impl Connections for Capi {
    fn open(&mut self, open: &Open) -> Call<Outcome> {
        let (outcome, connection) =
            Connection::open(self.library, &open.path, open.flags(), open.vfs.as_deref())?;
        // A program that opens once more closes what would not open, or it would lose memory each time.
        if let Ok(before) = self.unopened.take(&open.db) {
            drop(before.close(self.library)?);
        }
        let named = if outcome.succeeded() { &mut self.connections } else { &mut self.unopened };
        connection.into_iter().for_each(|connection| named.keep(&open.db, connection));
        Ok(outcome)
    }

    /// A connection that would not close keeps its name.
    fn close(&mut self, on: &OnDb) -> Call<Outcome> {
        match self.take_opened(&on.db)?.close(self.library)? {
            Ok(()) => Ok(Outcome::OK),
            Err((connection, failed)) => {
                self.connections.keep(&on.db, connection);
                Ok(failed)
            }
        }
    }

    fn close_v2(&mut self, on: &OnDb) -> Call<Outcome> {
        self.take_opened(&on.db)?.close_v2(self.library)
    }

    fn busy_timeout(&mut self, timeout: &BusyTimeout) -> Call<Outcome> {
        self.connection(&timeout.db)?.busy_timeout(self.library, timeout.ms)
    }

    fn interrupt(&mut self, on: &OnDb) -> Call<Outcome> {
        self.connection(&on.db)?.interrupt(self.library).map(done)
    }

    fn db_lookaside(&mut self, memory: &DbLookaside) -> Call<Outcome> {
        self.connection(&memory.db)?.lookaside(self.library, memory.slot, memory.slots)
    }

    fn db_cacheflush(&mut self, on: &OnDb) -> Call<Outcome> {
        self.connection(&on.db)?.cacheflush(self.library)
    }

    fn limit(&mut self, limit: &Limit) -> Call<Outcome> {
        self.connection(&limit.db)?.limit(self.library, limit.limit, limit.value).map(value)
    }

    fn db_config(&mut self, config: &DbConfig) -> Call<Outcome> {
        self.connection(&config.db)?.switch(self.library, config.switch, config.value).map(value)
    }

    fn file_control(&mut self, control: &FileControl) -> Call<Outcome> {
        self.connection(&control.db)?.file_control(self.library, control).map(value)
    }
}

impl Sql for Capi {
    /// The error message is kept where the step says so, though it is NULL when there was no error.
    fn exec(&mut self, exec: &Exec) -> Call<Outcome> {
        let (outcome, message) = self.connection(&exec.db)?.exec(self.library, &exec.sql)?;
        self.keep_or_free(message, exec.keep.as_deref())?;
        Ok(outcome)
    }

    fn exec_blocking(&mut self, exec: &ExecBlocking) -> Call<Outcome> {
        self.connection(&exec.db)?.exec_blocking(self.library, &exec.sql)
    }

    fn query(&mut self, query: &Query) -> Call<Outcome> {
        self.connection(&query.db)?.query(self.library, &query.sql, &query.values)
    }

    fn plan(&mut self, plan: &Plan) -> Call<Outcome> {
        let sql = format!("EXPLAIN QUERY PLAN {}", plan.sql);
        let outcome = self.connection(&plan.db)?.query(self.library, &sql, &plan.values)?;
        Ok(outcome.into_plan(&plan.sql))
    }

    fn sqllogictest(&mut self, asked: &Sqllogictest) -> Call<Outcome> {
        let connection = self.connections.get(&asked.db)?;
        records::run(self.library, connection, &mut self.labels, asked)
    }
}

impl State for Capi {
    fn changes(&mut self, on: &OnDb) -> Call<Outcome> {
        self.connection(&on.db)?.changes(self.library).map(value)
    }

    fn total_changes(&mut self, on: &OnDb) -> Call<Outcome> {
        self.connection(&on.db)?.total_changes(self.library).map(value)
    }

    fn changes64(&mut self, on: &OnDb) -> Call<Outcome> {
        self.connection(&on.db)?.changes64(self.library).map(value)
    }

    fn total_changes64(&mut self, on: &OnDb) -> Call<Outcome> {
        self.connection(&on.db)?.total_changes64(self.library).map(value)
    }

    fn last_insert_rowid(&mut self, on: &OnDb) -> Call<Outcome> {
        self.connection(&on.db)?.last_insert_rowid(self.library).map(value)
    }

    fn set_last_insert_rowid(&mut self, set: &SetLastInsertRowid) -> Call<Outcome> {
        self.connection(&set.db)?.set_last_insert_rowid(self.library, set.rowid)
    }

    fn errcode(&mut self, on: &OnDb) -> Call<Outcome> {
        self.opened(&on.db)?.errcode(self.library).map(Outcome::from_code)
    }

    fn extended_errcode(&mut self, on: &OnDb) -> Call<Outcome> {
        self.opened(&on.db)?.extended_errcode(self.library).map(Outcome::from_code)
    }

    fn errmsg(&mut self, on: &OnDb) -> Call<Outcome> {
        self.opened(&on.db)?.errmsg(self.library).map(value)
    }

    fn set_errmsg(&mut self, set: &SetErrmsg) -> Call<Outcome> {
        let connection = self.connection(&set.db)?;
        connection.set_errmsg(self.library, number_of(&set.code)?, set.message.as_deref())
    }

    fn error_offset(&mut self, on: &OnDb) -> Call<Outcome> {
        self.connection(&on.db)?.error_offset(self.library).map(value)
    }

    fn autocommit(&mut self, on: &OnDb) -> Call<Outcome> {
        self.connection(&on.db)?.autocommit(self.library).map(value)
    }

    fn txn_state(&mut self, on: &OnSchema) -> Call<Outcome> {
        self.connection(&on.db)?.txn_state(self.library, &on.schema).map(value)
    }

    fn db_readonly(&mut self, on: &OnSchema) -> Call<Outcome> {
        self.connection(&on.db)?.readonly(self.library, &on.schema).map(value)
    }

    fn db_filename(&mut self, on: &OnSchema) -> Call<Outcome> {
        self.connection(&on.db)?.filename(self.library, &on.schema).map(value)
    }

    fn is_interrupted(&mut self, on: &OnDb) -> Call<Outcome> {
        self.connection(&on.db)?.is_interrupted(self.library).map(value)
    }

    fn table_column_metadata(&mut self, about: &TableColumn) -> Call<Outcome> {
        self.connection(&about.db)?.table_column(self.library, about)
    }
}

impl Log for Capi {
    fn wal_checkpoint_v2(&mut self, checkpoint: &WalCheckpointV2) -> Call<Outcome> {
        let connection = self.connection(&checkpoint.db)?;
        connection.wal_checkpoint(self.library, checkpoint.mode, checkpoint.schema.as_deref())
    }

    fn wal_autocheckpoint(&mut self, auto: &WalAutocheckpoint) -> Call<Outcome> {
        self.connection(&auto.db)?.wal_autocheckpoint(self.library, auto.pages)
    }
}

impl Memory for Capi {
    fn db_release_memory(&mut self, on: &OnDb) -> Call<Outcome> {
        self.connection(&on.db)?.release_memory(self.library)
    }

    fn db_status(&mut self, status: &DbStatus) -> Call<Outcome> {
        let connection = self.connection(&status.db)?;
        connection.status(self.library, status.counter, status.peak, status.reset).map(Outcome::Quantity)
    }

    fn stmt_status(&mut self, status: &StmtStatus) -> Call<Outcome> {
        let statement = self.statement(&status.stmt)?;
        statement.status(self.library, status.counter, status.reset).map(Outcome::Quantity)
    }
}

impl Numbers for Capi {
    fn doubles(&mut self, doubles: &Doubles) -> Call<Outcome> {
        doubles::by_capi(self.library, self.connection(&doubles.db)?, doubles)
    }
}
