//! Which cases may know a finding, so that only these run where nothing is on record.

use std::collections::BTreeSet;

use super::about::About;
use super::case::{Uses, is_over_builds};
use crate::analysis::discover::finding::{Drift, Finding};
use crate::contract::Case;

/// What could be known of findings, so that only the cases run that may know it.
#[derive(Debug, Clone)]
pub struct Wanted<'a>(Vec<(About, &'a [Drift])>);

impl<'a> Wanted<'a> {
    /// Of these findings.
    pub fn of(findings: &'a [Finding]) -> Self {
        let of = |finding: &'a Finding| (About::of(finding).at_all(&finding.drifts), &*finding.drifts);
        Self(findings.iter().map(of).collect())
    }

    /// Without the changes between builds that are no such neighbours.
    pub fn between(&self, is_meant: impl Fn(&str, &str) -> bool) -> Self {
        let has_one = |drifts: &[Drift]| drifts.iter().any(|it| is_meant(&it.before, &it.after));
        Self(self.0.iter().filter(|(_, drifts)| has_one(drifts)).cloned().collect())
    }

    /// The neighbours between which a case may know a change of one of the findings.
    pub fn of_case(&self, case: &Case) -> BTreeSet<(&'a str, &'a str)> {
        if self.0.is_empty() || is_over_builds(case) {
            return BTreeSet::new();
        }
        let uses = Uses::of(case);
        let found = self.0.iter().filter(|(about, _)| about.may_be_known_by(&uses));
        found.flat_map(|(_, drifts)| *drifts).map(|it| (it.before.as_str(), it.after.as_str())).collect()
    }
}
