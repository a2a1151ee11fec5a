//! A pool of connections: r2d2, with what r2d2_sqlite does for it. That crate itself would bring another libsqlite3-sys.

use std::rc::Rc;
use std::time::Duration;

use r2d2::{ManageConnection, PooledConnection};
use rusqlite::Connection;

use super::super::owner::Open;
use super::super::{Call, Library, files};
use super::{Held, RusqliteConnection};
use crate::contract::verb::Pool;
use crate::outcome::Outcome;

/// A connection that goes back to its pool when it is dropped.
pub(super) type Pooled = PooledConnection<Manager>;

/// Makes connections and tests them, as `r2d2_sqlite::SqliteConnectionManager`.
pub(crate) struct Manager {
    path: String,
    init: Option<String>,
}

impl ManageConnection for Manager {
    type Connection = Connection;
    type Error = rusqlite::Error;

    fn connect(&self) -> Result<Connection, rusqlite::Error> {
        let connection = Connection::open(&self.path)?;
        self.init.as_ref().map_or(Ok(()), |init| connection.execute_batch(init))?;
        Ok(connection)
    }

    fn is_valid(&self, connection: &mut Connection) -> Result<(), rusqlite::Error> {
        connection.execute_batch("")
    }

    fn has_broken(&self, _: &mut Connection) -> bool {
        false
    }
}

/// A pool, with connections that nobody has checked out.
pub(crate) struct RusqlitePool {
    pool: r2d2::Pool<Manager>,
    /// Its connections may be used as long as it lives.
    _open: Rc<Open>,
}

impl RusqlitePool {
    pub(crate) fn new(library: &Library, pool: &Pool) -> Call<Self> {
        files::confine(library)?;
        let manager = Manager { path: pool.path.clone(), init: pool.init.clone() };
        let built = r2d2::Pool::builder()
            .max_size(pool.size.unwrap_or(1))
            .min_idle(Some(0))
            .test_on_check_out(!pool.untested)
            .connection_timeout(Duration::from_secs(1))
            .build(manager);
        Ok(Self { pool: built.map_err(refused)?, _open: Open::new() })
    }

    /// A connection that is idle, or a new one; refused where as many as it may have are in use.
    pub(crate) fn check_out(&self) -> Call<RusqliteConnection> {
        let state = self.pool.state();
        if state.idle_connections == 0 && state.connections >= self.pool.max_size() {
            return Err(Outcome::Refused("all connections of the pool are in use".to_owned()));
        }
        self.pool.get().map(|pooled| RusqliteConnection::new(Held::Pooled(Box::new(pooled)))).map_err(refused)
    }
}

fn refused(error: r2d2::Error) -> Outcome {
    Outcome::Refused(error.to_string())
}
