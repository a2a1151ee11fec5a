//! Differences that are alike, while calls are made.

use std::collections::HashMap;
use std::rc::Rc;

use super::report::Group;
use crate::outcome::replayed::Kind;

/// As many groups are told apart.
const MOST: usize = 2_000;

/// Groups by what they are about and their kind.
#[derive(Default)]
pub(super) struct Groups {
    places: HashMap<(Rc<str>, Kind), usize>,
    all: Vec<Group>,
}

impl Groups {
    /// Calls that differ; only the first of a group are shown.
    pub(super) fn add(
        &mut self,
        kind: Kind,
        about: &Rc<str>,
        place: (u32, u64),
        old: String,
        new: String,
        count: u64,
    ) {
        let key = (Rc::clone(about), kind);
        if let Some(at) = self.places.get(&key) {
            self.all[*at].count += count;
        } else if self.all.len() < MOST {
            self.places.insert(key, self.all.len());
            self.all.push(Group { kind, statement: about.to_string(), count, place, old, new });
        }
    }

    /// All groups, by their places.
    pub(super) fn in_order(mut self) -> Vec<Group> {
        self.all.sort_by_key(|group| (group.place, group.kind));
        self.all
    }
}
