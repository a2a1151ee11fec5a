//! How much of what the catalogue has on record a search found by itself: it measures the search, not SQLite.

use std::collections::BTreeSet;

use serde::Serialize;

use super::electorate::Electorate;
use super::known::Known;
use super::state::State;

/// What of the drifts on record was found again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Recall {
    /// How many drifts of cases that are SQL alone begin at a build of the search.
    pub drifts: usize,
    /// How many of them a finding shows: it changes at the same build, and uses what the case names there.
    pub found: usize,
    /// The others: `precision/money-round/computed-amounts 3.43.0-rusqlite`.
    pub missed: Vec<String>,
}

impl Recall {
    /// Of the drifts of these cases, by their names: `precision/money-round/computed-amounts`.
    pub fn of(state: &State, electorate: &Electorate, known: &Known, cases: &BTreeSet<String>) -> Self {
        let mut recall = Self::default();
        for (build, case) in
            known.drifts().filter(|(build, case)| electorate.place(build).is_some() && cases.contains(*case))
        {
            recall.drifts += 1;
            if state.findings.iter().any(|finding| known.shows(finding, build, case)) {
                recall.found += 1;
            } else {
                recall.missed.push(format!("{case} {build}"));
            }
        }
        recall
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::discover::corpus::Corpus;
    use crate::analysis::discover::finding::Finding;
    use crate::record::lineage::Lineage;

    #[test]
    fn a_drift_is_found_again_where_a_finding_changes_at_its_build_over_the_same_function() {
        let known = Known::made_up(&[
            ("a/b/c", "2", "query SELECT round(1)", ["1", "2"]),
            ("a/b/d", "2", "query SELECT abs(1)", ["1", "2"]),
        ]);
        let electorate = Electorate::new(vec!["1".to_owned(), "2".to_owned()], &Lineage::default(), "2");
        let mut state = State::new(1, &electorate, &Corpus::default());
        state.findings = vec![Finding::made_up("SELECT round(7)", "round", &["2"])];
        let cases = ["a/b/c", "a/b/d", "a/b/e"].map(str::to_owned).into();
        let recall = Recall::of(&state, &electorate, &known, &cases);
        assert_eq!((recall.drifts, recall.found, recall.missed), (2, 1, vec!["a/b/d 2".to_owned()]));
        let only = BTreeSet::from(["a/b/c".to_owned()]);
        assert_eq!(Recall::of(&state, &electorate, &known, &only).drifts, 1);
    }
}
