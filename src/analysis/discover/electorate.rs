//! Which builds vote, and which of them are neighbours.

use crate::outcome::random::Random;
use crate::record::lineage::Lineage;

/// How many builds are drawn for each batch, beside those that always vote.
const DRAWN: usize = 3;

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

    /// The builds that are asked first about the programs of a batch.
    pub(super) fn drawn(&self, seed: u64, batch: u64) -> Vec<usize> {
        let mut random = Random::nth(!seed, batch);
        let mut others: Vec<usize> = (0..self.names.len()).filter(|at| !self.always.contains(at)).collect();
        let mut drawn = self.always.clone();
        while drawn.len() < self.always.len() + DRAWN && !others.is_empty() {
            drawn.push(others.swap_remove(random.below(others.len() as u64) as usize));
        }
        drawn.sort_unstable();
        drawn
    }
}

#[cfg(test)]
mod tests {
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
    fn the_oldest_and_the_newest_are_always_asked_and_others_in_turn() {
        let all = electorate();
        for batch in 0..20 {
            let drawn = all.drawn(1, batch);
            assert_eq!(drawn, all.drawn(1, batch));
            assert!(drawn.contains(&0) && drawn.contains(&2), "{drawn:?}");
        }
    }
}
