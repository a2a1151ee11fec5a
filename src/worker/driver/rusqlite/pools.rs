//! Pools of connections.

use super::super::{Outcome, named};
use super::Rusqlite;
use super::sections::Pools;
use crate::contract::verb::{Checkout, OnDb, Pool};
use crate::worker::ffi::{Call, RusqliteConnection, RusqlitePool};

impl Pools for Rusqlite {
    fn pool(&mut self, pool: &Pool) -> Call<Outcome> {
        self.pools.insert(pool.pool.to_string(), RusqlitePool::new(self.library, pool)?);
        Ok(Outcome::OK)
    }

    fn checkout(&mut self, checkout: &Checkout) -> Call<Outcome> {
        self.name_is_free(&checkout.db)?;
        let connection = named(self.pools.get(checkout.pool.as_str()), &checkout.pool)?.check_out()?;
        self.connections.insert(checkout.db.to_string(), connection);
        Ok(Outcome::OK)
    }

    /// A connection that would not go back keeps its name.
    fn checkin(&mut self, on: &OnDb) -> Call<Outcome> {
        self.end_connection(&on.db, RusqliteConnection::check_in)
    }
}
