//! What all builds do with reduced programs, and whether they do it again.

use std::collections::BTreeSet;

use anyhow::Result;
use rayon::prelude::*;

use super::answer::Answers;
use super::asked::Asked;
use super::change::Change;
use super::finding::Finding;
use super::program::Program;
use super::reducing::Reduced;
use super::search::Search;
use super::state::Target;
use super::voters::Voters;

/// Some programs with what each build did.
struct Vote {
    programs: Vec<Program>,
    /// A list for each build.
    did: Vec<Vec<Answers>>,
    /// The neighbours between which each program changes.
    edges: Vec<Vec<(usize, usize)>>,
}

impl<V: Voters> Search<'_, V> {
    /// What all builds do with reduced programs. Nothing where the builds at the changes of one do not do the same again,
    /// twice, each time in a process that nothing else has used.
    pub(super) fn voted(&self, targets: &[Target], reduced: &[Reduced]) -> Result<Vec<Option<Finding>>> {
        let vote = self.vote(reduced.iter().map(|it| it.least.clone()).collect())?;
        let builds: Vec<usize> = (0..vote.did.len()).collect();
        let unstable = builds.par_iter().map(|build| self.unstable(&vote, *build));
        let unstable: Vec<Vec<usize>> = unstable.collect::<Result<_>>()?;
        let unstable: BTreeSet<usize> = unstable.into_iter().flatten().collect();
        let found = targets.par_iter().zip(&vote.programs).enumerate().map(|(at, (target, program))| {
            if unstable.contains(&at) || !vote.edges[at].contains(&target.builds) {
                return Ok(None);
            }
            let did: Vec<Answers> = vote.did.iter().map(|of_build| of_build[at].clone()).collect();
            let show = |build| self.voters.show(build, program);
            Finding::of(target.number, program, self.electorate, &did, show)
        });
        found.collect()
    }

    /// The last form of a reduced program before those that do not do the same again, with what all builds do with it. It
    /// and all larger forms do the same each time, so that it is no chance that it does.
    pub(super) fn last_stable(
        &self,
        target: &Target,
        reduced: &Reduced,
    ) -> Result<Option<(Reduced, Finding)>> {
        let forms: Vec<Reduced> =
            reduced.larger.iter().map(|form| Reduced::stopped_at(form, target)).collect();
        let targets = vec![target.clone(); forms.len()];
        let found = self.voted(&targets, &forms)?;
        Ok(forms.into_iter().zip(found).map_while(|(form, found)| Some((form, found?))).last())
    }

    fn vote(&self, programs: Vec<Program>) -> Result<Vote> {
        let all: Vec<usize> = (0..self.electorate.names().len()).collect();
        let did = self.ask(&all, &programs)?;
        let edges = |at: usize| {
            let differ = |(before, after): &(usize, usize)| {
                Change::between(&did[*before][at], &did[*after][at]).is_some()
            };
            self.electorate.edges().filter(differ).collect()
        };
        let edges = (0..programs.len()).map(edges).collect();
        Ok(Vote { programs, did, edges })
    }

    /// The programs that change at a build and that do something else on it when they are run again.
    fn unstable(&self, vote: &Vote, build: usize) -> Result<Vec<usize>> {
        let is_there =
            |at: &usize| vote.edges[*at].iter().any(|(before, after)| [*before, *after].contains(&build));
        let meant: Vec<usize> = (0..vote.programs.len()).filter(is_there).collect();
        let programs: Vec<Program> = meant.iter().map(|at| vote.programs[*at].clone()).collect();
        let asked = Asked::apart(&programs);
        let (once, again) = (self.voters.ask(build, &asked)?, self.voters.ask(build, &asked)?);
        let is_same = |place: usize, at: usize| {
            [&once, &again].iter().all(|did| did.get(place) == Some(&vote.did[build][at]))
        };
        Ok(meant
            .into_iter()
            .enumerate()
            .filter(|(place, at)| !is_same(*place, *at))
            .map(|(_, at)| at)
            .collect())
    }
}
