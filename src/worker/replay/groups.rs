//! Differences that are alike, while calls are made.

use std::collections::HashMap;
use std::rc::Rc;

use super::report::Group;
use super::rows::Found;
use crate::outcome::replayed::Kind;

/// As many groups are told apart.
const MOST: usize = 2_000;

/// Groups by what they are about, their kind, and the column.
#[derive(Default)]
pub(super) struct Groups {
    places: HashMap<(Rc<str>, Kind, Option<u32>), usize>,
    all: Vec<Group>,
}

impl Groups {
    /// Calls that differ; only the first of a group are shown.
    pub(super) fn add(&mut self, about: &Rc<str>, found: Found) {
        let Found { kind, place, column, old, new, count } = found;
        let key = (Rc::clone(about), kind, column);
        if let Some(at) = self.places.get(&key) {
            self.all[*at].count += count;
        } else if self.all.len() < MOST {
            self.places.insert(key, self.all.len());
            self.all.push(Group { kind, statement: about.to_string(), count, place, column, old, new });
        }
    }

    /// All groups, by their places.
    pub(super) fn in_order(mut self) -> Vec<Group> {
        self.all.sort_by_key(|group| (group.place, group.kind, group.column));
        self.all
    }
}
