//! What the catalogue knows: a case that drifts where a finding changes, over something that the finding uses.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::finding::Finding;
use crate::builds::BuildSet;
use crate::project::Project;
use crate::record::snapshots::{CaseSnapshots, Recorded};

/// The drifts on record, by the build with which they begin.
#[derive(Debug, Clone, Default)]
pub struct Known(BTreeMap<String, Vec<RecordedChange>>);

/// A drift of a case.
#[derive(Debug, Clone)]
struct RecordedChange {
    /// `precision/money-round/computed-amounts`
    case: String,
    /// The words of the lines that its parent does not have.
    words: BTreeSet<String>,
}

impl Known {
    /// Those of a project.
    ///
    /// # Errors
    /// When a snapshot cannot be read.
    pub fn of(project: &Project, builds: &BuildSet) -> Result<Self> {
        let recorded = Recorded::at(project.snapshots());
        let mut known = Self::default();
        for contract in recorded.contracts()? {
            for (case, snapshots) in recorded.contract(&contract)?.cases() {
                known.add(&format!("{contract}/{case}"), snapshots, |build| {
                    builds.lineage().forebears(build).collect()
                });
            }
        }
        Ok(known)
    }

    fn add<'a>(&mut self, case: &str, snapshots: &CaseSnapshots, ancestors: impl Fn(&str) -> Vec<&'a str>) {
        for (build, text) in &snapshots.accepted {
            let above = ancestors(build).into_iter().find_map(|above| snapshots.accepted.get(above));
            let Some(above) = above else { continue };
            let before: BTreeSet<&str> = above.lines().collect();
            let lines = text.lines().filter(|line| !before.contains(line));
            let words = lines.flat_map(words).collect();
            self.0.entry(build.clone()).or_default().push(RecordedChange { case: case.to_owned(), words });
        }
    }

    /// The cases that know a finding; none unless each of its changes is known.
    pub(super) fn cases(&self, finding: &Finding) -> Vec<String> {
        let telling = telling(finding);
        let of_build = |build: &str| {
            let all = self.0.get(build).map(Vec::as_slice).unwrap_or_default();
            all.iter().find(|change| !change.words.is_disjoint(&telling))
        };
        let found: Option<BTreeSet<String>> =
            finding.drifts.iter().map(|drift| Some(of_build(&drift.after)?.case.clone())).collect();
        found.into_iter().flatten().collect()
    }

    /// Every drift: the build with which it begins, and its case.
    pub(super) fn drifts(&self) -> impl Iterator<Item = (&str, &String)> {
        self.0.iter().flat_map(|(build, changes)| changes.iter().map(move |it| (build.as_str(), &it.case)))
    }

    /// Whether a finding shows the drift of this case that begins with this build.
    pub(super) fn shows(&self, finding: &Finding, build: &str, case: &str) -> bool {
        let telling = telling(finding);
        let is_there = finding.drifts.iter().any(|drift| drift.after == build);
        let mut changes = self.0.get(build).into_iter().flatten().filter(|change| change.case == case);
        is_there && changes.any(|change| !change.words.is_disjoint(&telling))
    }
}

/// The words of what a finding uses that its statements have.
fn telling(finding: &Finding) -> BTreeSet<String> {
    let used: BTreeSet<String> = finding.statements.iter().flat_map(|sql| words(sql)).collect();
    let first = finding.features.iter().filter_map(|feature| words(feature).next());
    first.filter(|word| used.contains(word)).collect()
}

/// The names of functions, clauses and pragmas in a text.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words
        .filter(|word| word.len() > 2 && !COMMON.contains(&word.to_ascii_lowercase().as_str()))
        .map(str::to_ascii_lowercase)
}

/// Words that nearly every statement has, or every question for a plan.
const COMMON: [&str; 14] = [
    "select", "from", "table", "create", "insert", "into", "values", "query", "exec", "text", "null",
    "where", "explain", "plan",
];

#[cfg(test)]
impl Known {
    /// Cases that drift at builds, with a line that is new there.
    pub(super) fn made_up(drifts: &[(&str, &str, &str)]) -> Self {
        let mut known = Self::default();
        for (case, build, line) in drifts {
            let change = RecordedChange { case: (*case).to_owned(), words: words(line).collect() };
            known.0.entry((*build).to_owned()).or_default().push(change);
        }
        known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_knows_what_drifts_at_the_same_build_over_the_same_word() {
        let accepted = [("1", "query SELECT round(1, 2) → 1"), ("3", "query SELECT round(1, 2) → 2")];
        let accepted = accepted.map(|(build, text)| (build.to_owned(), text.to_owned())).into();
        let snapshots = CaseSnapshots { accepted, ..CaseSnapshots::default() };
        let mut known = Known::default();
        known.add(
            "precision/round/half",
            &snapshots,
            |build| if build == "3" { vec!["2", "1"] } else { vec![] },
        );
        let finding = |sql: &str, feature: &str, builds: &[&str]| Finding::made_up(sql, feature, builds);
        assert_eq!(known.cases(&finding("SELECT round(7)", "round", &["3"])), ["precision/round/half"]);
        assert!(known.cases(&finding("SELECT abs(7)", "abs", &["3"])).is_empty());
        assert!(known.cases(&finding("SELECT round(7)", "round", &["2"])).is_empty());
        assert!(known.cases(&finding("SELECT round(7)", "round", &["3", "4"])).is_empty());
    }

    #[test]
    fn that_a_case_asks_for_a_plan_says_nothing_of_another_plan() {
        let known =
            Known::made_up(&[("plans/joins/chain", "3", "plan SELECT a FROM t LEFT JOIN u → \"SCAN t\"")]);
        let plan = Finding::made_up("EXPLAIN QUERY PLAN SELECT 0 EXCEPT SELECT 1", "plan", &["3"]);
        assert!(known.cases(&plan).is_empty());
    }
}
