//! Transactions and savepoints.

use super::super::{Outcome, done, named};
use super::Rusqlite;
use super::sections::Transactions;
use crate::contract::verb::{DropBehaviorArguments, OnTx, SavepointArguments, TransactionArguments};
use crate::worker::ffi::{Call, RusqliteTransaction};

impl Rusqlite {
    /// A transaction out of the table, to be used up.
    fn take(&mut self, name: &str) -> Call<RusqliteTransaction> {
        named(self.transactions.get(name), name)?.may_end()?;
        named(self.transactions.remove(name), name)
    }

    /// Drops the transaction of this name, if there is one, as the end of its scope would.
    fn release(&mut self, name: &str) -> Call<()> {
        if self.transactions.contains_key(name) { self.take(name).map(drop) } else { Ok(()) }
    }
}

impl Transactions for Rusqlite {
    fn transaction(&mut self, arguments: &TransactionArguments) -> Call<Outcome> {
        self.release(&arguments.tx)?;
        let tx = RusqliteTransaction::begin(self.connection(&arguments.db)?, arguments.behavior)?;
        self.transactions.insert(arguments.tx.to_string(), tx);
        Ok(Outcome::OK)
    }

    fn savepoint(&mut self, arguments: &SavepointArguments) -> Call<Outcome> {
        // rusqlite would panic halfway.
        self.library.need("sqlite3_keyword_check")?;
        let SavepointArguments { name, within, tx, db } = arguments;
        if within.as_deref() == Some(tx.as_str()) {
            return Err(Outcome::Refused(format!("`{}` is the name of the outer one", tx.as_str())));
        }
        self.release(tx)?;
        let savepoint = match within {
            Some(outer) => named(self.transactions.get_mut(outer), outer)?.savepoint_within(name)?,
            None => RusqliteTransaction::savepoint(self.connection_mut(db)?, name)?,
        };
        self.transactions.insert(tx.to_string(), savepoint);
        Ok(Outcome::OK)
    }

    fn drop_behavior(&mut self, on: &DropBehaviorArguments) -> Call<Outcome> {
        let tx = named(self.transactions.get_mut(on.tx.as_str()), &on.tx)?;
        tx.set_drop_behavior(on.behavior);
        Ok(Outcome::OK)
    }

    fn commit(&mut self, on: &OnTx) -> Call<Outcome> {
        self.take(&on.tx)?.commit().map(done)
    }

    fn rollback(&mut self, on: &OnTx) -> Call<Outcome> {
        let (rolled_back, savepoint) = self.take(&on.tx)?.rollback();
        self.transactions.extend(savepoint.map(|savepoint| (on.tx.to_string(), savepoint)));
        rolled_back.map(done)
    }

    fn finish(&mut self, on: &OnTx) -> Call<Outcome> {
        self.take(&on.tx)?.finish().map(done)
    }

    fn drop_transaction(&mut self, on: &OnTx) -> Call<Outcome> {
        self.take(&on.tx).map(drop).map(done)
    }
}
