//! Which cases are named for a finding, and which drift a finding shows.

use std::collections::BTreeSet;

use super::Known;
use super::about::About;
use super::case::CaseChange;
use crate::analysis::discover::finding::{Drift, Finding};

/// What is known of a finding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::analysis::discover) struct Knowledge {
    /// The cases, where each change of it is known.
    pub cases: Vec<String>,
    /// The case that knows each of its changes, in their order.
    pub of_drifts: Vec<Option<String>>,
}

impl Known {
    /// What is known of a finding. Where a build lacks what it uses, that is no change of its own unless it has no other.
    pub(in crate::analysis::discover) fn of(&self, finding: &Finding) -> Knowledge {
        let about = About::of(finding);
        let knowing: Vec<Vec<(usize, &str)>> =
            finding.drifts.iter().map(|drift| self.knowing(&about, drift)).collect();
        let meant = finding.meant();
        let knows = |case: &str, at: usize| knowing[at].iter().any(|(_, known)| *known == case);
        let know = |case: &str| meant.iter().filter(|at| knows(case, **at)).count();
        let best = |known: &Vec<(usize, &str)>| {
            let order = |(words, case): &(usize, &str)| (usize::MAX - know(case), *words, (*case).to_owned());
            known.iter().min_by_key(|it| order(it)).map(|(_, case)| (*case).to_owned())
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
        let (_, case) = self.knowing_all(finding, about).into_iter().min()?;
        let meant = finding.meant();
        let is_meant = |at: usize| meant.contains(&at).then(|| case.to_owned());
        let of_drifts = (0..finding.drifts.len()).map(is_meant).collect();
        Some(Knowledge { cases: vec![case.to_owned()], of_drifts })
    }

    /// The cases that know every change of a finding over what is telling of it.
    fn knowing_all(&self, finding: &Finding, about: &About) -> Vec<(usize, &str)> {
        let meant = finding.meant();
        let Some(telling) = about.telling(meant.len()) else { return Vec::new() };
        let mut all = meant.iter().map(|at| self.knowing(&telling, &finding.drifts[*at]));
        let mut found = all.next().unwrap_or_default();
        for known in all {
            found.retain(|(_, case)| known.iter().any(|(_, it)| it == case));
        }
        found
    }

    /// The cases that change as a finding does at a build, each with how little it is about anything else.
    fn knowing(&self, about: &About, drift: &Drift) -> Vec<(usize, &str)> {
        let asked = about.at(drift);
        let knows = |it: &CaseChange| it.knows(&asked);
        self.at(&drift.after).iter().filter_map(|it| Some((knows(it)?, it.case.as_str()))).collect()
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
        there.any(is_shown) || self.knowing_all(finding, &about).iter().any(|(_, it)| *it == case)
    }

    /// The cases that drift at a build.
    fn at(&self, build: &str) -> &[CaseChange] {
        self.0.get(build).map(Vec::as_slice).unwrap_or_default()
    }
}
