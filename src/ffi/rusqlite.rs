//! rusqlite's own connections and statements, kept by name.
//!
//! A Rust program would hold them in nested scopes; here they stand in a table, so their lifetimes are
//! extended by hand, and what the borrow checker would forbid is refused at run time.

use std::cell::Cell;
use std::rc::Rc;

use rusqlite::types::{ToSqlOutput, Value as SqlValue, ValueRef};
use rusqlite::{CachedStatement, Error, OpenFlags, Rows, Statement, StatementStatus};

use crate::contract::literal::Literal;
use crate::contract::verb::Parameter;
use crate::names::StmtCounter;
use crate::outcome::Outcome;
use crate::value::Value;

/// `rusqlite::Connection`
pub struct RusqliteConnection {
    /// Boxed, so that statements can point at it while the table moves.
    connection: Box<rusqlite::Connection>,
    /// How many statements borrow it.
    borrowed: Rc<Cell<usize>>,
    /// Told to its aliases, which must not ask a connection that was closed.
    open: Rc<Cell<bool>>,
}

/// `rusqlite::Statement` or `CachedStatement`, with the rows of its query once it was stepped.
pub struct RusqliteStatement {
    // Dropped in this order: the rows borrow the statement, which borrows the connection.
    rows: Option<Rows<'static>>,
    /// `None` only while it is being finalized.
    statement: Option<Box<Kind>>,
    /// Keeps the connection from being closed first.
    borrowed: Rc<Cell<usize>>,
}

enum Kind {
    Plain(Statement<'static>),
    Cached(CachedStatement<'static>),
}

impl RusqliteConnection {
    /// `Connection::open_with_flags`
    pub fn open(path: &str, flags: i32) -> Result<Self, Outcome> {
        let connection = rusqlite::Connection::open_with_flags(path, OpenFlags::from_bits_retain(flags))
            .map_err(outcome)?;
        Ok(Self { connection: Box::new(connection), borrowed: Rc::default(), open: Rc::new(Cell::new(true)) })
    }

    /// The connection, for what needs no table.
    pub fn get(&self) -> &rusqlite::Connection {
        &self.connection
    }

    /// The connection, for what needs it alone: hooks.
    pub fn get_mut(&mut self) -> Result<&mut rusqlite::Connection, Outcome> {
        if self.borrowed.get() > 0 {
            return Err(Outcome::Refused("a statement borrows the connection".to_owned()));
        }
        Ok(&mut self.connection)
    }

    /// The connection for a callback that works on it.
    pub fn alias(&self) -> super::Alias {
        // SAFETY: the handle is used only while `open` says that the connection lives.
        super::Alias { raw: unsafe { self.connection.handle() }, open: Rc::downgrade(&self.open) }
    }

    /// `Connection::close`, which a borrow checker allows only when no statement is left.
    pub fn close(self) -> Result<(), (Self, Outcome)> {
        if self.borrowed.get() > 0 {
            let refused = Outcome::Refused("a statement borrows the connection".to_owned());
            return Err((self, refused));
        }
        let (borrowed, open) = (self.borrowed, self.open);
        match self.connection.close() {
            Ok(()) => {
                open.set(false);
                Ok(())
            }
            Err((connection, error)) => {
                Err((Self { connection: Box::new(connection), borrowed, open }, outcome(error)))
            }
        }
    }

    /// `Connection::prepare` or `prepare_cached`
    pub fn prepare(&self, sql: &str, cached: bool) -> Result<RusqliteStatement, Outcome> {
        let kind = if cached {
            let statement = self.connection.prepare_cached(sql).map_err(outcome)?;
            // SAFETY: the connection is boxed and cannot be closed while `borrowed` counts this statement.
            Kind::Cached(unsafe {
                std::mem::transmute::<CachedStatement<'_>, CachedStatement<'static>>(statement)
            })
        } else {
            let statement = self.connection.prepare(sql).map_err(outcome)?;
            // SAFETY: as above.
            Kind::Plain(unsafe { std::mem::transmute::<Statement<'_>, Statement<'static>>(statement) })
        };
        self.borrowed.set(self.borrowed.get() + 1);
        Ok(RusqliteStatement { rows: None, statement: Some(Box::new(kind)), borrowed: self.borrowed.clone() })
    }

    /// All rows of one statement.
    pub fn query(&self, sql: &str, values: &[Literal]) -> Result<Outcome, Outcome> {
        let mut statement = self.connection.prepare(sql).map_err(outcome)?;
        for (at, value) in (1_usize..).zip(values) {
            statement.raw_bind_parameter(at, sql_value(value)).map_err(outcome)?;
        }
        let columns = statement.column_count();
        let mut rows = statement.raw_query();
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(outcome)? {
            if found.len() == super::connection::MOST_ROWS {
                return Err(Outcome::Refused(format!("more than {} rows", found.len())));
            }
            found.push(read_row(row, columns)?);
        }
        Ok(Outcome::Rows(found))
    }
}

impl Drop for RusqliteStatement {
    fn drop(&mut self) {
        self.rows = None;
        self.borrowed.set(self.borrowed.get().saturating_sub(1));
    }
}

impl RusqliteStatement {
    fn get(&self) -> &Statement<'static> {
        match self.statement.as_deref().expect("only `finalize` takes it") {
            Kind::Plain(statement) => statement,
            Kind::Cached(statement) => statement,
        }
    }

    fn get_mut(&mut self) -> &mut Statement<'static> {
        match self.statement.as_deref_mut().expect("only `finalize` takes it") {
            Kind::Plain(statement) => statement,
            Kind::Cached(statement) => statement,
        }
    }

    /// `Rows::next`, on rows that the first step asks for.
    pub fn step(&mut self) -> Result<Outcome, Outcome> {
        let columns = self.get().column_count();
        if self.rows.is_none() {
            let rows = self.get_mut().raw_query();
            // SAFETY: the statement is boxed and outlives the rows, which are dropped before it and before
            // any other use of it that needs it mutable (`reset`, `bind`, `clear_bindings`).
            self.rows = Some(unsafe { std::mem::transmute::<Rows<'_>, Rows<'static>>(rows) });
        }
        let Some(rows) = &mut self.rows else { return Err(Outcome::NoHandle("rows".to_owned())) };
        match rows.next().map_err(outcome) {
            Ok(Some(row)) => read_row(row, columns).map(Outcome::Row),
            Ok(None) => {
                self.rows = None;
                Ok(Outcome::Code(rusqlite::ffi::SQLITE_DONE))
            }
            Err(failed) => {
                self.rows = None;
                Err(failed)
            }
        }
    }

    /// Dropping the rows, which resets the statement.
    pub fn reset(&mut self) {
        self.rows = None;
    }

    /// `Statement::raw_bind_parameter`; rusqlite borrows the rows mutably, so they end first.
    pub fn bind(&mut self, at: &Parameter, value: &Literal) -> Result<(), Outcome> {
        self.rows = None;
        let position = match at {
            Parameter::Position(position) => usize::try_from(*position).unwrap_or(0),
            Parameter::Name(name) => match self.get().parameter_index(name).map_err(outcome)? {
                Some(position) => position,
                None => return Err(Outcome::Refused(format!("no parameter {name}"))),
            },
        };
        self.get_mut().raw_bind_parameter(position, sql_value(value)).map_err(outcome)
    }

    /// `Statement::clear_bindings`
    pub fn clear_bindings(&mut self) {
        self.rows = None;
        self.get_mut().clear_bindings();
    }

    /// `Statement::finalize`; a cached statement goes back to its cache.
    pub fn finalize(mut self) -> Result<(), Outcome> {
        self.rows = None;
        match self.statement.take().map(|statement| *statement) {
            Some(Kind::Plain(statement)) => statement.finalize().map_err(outcome),
            Some(Kind::Cached(_)) | None => Ok(()),
        }
    }

    /// `Statement::parameter_name`
    pub fn parameter_name(&self, at: usize) -> Value {
        self.get().parameter_name(at).map_or(Value::Null, Value::text)
    }

    /// `Statement::column_name`
    pub fn column_name(&self, at: usize) -> Value {
        self.get().column_name(at).map_or(Value::Null, Value::text)
    }

    /// `Statement::column_count`
    pub fn column_count(&self) -> usize {
        self.get().column_count()
    }

    /// `Statement::expanded_sql`
    pub fn expanded_sql(&self) -> Value {
        self.get().expanded_sql().map_or(Value::Null, |sql| Value::text(&sql))
    }

    /// `Statement::readonly`
    pub fn readonly(&self) -> bool {
        self.get().readonly()
    }

    /// `Statement::parameter_count`
    pub fn parameter_count(&self) -> usize {
        self.get().parameter_count()
    }

    /// `Statement::get_status` or `reset_status`
    pub fn status(&self, counter: StmtCounter, reset: bool) -> i64 {
        let counter = match counter {
            StmtCounter::FullscanStep => StatementStatus::FullscanStep,
            StmtCounter::Sort => StatementStatus::Sort,
            StmtCounter::Autoindex => StatementStatus::AutoIndex,
            StmtCounter::VmStep => StatementStatus::VmStep,
            StmtCounter::Reprepare => StatementStatus::RePrepare,
            StmtCounter::Run => StatementStatus::Run,
            StmtCounter::FilterMiss => StatementStatus::FilterMiss,
            StmtCounter::FilterHit => StatementStatus::FilterHit,
            StmtCounter::Memused => StatementStatus::MemUsed,
        };
        let statement = self.get();
        if reset { statement.reset_status(counter).into() } else { statement.get_status(counter).into() }
    }
}

fn sql_value(literal: &Literal) -> ToSqlOutput<'static> {
    match literal {
        Literal::Zeroblob(size) => ToSqlOutput::ZeroBlob(*size),
        literal => ToSqlOutput::Owned(owned(literal.to_value())),
    }
}

/// A value in rusqlite's terms, which has no texts but of UTF-8.
pub(super) fn owned(value: Value) -> SqlValue {
    match value {
        Value::Null => SqlValue::Null,
        Value::Integer(n) => SqlValue::Integer(n),
        Value::Real(x) => SqlValue::Real(x),
        Value::Text(text) => SqlValue::Text(String::from_utf8_lossy(&text).into_owned()),
        Value::Blob(blob) => SqlValue::Blob(blob),
    }
}

/// A value that rusqlite lends.
pub(super) fn value_of(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(n) => Value::Integer(n),
        ValueRef::Real(x) => Value::Real(x),
        ValueRef::Text(text) => Value::Text(text.to_vec()),
        ValueRef::Blob(blob) => Value::Blob(blob.to_vec()),
    }
}

fn read_row(row: &rusqlite::Row<'_>, columns: usize) -> Result<Vec<Value>, Outcome> {
    (0..columns).map(|at| row.get_ref(at).map(value_of).map_err(outcome)).collect()
}

/// rusqlite's error as an outcome: SQLite's code and words, or rusqlite's own refusal.
pub fn outcome(error: Error) -> Outcome {
    match error {
        Error::SqliteFailure(error, message) => Outcome::Error { code: error.extended_code, message },
        Error::SqlInputError { error, msg, .. } => {
            Outcome::Error { code: error.extended_code, message: Some(msg) }
        }
        other => Outcome::Refused(other.to_string()),
    }
}
