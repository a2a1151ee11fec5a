//! The search: programs run on a few builds, on all once these disagree, and each new difference is reduced.
//!
//! What is done in parallel is decided by numbers and not by time, and results are taken in their order: the same seed
//! finds the same on any number of cores. A step takes seconds at most, and between steps the state says everything.

use std::collections::BTreeSet;

use anyhow::Result;
use rayon::prelude::*;

use super::answer::{Answers, Change};
use super::corpus::Corpus;
use super::electorate::Electorate;
use super::exchange::exchanged;
use super::finding::{Drift, Finding, Use, groups};
use super::program::Program;
use super::reduce::{Oracle, as_text, reduce};
use super::state::{Avoided, Doubtful, State, Target};
use super::voters::Voters;
use crate::outcome::value::Value;

/// Programs of a batch, which go to each of the drawn builds in one request.
pub const BATCH: u64 = 256;
/// Programs that go to all builds together. The findings of some explain much of the next.
const ON_ALL: usize = 16;
/// Differences that are reduced together, for the same reason.
const REDUCED: usize = 8;

/// A search over builds.
pub struct Search<'a, V> {
    voters: &'a V,
    electorate: &'a Electorate,
    corpus: &'a Corpus,
    /// How far it has come.
    pub state: State,
}

/// A reduced program with what builds do, and how it was reached.
struct Reduced {
    /// Nothing where the program does not do the same each time.
    finding: Option<Finding>,
    least: Program,
}

impl<'a, V: Voters> Search<'a, V> {
    /// A search that goes on from this state.
    pub fn new(voters: &'a V, electorate: &'a Electorate, corpus: &'a Corpus, state: State) -> Self {
        Self { voters, electorate, corpus, state }
    }

    /// Does what is to be done next: reduces some differences, runs some programs on all builds, or the next programs on
    /// a few.
    ///
    /// # Errors
    /// When a build cannot be asked.
    pub fn step(&mut self) -> Result<()> {
        if !self.state.targets.is_empty() {
            self.reduce_some()
        } else if !self.state.doubtful.is_empty() {
            self.look_into_some()
        } else {
            self.begin_batch()
        }
    }

    /// Runs the next programs on a few builds.
    fn begin_batch(&mut self) -> Result<()> {
        let (seed, batch) = (self.state.seed, self.state.batches);
        let numbers: Vec<u64> = (batch * BATCH..(batch + 1) * BATCH).collect();
        let drawn = self.electorate.drawn(seed, batch, &self.known_edges());
        let programs: Vec<Program> = numbers.par_iter().map(|number| self.program(*number)).collect();
        let answers = self.ask(&drawn, &programs)?;
        for (at, number) in numbers.into_iter().enumerate() {
            let pairs = drawn.windows(2).map(|pair| (pair[0], pair[1])).enumerate();
            let changes = pairs.filter_map(|(pair, builds)| {
                let change = Change::between(&answers[pair][at], &answers[pair + 1][at]);
                change.map(|(_, change)| (builds, change))
            });
            let changes: Vec<_> = changes.collect();
            if changes.is_empty() {
                continue;
            }
            self.state.counts.disagreed += 1;
            if !self.is_counted(&programs[at], &changes) {
                self.state.doubtful.push(Doubtful { number, changes });
            }
        }
        self.state.counts.programs += BATCH;
        self.state.batches += 1;
        Ok(())
    }

    /// The program with this number: every other one is of the corpus, where there is one.
    fn program(&self, number: u64) -> Program {
        let seed = self.state.seed;
        let given = if number % 2 == 1 { self.corpus.nth(seed, number / 2) } else { None };
        given.unwrap_or_else(|| Program::nth(seed, number))
    }

    /// The neighbours between which silent changes have been found.
    fn known_edges(&self) -> Vec<(usize, usize)> {
        let drifts = self.state.findings.iter().flat_map(|finding| &finding.drifts);
        let silent = drifts.filter(|drift| drift.change.is_silent());
        let place = |name: &str| self.electorate.place(name);
        let edges: BTreeSet<_> =
            silent.filter_map(|drift| place(&drift.before).zip(place(&drift.after))).collect();
        edges.into_iter().collect()
    }

    /// What programs do on builds: a list for each build.
    fn ask(&self, builds: &[usize], programs: &[Program]) -> Result<Vec<Vec<Answers>>> {
        builds.par_iter().map(|build| self.voters.ask(*build, programs, false)).collect()
    }

    /// Whether a difference is one to reduce: no finding explains it, and it is not like one that was not the same each
    /// time.
    fn is_new(&self, used: &BTreeSet<String>, builds: (usize, usize), change: &Change) -> bool {
        let is_avoided =
            |it: &Avoided| it.builds == builds && it.change == *change && it.used.is_subset(used);
        self.explanation(used, builds, change).is_none() && !self.state.avoided.iter().any(is_avoided)
    }

    /// Whether findings account for all of these changes. Then the program is counted, also for the finding that
    /// explains its first change.
    fn is_counted(&mut self, program: &Program, changes: &[((usize, usize), Change)]) -> bool {
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
    fn explanation(&self, used: &BTreeSet<String>, builds: (usize, usize), change: &Change) -> Option<usize> {
        self.state.findings.iter().position(|finding| finding.explains(used, builds, change))
    }

    /// Runs some programs on all builds. The differences between neighbours that are new are to be reduced.
    fn look_into_some(&mut self) -> Result<()> {
        let count = self.state.doubtful.len().min(ON_ALL);
        let some: Vec<Doubtful> = self.state.doubtful.drain(..count).collect();
        let some: Vec<_> = some.into_iter().map(|it| (self.program(it.number), it)).collect();
        let left: Vec<_> =
            some.into_iter().filter(|(program, it)| !self.is_counted(program, &it.changes)).collect();
        let (programs, left): (Vec<Program>, Vec<Doubtful>) = left.into_iter().unzip();
        let all: Vec<usize> = (0..self.electorate.names().len()).collect();
        let answers = self.ask(&all, &programs)?;
        for (at, (program, doubtful)) in programs.iter().zip(left).enumerate() {
            let used = program.used();
            let (groups, _) = groups(answers.iter().map(|of_build| &of_build[at]));
            if let Some(known) = self.state.findings.iter_mut().find(|it| it.is_all_of(&groups, &used)) {
                known.seen += 1;
                self.state.counts.explained += 1;
                continue;
            }
            for builds in self.electorate.edges() {
                let change = Change::between(&answers[builds.0][at], &answers[builds.1][at]);
                let Some((_, change)) = change else { continue };
                if self.is_new(&used, builds, &change) {
                    self.state.targets.push(Target { number: doubtful.number, builds, change });
                }
            }
        }
        Ok(())
    }

    /// Reduces some differences that are likely to be different drifts.
    fn reduce_some(&mut self) -> Result<()> {
        let targets = std::mem::take(&mut self.state.targets);
        let is_new = |target: &Target| {
            let used = self.program(target.number).used();
            self.is_new(&used, target.builds, &target.change)
        };
        let mut targets: Vec<Target> = targets.into_iter().filter(is_new).collect();
        let next = unlike(&mut targets);
        let reduced: Vec<Result<Reduced>> = next.par_iter().map(|target| self.reduced(target)).collect();
        self.state.targets = targets;
        next.into_iter().zip(reduced).try_for_each(|(target, reduced)| self.take(target, reduced?))
    }

    /// The smallest program with this difference, and then with what is behind it.
    fn reduced(&self, target: &Target) -> Result<Reduced> {
        let same = Neighbours { search: self, target, allowed: Allowed::Same };
        let mut least = reduce(&self.program(target.number), &same)?;
        let mut uses = vec![Use { features: least.features(), change: Some(target.change.clone()) }];
        if target.change.absent().is_none() && !target.change.is_silent() {
            least = reduce(&least, &Neighbours { allowed: Allowed::Behind, ..same })?;
        }
        uses.push(Use { features: least.features(), change: None });
        let mut through = BTreeSet::new();
        let roots = Neighbours { search: self, target, allowed: Allowed::Known };
        if target.change.absent().is_none()
            && let Some(text) = as_text(&least, &roots)?
        {
            through = least.core(0);
            least = text;
        }
        let mut finding = self.voted(target, &least)?;
        if let Some(finding) = &mut finding {
            uses.drain(..).for_each(|it| finding.also(it));
            finding.seen_through(&through);
        }
        Ok(Reduced { finding, least })
    }

    /// What all builds do with a reduced program. Nothing where the builds at its changes do not do the same again.
    fn voted(&self, target: &Target, least: &Program) -> Result<Option<Finding>> {
        let all: Vec<usize> = (0..self.electorate.names().len()).collect();
        let did: Vec<Answers> = self.ask(&all, std::slice::from_ref(least))?.into_iter().flatten().collect();
        let differ =
            |(before, after): &(usize, usize)| Change::between(&did[*before], &did[*after]).is_some();
        let edges: Vec<(usize, usize)> = self.electorate.edges().filter(differ).collect();
        let is_same = || -> Result<bool> {
            let ends: BTreeSet<usize> = edges.iter().flat_map(|(before, after)| [*before, *after]).collect();
            let again = ends.into_par_iter().map(|build| Ok(self.alone(build, least)? == did[build]));
            again.collect::<Result<Vec<bool>>>().map(|same| same.into_iter().all(|it| it))
        };
        if !edges.contains(&target.builds) || !is_same()? || !is_same()? {
            return Ok(None);
        }
        let show = |build| self.voters.show(build, least);
        Finding::of(target.number, least, self.electorate, &did, show)
    }

    /// What a build does with a program in a process that nothing else has used.
    fn alone(&self, build: usize, program: &Program) -> Result<Answers> {
        let mut answers = self.voters.ask(build, std::slice::from_ref(program), true)?;
        Ok(answers.pop().unwrap_or_default())
    }

    /// Keeps a finding, unless it is one that is known.
    fn take(&mut self, target: Target, Reduced { finding, least }: Reduced) -> Result<()> {
        self.state.counts.reduced += 1;
        let Some(found) = finding else {
            self.state.counts.unstable += 1;
            self.state.unstable.push(least.sql());
            self.state.avoided.push(Avoided {
                used: least.features(),
                builds: target.builds,
                change: target.change,
            });
            return Ok(());
        };
        if let Some(at) = self.same_as(&found)? {
            self.state.counts.repeated += 1;
            self.state.findings[at].merge(found);
            return Ok(());
        }
        if self.is_composed(&found, None) {
            self.state.counts.repeated += 1;
            let explaining = found.drifts.first().and_then(|drift| self.explaining(&found, drift, None));
            if let Some(at) = explaining {
                self.state.findings[at].seen += 1;
                found.uses().for_each(|it| self.state.findings[at].also(it));
            }
            return Ok(());
        }
        self.state.findings.push(found);
        self.drop_composed();
        Ok(())
    }

    /// The finding that another one is: over the same function, or seen through another one.
    fn same_as(&self, found: &Finding) -> Result<Option<usize>> {
        if let Some(at) = self.state.findings.iter().position(|known| known.is_same_as(found)) {
            return Ok(Some(at));
        }
        for (at, known) in self.state.findings.iter().enumerate().filter(|(_, known)| known.is_alike(found)) {
            let both = exchanged(&known.statements, &found.statements);
            if let Some(both) = both
                && self.show_all(&both, &found.drifts)?
            {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    /// Whether each program changes where these drifts are, in the same way.
    fn show_all(&self, programs: &[Program], drifts: &[Drift]) -> Result<bool> {
        let place = |name: &str| self.electorate.place(name);
        let asked =
            drifts.iter().filter_map(|drift| place(&drift.before).zip(place(&drift.after)).zip(Some(drift)));
        let shown = asked.map(|((before, after), drift)| {
            let did = self.ask(&[before, after], programs)?;
            let mut changes =
                did[0].iter().zip(&did[1]).map(|(before, after)| Change::between(before, after));
            Ok(changes.all(|change| change.is_some_and(|(_, change)| change.is_like(&drift.change))))
        });
        shown.collect::<Result<Vec<bool>>>().map(|shown| shown.into_iter().all(|it| it))
    }

    /// Whether other findings explain every change of this one.
    fn is_composed(&self, found: &Finding, itself: Option<usize>) -> bool {
        found.drifts.iter().all(|drift| self.explaining(found, drift, itself).is_some())
    }

    /// The finding that explains one of the changes of another.
    fn explaining(&self, found: &Finding, drift: &Drift, itself: Option<usize>) -> Option<usize> {
        let builds = self.electorate.place(&drift.before).zip(self.electorate.place(&drift.after))?;
        let mut others = self.state.findings.iter().enumerate().filter(|(at, _)| Some(*at) != itself);
        let by = others.find(|(_, known)| known.explains(&found.features, builds, &drift.change));
        by.map(|(at, _)| at)
    }

    /// Drops findings that show nothing but what the last one and others show.
    fn drop_composed(&mut self) {
        let Some(newest) = self.state.findings.len().checked_sub(1) else { return };
        for at in (0..newest).rev() {
            let last = self.state.findings.len() - 1;
            let is_touched = self.state.findings[at].shares(&self.state.findings[last]);
            if is_touched && self.is_composed(&self.state.findings[at], Some(at)) {
                let dropped = self.state.findings.remove(at);
                self.state.findings[last - 1].seen += dropped.seen;
                self.state.counts.repeated += 1;
            }
        }
    }
}

/// What may be shown by a program that is smaller than the one with a difference.
#[derive(Clone, Copy)]
enum Allowed {
    /// The same difference.
    Same,
    /// Or a silent one that may be what makes it, and that is new.
    Behind,
    /// Or one that is known.
    Known,
}

/// The two builds of a target.
#[derive(Clone, Copy)]
struct Neighbours<'s, 'a, V> {
    search: &'s Search<'a, V>,
    target: &'s Target,
    allowed: Allowed,
}

impl<V: Voters> Neighbours<'_, '_, V> {
    fn changes(&self, programs: &[Program]) -> Result<Vec<Option<Change>>> {
        let (before, after) = self.target.builds;
        let old = self.search.voters.ask(before, programs, false)?;
        let new = self.search.voters.ask(after, programs, false)?;
        let change = |(old, new): (&Answers, &Answers)| Change::between(old, new).map(|(_, change)| change);
        Ok(old.iter().zip(&new).map(change).collect())
    }

    fn is_shown(&self, program: &Program, found: &Change) -> bool {
        let Target { builds, change, .. } = self.target;
        match self.allowed {
            Allowed::Same => found.is_like(change),
            Allowed::Behind => {
                let is_new = || self.search.explanation(&program.used(), *builds, found).is_none();
                found.is_like(change) || change.may_become(found) && is_new()
            }
            Allowed::Known => change.may_become(found),
        }
    }
}

impl<V: Voters> Oracle for Neighbours<'_, '_, V> {
    fn shows(&self, programs: &[Program]) -> Result<Vec<bool>> {
        let changes = self.changes(programs)?;
        let shown = |(program, found): (&Program, Option<Change>)| {
            found.is_some_and(|found| self.is_shown(program, &found))
        };
        Ok(programs.iter().zip(changes).map(shown).collect())
    }

    fn values(&self, programs: &[Program]) -> Result<Vec<Vec<Value>>> {
        let (before, after) = self.target.builds;
        let old = self.search.voters.values(before, programs)?;
        let new = self.search.voters.values(after, programs)?;
        Ok(old.into_iter().zip(new).map(|(old, new)| old.into_iter().chain(new).collect()).collect())
    }
}

/// Takes targets of which no two are likely to be one finding: of different programs, and with different changes.
fn unlike(targets: &mut Vec<Target>) -> Vec<Target> {
    let mut taken: Vec<Target> = Vec::new();
    let mut left = Vec::new();
    for target in targets.drain(..) {
        let is_like = |other: &Target| {
            other.number == target.number
                || other.builds == target.builds && other.change.is_like(&target.change)
                || other.change.absent().is_some() && other.change.absent() == target.change.absent()
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
        fn values(&self, _: usize, programs: &[Program]) -> Result<Vec<Option<Value>>> {
            Ok(programs.iter().map(|_| Some(Value::Integer(0))).collect())
        }

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
        let corpus = Corpus::default();
        let mut search = Search::new(&voters, &electorate, &corpus, State::new(1, &electorate, &corpus));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        while search.state.counts.programs < 512 || !search.state.is_settled() {
            pool.install(|| search.step()).unwrap();
        }
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
