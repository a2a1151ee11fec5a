//! What the program's functions have answered, for builds that call them at other times.

use std::collections::HashMap;
use std::rc::Rc;

use super::handles::Number;
use crate::worker::replay::call::Body;

/// As many answers are kept.
const MOST: usize = 20_000;

/// Answers by what was asked, and the last thing that each file system said.
#[derive(Default)]
pub(super) struct Answers {
    /// By the function and a number for its arguments: where the call of it stands.
    functions: HashMap<(Number, u64), (Rc<Body>, usize)>,
    /// By the collation and numbers for both texts.
    collations: HashMap<(Number, u64, u64), i64>,
    /// Collations whose comparisons of a call are all known.
    pub(super) known: Vec<(Number, u64)>,
    /// Milliseconds of the Julian day.
    pub(super) time: i64,
    pub(super) randomness: Vec<u8>,
}

impl Answers {
    pub(super) fn keep(&mut self, function: Number, arguments: u64, at: (Rc<Body>, usize)) {
        if self.functions.len() < MOST {
            self.functions.insert((function, arguments), at);
        }
    }

    pub(super) fn of(&self, function: Number, arguments: u64) -> Option<(Rc<Body>, usize)> {
        self.functions.get(&(function, arguments)).cloned()
    }

    pub(super) fn keep_comparison(&mut self, collation: Number, one: u64, other: u64, answer: i64) {
        if self.collations.len() < MOST {
            self.collations.insert((collation, one, other), answer);
        }
    }

    /// What was answered, also where it was asked the other way round.
    pub(super) fn comparison(&self, collation: Number, one: u64, other: u64) -> Option<i64> {
        let known = self.collations.get(&(collation, one, other)).copied();
        known.or_else(|| self.collations.get(&(collation, other, one)).map(|answer| -answer))
    }
}
