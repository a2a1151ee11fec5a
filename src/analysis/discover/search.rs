//! The search: programs run on a few builds, on all once these disagree, and each new difference is reduced.
//!
//! What is done in parallel is decided by numbers and not by time, and results are taken in their order: the same seed
//! finds the same on any number of cores.

use std::collections::BTreeSet;

use anyhow::Result;
use rayon::prelude::*;

use super::answer::{Answers, Change};
use super::electorate::Electorate;
use super::finding::Finding;
use super::program::Program;
use super::reduce::reduce;
use super::state::State;
use super::voters::Voters;

/// Programs of a batch, which go to each of the drawn builds in one request.
pub const BATCH: u64 = 512;
/// Programs that go to all builds together. The findings of some explain much of the next.
const ON_ALL: usize = 16;
/// Differences that are reduced together, for the same reason.
const REDUCED: usize = 8;

/// A search over builds.
pub struct Search<'a, V> {
    voters: &'a V,
    electorate: &'a Electorate,
    /// How far it has come.
    pub state: State,
}

/// A program with its number, and what it uses.
struct Numbered {
    number: u64,
    program: Program,
    features: BTreeSet<String>,
}

/// A difference between two neighbours that no finding explains.
struct Target<'p> {
    from: &'p Numbered,
    builds: (usize, usize),
    change: Change,
}

impl<'a, V: Voters> Search<'a, V> {
    /// A search that goes on from this state.
    pub fn new(voters: &'a V, electorate: &'a Electorate, state: State) -> Self {
        Self { voters, electorate, state }
    }

    /// The next programs.
    ///
    /// # Errors
    /// When a build cannot be asked.
    pub fn batch(&mut self) -> Result<()> {
        let (seed, batch) = (self.state.seed, self.state.batches);
        let numbered = |number| {
            let program = Program::nth(seed, number);
            Numbered { number, features: program.features(), program }
        };
        let programs: Vec<Numbered> =
            (batch * BATCH..(batch + 1) * BATCH).into_par_iter().map(numbered).collect();
        let drawn = self.electorate.drawn(seed, batch);
        let asked: Vec<&Numbered> = programs.iter().collect();
        let answers = self.ask(&drawn, &asked)?;
        let pairs: Vec<_> = drawn.windows(2).map(|pair| (pair[0], pair[1])).enumerate().collect();
        let mut doubtful = Vec::new();
        for (at, numbered) in programs.iter().enumerate() {
            let changes = pairs.iter().filter_map(|(pair, builds)| {
                let change = Change::between(&answers[*pair][at], &answers[pair + 1][at]);
                change.map(|(_, change)| (*builds, change))
            });
            let changes: Vec<_> = changes.collect();
            self.state.counts.disagreed += u64::from(!changes.is_empty());
            if self.is_explained(numbered, &changes) {
                self.state.counts.explained += u64::from(!changes.is_empty());
            } else {
                doubtful.push((numbered, changes));
            }
        }
        for some in doubtful.chunks(ON_ALL) {
            let left = some.iter().filter(|(numbered, changes)| !self.is_explained(numbered, changes));
            let left: Vec<&Numbered> = left.map(|(numbered, _)| *numbered).collect();
            self.state.counts.explained += (some.len() - left.len()) as u64;
            self.look_into(&left)?;
        }
        self.state.counts.programs += BATCH;
        self.state.batches += 1;
        Ok(())
    }

    /// What programs do on builds: a list for each build.
    fn ask(&self, builds: &[usize], programs: &[&Numbered]) -> Result<Vec<Vec<Answers>>> {
        let programs: Vec<Program> = programs.iter().map(|numbered| numbered.program.clone()).collect();
        builds.par_iter().map(|build| self.voters.ask(*build, &programs, false)).collect()
    }

    /// Whether findings account for all of these changes.
    fn is_explained(&self, numbered: &Numbered, changes: &[((usize, usize), Change)]) -> bool {
        changes.iter().all(|(builds, change)| self.explanation(numbered, *builds, change).is_some())
    }

    fn explanation(&self, numbered: &Numbered, builds: (usize, usize), change: &Change) -> Option<usize> {
        self.state.findings.iter().position(|finding| finding.explains(&numbered.features, builds, change))
    }

    /// Asks all builds, and reduces the differences between neighbours that are new.
    fn look_into(&mut self, programs: &[&Numbered]) -> Result<()> {
        let all: Vec<usize> = (0..self.electorate.names().len()).collect();
        let answers = self.ask(&all, programs)?;
        let mut targets: Vec<Target<'_>> = Vec::new();
        for (at, from) in programs.iter().copied().enumerate() {
            for builds in self.electorate.edges() {
                let Some((_, change)) = Change::between(&answers[builds.0][at], &answers[builds.1][at])
                else {
                    continue;
                };
                match self.explanation(from, builds, &change) {
                    Some(known) => self.state.findings[known].seen += 1,
                    None => targets.push(Target { from, builds, change }),
                }
            }
        }
        while !targets.is_empty() {
            targets.retain(|target| self.explanation(target.from, target.builds, &target.change).is_none());
            let next: Vec<Target<'_>> = targets.drain(..targets.len().min(REDUCED)).collect();
            let found: Vec<Result<Option<Finding>>> =
                next.par_iter().map(|target| self.reduced(target)).collect();
            for found in found {
                self.take(found?);
            }
        }
        Ok(())
    }

    /// The smallest program with this difference. Nothing where it is not the same each time.
    fn reduced(&self, target: &Target<'_>) -> Result<Option<Finding>> {
        let (before, after) = target.builds;
        let least = reduce(&target.from.program, |programs| {
            let old = self.voters.ask(before, programs, false)?;
            let new = self.voters.ask(after, programs, false)?;
            let shows = |(old, new): (&Answers, &Answers)| {
                Change::between(old, new).is_some_and(|(_, change)| change == target.change)
            };
            Ok(old.iter().zip(&new).map(shows).collect())
        })?;
        let first = self.vote(&least)?;
        let is_there = Change::between(&first[before], &first[after]).is_some();
        if !is_there || first != self.vote(&least)? {
            return Ok(None);
        }
        let show = |build| self.voters.show(build, &least);
        Finding::of(target.from.number, &least, self.electorate, &first, show)
    }

    /// What all builds do with a program, each in a process that nothing else has used.
    fn vote(&self, program: &Program) -> Result<Vec<Answers>> {
        let builds = 0..self.electorate.names().len();
        let one = std::slice::from_ref(program);
        let answers = builds.into_par_iter().map(|build| {
            let mut answers = self.voters.ask(build, one, true)?;
            Ok(answers.pop().unwrap_or_default())
        });
        answers.collect()
    }

    fn take(&mut self, found: Option<Finding>) {
        self.state.counts.reduced += 1;
        let Some(found) = found else {
            self.state.counts.unstable += 1;
            return;
        };
        match self.state.findings.iter_mut().find(|known| known.key() == found.key()) {
            Some(known) => {
                known.seen += 1;
                self.state.counts.duplicates += 1;
            }
            None => self.state.findings.push(found),
        }
    }
}
