//! The driver `capi`: SQLite's C interface, call by call.

mod callbacks;
mod details;
mod objects;

use super::Outcome;
use super::named::Named;
use crate::contract::verb::{Bind, Open, Parameter, Verb};
use crate::outcome::sqlite_names::OpenFlag;
use crate::outcome::value::Value;
use crate::worker::ffi::{Backup, Blob, Call, Connection, HeldPointer, Kept, Library, Statement};

/// What the names of a run stand for.
#[derive(Default)]
pub struct Handles {
    connections: Named<Connection>,
    statements: Named<Statement>,
    blobs: Named<Blob>,
    backups: Named<Backup>,
    kept: Named<Kept>,
    pointers: Named<HeldPointer>,
}

impl Handles {
    fn connection(&self, name: &str) -> Call<&Connection> {
        self.connections.get(name)
    }

    fn statement(&self, name: &str) -> Call<&Statement> {
        self.statements.get(name)
    }

    /// Frees everything: what holds a connection before it, and what a connection may read from after it.
    pub fn end(self, library: &Library) {
        self.backups.into_all().for_each(|backup| drop(backup.finish(library)));
        self.blobs.into_all().for_each(|blob| drop(blob.close(library)));
        self.statements.into_all().for_each(|statement| drop(statement.finalize(library)));
        self.connections.into_all().for_each(|connection| drop(connection.close(library)));
        self.kept.into_all().for_each(|kept| drop(kept.free(library)));
    }
}

/// The flags of `sqlite3_open_v2`.
pub fn open_flags(flags: &[OpenFlag]) -> i32 {
    match flags {
        [] => OpenFlag::Readwrite.number() | OpenFlag::Create.number(),
        flags => flags.iter().fold(0, |all, flag| all | flag.number()),
    }
}

/// Executes a verb that concerns connections and statements.
pub fn execute(library: &Library, handles: &mut Handles, verb: &Verb) -> Call<Outcome> {
    let value = |value: Call<Value>| value.map(Outcome::Value);
    let quantity = |n: Call<i64>| n.map(Outcome::Quantity);
    match verb {
        Verb::Open(open) => self::open(library, handles, open),
        Verb::Close(on) => close(library, handles, &on.db),
        Verb::CloseV2(on) => handles.connections.take(&on.db)?.close_v2(library),
        Verb::Exec(exec) => objects::exec(library, handles, exec),
        Verb::Query(query) => handles.connection(&query.db)?.query(library, &query.sql, &query.values),
        Verb::Prepare(prepare) => {
            let flags = prepare.flags.iter().fold(0, |all, flag| all | flag.number().unsigned_abs());
            let connection = handles.connection(&prepare.db)?;
            let statement = connection.prepare(library, &prepare.sql, prepare.version, flags)?;
            handles.statements.keep(&prepare.stmt, statement);
            Ok(Outcome::Code(0))
        }
        Verb::Bind(bind) => self::bind(library, handles.statement(&bind.stmt)?, bind),
        Verb::Step(on) => handles.statement(&on.stmt)?.step(library),
        Verb::Reset(on) => handles.statement(&on.stmt)?.reset(library),
        Verb::ClearBindings(on) => handles.statement(&on.stmt)?.clear_bindings(library),
        Verb::Finalize(on) => handles.statements.take(&on.stmt)?.finalize(library),
        Verb::Column(column) => {
            value(handles.statement(&column.stmt)?.column(library, column.at, column.read_as))
        }
        Verb::ColumnName(column) => value(handles.statement(&column.stmt)?.column_name(library, column.at)),
        Verb::ColumnDecltype(column) => {
            value(handles.statement(&column.stmt)?.column_decltype(library, column.at))
        }
        Verb::ColumnCount(on) => value(handles.statement(&on.stmt)?.column_count(library)),
        Verb::DataCount(on) => value(handles.statement(&on.stmt)?.data_count(library)),
        Verb::Changes(on) => value(handles.connection(&on.db)?.changes(library)),
        Verb::TotalChanges(on) => value(handles.connection(&on.db)?.total_changes(library)),
        Verb::LastInsertRowid(on) => value(handles.connection(&on.db)?.last_insert_rowid(library)),
        Verb::Errcode(on) => handles.connection(&on.db)?.errcode(library).map(Outcome::from_code),
        Verb::ExtendedErrcode(on) => {
            handles.connection(&on.db)?.extended_errcode(library).map(Outcome::from_code)
        }
        Verb::Errmsg(on) => value(handles.connection(&on.db)?.errmsg(library)),
        Verb::ErrorOffset(on) => value(handles.connection(&on.db)?.error_offset(library)),
        Verb::Autocommit(on) => value(handles.connection(&on.db)?.autocommit(library)),
        Verb::Sql(on) => value(handles.statement(&on.stmt)?.sql(library)),
        Verb::StmtBusy(on) => value(handles.statement(&on.stmt)?.busy(library)),
        Verb::StmtReadonly(on) => value(handles.statement(&on.stmt)?.readonly(library)),
        Verb::BindParameterCount(on) => value(handles.statement(&on.stmt)?.parameter_count(library)),
        Verb::NextStmt(next) => {
            let after = next.after.as_deref().map(|name| handles.statement(name)).transpose()?;
            let found = handles.connection(&next.db)?.next_stmt(library, after)?;
            Ok(Outcome::Value(found.map_or(Value::Null, |found| {
                let name = handles.statements.name_of(|statement| statement.identity() == found);
                Value::text(&name.unwrap_or_else(|| "a statement without a name".to_owned()))
            })))
        }
        Verb::StmtCount(on) => value(handles.connection(&on.db)?.stmt_count(library)),
        Verb::StmtStatus(status) => {
            quantity(handles.statement(&status.stmt)?.status(library, status.counter, status.reset))
        }
        Verb::DbStatus(status) => {
            let connection = handles.connection(&status.db)?;
            quantity(connection.status(library, status.counter, status.peak, status.reset))
        }
        Verb::DbReleaseMemory(on) => handles.connection(&on.db)?.release_memory(library),
        Verb::Limit(limit) => value(handles.connection(&limit.db)?.limit(library, limit.limit, limit.value)),
        Verb::DbConfig(config) => {
            value(handles.connection(&config.db)?.switch(library, config.switch, config.value))
        }
        Verb::BusyTimeout(timeout) => handles.connection(&timeout.db)?.busy_timeout(library, timeout.ms),
        Verb::Interrupt(on) => handles.connection(&on.db)?.interrupt(library).map(|()| Outcome::Code(0)),
        Verb::Doubles(doubles) => super::doubles::by_capi(library, handles.connection(&doubles.db)?, doubles),
        other => details::execute(library, handles, other)
            .or_else(|| callbacks::execute(library, handles, other))
            .unwrap_or_else(|| objects::execute(library, handles, other)),
    }
}

fn open(library: &Library, handles: &mut Handles, open: &Open) -> Call<Outcome> {
    let connection = Connection::open(library, &open.path, open_flags(&open.flags))?;
    handles.connections.keep(&open.db, connection);
    Ok(Outcome::Code(0))
}

/// A connection that would not close keeps its name.
fn close(library: &Library, handles: &mut Handles, name: &str) -> Call<Outcome> {
    match handles.connections.take(name)?.close(library)? {
        Ok(()) => Ok(Outcome::Code(0)),
        Err((connection, failed)) => {
            handles.connections.keep(name, connection);
            Ok(failed)
        }
    }
}

/// Binds until a value is refused.
fn bind(library: &Library, statement: &Statement, bind: &Bind) -> Call<Outcome> {
    if let (Some(at), Some(value)) = (&bind.at, &bind.value) {
        let position = statement.position(library, at)?;
        return statement.bind(library, position, value, bind.lifetime);
    }
    for (position, value) in (1..).zip(&bind.values) {
        let at = statement.position(library, &Parameter::Position(position))?;
        let bound = statement.bind(library, at, value, bind.lifetime)?;
        if !bound.succeeded() {
            return Ok(bound);
        }
    }
    Ok(Outcome::Code(0))
}
