//! Who borrows a connection or a transaction. The compiler would know; here they are kept by name, so a use that it would
//! refuse is refused when it happens.
//!
//! Nothing relies on these messages: whoever borrows a connection shares it by [`Rc`], and what needs it alone gets it
//! from [`Rc::get_mut`] and [`Rc::try_unwrap`].

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use rusqlite::Connection;

use super::super::owner::Open;
use super::outcome;
use super::pool::Pooled;
use crate::outcome::Outcome;

/// A connection that lives as long as it or anything that borrows it.
pub(super) struct Shared {
    /// Dropped first: who sees it open may use the connection.
    pub(crate) open: Rc<Open>,
    pub(crate) connection: Held,
}

/// A connection of the case's own, or one that a pool has handed out.
pub(super) enum Held {
    Own(Box<Connection>),
    Pooled(Box<Pooled>),
}

impl Deref for Held {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match self {
            Self::Own(connection) => connection,
            Self::Pooled(connection) => connection,
        }
    }
}

impl DerefMut for Held {
    fn deref_mut(&mut self) -> &mut Connection {
        match self {
            Self::Own(connection) => connection,
            Self::Pooled(connection) => connection,
        }
    }
}

/// A connection that a savepoint or a backup has for itself, while another one lives that it may be shared with:
/// rusqlite wants it mutable, and changes nothing in it.
pub(super) struct Alone {
    /// Another `Connection` for the same connection of SQLite. It closes nothing.
    pub(crate) connection: Connection,
    _shared: Rc<Shared>,
}

impl Alone {
    pub(crate) fn new(shared: &Rc<Shared>) -> Result<Self, Outcome> {
        // SAFETY: the handle is only read from it, and used below.
        let handle = unsafe { shared.connection.handle() };
        // SAFETY: SQLite's connection is open for as long as `_shared` lives, which is dropped after this.
        let connection = unsafe { Connection::from_handle(handle) }.map_err(outcome)?;
        Ok(Self { connection, _shared: shared.clone() })
    }
}

/// The names of those that borrow one thing, and of the thing.
#[derive(Clone)]
pub(super) struct Borrows(Rc<Names>);

struct Names {
    of: &'static str,
    by: RefCell<Vec<&'static str>>,
}

/// A borrow that ends when it is dropped.
pub(super) struct Borrow {
    borrows: Borrows,
    who: &'static str,
}

impl Borrows {
    /// Nothing borrows this `connection`, `transaction` or `savepoint` yet.
    pub(super) fn of(of: &'static str) -> Self {
        Self(Rc::new(Names { of, by: RefCell::default() }))
    }

    /// A new borrow by `who`: `a statement`.
    pub(crate) fn borrow(&self, who: &'static str) -> Borrow {
        self.0.by.borrow_mut().push(who);
        Borrow { borrows: self.clone(), who }
    }

    /// Refuses what needs the thing for itself, when there is a borrow.
    pub(crate) fn none(&self) -> Result<(), Outcome> {
        let by = self.0.by.borrow();
        by.first().map_or(Ok(()), |who| Err(Outcome::Refused(format!("{who} borrows the {}", self.0.of))))
    }

    /// Refuses every use when this one has the thing for itself.
    pub(crate) fn not_by(&self, who: &str) -> Result<(), Outcome> {
        if self.0.by.borrow().contains(&who) { self.none() } else { Ok(()) }
    }
}

impl Drop for Borrow {
    fn drop(&mut self) {
        let mut borrows = self.borrows.0.by.borrow_mut();
        if let Some(at) = borrows.iter().position(|who| *who == self.who) {
            borrows.remove(at);
        }
    }
}
