//! rusqlite's transactions and savepoints.

use std::rc::Rc;

use rusqlite::{Savepoint, Transaction};
use self_cell::{MutBorrow, self_cell};

use super::{Alone, Borrow, Borrows, RusqliteConnection, Shared, outcome};
use crate::contract::verb::{DropBehavior, TransactionBehavior};
use crate::outcome::Outcome;

/// `rusqlite::Transaction` or `Savepoint`
pub(crate) struct RusqliteTransaction {
    // Dropped in this order: what is dropped rolls back on the connection that is borrowed.
    kind: Kind,
    _borrow: Borrow,
    /// Savepoints inside, which borrow it.
    borrows: Borrows,
    connection: Rc<Shared>,
}

enum Kind {
    Transaction(Begun),
    Savepoint(Set),
}

/// `None` once it has ended.
type MaybeTransaction<'c> = Option<Transaction<'c>>;
/// `None` once it has ended.
type MaybeSavepoint<'c> = Option<Savepoint<'c>>;

self_cell!(
    struct Begun {
        owner: Rc<Shared>,
        #[not_covariant]
        dependent: MaybeTransaction,
    }
);

self_cell!(
    struct Set {
        owner: MutBorrow<Alone>,
        #[not_covariant]
        dependent: MaybeSavepoint,
    }
);

impl Set {
    /// `Savepoint::with_name`, which is what every `savepoint_with_name` calls.
    fn with_name(connection: &Rc<Shared>, name: &str) -> Result<Self, Outcome> {
        Self::try_new(MutBorrow::new(Alone::new(connection)?), |alone| {
            Savepoint::with_name(&mut alone.borrow_mut().connection, name).map(Some).map_err(outcome)
        })
    }
}

impl RusqliteTransaction {
    /// `Transaction::new_unchecked`: what a transaction inside another one returns is for SQLite to say.
    pub(crate) fn begin(
        connection: &RusqliteConnection,
        behavior: TransactionBehavior,
    ) -> Result<Self, Outcome> {
        let behavior = match behavior {
            TransactionBehavior::Deferred => rusqlite::TransactionBehavior::Deferred,
            TransactionBehavior::Immediate => rusqlite::TransactionBehavior::Immediate,
            TransactionBehavior::Exclusive => rusqlite::TransactionBehavior::Exclusive,
        };
        let shared = &connection.connection;
        let begun = Begun::try_new(shared.clone(), |shared| {
            Transaction::new_unchecked(&shared.connection, behavior).map(Some).map_err(outcome)
        })?;
        Ok(Self::of(Kind::Transaction(begun), connection.borrows.borrow("a transaction"), shared))
    }

    /// `Connection::savepoint_with_name`
    pub(crate) fn savepoint(connection: &mut RusqliteConnection, name: &str) -> Result<Self, Outcome> {
        connection.get_mut()?;
        let set = Set::with_name(&connection.connection, name)?;
        Ok(Self::of(Kind::Savepoint(set), connection.borrows.borrow("a savepoint"), &connection.connection))
    }

    /// `Transaction::savepoint_with_name` or `Savepoint::savepoint_with_name`
    pub(crate) fn savepoint_within(&mut self, name: &str) -> Result<Self, Outcome> {
        self.borrows.none()?;
        let set = Set::with_name(&self.connection, name)?;
        Ok(Self::of(Kind::Savepoint(set), self.borrows.borrow("a savepoint"), &self.connection))
    }

    fn of(kind: Kind, borrow: Borrow, connection: &Rc<Shared>) -> Self {
        let name = match &kind {
            Kind::Transaction(_) => "transaction",
            Kind::Savepoint(_) => "savepoint",
        };
        Self { kind, _borrow: borrow, borrows: Borrows::of(name), connection: connection.clone() }
    }

    /// What a borrow checker asks before the transaction may be used up.
    pub(crate) fn may_end(&self) -> Result<(), Outcome> {
        self.borrows.none()
    }

    /// `commit`: one that fails has dropped the transaction, which does what its drop behaviour says.
    pub(crate) fn commit(self) -> Result<(), Outcome> {
        self.end(|transaction| transaction.commit(), |savepoint| savepoint.commit())
    }

    /// `rollback`, which uses a transaction up and gives a savepoint back.
    pub(crate) fn rollback(mut self) -> (Result<(), Outcome>, Option<Self>) {
        let Kind::Savepoint(set) = &mut self.kind else {
            return (self.end(|transaction| transaction.rollback(), |_| Ok(())), None);
        };
        let rolled_back = set.with_dependent_mut(|_, set| set.as_mut().map_or(Ok(()), Savepoint::rollback));
        (rolled_back.map_err(outcome), Some(self))
    }

    /// `finish`: what dropping does, with its error.
    pub(crate) fn finish(self) -> Result<(), Outcome> {
        self.end(|transaction| transaction.finish(), |savepoint| savepoint.finish())
    }

    fn end(
        self,
        transaction: impl FnOnce(Transaction<'_>) -> rusqlite::Result<()>,
        savepoint: impl FnOnce(Savepoint<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), Outcome> {
        match self.kind {
            Kind::Transaction(mut begun) => {
                begun.with_dependent_mut(|_, begun| begun.take().map_or(Ok(()), transaction))
            }
            Kind::Savepoint(mut set) => set.with_dependent_mut(|_, set| set.take().map_or(Ok(()), savepoint)),
        }
        .map_err(outcome)
    }

    /// `set_drop_behavior`
    pub(crate) fn set_drop_behavior(&mut self, behavior: DropBehavior) {
        let behavior = match behavior {
            DropBehavior::Rollback => rusqlite::DropBehavior::Rollback,
            DropBehavior::Commit => rusqlite::DropBehavior::Commit,
            DropBehavior::Ignore => rusqlite::DropBehavior::Ignore,
            DropBehavior::Panic => rusqlite::DropBehavior::Panic,
        };
        match &mut self.kind {
            Kind::Transaction(begun) => begun.with_dependent_mut(|_, begun| {
                begun.iter_mut().for_each(|begun| begun.set_drop_behavior(behavior));
            }),
            Kind::Savepoint(set) => set.with_dependent_mut(|_, set| {
                set.iter_mut().for_each(|set| set.set_drop_behavior(behavior));
            }),
        }
    }
}
