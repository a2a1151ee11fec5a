//! The search: programs run on a few builds, on those between once these disagree, and each new difference is reduced.
//!
//! What is done in parallel is decided by numbers and not by time, and results are taken in their order: the same seed
//! finds the same on any number of cores. A step takes seconds at most, and between steps the state says everything.

use std::collections::BTreeSet;

use anyhow::Result;
use rayon::prelude::*;

use super::answer::Answers;
use super::asked::Asked;
use super::change::Change;
use super::corpus::Corpus;
use super::electorate::Electorate;
use super::program::Program;
use super::state::{Avoided, Doubtful, State};
use super::voters::Voters;

/// Programs of a batch, which go to each of the drawn builds in one request.
pub const BATCH: u64 = 512;
/// Programs that are looked into together: enough for a request to be worth it. The findings of some explain much of the
/// next.
pub(super) const TOGETHER: usize = 48;
/// After so many batches also fewer of them are looked into: a request for one program costs as much as one for many.
const LOOKED_INTO: u64 = 4;

/// A search over builds.
pub struct Search<'a, V> {
    pub(super) voters: &'a V,
    pub(super) electorate: &'a Electorate,
    corpus: &'a Corpus,
    /// How far it has come.
    pub state: State,
    /// The number of the program at which it ends; nothing where it goes on for ever.
    end: Option<u64>,
}

impl<'a, V: Voters> Search<'a, V> {
    /// A search that goes on from this state.
    pub fn new(voters: &'a V, electorate: &'a Electorate, corpus: &'a Corpus, state: State) -> Self {
        Self { voters, electorate, corpus, state, end: None }
    }

    /// The same search, which runs so many more programs and then looks into what is left of them.
    pub fn with_more(mut self, programs: u64) -> Self {
        self.end = Some(self.state.counts.programs.saturating_add(programs));
        self
    }

    /// Whether the programs that it was to run have been, and everything that they have shown is looked into.
    pub fn is_over(&self) -> bool {
        self.has_run_all() && self.state.is_settled()
    }

    fn has_run_all(&self) -> bool {
        self.end.is_some_and(|end| self.state.counts.programs >= end)
    }

    /// Does what is to be done next: reduces some differences, finds out between which neighbours some programs change, or
    /// runs the next programs on a few builds.
    ///
    /// # Errors
    /// When a build cannot be asked.
    pub fn step(&mut self) -> Result<()> {
        if !self.state.targets.is_empty() {
            self.reduce_some()
        } else if self.is_time_to_look() {
            self.look_into_some()
        } else if self.has_run_all() {
            Ok(())
        } else {
            self.run_next()
        }
    }

    /// Whether enough programs wait, or have waited for long enough.
    fn is_time_to_look(&self) -> bool {
        let waiting = self.state.doubtful.len();
        let has_waited = self.state.counts.programs.is_multiple_of(LOOKED_INTO * BATCH);
        waiting >= TOGETHER || waiting > 0 && (has_waited || self.has_run_all())
    }

    /// Runs what is left of a batch of programs on a few builds.
    fn run_next(&mut self) -> Result<()> {
        let (seed, first) = (self.state.seed, self.state.counts.programs);
        let batch = first / BATCH;
        let end = self.end.unwrap_or(u64::MAX).min((batch + 1) * BATCH);
        let numbers: Vec<u64> = (first..end).collect();
        let drawn = self.electorate.drawn(seed, batch);
        let programs: Vec<Program> = numbers.par_iter().map(|number| self.program(*number)).collect();
        let answers = self.ask(&drawn, &programs)?;
        for (at, number) in numbers.into_iter().enumerate() {
            let pairs = drawn.windows(2).map(|pair| (pair[0], pair[1])).enumerate();
            let changes = pairs.filter_map(|(pair, builds)| {
                let change = Change::between(&answers[pair][at], &answers[pair + 1][at]);
                change.map(|(_, change)| (builds, change))
            });
            let changes: Vec<_> = changes.collect();
            if changes.is_empty() || programs[at].is_of_chance() {
                continue;
            }
            self.state.counts.disagreed += 1;
            let doubtful = Doubtful { number, changes };
            if doubtful.is_checked() || !self.is_counted(&programs[at], &doubtful.changes) {
                self.state.doubtful.push(doubtful);
            }
        }
        self.state.counts.programs = end;
        Ok(())
    }

    /// The program with this number: every other one is of the corpus, where there is one.
    pub(super) fn program(&self, number: u64) -> Program {
        let seed = self.state.seed;
        let given = if is_given(number) { self.corpus.nth(seed, number / 2) } else { None };
        given.unwrap_or_else(|| Program::nth(seed, number, &self.state.areas))
    }

    /// What programs do on builds: a list for each build.
    pub(super) fn ask(&self, builds: &[usize], programs: &[Program]) -> Result<Vec<Vec<Answers>>> {
        let asked = Asked::of(programs);
        builds.par_iter().map(|build| self.voters.ask(*build, &asked)).collect()
    }

    /// Whether a difference is one to reduce: no finding explains it, and it is not like one that was not the same each
    /// time.
    pub(super) fn is_new(&self, used: &BTreeSet<String>, builds: (usize, usize), change: &Change) -> bool {
        let is_avoided =
            |it: &Avoided| it.builds == builds && it.change == *change && it.used.is_subset(used);
        self.explanation(used, builds, change).is_none() && !self.state.avoided.iter().any(is_avoided)
    }

    /// Whether findings account for all of these changes. Then the program is counted, also for the finding that
    /// explains its first change.
    pub(super) fn is_counted(&mut self, program: &Program, changes: &[((usize, usize), Change)]) -> bool {
        let used = program.used();
        let explained = |(builds, change): &_| self.explanation(&used, *builds, change);
        let Some(by) = changes.iter().map(explained).collect::<Option<Vec<usize>>>() else { return false };
        self.state.counts.explained += 1;
        if let Some(first) = by.first() {
            self.state.findings[*first].seen += 1;
        }
        true
    }

    /// The finding that a difference between two builds in a program that uses all this may be.
    pub(super) fn explanation(
        &self,
        used: &BTreeSet<String>,
        builds: (usize, usize),
        change: &Change,
    ) -> Option<usize> {
        self.state.findings.iter().position(|finding| finding.explains(used, builds, change))
    }
}

/// Whether the program with this number is of the corpus, where there is one.
fn is_given(number: u64) -> bool {
    number % 2 == 1
}

/// How many of the first so many programs are of the corpus.
pub(super) fn given_among(programs: u64) -> u64 {
    programs / 2
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::analysis::discover::answer::{Answer, Type};
    use crate::outcome::value::Value;
    use crate::record::lineage::Lineage;

    /// Builds 0 to 3: `round` changes in build 2, `lower` fails in build 3, and `abs` never does the same again.
    #[derive(Default)]
    struct MadeUp {
        times: AtomicU64,
        /// Nor does `round` in build 2, in programs with fewer bytes than this.
        fewest: usize,
    }

    impl MadeUp {
        fn answer(&self, build: usize, sql: &str) -> Answer {
            let value = |n| Answer::Rows(vec![vec![(Type::Integer, n)]]);
            let another = || value(7 + self.times.fetch_add(1, Ordering::Relaxed));
            match sql {
                sql if sql.contains("abs(") && build == 3 => another(),
                sql if sql.contains("round(") && sql.len() < self.fewest && build == 2 => another(),
                sql if sql.contains("lower(") && build == 3 => Answer::Failed(1, "no".to_owned()),
                sql if sql.contains("round(") => value(u64::from(build >= 2)),
                _ => value(0),
            }
        }
    }

    impl Voters for MadeUp {
        fn values(&self, _: usize, asked: &Asked) -> Result<Vec<Option<Value>>> {
            Ok(asked.texts().iter().map(|_| Some(Value::Integer(0))).collect())
        }

        fn ask(&self, build: usize, asked: &Asked) -> Result<Vec<Answers>> {
            let of = |texts: &Vec<String>| texts.iter().map(|sql| self.answer(build, sql)).collect();
            Ok(asked.texts().iter().map(of).collect())
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

    fn searched(threads: usize, programs: u64) -> State {
        searched_over(&MadeUp::default(), threads, programs)
    }

    fn searched_over(voters: &MadeUp, threads: usize, programs: u64) -> State {
        let electorate = electorate();
        let corpus = Corpus::default();
        let begun = State::new(1, &electorate, &corpus);
        let mut search = Search::new(voters, &electorate, &corpus, begun).with_more(programs);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        while !search.is_over() {
            pool.install(|| search.step()).unwrap();
        }
        search.state
    }

    #[test]
    fn half_of_the_programs_are_given() {
        for programs in 0..5 {
            assert_eq!(
                given_among(programs),
                (0..programs).filter(|number| is_given(*number)).count() as u64
            );
        }
    }

    #[test]
    fn so_many_programs_run_as_were_asked_for() {
        for programs in [1, 600, 1100] {
            let state = searched(2, programs);
            assert_eq!((state.counts.programs, state.is_settled()), (programs, true));
        }
    }

    #[test]
    fn each_difference_is_one_small_finding_however_many_programs_show_it() {
        let State { findings, counts, .. } = searched(2, LOOKED_INTO * BATCH);
        let shown: Vec<_> = findings
            .iter()
            .map(|it| (it.statements.join("; "), it.drifts[0].after.as_str(), it.seen > 1))
            .collect();
        let find = |word: &str| shown.iter().filter(|(sql, ..)| sql.contains(word)).collect::<Vec<_>>();
        let is_call = |sql: &str, name: &str| sql.starts_with(&format!("SELECT {name}(")) && sql.len() < 24;
        assert!(
            matches!(find("round(").as_slice(), [(sql, "3", true)] if is_call(sql, "round")),
            "{shown:?}"
        );
        assert!(
            matches!(find("lower(").as_slice(), [(sql, "4", true)] if is_call(sql, "lower")),
            "{shown:?}"
        );
        assert_eq!(shown.len(), 2, "{shown:?}");
        assert!(counts.unstable > 0 && counts.explained > counts.reduced, "{counts:?}");
    }

    #[test]
    fn where_the_smallest_is_not_the_same_again_a_larger_one_is_the_finding() {
        let voters = MadeUp { fewest: 30, ..MadeUp::default() };
        let findings = searched_over(&voters, 2, LOOKED_INTO * BATCH).findings;
        let all: Vec<String> = findings.iter().map(|it| it.statements.join("; ")).collect();
        let is_meant = |sql: &&String| sql.contains("round(");
        assert!(all.iter().any(|sql| is_meant(&sql)), "{all:?}");
        assert!(all.iter().filter(is_meant).all(|sql| sql.len() >= 30), "{all:?}");
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        assert_eq!(searched(1, 2 * BATCH).findings, searched(4, 2 * BATCH).findings);
    }
}
