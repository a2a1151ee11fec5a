//! Which builds vote, and which of them are neighbours.

use crate::outcome::random::Random;
use crate::record::lineage::Lineage;

/// The builds that vote, parents before their children.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Electorate {
    names: Vec<String>,
    /// The nearest ancestor of each, among them.
    parents: Vec<Option<usize>>,
    /// Those that are asked about every program.
    always: Vec<usize>,
}

impl Electorate {
    /// These builds, of which `newest` is asked about every program, as the first is. A build without an ancestor among
    /// them is compared with the one before it.
    pub fn new(names: Vec<String>, lineage: &Lineage, newest: &str) -> Self {
        let names = parents_first(names, lineage);
        let place = |name: &str| names.iter().position(|known| known == name);
        let parent = |(at, name): (usize, &String)| {
            lineage.ancestors(name).find_map(place).filter(|parent| *parent != at).or(at.checked_sub(1))
        };
        let parents = names.iter().enumerate().map(parent).collect();
        let mut always = vec![0];
        always.extend(place(newest).filter(|at| *at != 0));
        Self { names, parents, always }
    }

    /// Their names.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    pub(super) fn name(&self, at: usize) -> &str {
        &self.names[at]
    }

    /// Where a build is among them.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    /// Each build that has a parent, after it.
    pub(super) fn edges(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.parents.iter().enumerate().filter_map(|(at, parent)| Some(((*parent)?, at)))
    }

    /// The names of each build that has a parent, after that.
    pub(super) fn neighbours(&self) -> impl Iterator<Item = (&str, &str)> {
        self.edges().map(|(before, after)| (self.name(before), self.name(after)))
    }

    /// The builds from one to another, each the parent or the child of the one before.
    pub(super) fn path(&self, from: usize, to: usize) -> Vec<usize> {
        let (up, down) = (self.to_root(from), self.to_root(to));
        let (at, meeting) = up
            .iter()
            .find_map(|build| Some((down.iter().position(|it| it == build)?, *build)))
            .unwrap_or((down.len() - 1, to));
        let climbed = up.iter().copied().take_while(|build| *build != meeting);
        climbed.chain(down[..=at].iter().rev().copied()).collect()
    }

    /// A build and those that it comes from, itself first.
    fn to_root(&self, build: usize) -> Vec<usize> {
        std::iter::successors(Some(build), |at| self.parents[*at]).collect()
    }

    /// The builds that are asked first about the programs of a batch. What changes and stays changed shows itself between
    /// the ends of the ladder: the first build, the newest, and one that has no child. What is mended later shows itself
    /// to those in between: one of each third of the ladder.
    pub(super) fn drawn(&self, seed: u64, batch: u64) -> Vec<usize> {
        let mut random = Random::nth(!seed, batch);
        let is_parent = |at: &usize| self.parents.contains(&Some(*at));
        let ends: Vec<usize> = (0..self.names.len()).filter(|at| !is_parent(at)).collect();
        let mut drawn = self.always.clone();
        drawn.extend(pick(&mut random, &ends));
        let ladder = self.path(0, self.always.last().copied().unwrap_or_default());
        let part = |at: usize| ladder.len() * at / PARTS;
        drawn.extend((0..PARTS).filter_map(|at| pick(&mut random, &ladder[part(at)..part(at + 1)])));
        drawn.sort_unstable();
        drawn.dedup();
        drawn
    }
}

/// The names in an order in which no build stands before one that it comes from, which would make it the ancestor of its own
/// ancestor. It is theirs where that is so already: what a search draws depends on it.
fn parents_first(mut names: Vec<String>, lineage: &Lineage) -> Vec<String> {
    let comes_later =
        |(at, name): (usize, &String)| lineage.ancestors(name).any(|it| names[at..].iter().any(|n| n == it));
    if names.iter().enumerate().any(comes_later) {
        names.sort_by_key(|name| lineage.ancestors(name).count());
    }
    names
}

/// Of each of so many parts of the ladder, a build is asked first.
const PARTS: usize = 3;

fn pick<T: Copy>(random: &mut Random, all: &[T]) -> Option<T> {
    (!all.is_empty()).then(|| random.one_of(all))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn electorate() -> Electorate {
        let parents =
            [("1", None), ("2", Some("1")), ("3", Some("2")), ("4", Some("3")), ("4-small", Some("4"))];
        let pairs = parents.map(|(name, parent)| (name.to_owned(), parent.map(str::to_owned)));
        let names = ["1", "3", "4", "4-small"].map(str::to_owned).to_vec();
        Electorate::new(names, &Lineage::new(pairs).unwrap(), "4")
    }

    #[test]
    fn a_build_is_compared_with_its_nearest_ancestor() {
        assert_eq!(electorate().edges().collect::<Vec<_>>(), [(0, 1), (1, 2), (2, 3)]);
    }

    #[test]
    fn a_newer_build_that_is_named_first_comes_from_the_older_one() {
        let pairs =
            [("1", None), ("2", Some("1"))].map(|(name, it)| (name.to_owned(), it.map(str::to_owned)));
        let lineage = Lineage::new(pairs).unwrap();
        let electorate = Electorate::new(["2", "1"].map(str::to_owned).to_vec(), &lineage, "2");
        assert_eq!(electorate.names(), ["1", "2"]);
        assert_eq!(electorate.edges().collect::<Vec<_>>(), [(0, 1)]);
        assert_eq!(electorate.path(1, 0), [1, 0]);
    }

    #[test]
    fn a_path_goes_up_to_what_two_builds_have_in_common_and_down_again() {
        assert_eq!(electorate().path(0, 3), [0, 1, 2, 3]);
        assert_eq!(electorate().path(3, 1), [3, 2, 1]);
        let parents = [("1", None), ("2", Some("1")), ("2-small", Some("1"))];
        let pairs = parents.map(|(name, parent)| (name.to_owned(), parent.map(str::to_owned)));
        let names = parents.map(|(name, _)| name.to_owned()).to_vec();
        let two = Electorate::new(names, &Lineage::new(pairs).unwrap(), "2");
        assert_eq!(two.path(1, 2), [1, 0, 2]);
    }

    #[test]
    fn the_oldest_and_the_newest_are_always_asked_and_others_in_turn() {
        let all = electorate();
        for batch in 0..20 {
            let drawn = all.drawn(1, batch);
            assert_eq!(drawn, all.drawn(1, batch));
            assert!(drawn.contains(&0) && drawn.contains(&2), "{drawn:?}");
        }
        let asked: BTreeSet<usize> = (0..40).flat_map(|batch| all.drawn(1, batch)).collect();
        assert_eq!(asked.len(), 4);
    }
}
