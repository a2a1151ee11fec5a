//! rusqlite's statements.

use std::mem::{forget, replace};
use std::ops::ControlFlow::{Break, Continue};
use std::rc::Rc;

use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator;
use rusqlite::{CachedStatement, Rows, Statement, StatementStatus, ToSql};
use self_cell::{MutBorrow, self_cell};

use super::super::owner::leave_behind;
use super::{Borrow, RusqliteConnection, Shared, convert, outcome, read_row, sql_value};
use crate::contract::literal::Literal;
use crate::contract::verb::{Get, Parameter, RustType};
use crate::outcome::Outcome;
use crate::outcome::sqlite_names::StmtCounter;
use crate::outcome::value::Value;

/// `rusqlite::Statement` or `CachedStatement`, with the rows of its query once it was stepped.
pub(crate) struct RusqliteStatement {
    prepared: Prepared,
    _borrow: Borrow,
}

self_cell!(
    struct Prepared {
        owner: Rc<Shared>,
        #[not_covariant]
        dependent: State,
    }
);

enum State<'c> {
    Idle(Kind<'c>),
    Stepped(Stepped<'c>),
    /// Only while it changes from one state to the other, or is finalized.
    Gone,
}

enum Kind<'c> {
    Plain(Statement<'c>),
    Cached(CachedStatement<'c>),
}

self_cell!(
    struct Stepped<'c> {
        owner: MutBorrow<Kind<'c>>,
        #[covariant]
        dependent: Rows,
    }
);

impl<'c> Kind<'c> {
    fn get(&self) -> &Statement<'c> {
        match self {
            Self::Plain(statement) => statement,
            Self::Cached(statement) => statement,
        }
    }

    fn get_mut(&mut self) -> &mut Statement<'c> {
        match self {
            Self::Plain(statement) => statement,
            Self::Cached(statement) => statement,
        }
    }
}

const GONE: &str = "the statement is gone";

impl<'c> State<'c> {
    fn statement(&self) -> &Statement<'_> {
        match self {
            Self::Idle(kind) => kind.get(),
            Self::Stepped(stepped) => {
                stepped.borrow_dependent().as_ref().expect("rows that ended are dropped")
            }
            Self::Gone => panic!("{GONE}"),
        }
    }

    /// The statement alone, whose rows have ended: that resets it.
    fn idle(&mut self) -> &mut Kind<'c> {
        *self = match replace(self, Self::Gone) {
            Self::Stepped(stepped) => Self::Idle(stepped.into_owner().into_inner()),
            idle => idle,
        };
        let Self::Idle(kind) = self else { panic!("{GONE}") };
        kind
    }

    /// The rows, which the first step asks for.
    fn stepped(&mut self) -> &mut Stepped<'c> {
        *self = match replace(self, Self::Gone) {
            Self::Idle(kind) => Self::Stepped(Stepped::new(MutBorrow::new(kind), |kind| {
                kind.borrow_mut().get_mut().raw_query()
            })),
            stepped => stepped,
        };
        let Self::Stepped(stepped) = self else { panic!("{GONE}") };
        stepped
    }

    fn take(&mut self) -> Kind<'c> {
        self.idle();
        let Self::Idle(kind) = replace(self, Self::Gone) else { panic!("{GONE}") };
        kind
    }

    fn step(&mut self) -> Result<Outcome, Outcome> {
        let columns = self.statement().column_count();
        let found = self.stepped().with_dependent_mut(|_, rows| match rows.next() {
            Ok(Some(row)) => Continue(read_row(row, columns).map(Outcome::Row)),
            Ok(None) => Break(Ok(Outcome::Code(rusqlite::ffi::SQLITE_DONE))),
            Err(error) => Break(Err(outcome(error))),
        });
        match found {
            Continue(row) => row,
            Break(end) => {
                self.idle();
                end
            }
        }
    }

    fn column(&self, get: &Get) -> Result<Value, Outcome> {
        let row = match self {
            Self::Stepped(stepped) => stepped.borrow_dependent().get(),
            _ => None,
        };
        let row = row.ok_or_else(|| Outcome::Refused("there is no row".to_owned()))?;
        convert::get(row, &get.column, get.read_as, get.optional)
    }
}

impl RusqliteConnection {
    /// `Connection::prepare` or `prepare_cached`
    pub(crate) fn prepare(&self, sql: &str, cached: bool) -> Result<RusqliteStatement, Outcome> {
        let prepared = Prepared::try_new(self.connection.clone(), |shared| {
            let connection = &shared.connection;
            let kind = match cached {
                true => connection.prepare_cached(sql).map(Kind::Cached),
                false => connection.prepare(sql).map(Kind::Plain),
            };
            kind.map(State::Idle).map_err(outcome)
        })?;
        Ok(RusqliteStatement { prepared, _borrow: self.borrows.borrow("a statement") })
    }
}

impl RusqliteStatement {
    fn read<T>(&self, read: impl FnOnce(&Statement<'_>) -> T) -> T {
        self.prepared.with_dependent(|_, state| read(state.statement()))
    }

    /// Changes the statement, which rusqlite borrows mutably: its rows end first.
    fn change<T>(&mut self, change: impl FnOnce(&mut Statement<'_>) -> T) -> T {
        self.prepared.with_dependent_mut(|_, state| change(state.idle().get_mut()))
    }

    /// `Rows::next`, on rows that the first step asks for.
    pub(crate) fn step(&mut self) -> Result<Outcome, Outcome> {
        self.prepared.with_dependent_mut(|_, state| state.step())
    }

    /// Dropping the rows, which resets the statement.
    pub(crate) fn reset(&mut self) {
        self.change(|_| ());
    }

    /// `Statement::raw_bind_parameter`; rusqlite borrows the rows mutably, so they end first.
    pub(crate) fn bind(&mut self, at: &Parameter, value: &Literal) -> Result<(), Outcome> {
        let value = sql_value(value);
        self.change(|statement| bind(statement, at, value))
    }

    /// `Statement::raw_bind_parameter` with a value of a Rust type.
    pub(crate) fn bind_typed(
        &mut self,
        at: &Parameter,
        value: &Literal,
        written_as: RustType,
    ) -> Result<(), Outcome> {
        let value = convert::typed(value, written_as)?;
        self.change(|statement| bind(statement, at, value))
    }

    /// `Row::get` on the current row.
    pub(crate) fn column(&self, get: &Get) -> Result<Value, Outcome> {
        self.prepared.with_dependent(|_, state| state.column(get))
    }

    /// `std::mem::forget`: safe Rust may leave the statement behind, and its connection no longer knows. Nobody can
    /// finalize it any more: among SQLite's statements it looks like those that virtual tables keep for themselves.
    pub(crate) fn forget(mut self) {
        leave_behind();
        self.prepared.with_dependent_mut(|_, state| forget(state.take()));
    }

    /// `Statement::clear_bindings`
    pub(crate) fn clear_bindings(&mut self) {
        self.change(|statement| statement.clear_bindings());
    }

    /// `Statement::finalize`; a cached statement goes back to its cache.
    pub(crate) fn finalize(mut self) -> Result<(), Outcome> {
        self.prepared.with_dependent_mut(|_, state| match state.take() {
            Kind::Plain(statement) => statement.finalize().map_err(outcome),
            Kind::Cached(_) => Ok(()),
        })
    }

    /// `Statement::parameter_name`
    pub(crate) fn parameter_name(&self, at: usize) -> Value {
        self.read(|statement| statement.parameter_name(at).map_or(Value::Null, Value::text))
    }

    /// `Statement::column_name`
    pub(crate) fn column_name(&self, at: usize) -> Value {
        self.read(|statement| statement.column_name(at).map_or(Value::Null, Value::text))
    }

    /// `Statement::column_count`
    pub(crate) fn column_count(&self) -> usize {
        self.read(|statement| statement.column_count())
    }

    /// `Statement::expanded_sql`
    pub(crate) fn expanded_sql(&self) -> Value {
        self.read(|statement| statement.expanded_sql().map_or(Value::Null, |sql| Value::text(&sql)))
    }

    /// `Statement::readonly`
    pub(crate) fn readonly(&self) -> bool {
        self.read(|statement| statement.readonly())
    }

    /// `Statement::parameter_count`
    pub(crate) fn parameter_count(&self) -> usize {
        self.read(|statement| statement.parameter_count())
    }

    /// `Statement::get_status` or `reset_status`
    pub(crate) fn status(&self, counter: StmtCounter, reset: bool) -> i64 {
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
        self.read(|statement| match reset {
            true => statement.reset_status(counter).into(),
            false => statement.get_status(counter).into(),
        })
    }
}

fn bind(statement: &mut Statement<'_>, at: &Parameter, value: impl ToSql) -> Result<(), Outcome> {
    let position = match at {
        Parameter::Position(position) => usize::try_from(*position).unwrap_or(0),
        Parameter::Name(name) => match statement.parameter_index(name).map_err(outcome)? {
            Some(position) => position,
            None => return Err(Outcome::Refused(format!("no parameter {name}"))),
        },
    };
    statement.raw_bind_parameter(position, value).map_err(outcome)
}
