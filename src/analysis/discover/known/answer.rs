//! Which cases are named for a finding, and which drift a finding shows.

use std::collections::BTreeSet;

use super::Known;
use super::about::About;
use super::case::CaseChange;
use crate::analysis::discover::finding::{Drift, Finding};
use crate::analysis::known::ChangedStep;

/// What is known of a finding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::analysis::discover) struct Knowledge {
    /// The cases, where each change of it is known.
    pub cases: Vec<String>,
    /// The case that knows each of its changes, in their order.
    pub of_drifts: Vec<Option<String>>,
}

/// A case that knows a change of a finding.
#[derive(Debug, Clone)]
struct Knowing<'a> {
    /// How little it is about anything else, the least first.
    words: usize,
    case: &'a str,
    /// The step that tells so.
    step: ChangedStep,
}

impl Known {
    /// What is known of a finding. Where a build lacks what it uses, that is no change of its own unless it has no other.
    pub(in crate::analysis::discover) fn of(&self, finding: &Finding) -> Knowledge {
        let about = About::of(finding);
        let knowing: Vec<Vec<Knowing<'_>>> =
            finding.drifts.iter().map(|drift| self.knowing(&about, drift)).collect();
        let knowing = self.gone_on(finding, knowing);
        let meant = finding.meant();
        let knows = |case: &str, at: usize| knowing[at].iter().any(|it| it.case == case);
        let know = |case: &str| meant.iter().filter(|at| knows(case, **at)).count();
        let best = |known: &Vec<Knowing<'_>>| {
            let order = |it: &Knowing<'_>| (usize::MAX - know(it.case), it.words, it.case.to_owned());
            known.iter().min_by_key(|it| order(it)).map(|it| it.case.to_owned())
        };
        let of_drifts: Vec<Option<String>> = knowing.iter().map(best).collect();
        let cases: Option<BTreeSet<String>> = meant.iter().map(|at| of_drifts[*at].clone()).collect();
        match cases {
            Some(cases) => Knowledge { cases: cases.into_iter().collect(), of_drifts },
            None => {
                self.of_the_telling(finding, &about).unwrap_or(Knowledge { cases: Vec::new(), of_drifts })
            }
        }
    }

    /// The case that knows all of a finding over what it is about.
    fn of_the_telling(&self, finding: &Finding, about: &About) -> Option<Knowledge> {
        let (_, case) = self.knowing_all(finding, about).into_iter().map(|it| (it.words, it.case)).min()?;
        let meant = finding.meant();
        let is_meant = |at: usize| meant.contains(&at).then(|| case.to_owned());
        let of_drifts = (0..finding.drifts.len()).map(is_meant).collect();
        Some(Knowledge { cases: vec![case.to_owned()], of_drifts })
    }

    /// The cases that know every change of a finding over what is telling of it.
    fn knowing_all(&self, finding: &Finding, about: &About) -> Vec<Knowing<'_>> {
        let meant = finding.meant();
        let Some(telling) = about.telling(meant.len()) else { return Vec::new() };
        let mut all = meant.iter().map(|at| self.knowing(&telling, &finding.drifts[*at]));
        let mut found = all.next().unwrap_or_default();
        for known in all {
            found.retain(|found| known.iter().any(|it| it.case == found.case));
        }
        found
    }

    /// The cases that change as a finding does at a build, each with how little it is about anything else.
    fn knowing(&self, about: &About, drift: &Drift) -> Vec<Knowing<'_>> {
        let asked = about.at(drift);
        let knows = |it: &'_ CaseChange| it.knows(&asked).map(|(words, step)| (words, step.clone()));
        let found = self.at(&drift.after).iter();
        found
            .filter_map(|it| knows(it).map(|(words, step)| Knowing { words, case: &it.case, step }))
            .collect()
    }

    /// The same, with the cases that know one change of a finding by a step that changes in the same way at another: what came
    /// with one release and goes with another.
    fn gone_on<'a>(&'a self, finding: &Finding, mut knowing: Vec<Vec<Knowing<'a>>>) -> Vec<Vec<Knowing<'a>>> {
        for (at, drift) in
            finding.drifts.iter().enumerate().filter(|(at, _)| knowing[*at].is_empty()).collect::<Vec<_>>()
        {
            let others = knowing.iter().enumerate().filter(|(other, _)| *other != at).flat_map(|(_, it)| it);
            let goes_on = |it: &&Knowing<'_>| {
                self.at(&drift.after)
                    .iter()
                    .any(|own| own.case == it.case && own.goes_on(&it.step, &drift.change))
            };
            knowing[at] = others.filter(goes_on).cloned().collect();
        }
        knowing
    }

    /// Whether a finding shows the drift of this case that begins with this build.
    pub(in crate::analysis::discover) fn shows(&self, finding: &Finding, build: &str, case: &str) -> bool {
        let mut there = finding.drifts.iter().filter(|drift| drift.after == build).peekable();
        if there.peek().is_none() {
            return false;
        }
        let about = About::of(finding);
        let meant: Vec<&CaseChange> = self.at(build).iter().filter(|it| it.case == case).collect();
        let is_shown = |drift: &Drift| {
            let asked = about.at(drift);
            meant.iter().any(|it| it.is_shown_by(&asked))
        };
        there.any(is_shown) || self.knowing_all(finding, &about).iter().any(|it| it.case == case)
    }

    /// The cases that drift at a build.
    fn at(&self, build: &str) -> &[CaseChange] {
        self.0.get(build).map(Vec::as_slice).unwrap_or_default()
    }
}
