//! A connection that threads use at the same time, which SQLite allows in its serialized mode,
//! <https://sqlite.org/threadsafe.html>.

use std::ptr::NonNull;
use std::sync::Arc;

use libsqlite3_sys as sys;

use super::super::{Call, Library, call};
use super::Connection;
use crate::contract::literal::Literal;
use crate::contract::verb::Open;
use crate::outcome::Outcome;

/// An open connection with a mutex of its own. It offers no more than what any thread may do at any time.
pub(crate) struct SharedConnection {
    raw: NonNull<sys::sqlite3>,
}

// SAFETY: SQLite made a mutex for the connection, by which each of its calls keeps others out; what is offered here
// returns copies, and nothing that another call could free.
unsafe impl Send for SharedConnection {}
// SAFETY: the same.
unsafe impl Sync for SharedConnection {}

impl SharedConnection {
    /// Opens one, unless the library would make it for one thread at a time.
    pub(crate) fn open(library: &Library, open: &Open) -> Call<Self> {
        if open.vfs.is_some() {
            return Err(Outcome::Refused("a shared connection has the library's own file system".to_owned()));
        }
        let (outcome, connection) = Connection::open(library, &open.path, open.flags(), None)?;
        let Some(connection) = connection else { return Err(outcome) };
        // SAFETY: the connection is open, as far as this can be asked for.
        let mutex = unsafe { call!(library, sqlite3_db_mutex(connection.raw.as_ptr())) };
        if outcome.succeeded() && !mutex.is_null() {
            return Ok(Self { raw: connection.raw });
        }
        drop(connection.close(library)?);
        Err(match outcome.succeeded() {
            true => {
                Outcome::Refused("this connection has no mutex: one thread at a time may use it".to_owned())
            }
            false => outcome,
        })
    }

    /// `sqlite3_exec`
    pub(crate) fn exec(&self, library: &Library, sql: &str) -> Call<Outcome> {
        let (outcome, message) = self.here().exec(library, sql)?;
        message.free(library)?;
        Ok(outcome)
    }

    /// All rows of one statement, which is this thread's alone.
    pub(crate) fn query(&self, library: &Library, sql: &str, values: &[Literal]) -> Call<Outcome> {
        self.here().query(library, sql, values)
    }

    /// Closes it when no thread has it any more.
    pub(crate) fn close(shared: Arc<Self>, library: &Library) -> Call<()> {
        let Some(connection) = Arc::into_inner(shared) else {
            return Err(Outcome::Refused("a thread still uses the connection".to_owned()));
        };
        connection.here().close(library)?.map_err(|(_, failed)| failed)
    }

    /// The connection for a call of this thread.
    fn here(&self) -> Connection {
        // SAFETY: the connection is open as long as this value lives, and who calls this lets go of it before that.
        unsafe { Connection::lent(self.raw) }
    }
}
