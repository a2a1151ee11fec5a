//! Differences that are alike, while calls are made.

use std::collections::HashMap;
use std::rc::Rc;

use super::report::Group;
use super::rows::Found;
use crate::outcome::replayed::Kind;

/// As many groups are told apart.
const MOST: usize = 20_000;

/// Groups by what they are about, their kind, and the column.
#[derive(Default)]
pub(super) struct Groups {
    places: HashMap<(Rc<str>, Kind, Option<u32>), usize>,
    all: Vec<Group>,
    /// Differences of further groups.
    beyond: u64,
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
        } else {
            self.beyond += count;
        }
    }

    /// All groups, by their places, and how many differences are in none of them.
    pub(super) fn in_order(mut self) -> (Vec<Group>, u64) {
        self.all.sort_by_key(|group| (group.place, group.kind, group.column));
        (self.all, self.beyond)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_beyond_the_groups_that_are_told_apart_are_counted() {
        let mut groups = Groups::default();
        let found = |at: usize| Found::whole(Kind::Value, (0, at as u64), "1".to_owned(), "2".to_owned());
        for at in 0..MOST + 2 {
            groups.add(&Rc::from(format!("select {at}")), found(at));
        }
        groups.add(&Rc::from("select 0"), found(MOST + 2));
        let (all, beyond) = groups.in_order();
        assert_eq!((all.len(), all[0].count, beyond), (MOST, 2, 2));
    }
}
