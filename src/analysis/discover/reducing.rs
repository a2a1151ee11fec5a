//! Reducing differences that a search met, some at a time.

use std::cell::Cell;
use std::collections::BTreeSet;

use anyhow::Result;
use rayon::prelude::*;

use super::answer::{Answer, Answers};
use super::asked::Asked;
use super::change::Change;
use super::finding::Use;
use super::program::Program;
use super::reduce::{Forms, Oracle, as_text, reduce};
use super::search::Search;
use super::state::Target;
use super::voters::Voters;
use crate::outcome::value::Value;

/// Differences that are reduced together. The findings of some explain much of the next.
const REDUCED: usize = 16;

/// So many programs that do not end are tried in a reduction: they take longer than all others.
const MOST_ENDLESS: usize = 16;

/// A reduced program, and how it was reached.
#[derive(Clone)]
pub(super) struct Reduced {
    pub least: Program,
    /// The programs on the way to it, the largest first.
    pub larger: Vec<Program>,
    /// What larger programs used that were reduced to it.
    pub uses: Vec<Use>,
    /// What showed it before a conversion to text took its place.
    pub through: BTreeSet<String>,
}

impl Reduced {
    /// A reduction that ended with this program.
    pub(super) fn stopped_at(form: &Program, target: &Target) -> Self {
        let own = Use { features: form.features(), change: Some(target.change.clone()) };
        Self { least: form.clone(), larger: Vec::new(), uses: vec![own], through: BTreeSet::new() }
    }
}

impl<V: Voters> Search<'_, V> {
    /// Reduces some differences that are likely to be different drifts.
    pub(super) fn reduce_some(&mut self) -> Result<()> {
        let targets = std::mem::take(&mut self.state.targets);
        let is_new = |target: &Target| {
            let used = self.program(target.number).used();
            self.is_new(&used, target.builds, &target.change)
        };
        let mut targets: Vec<Target> = targets.into_iter().filter(is_new).collect();
        let next = unlike(&mut targets);
        let mut reduced: Vec<Reduced> =
            next.par_iter().map(|target| self.reduced(target)).collect::<Result<_>>()?;
        let mut findings = self.voted(&next, &reduced)?;
        for (at, target) in
            next.iter().enumerate().filter(|(at, _)| findings[*at].is_none()).collect::<Vec<_>>()
        {
            if let Some((stable, found)) = self.last_stable(target, &reduced[at])? {
                reduced[at] = stable;
                findings[at] = Some(found);
            }
        }
        self.state.targets = targets;
        let all = next.into_iter().zip(reduced).zip(findings);
        all.into_iter().try_for_each(|((target, reduced), finding)| self.take(target, reduced, finding))
    }

    /// The smallest program with this difference, and then with what is behind it.
    fn reduced(&self, target: &Target) -> Result<Reduced> {
        let program = self.program(target.number);
        let endless = Cell::new(0);
        let mut same =
            Neighbours { search: self, target, allowed: Allowed::Same, works: false, endless: &endless };
        same.works = target.change.absent().is_some() && same.is_to_work(&program)?;
        let Forms { mut least, mut larger } = reduce(&program, &same)?;
        let mut uses = vec![Use { features: least.features(), change: Some(target.change.clone()) }];
        if target.change.absent().is_none() && !target.change.is_silent() {
            let behind = reduce(&least, &Neighbours { allowed: Allowed::Behind, ..same })?;
            larger.extend(behind.larger);
            least = behind.least;
        }
        uses.push(Use { features: least.features(), change: None });
        let mut through = BTreeSet::new();
        let roots = Neighbours { allowed: Allowed::Known, ..same };
        if target.change.absent().is_none()
            && let Some(text) = as_text(&least, &roots)?
        {
            through = least.core(0).intersection(&least.features()).cloned().collect();
            larger.push(std::mem::replace(&mut least, text));
        }
        Ok(Reduced { least, larger, uses, through })
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
struct Neighbours<'s, 'a, V> {
    search: &'s Search<'a, V>,
    target: &'s Target,
    allowed: Allowed,
    /// Whether what one of the builds lacks has to work on the other one: an error of another kind says less of it.
    works: bool,
    /// How many of the programs that were tried did not end.
    endless: &'s Cell<usize>,
}

impl<V: Voters> Neighbours<'_, '_, V> {
    fn changes(&self, programs: &[Program]) -> Result<Vec<Option<Change>>> {
        let (before, after) = self.target.builds;
        let asked = Asked::tried(programs);
        let old = self.search.voters.ask(before, &asked)?;
        let new = self.search.voters.ask(after, &asked)?;
        let is_endless = |(old, new): &(&Answers, &Answers)| {
            [old, new].iter().any(|answers| answers.contains(&Answer::Stopped))
        };
        self.endless.update(|count| count + old.iter().zip(&new).filter(is_endless).count());
        let change = |(old, new): (&Answers, &Answers)| {
            let (at, change) = Change::between(old, new)?;
            (!self.works || works_somewhere(&old[at], &new[at])).then_some(change)
        };
        Ok(old.iter().zip(&new).map(change).collect())
    }

    /// Whether a program works on one of the builds where they differ.
    fn is_to_work(&self, program: &Program) -> Result<bool> {
        let works = Self { works: true, ..*self };
        Ok(works.changes(std::slice::from_ref(program))?.iter().any(Option::is_some))
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

/// Whether one of two answers is no error.
fn works_somewhere(before: &Answer, after: &Answer) -> bool {
    !matches!((before, after), (Answer::Failed(..), Answer::Failed(..)))
}

impl<V: Voters> Oracle for Neighbours<'_, '_, V> {
    fn shows(&self, programs: &[Program]) -> Result<Vec<bool>> {
        let changes = self.changes(programs)?;
        let shown = |(program, found): (&Program, Option<Change>)| {
            found.is_some_and(|found| self.is_shown(program, &found))
        };
        Ok(programs.iter().zip(changes).map(shown).collect())
    }

    fn goes_on(&self) -> bool {
        self.endless.get() < MOST_ENDLESS
    }

    fn values(&self, programs: &[Program]) -> Result<Vec<Vec<Value>>> {
        let (before, after) = self.target.builds;
        let asked = Asked::tried(programs);
        let old = self.search.voters.values(before, &asked)?;
        let new = self.search.voters.values(after, &asked)?;
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
