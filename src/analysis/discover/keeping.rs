//! Which reduced programs are findings, and which show one that is there.

use anyhow::Result;

use super::change::Change;
use super::exchange::{exchanged, is_renamed};
use super::finding::{Drift, Finding};
use super::program::Program;
use super::reducing::Reduced;
use super::search::Search;
use super::state::{Avoided, Target};
use super::voters::Voters;

impl<V: Voters> Search<'_, V> {
    /// Keeps a finding, unless it is one that is known.
    pub(super) fn take(&mut self, target: Target, reduced: Reduced, finding: Option<Finding>) -> Result<()> {
        self.state.counts.reduced += 1;
        let Some(mut found) = finding else {
            self.state.counts.unstable += 1;
            let sql = reduced.least.sql();
            if !self.state.unstable.contains(&sql) {
                self.state.unstable.push(sql);
            }
            self.state.avoided.push(Avoided {
                used: reduced.least.features(),
                builds: target.builds,
                change: target.change,
            });
            return Ok(());
        };
        reduced.uses.into_iter().for_each(|it| found.also(it));
        found.seen_through(&reduced.through);
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
            if found.fails_in_words() || is_renamed(&known.statements, &found.statements) {
                return Ok(Some(at));
            }
            if let Some(both) = exchanged(&known.statements, &found.statements)
                && self.show_all(&both, &found.telling())?
            {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    /// Whether each program changes where these drifts are, in the same way.
    fn show_all(&self, programs: &[Program], drifts: &[&Drift]) -> Result<bool> {
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
