//! Between which neighbours a program changes on which a few builds disagree. The builds between two are halved, so that of
//! all builds only those are asked that decide it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use rayon::prelude::*;

use super::answer::Answers;
use super::asked::Asked;
use super::change::Change;
use super::program::Program;
use super::search::{Search, TOGETHER};
use super::state::{Doubtful, Target};
use super::voters::Voters;

/// Programs, and what builds do with them as far as that was asked.
struct Looked {
    programs: Vec<Program>,
    used: Vec<BTreeSet<String>>,
    did: BTreeMap<(usize, usize), Answers>,
}

/// Builds from one to another between which a program changes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Span {
    program: usize,
    path: Vec<usize>,
    /// Whether every silent change in it is looked for, and not only new ones.
    is_checked: bool,
}

impl Span {
    /// The build in its middle; nothing where its ends are neighbours.
    fn middle(&self) -> Option<usize> {
        (self.path.len() > 2).then(|| self.path[self.path.len() / 2])
    }

    fn ends(&self) -> (usize, usize) {
        (self.path[0], self.path[self.path.len() - 1])
    }

    fn halves(&self) -> [Self; 2] {
        let middle = self.path.len() / 2;
        [&self.path[..=middle], &self.path[middle..]].map(|part| Self { path: part.to_vec(), ..self.clone() })
    }
}

impl<V: Voters> Search<'_, V> {
    /// Finds out where some programs change. The changes between neighbours that are new are to be reduced.
    pub(super) fn look_into_some(&mut self) -> Result<()> {
        let count = self.state.doubtful.len().min(TOGETHER);
        let some: Vec<Doubtful> = self.state.doubtful.drain(..count).collect();
        let some: Vec<_> = some.into_iter().map(|it| (self.program(it.number), it)).collect();
        let left: Vec<_> = some
            .into_iter()
            .filter(|(program, it)| it.is_checked() || !self.is_counted(program, &it.changes))
            .collect();
        let (programs, doubtful): (Vec<Program>, Vec<Doubtful>) = left.into_iter().unzip();
        let used = programs.iter().map(Program::used).collect();
        let mut looked = Looked { programs, used, did: BTreeMap::new() };
        let mut spans = self.spans(&looked, &doubtful);
        self.learn(
            &mut looked,
            spans.iter().flat_map(|span| [span.ends().0, span.ends().1].map(|it| (it, span.program))),
        )?;
        let mut found = Vec::new();
        while !spans.is_empty() {
            let middles = spans.iter().filter_map(|span| Some((span.middle()?, span.program)));
            self.learn(&mut looked, middles)?;
            let (ended, open): (Vec<Span>, Vec<Span>) = spans.into_iter().partition(|it| it.path.len() < 3);
            found.extend(ended);
            spans = open.iter().flat_map(|span| self.halves(&looked, span)).collect();
        }
        self.aim(&looked, &doubtful, found);
        Ok(())
    }

    /// The builds between those that disagree in a way that nothing explains, or that is checked.
    fn spans(&self, looked: &Looked, doubtful: &[Doubtful]) -> Vec<Span> {
        let of = |(program, it): (usize, &Doubtful)| {
            let is_checked = it.is_checked();
            let meant = it.changes.iter().filter(|(builds, change)| {
                is_checked && change.is_silent() || self.is_new(&looked.used[program], *builds, change)
            });
            let path = |(one, other): (usize, usize)| self.electorate.path(one, other);
            meant.map(|(builds, _)| Span { program, path: path(*builds), is_checked }).collect::<Vec<_>>()
        };
        doubtful.iter().enumerate().flat_map(of).collect()
    }

    /// Asks each build about the programs that it was not asked about.
    fn learn(&self, looked: &mut Looked, meant: impl Iterator<Item = (usize, usize)>) -> Result<()> {
        let mut by_build: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (build, program) in meant.filter(|it| !looked.did.contains_key(it)) {
            by_build.entry(build).or_default().insert(program);
        }
        let all = &looked.programs;
        let asked = by_build.into_par_iter().map(|(build, meant)| {
            let programs: Vec<Program> = meant.iter().map(|at| all[*at].clone()).collect();
            let did = self.voters.ask(build, &Asked::of(&programs))?;
            Ok(meant.into_iter().zip(did).map(|(at, did)| ((build, at), did)).collect::<Vec<_>>())
        });
        let known: Vec<Vec<_>> = asked.collect::<Result<_>>()?;
        looked.did.extend(known.into_iter().flatten());
        Ok(())
    }

    /// The half of a span that has a new change, the first one where both have. Where it is checked, each that has a
    /// silent one.
    fn halves(&self, looked: &Looked, span: &Span) -> Vec<Span> {
        let is_meant = |half: &Span| {
            looked.change(half.program, half.ends()).is_some_and(|change| {
                span.is_checked && change.is_silent()
                    || self.is_new(&looked.used[half.program], half.ends(), &change)
            })
        };
        let most = if span.is_checked { 2 } else { 1 };
        span.halves().into_iter().filter(is_meant).take(most).collect()
    }

    /// Makes targets of the neighbours that were found. A program without any shows nothing new.
    fn aim(&mut self, looked: &Looked, doubtful: &[Doubtful], found: Vec<Span>) {
        let mut aimed = BTreeSet::new();
        for span in found {
            let (one, other) = span.ends();
            let is_edge = self.electorate.edges().any(|edge| edge == (one, other));
            let builds = if is_edge { (one, other) } else { (other, one) };
            let Some(change) = looked.change(span.program, builds) else { continue };
            let target = Target { number: doubtful[span.program].number, builds, change };
            if self.is_new(&looked.used[span.program], builds, &target.change)
                && !self.state.targets.contains(&target)
            {
                self.state.targets.push(target);
                aimed.insert(span.program);
            }
        }
        for (at, it) in doubtful.iter().enumerate().filter(|(at, _)| !aimed.contains(at)) {
            if !self.is_counted(&looked.programs[at], &it.changes) {
                self.state.counts.explained += 1;
            }
        }
    }
}

impl Looked {
    fn change(&self, program: usize, builds: (usize, usize)) -> Option<Change> {
        let (before, after) = (self.did.get(&(builds.0, program))?, self.did.get(&(builds.1, program))?);
        Change::between(before, after).map(|(_, change)| change)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_meet_in_the_middle_until_neighbours_are_left() {
        let span = |path: &[usize]| Span { program: 0, path: path.to_vec(), is_checked: false };
        assert_eq!(span(&[1, 2]).middle(), None);
        assert_eq!(span(&[1, 2, 3]).middle(), Some(2));
        assert_eq!(span(&[1, 2, 3, 4]).halves(), [span(&[1, 2, 3]), span(&[3, 4])]);
    }
}
