//! The driver `capi`: SQLite's C interface, call by call.

use std::collections::BTreeMap;

use super::{Outcome, named};
use crate::contract::verb::{Bind, Open, Parameter, Verb};
use crate::ffi::{self, Call, Connection, KeptValue, Library, Statement};
use crate::names::OpenFlag;
use crate::value::Value;

/// What the names of a run stand for. A name that is given again forgets its first handle, as a careless
/// program would; it is kept aside to be freed when the run ends.
#[derive(Default)]
pub struct Handles {
    connections: BTreeMap<String, Connection>,
    statements: BTreeMap<String, Statement>,
    values: BTreeMap<String, KeptValue>,
    forgotten_connections: Vec<Connection>,
    forgotten_statements: Vec<Statement>,
}

impl Handles {
    fn connection(&self, name: &str) -> Call<&Connection> {
        named(self.connections.get(name), name)
    }

    fn statement(&self, name: &str) -> Call<&Statement> {
        named(self.statements.get(name), name)
    }

    fn keep_statement(&mut self, name: &str, statement: Statement) {
        self.forgotten_statements.extend(self.statements.insert(name.to_owned(), statement));
    }

    fn keep_connection(&mut self, name: &str, connection: Connection) {
        self.forgotten_connections.extend(self.connections.insert(name.to_owned(), connection));
    }

    /// Frees everything: values and statements first, so that the connections can close.
    pub fn end(self, library: &Library) {
        for value in self.values.into_values() {
            let _ = value.free(library);
        }
        for statement in self.statements.into_values().chain(self.forgotten_statements) {
            let _ = statement.finalize(library);
        }
        for connection in self.connections.into_values().chain(self.forgotten_connections) {
            let _ = connection.close(library);
        }
    }

    fn name_of(&self, statement: ffi::RawStatement) -> Value {
        let found = self.statements.iter().find(|(_, known)| known.identity() == statement);
        found.map_or_else(|| Value::text("a forgotten statement"), |(name, _)| Value::text(name))
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
        Verb::CloseV2(on) => named(handles.connections.remove(&on.db), &on.db)?.close_v2(library),
        Verb::Exec(exec) => handles.connection(&exec.db)?.exec(library, &exec.sql),
        Verb::Query(query) => handles.connection(&query.db)?.query(library, &query.sql, &query.values),
        Verb::Prepare(prepare) => {
            let flags = prepare.flags.iter().fold(0, |all, flag| all | flag.number().unsigned_abs());
            let connection = handles.connection(&prepare.db)?;
            let statement = connection.prepare(library, &prepare.sql, prepare.version, flags)?;
            handles.keep_statement(&prepare.stmt, statement);
            Ok(Outcome::Code(0))
        }
        Verb::Bind(bind) => self::bind(library, handles.statement(&bind.stmt)?, bind),
        Verb::Step(on) => handles.statement(&on.stmt)?.step(library),
        Verb::Reset(on) => handles.statement(&on.stmt)?.reset(library),
        Verb::ClearBindings(on) => handles.statement(&on.stmt)?.clear_bindings(library),
        Verb::Finalize(on) => named(handles.statements.remove(&on.stmt), &on.stmt)?.finalize(library),
        Verb::Column(column) => {
            value(handles.statement(&column.stmt)?.column(library, column.at, column.read_as))
        }
        Verb::ColumnName(column) => value(handles.statement(&column.stmt)?.column_name(library, column.at)),
        Verb::ColumnDecltype(column) => {
            value(handles.statement(&column.stmt)?.column_decltype(library, column.at))
        }
        Verb::ColumnCount(on) => value(handles.statement(&on.stmt)?.column_count(library)),
        Verb::DataCount(on) => value(handles.statement(&on.stmt)?.data_count(library)),
        Verb::ValueDup(dup) => {
            let kept = handles.statement(&dup.stmt)?.value_dup(library, dup.at)?;
            if let Some(before) = handles.values.insert(dup.name.clone(), kept) {
                before.free(library)?;
            }
            Ok(Outcome::Code(0))
        }
        Verb::Value(name) => value(named(handles.values.get(name), name)?.read(library)),
        Verb::ValueFree(name) => {
            named(handles.values.remove(name), name)?.free(library).map(|()| Outcome::Code(0))
        }
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
        Verb::ExpandedSql(on) => value(handles.statement(&on.stmt)?.expanded_sql(library)),
        Verb::StmtBusy(on) => value(handles.statement(&on.stmt)?.busy(library)),
        Verb::StmtReadonly(on) => value(handles.statement(&on.stmt)?.readonly(library)),
        Verb::BindParameterCount(on) => value(handles.statement(&on.stmt)?.parameter_count(library)),
        Verb::NextStmt(next) => {
            let after = next.after.as_deref().map(|name| handles.statement(name)).transpose()?;
            let found = handles.connection(&next.db)?.next_stmt(library, after)?;
            Ok(Outcome::Value(found.map_or(Value::Null, |statement| handles.name_of(statement))))
        }
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
        other => Err(Outcome::Refused(format!("the driver `capi` has no verb `{}`", other.name()))),
    }
}

fn open(library: &Library, handles: &mut Handles, open: &Open) -> Call<Outcome> {
    let connection = Connection::open(library, &open.path, open_flags(&open.flags))?;
    handles.keep_connection(&open.db, connection);
    Ok(Outcome::Code(0))
}

/// A connection that would not close keeps its name.
fn close(library: &Library, handles: &mut Handles, name: &str) -> Call<Outcome> {
    match named(handles.connections.remove(name), name)?.close(library)? {
        Ok(()) => Ok(Outcome::Code(0)),
        Err((connection, failed)) => {
            handles.connections.insert(name.to_owned(), connection);
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
