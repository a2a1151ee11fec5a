//! rusqlite's own connections and statements, kept by name.
//!
//! A Rust program would hold them in nested scopes. Here each handle shares the connection that it borrows
//! (`self_cell`), and what the borrow checker would forbid is refused at run time.

mod borrow;
mod convert;
mod functions;
mod hooks;
mod module;
mod objects;
mod pool;
mod run;
mod settings;
mod statement;
mod transaction;

use std::ptr::NonNull;
use std::rc::Rc;

use libsqlite3_sys as sys;
use rusqlite::types::{ToSqlOutput, Value as SqlValue, ValueRef};
use rusqlite::{Error, OpenFlags};

use self::borrow::{Alone, Borrow, Borrows, Held, Shared};
pub(crate) use self::objects::{RusqliteBackup, RusqliteBlob};
pub(crate) use self::pool::RusqlitePool;
pub(crate) use self::run::Asked;
pub(crate) use self::statement::RusqliteStatement;
pub(crate) use self::transaction::RusqliteTransaction;
use super::connection::Alias;
use super::owner::Open;
use super::{Call, Library, files, vfs};
use crate::contract::literal::Literal;
use crate::outcome::Outcome;
use crate::outcome::sqlite_names::DbCounter;
use crate::outcome::value::Value;
use crate::worker::spent::Rows;

/// `rusqlite::Connection`
pub(crate) struct RusqliteConnection {
    connection: Rc<Shared>,
    /// Who borrows it.
    borrows: Borrows,
}

impl RusqliteConnection {
    /// `Connection::open_with_flags`, or `open_with_flags_and_vfs`
    pub(crate) fn open(
        library: &Library,
        path: &str,
        flags: i32,
        vfs: Option<&str>,
    ) -> Result<Self, Outcome> {
        files::confine(library)?;
        let flags = OpenFlags::from_bits_retain(flags);
        let connection = match vfs::named(library, vfs)? {
            Some(vfs) => rusqlite::Connection::open_with_flags_and_vfs(path, flags, vfs.as_c_str()),
            None => rusqlite::Connection::open_with_flags(path, flags),
        };
        Ok(Self::new(Held::Own(Box::new(connection.map_err(outcome)?))))
    }

    fn new(connection: Held) -> Self {
        Self::of(Shared { open: Open::new(), connection }, Borrows::of("connection"))
    }

    fn of(shared: Shared, borrows: Borrows) -> Self {
        Self { connection: Rc::new(shared), borrows }
    }

    /// The connection, for what needs no table.
    pub(crate) fn get(&self) -> &rusqlite::Connection {
        &self.connection.connection
    }

    /// Refuses every use while a backup writes into it.
    pub(crate) fn may_be_used(&self) -> Result<(), Outcome> {
        self.borrows.not_by(objects::DESTINATION)
    }

    /// The connection for what needs it alone, which a borrow checker allows only when nothing borrows it.
    pub(crate) fn get_mut(&mut self) -> Result<&mut rusqlite::Connection, Outcome> {
        self.borrows.none()?;
        let shared = Rc::get_mut(&mut self.connection).ok_or_else(is_borrowed)?;
        Ok(&mut shared.connection)
    }

    /// `Connection::close`, which a borrow checker allows only when nothing borrows it.
    pub(crate) fn close(self) -> Result<(), (Self, Outcome)> {
        self.end(|connection| match connection {
            Held::Own(own) => own.close().map_err(|(own, error)| (Held::Own(Box::new(own)), outcome(error))),
            pooled => Err((pooled, Outcome::Refused("the connection is its pool's: `checkin`".to_owned()))),
        })
    }

    /// Drops a pooled connection, so that it goes back to its pool.
    pub(crate) fn check_in(self) -> Result<(), (Self, Outcome)> {
        self.end(|connection| match connection {
            Held::Pooled(pooled) => {
                drop(pooled);
                Ok(())
            }
            own => Err((own, Outcome::Refused("the connection is no pool's: `close`".to_owned()))),
        })
    }

    /// Gives the connection to what ends it, when nothing borrows it.
    fn end(self, end: impl FnOnce(Held) -> Result<(), (Held, Outcome)>) -> Result<(), (Self, Outcome)> {
        if let Err(refused) = self.borrows.none() {
            return Err((self, refused));
        }
        let borrows = self.borrows;
        let Shared { open, connection } = match Rc::try_unwrap(self.connection) {
            Ok(alone) => alone,
            Err(connection) => return Err((Self { connection, borrows }, is_borrowed())),
        };
        end(connection)
            .map_err(|(connection, failed)| (Self::of(Shared { open, connection }, borrows), failed))
    }

    /// The connection for a callback that works on it.
    pub(crate) fn alias(&self) -> Alias {
        // SAFETY: the connection is open as long as `open` lives.
        unsafe { Alias::new(self.handle(), &self.connection.open) }
    }

    /// A counter of the connection, which rusqlite itself does not ask for.
    pub(crate) fn status(&self, library: &Library, counter: DbCounter, peak: bool, reset: bool) -> Call<i64> {
        // SAFETY: the connection is open during the call.
        unsafe { super::connection::status(library, self.handle(), counter, peak, reset) }
    }

    /// How many statements the connection has that are not finalized.
    pub(crate) fn stmt_count(&self, library: &Library) -> Call<Value> {
        // SAFETY: the connection is open during the call.
        unsafe { super::connection::stmt_count(library, self.handle()) }
    }

    fn handle(&self) -> NonNull<sys::sqlite3> {
        // SAFETY: the handle is only read from the connection here; who uses it has a reason of its own.
        let handle = unsafe { self.get().handle() };
        NonNull::new(handle).expect("an open connection has a handle")
    }

    /// All rows of one statement.
    pub(crate) fn query(&self, sql: &str, values: &[Literal]) -> Result<Outcome, Outcome> {
        let mut statement = self.get().prepare(sql).map_err(outcome)?;
        for (at, value) in (1_usize..).zip(values) {
            statement.raw_bind_parameter(at, sql_value(value)).map_err(outcome)?;
        }
        let columns = statement.column_count();
        let mut rows = statement.raw_query();
        let mut found = Rows::new();
        while let Some(row) = rows.next().map_err(outcome)? {
            found.push(read_row(row, columns)?)?;
        }
        Ok(found.all())
    }
}

/// What is refused where the names of those that borrow a connection are not known.
fn is_borrowed() -> Outcome {
    Outcome::Refused("the connection is borrowed".to_owned())
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
pub(crate) fn outcome(error: Error) -> Outcome {
    match error {
        Error::SqliteFailure(error, message) => Outcome::Error { code: error.extended_code, message },
        Error::SqlInputError { error, msg, .. } => {
            Outcome::Error { code: error.extended_code, message: Some(msg) }
        }
        other => Outcome::Refused(other.to_string()),
    }
}
