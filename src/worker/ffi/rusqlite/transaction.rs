//! rusqlite's transactions and savepoints.

use rusqlite::{Savepoint, Transaction};

use super::{Borrow, Borrows, RusqliteConnection, outcome};
use crate::contract::verb::{DropBehavior, TransactionBehavior};
use crate::outcome::Outcome;

/// `rusqlite::Transaction` or `Savepoint`
pub struct RusqliteTransaction {
    // Dropped in this order: what is dropped rolls back on the connection that is borrowed.
    kind: Kind,
    _borrow: Borrow,
    /// Savepoints inside, which borrow it.
    borrows: Borrows,
}

enum Kind {
    Transaction(Transaction<'static>),
    Savepoint(Savepoint<'static>),
}

impl RusqliteTransaction {
    /// `Transaction::new_unchecked`: what a transaction inside another one returns is for SQLite to say.
    pub fn begin(connection: &RusqliteConnection, behavior: TransactionBehavior) -> Result<Self, Outcome> {
        let behavior = match behavior {
            TransactionBehavior::Deferred => rusqlite::TransactionBehavior::Deferred,
            TransactionBehavior::Immediate => rusqlite::TransactionBehavior::Immediate,
            TransactionBehavior::Exclusive => rusqlite::TransactionBehavior::Exclusive,
        };
        let made = Transaction::new_unchecked(connection.get(), behavior).map_err(outcome)?;
        // SAFETY: the connection is boxed and cannot be closed while the transaction borrows it.
        let made = unsafe { std::mem::transmute::<Transaction<'_>, Transaction<'static>>(made) };
        Ok(Self::of(Kind::Transaction(made), connection.borrows.borrow("a transaction")))
    }

    /// `Connection::savepoint_with_name`
    pub fn savepoint(connection: &mut RusqliteConnection, name: &str) -> Result<Self, Outcome> {
        let made = connection.get_mut()?.savepoint_with_name(name).map_err(outcome)?;
        // SAFETY: the connection is boxed and cannot be closed while the savepoint borrows it.
        let made = unsafe { std::mem::transmute::<Savepoint<'_>, Savepoint<'static>>(made) };
        Ok(Self::of(Kind::Savepoint(made), connection.borrows.borrow("a savepoint")))
    }

    /// `Transaction::savepoint_with_name` or `Savepoint::savepoint_with_name`
    pub fn savepoint_within(&mut self, name: &str) -> Result<Self, Outcome> {
        self.borrows.none()?;
        let made = match &mut self.kind {
            Kind::Transaction(outer) => outer.savepoint_with_name(name),
            Kind::Savepoint(outer) => outer.savepoint_with_name(name),
        };
        let made = made.map_err(outcome)?;
        // SAFETY: it points at the outer one's connection, which stays as long as the outer one does; and that
        // one cannot end while this one borrows it.
        let made = unsafe { std::mem::transmute::<Savepoint<'_>, Savepoint<'static>>(made) };
        Ok(Self::of(Kind::Savepoint(made), self.borrows.borrow("a savepoint")))
    }

    fn of(kind: Kind, borrow: Borrow) -> Self {
        Self { kind, _borrow: borrow, borrows: Borrows::default() }
    }

    /// What a borrow checker asks before the transaction may be used up.
    pub fn may_end(&self) -> Result<(), Outcome> {
        self.borrows.none()
    }

    /// `commit`: one that fails has dropped the transaction, which does what its drop behaviour says.
    pub fn commit(self) -> Result<(), Outcome> {
        match self.kind {
            Kind::Transaction(transaction) => transaction.commit(),
            Kind::Savepoint(savepoint) => savepoint.commit(),
        }
        .map_err(outcome)
    }

    /// `rollback`, which uses a transaction up and gives a savepoint back.
    pub fn rollback(self) -> (Result<(), Outcome>, Option<Self>) {
        match self.kind {
            Kind::Transaction(transaction) => (transaction.rollback().map_err(outcome), None),
            Kind::Savepoint(mut savepoint) => {
                let rolled_back = savepoint.rollback().map_err(outcome);
                (rolled_back, Some(Self { kind: Kind::Savepoint(savepoint), ..self }))
            }
        }
    }

    /// `finish`: what dropping does, with its error.
    pub fn finish(self) -> Result<(), Outcome> {
        match self.kind {
            Kind::Transaction(transaction) => transaction.finish(),
            Kind::Savepoint(savepoint) => savepoint.finish(),
        }
        .map_err(outcome)
    }

    /// `set_drop_behavior`
    pub fn set_drop_behavior(&mut self, behavior: DropBehavior) {
        let behavior = match behavior {
            DropBehavior::Rollback => rusqlite::DropBehavior::Rollback,
            DropBehavior::Commit => rusqlite::DropBehavior::Commit,
            DropBehavior::Ignore => rusqlite::DropBehavior::Ignore,
            DropBehavior::Panic => rusqlite::DropBehavior::Panic,
        };
        match &mut self.kind {
            Kind::Transaction(transaction) => transaction.set_drop_behavior(behavior),
            Kind::Savepoint(savepoint) => savepoint.set_drop_behavior(behavior),
        }
    }
}
