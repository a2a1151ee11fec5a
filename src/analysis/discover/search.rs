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
pub const BATCH: u64 = 64;
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
            if changes.is_empty() {
                continue;
            }
            self.state.counts.disagreed += 1;
            if self.is_explained(numbered, &changes) {
                self.count(numbered, &changes);
            } else {
                doubtful.push((numbered, changes));
            }
        }
        for some in doubtful.chunks(ON_ALL) {
            let mut left = Vec::new();
            for (numbered, changes) in some {
                if self.is_explained(numbered, changes) {
                    self.count(numbered, changes);
                } else {
                    left.push(*numbered);
                }
            }
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

    /// Counts a program that shows nothing new, also for the finding that explains its first change.
    fn count(&mut self, numbered: &Numbered, changes: &[((usize, usize), Change)]) {
        self.state.counts.explained += 1;
        let first = changes.first().and_then(|(builds, change)| self.explanation(numbered, *builds, change));
        if let Some(at) = first {
            self.state.findings[at].seen += 1;
        }
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
                if self.explanation(from, builds, &change).is_none() {
                    targets.push(Target { from, builds, change });
                }
            }
        }
        while !targets.is_empty() {
            targets.retain(|target| self.explanation(target.from, target.builds, &target.change).is_none());
            let next = unlike(&mut targets);
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
        let Some(mut found) = found else {
            self.state.counts.unstable += 1;
            return;
        };
        let electorate = self.electorate;
        if let Some(known) =
            self.state.findings.iter_mut().find(|known| known.explains_all_of(&found, electorate))
        {
            known.seen += 1;
            self.state.counts.duplicates += 1;
            return;
        }
        // A smaller program for what was found before takes its place.
        let is_less = |known: &Finding| found.explains_all_of(known, electorate);
        let less: Vec<u64> =
            self.state.findings.extract_if(.., |known| is_less(known)).map(|it| it.seen).collect();
        self.state.counts.duplicates += less.len() as u64;
        found.seen += less.iter().sum::<u64>();
        self.state.findings.push(found);
    }
}

/// Takes targets of which no two are likely to be one finding: of different programs, and with different changes.
fn unlike<'p>(targets: &mut Vec<Target<'p>>) -> Vec<Target<'p>> {
    let mut taken: Vec<Target<'p>> = Vec::new();
    let mut left = Vec::new();
    for target in targets.drain(..) {
        let is_like = |other: &Target<'_>| {
            other.from.number == target.from.number
                || (other.builds, &other.change) == (target.builds, &target.change)
        };
        match taken.len() < REDUCED && !taken.iter().any(is_like) {
            true => taken.push(target),
            false => left.push(target),
        }
    }
    *targets = left;
    taken
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::analysis::discover::answer::{Answer, Type};
    use crate::record::lineage::Lineage;

    /// Builds 0 to 3: `round` changes in build 2, `lower` fails in build 3, and `abs` never does the same again.
    #[derive(Default)]
    struct MadeUp(AtomicU64);

    impl MadeUp {
        fn answer(&self, build: usize, sql: &str) -> Answer {
            let value = |n| Answer::Rows(vec![vec![(Type::Integer, n)]]);
            match sql {
                sql if sql.contains("abs(") && build == 3 => value(self.0.fetch_add(1, Ordering::Relaxed)),
                sql if sql.contains("lower(") && build == 3 => Answer::Failed(1, "no".to_owned()),
                sql if sql.contains("round(") => value(u64::from(build >= 2)),
                _ => value(0),
            }
        }
    }

    impl Voters for MadeUp {
        fn ask(&self, build: usize, programs: &[Program], _: bool) -> Result<Vec<Answers>> {
            let of = |program: &Program| program.sql().iter().map(|sql| self.answer(build, sql)).collect();
            Ok(programs.iter().map(of).collect())
        }

        fn show(&self, build: usize, program: &Program) -> Result<Vec<String>> {
            Ok(program.sql().iter().map(|sql| format!("{:?}", self.answer(build, sql))).collect())
        }
    }

    fn electorate() -> Electorate {
        let parents = [("1", None), ("2", Some("1")), ("3", Some("2")), ("4", Some("3"))];
        let pairs = parents.map(|(name, parent)| (name.to_owned(), parent.map(str::to_owned)));
        Electorate::new(parents.map(|(name, _)| name.to_owned()).to_vec(), &Lineage::new(pairs).unwrap(), "4")
    }

    fn searched(threads: usize) -> State {
        let (voters, electorate) = (MadeUp::default(), electorate());
        let mut search = Search::new(&voters, &electorate, State::new(1, &electorate));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| (0..8).try_for_each(|_| search.batch())).unwrap();
        search.state
    }

    #[test]
    fn each_difference_is_one_small_finding_however_many_programs_show_it() {
        let State { findings, counts, .. } = searched(2);
        let shown: Vec<_> = findings
            .iter()
            .map(|it| (it.statements.join("; "), it.drifts[0].after.as_str(), it.seen > 1))
            .collect();
        let find = |word: &str| shown.iter().filter(|(sql, ..)| sql.contains(word)).collect::<Vec<_>>();
        assert_eq!(find("round("), [&("SELECT round()".to_owned(), "3", true)]);
        assert_eq!(find("lower("), [&("SELECT lower()".to_owned(), "4", true)]);
        assert_eq!(shown.len(), 2, "{shown:?}");
        assert!(counts.unstable > 0 && counts.explained > counts.reduced, "{counts:?}");
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        assert_eq!(searched(1).findings, searched(4).findings);
    }
}
