//! Which cases may know a finding, so that only these run where nothing is on record.

use std::collections::BTreeSet;

use super::case::{Uses, is_over_builds, said_of};
use super::of_lacking;
use crate::analysis::discover::finding::{Drift, Finding};
use crate::analysis::known::Needs;
use crate::contract::Case;

/// What could be known of findings, so that only the cases run that may know it.
#[derive(Debug, Clone)]
pub struct Wanted<'a>(Vec<One<'a>>);

/// What a case uses, or says, that may know a finding.
#[derive(Debug, Clone)]
struct One<'a> {
    needs: Vec<Needs>,
    program: Vec<BTreeSet<String>>,
    drifts: &'a [Drift],
}

impl One<'_> {
    fn may_be_known_by(&self, uses: &Uses) -> bool {
        let are_used = |needs: &Needs| needs.are_in(&uses.words, &uses.words);
        self.needs.iter().any(are_used) || uses.say(&self.program)
    }
}

impl<'a> Wanted<'a> {
    /// Of these findings.
    pub fn of(findings: &'a [Finding]) -> Self {
        let of = |finding: &'a Finding| {
            let mut needs = finding.needs();
            needs.extend(needs.first().and_then(Needs::telling));
            needs.extend(finding.drifts.iter().filter_map(|drift| of_lacking(&drift.change)));
            One { needs, program: said_of(finding), drifts: &finding.drifts }
        };
        Self(findings.iter().map(of).collect())
    }

    /// Without the changes between builds that are no such neighbours.
    pub fn between(&self, is_meant: impl Fn(&str, &str) -> bool) -> Self {
        let has_one = |drifts: &[Drift]| drifts.iter().any(|it| is_meant(&it.before, &it.after));
        Self(self.0.iter().filter(|it| has_one(it.drifts)).cloned().collect())
    }

    /// The neighbours between which a case may know a change of one of the findings.
    pub fn of_case(&self, case: &Case) -> BTreeSet<(&'a str, &'a str)> {
        if self.0.is_empty() || is_over_builds(case) {
            return BTreeSet::new();
        }
        let uses = Uses::of(case);
        let drifts = self.0.iter().filter(|it| it.may_be_known_by(&uses)).flat_map(|it| it.drifts);
        drifts.map(|drift| (drift.before.as_str(), drift.after.as_str())).collect()
    }
}
