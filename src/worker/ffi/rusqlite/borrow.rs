//! Who borrows a thing, told at run time what a borrow checker would tell at compile time.

use std::cell::RefCell;
use std::rc::Rc;

use crate::outcome::Outcome;

/// The borrowers of one thing, in words.
#[derive(Clone, Default)]
pub struct Borrows(Rc<RefCell<Vec<&'static str>>>);

/// A borrow that ends when it is dropped.
pub struct Borrow {
    borrows: Borrows,
    who: &'static str,
}

impl Borrows {
    /// A new borrow by `who`: `a statement`.
    pub fn borrow(&self, who: &'static str) -> Borrow {
        self.0.borrow_mut().push(who);
        Borrow { borrows: self.clone(), who }
    }

    /// Refuses what needs the thing for itself, when there is a borrow.
    pub fn none(&self) -> Result<(), Outcome> {
        let borrows = self.0.borrow();
        borrows.first().map_or(Ok(()), |who| Err(Outcome::Refused(format!("{who} borrows the connection"))))
    }

    /// Refuses every use when this one has the thing for itself.
    pub fn not_by(&self, who: &str) -> Result<(), Outcome> {
        if self.0.borrow().contains(&who) { self.none() } else { Ok(()) }
    }
}

impl Drop for Borrow {
    fn drop(&mut self) {
        let mut borrows = self.borrows.0.borrow_mut();
        if let Some(at) = borrows.iter().position(|who| *who == self.who) {
            borrows.remove(at);
        }
    }
}
