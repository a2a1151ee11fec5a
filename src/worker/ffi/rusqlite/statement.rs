//! rusqlite's statements.

use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator;
use rusqlite::{CachedStatement, Rows, Statement, StatementStatus};

use super::{Borrow, RusqliteConnection, convert, outcome, read_row, sql_value};
use crate::contract::literal::Literal;
use crate::contract::verb::{Get, Parameter, RustType};
use crate::outcome::Outcome;
use crate::outcome::sqlite_names::StmtCounter;
use crate::outcome::value::Value;

/// `rusqlite::Statement` or `CachedStatement`, with the rows of its query once it was stepped.
pub struct RusqliteStatement {
    // Dropped in this order: the rows borrow the statement, which borrows the connection.
    rows: Option<Rows<'static>>,
    /// `None` only while it is being finalized.
    statement: Option<Box<Kind>>,
    /// Keeps the connection from being closed first.
    _borrow: Borrow,
}

enum Kind {
    Plain(Statement<'static>),
    Cached(CachedStatement<'static>),
}

impl RusqliteConnection {
    /// `Connection::prepare` or `prepare_cached`
    pub fn prepare(&self, sql: &str, cached: bool) -> Result<RusqliteStatement, Outcome> {
        let kind = if cached {
            let statement = self.connection.prepare_cached(sql).map_err(outcome)?;
            // SAFETY: the connection is boxed and cannot be closed while this statement borrows it.
            Kind::Cached(unsafe {
                std::mem::transmute::<CachedStatement<'_>, CachedStatement<'static>>(statement)
            })
        } else {
            let statement = self.connection.prepare(sql).map_err(outcome)?;
            // SAFETY: as above.
            Kind::Plain(unsafe { std::mem::transmute::<Statement<'_>, Statement<'static>>(statement) })
        };
        let borrow = self.borrows.borrow("a statement");
        Ok(RusqliteStatement { rows: None, statement: Some(Box::new(kind)), _borrow: borrow })
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
        let rows = match self.rows.take() {
            Some(rows) => rows,
            // SAFETY: the statement is boxed and outlives the rows, which are dropped before it and before
            // any other use of it that needs it mutable (`reset`, `bind`, `clear_bindings`).
            None => unsafe { std::mem::transmute::<Rows<'_>, Rows<'static>>(self.get_mut().raw_query()) },
        };
        match self.rows.insert(rows).next().map_err(outcome) {
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
        let position = self.position(at)?;
        self.get_mut().raw_bind_parameter(position, sql_value(value)).map_err(outcome)
    }

    /// Where a parameter stands, after the rows have ended.
    fn position(&mut self, at: &Parameter) -> Result<usize, Outcome> {
        self.rows = None;
        match at {
            Parameter::Position(position) => Ok(usize::try_from(*position).unwrap_or(0)),
            Parameter::Name(name) => match self.get().parameter_index(name).map_err(outcome)? {
                Some(position) => Ok(position),
                None => Err(Outcome::Refused(format!("no parameter {name}"))),
            },
        }
    }

    /// `Statement::raw_bind_parameter` with a value of a Rust type.
    pub fn bind_typed(
        &mut self,
        at: &Parameter,
        value: &Literal,
        written_as: RustType,
    ) -> Result<(), Outcome> {
        let value = convert::typed(value, written_as)?;
        let position = self.position(at)?;
        self.get_mut().raw_bind_parameter(position, value).map_err(outcome)
    }

    /// `Row::get` on the current row.
    pub fn column(&self, get: &Get) -> Result<Value, Outcome> {
        let row = self.rows.as_ref().and_then(FallibleStreamingIterator::get);
        let row = row.ok_or_else(|| Outcome::Refused("there is no row".to_owned()))?;
        convert::get(row, &get.column, get.read_as, get.optional)
    }

    /// `std::mem::forget`: safe Rust may leave the statement behind, and its connection no longer knows.
    pub fn forget(mut self) {
        self.rows = None;
        std::mem::forget(self.statement.take());
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
