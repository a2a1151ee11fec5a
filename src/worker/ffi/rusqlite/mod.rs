//! rusqlite's own connections and statements, kept by name.
//!
//! A Rust program would hold them in nested scopes; here they stand in a table, so their lifetimes are
//! extended by hand, and what the borrow checker would forbid is refused at run time.

mod borrow;
mod convert;
mod functions;
mod hooks;
mod module;
mod objects;
mod run;
mod settings;
mod statement;
mod transaction;

use std::cell::Cell;
use std::rc::Rc;

use rusqlite::types::{ToSqlOutput, Value as SqlValue, ValueRef};
use rusqlite::{Error, OpenFlags};

use self::borrow::{Borrow, Borrows};
pub use self::objects::{RusqliteBackup, RusqliteBlob};
pub use self::run::Asked;
pub use self::statement::RusqliteStatement;
pub use self::transaction::RusqliteTransaction;
use super::{Call, Library};
use crate::contract::literal::Literal;
use crate::outcome::Outcome;
use crate::outcome::sqlite_names::DbCounter;
use crate::outcome::value::Value;

/// `rusqlite::Connection`
pub struct RusqliteConnection {
    /// Boxed, so that statements can point at it while the table moves.
    connection: Box<rusqlite::Connection>,
    /// Who borrows it.
    borrows: Borrows,
    /// Told to its aliases, which must not ask a connection that was closed.
    open: Rc<Cell<bool>>,
}

impl RusqliteConnection {
    /// `Connection::open_with_flags`
    pub fn open(path: &str, flags: i32) -> Result<Self, Outcome> {
        let connection = rusqlite::Connection::open_with_flags(path, OpenFlags::from_bits_retain(flags))
            .map_err(outcome)?;
        Ok(Self {
            connection: Box::new(connection),
            borrows: Borrows::default(),
            open: Rc::new(Cell::new(true)),
        })
    }

    /// The connection, for what needs no table.
    pub fn get(&self) -> &rusqlite::Connection {
        &self.connection
    }

    /// Refuses every use while a backup writes into it.
    pub fn may_be_used(&self) -> Result<(), Outcome> {
        self.borrows.not_by(objects::DESTINATION)
    }

    /// The connection for what needs it alone, which a borrow checker allows only when nothing borrows it.
    pub fn get_mut(&mut self) -> Result<&mut rusqlite::Connection, Outcome> {
        self.borrows.none()?;
        Ok(&mut self.connection)
    }

    /// `Connection::close`, which a borrow checker allows only when nothing borrows it.
    pub fn close(self) -> Result<(), (Self, Outcome)> {
        if let Err(refused) = self.borrows.none() {
            return Err((self, refused));
        }
        let (borrows, open) = (self.borrows, self.open);
        match self.connection.close() {
            Ok(()) => {
                open.set(false);
                Ok(())
            }
            Err((connection, error)) => {
                Err((Self { connection: Box::new(connection), borrows, open }, outcome(error)))
            }
        }
    }

    /// The connection for a callback that works on it.
    pub fn alias(&self) -> super::Alias {
        // SAFETY: the handle is used only while `open` says that the connection lives.
        super::Alias { raw: unsafe { self.connection.handle() }, open: Rc::downgrade(&self.open) }
    }

    /// A counter of the connection, which rusqlite itself does not ask for.
    pub fn status(&self, library: &Library, counter: DbCounter, peak: bool, reset: bool) -> Call<i64> {
        // SAFETY: the handle is used for the length of the call.
        super::connection::status(library, unsafe { self.connection.handle() }, counter, peak, reset)
    }

    /// How many statements the connection has that are not finalized.
    pub fn stmt_count(&self, library: &Library) -> Call<Value> {
        // SAFETY: as above.
        super::connection::stmt_count(library, unsafe { self.connection.handle() })
    }

    /// Finalizes what [`RusqliteStatement::forget`] left, so that the connection closes.
    pub fn finalize_forgotten(&self) {
        self.connection.flush_prepared_statement_cache();
        // SAFETY: the run has dropped its statements and the cache is empty, so nobody knows these any more.
        unsafe {
            let next = |db| rusqlite::ffi::sqlite3_next_stmt(db, std::ptr::null_mut());
            let db = self.connection.handle();
            while let Some(statement) = std::ptr::NonNull::new(next(db)) {
                rusqlite::ffi::sqlite3_finalize(statement.as_ptr());
            }
        }
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

fn sql_value(literal: &Literal) -> ToSqlOutput<'static> {
    match literal {
        Literal::Zeroblob(size) => ToSqlOutput::ZeroBlob(*size),
        literal => ToSqlOutput::Owned(owned(literal.to_value())),
    }
}

/// A value in rusqlite's terms, which has no texts but of UTF-8.
fn owned(value: Value) -> SqlValue {
    match value {
        Value::Null => SqlValue::Null,
        Value::Integer(n) => SqlValue::Integer(n),
        Value::Real(x) => SqlValue::Real(x),
        Value::Text(text) => SqlValue::Text(String::from_utf8_lossy(&text).into_owned()),
        Value::Blob(blob) => SqlValue::Blob(blob),
    }
}

/// A value that rusqlite lends.
fn value_of(value: ValueRef<'_>) -> Value {
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
