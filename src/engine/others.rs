//! The builds that a contract's steps run on beside the cell's own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Result;

use super::{Engine, ReadyBuild};
use crate::builds::Build;
use crate::contract::other_build::OtherBuild;
use crate::contract::requires::BuildFacts;
use crate::contract::{Case, Contract};
use crate::record::report::Verdict;

/// What each word of `on` means for a cell.
pub(super) type Others = BTreeMap<OtherBuild, Result<Arc<ReadyBuild>, Lacking>>;

/// Why there is no such build here.
#[derive(Debug, Clone)]
pub(super) struct Lacking {
    /// Of a case that needs it.
    pub verdict: Verdict,
    pub reason: String,
}

impl Engine {
    /// What the words of the cases that a build can run mean for it. What is not compiled yet is compiled.
    ///
    /// # Errors
    /// When the contract names a build that does not exist, or this one cannot be made.
    pub(super) fn others(&self, contract: &Contract, build: &Build) -> Result<Others> {
        self.builds.check_named(contract)?;
        let words = words_needed(contract, &self.ready(build)?.facts);
        Ok(words.into_iter().map(|word| (word.clone(), self.make_other(build, word))).collect())
    }

    fn make_other(&self, build: &Build, word: &OtherBuild) -> Result<Arc<ReadyBuild>, Lacking> {
        let unsupported = |reason| Lacking { verdict: Verdict::Unsupported, reason };
        let other = self.builds.other(build, word).map_err(unsupported)?;
        // It says nothing of the case's own build that this machine cannot make another one.
        let could_not_run = |error| Lacking {
            verdict: Verdict::CouldNotRun,
            reason: format!("on {}: {error:#}", other.name()),
        };
        self.ready(other).map_err(could_not_run)
    }

    /// The builds, beside the selected ones, that contracts of the project run steps on. A contract that cannot be read
    /// names none: its mistakes are reported when it is to run.
    pub fn builds_beside(&self, contracts: &[&str], selected: &[&Build]) -> Vec<&Build> {
        let is_selected = |build: &&Build| selected.iter().any(|selected| selected.name() == build.name());
        let mut found: BTreeMap<&str, &Build> = BTreeMap::new();
        for text in contracts.iter().filter_map(|id| self.text_of(id)) {
            for (build, word) in
                selected.iter().flat_map(|build| text.words.iter().map(move |word| (build, word)))
            {
                found.extend(
                    self.builds
                        .other(build, word)
                        .ok()
                        .filter(|it| !is_selected(it))
                        .map(|it| (it.name(), it)),
                );
            }
        }
        found.into_values().collect()
    }

    /// Those of [`Self::builds_beside`] that a case needs which one of the selected builds can run. These are made first.
    pub fn builds_needed_beside(&self, contracts: &[&str], selected: &[&Build]) -> Vec<&Build> {
        let is_selected = |build: &Build| selected.iter().any(|selected| selected.name() == build.name());
        let names_some = |id: &&&str| self.text_of(id).is_some_and(|text| !text.words.is_empty());
        let contracts: Vec<Arc<Contract>> =
            contracts.iter().filter(names_some).filter_map(|id| self.contract(id).ok()).collect();
        let mut found: BTreeMap<&str, &Build> = BTreeMap::new();
        for build in selected {
            let Ok(ready) = self.ready(build) else { continue };
            let words = contracts.iter().flat_map(|contract| words_needed(contract, &ready.facts));
            let others = words.filter_map(|word| self.builds.other(build, word).ok());
            found.extend(others.filter(|other| !is_selected(other)).map(|other| (other.name(), other)));
        }
        found.into_values().collect()
    }

    /// Digests of the other builds of a cell; `None` when one of them is not made yet.
    pub(super) fn digests_of_others(&self, words: &BTreeSet<OtherBuild>, build: &Build) -> Option<String> {
        let digest = |word| match self.builds.other(build, word) {
            Ok(other) => Some(self.at_hand(other)?.digest.clone()),
            Err(reason) => Some(reason),
        };
        words.iter().map(digest).collect()
    }
}

/// Whether a text may have the key `on`, in any way in which YAML writes it. Most contracts are not read for their
/// words.
pub(super) fn may_name_builds(text: &str) -> bool {
    let is_key = |(at, word): (usize, &str)| {
        let after = text[at + word.len()..].trim_start_matches(['"', '\'']).trim_start();
        after.starts_with(':') && !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '-')
    };
    text.match_indices("on").any(is_key) || text.lines().any(may_hide_a_key)
}

/// Whether a line may have a key that is not written out there: with an escape, after a `?`, or by an alias.
fn may_hide_a_key(line: &str) -> bool {
    let is_explicit = |after: &str| after.is_empty() || after.starts_with(char::is_whitespace);
    line.contains('\\')
        || line.split('?').skip(1).any(is_explicit)
        || (line.contains('*') && line.contains(" :"))
}

/// The words of the cases that a build can run.
fn words_needed<'a>(contract: &'a Contract, facts: &BuildFacts) -> BTreeSet<&'a OtherBuild> {
    let runs = contract.cases.iter().filter(|case| case.requires.unmet(facts).is_none());
    runs.flat_map(Case::other_builds).collect()
}

#[cfg(test)]
mod tests {
    use super::may_name_builds;

    #[test]
    fn a_key_is_found_however_it_is_written_and_other_words_are_not_taken_for_it() {
        for text in [
            "{on: oldest}",
            "  on : x",
            "\"on\": x",
            "'on' :x",
            "\non:\n",
            r#""o\x6e": x"#,
            "? on # c\n: x",
            "?\n  on",
            "*k : x",
        ] {
            assert!(may_name_builds(text), "{text}");
        }
        for text in
            ["JOIN b ON a", "version: 1", "on busy", "non: 1", "collation:", "a-on: 1", "count(*)", "a = ?1"]
        {
            assert!(!may_name_builds(text), "{text}");
        }
    }
}
