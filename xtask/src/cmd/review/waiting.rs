//! What waits for review, and which of it words and globs mean.

use std::collections::BTreeSet;

use anyhow::Result;
use sqlite_contracts::builds::{Build, BuildSet};
use sqlite_contracts::contract::Contract;
use sqlite_contracts::matrix::survey::waiting;
use sqlite_contracts::project::{Project, command_name};
use sqlite_contracts::record::snapshots::name::State;
use sqlite_contracts::record::snapshots::{Drift, Recorded, SnapshotName, UntidyReason, store};

use crate::support::selection::{select, select_some};

/// The pending changes of a project.
pub(super) struct Review {
    pub(super) project: Project,
    pub(super) builds: BuildSet,
    /// Globs, and names of areas, contracts and cases; all where there is none.
    pub(super) only: Vec<String>,
}

impl Review {
    /// The pending changes of builds that exist.
    pub(super) fn waiting(&self) -> Result<Vec<(SnapshotName, Drift)>> {
        let mut pending = self.pending()?;
        pending.retain(|(name, _)| self.is_of_a_build(name));
        Ok(pending)
    }

    /// The pending snapshots of builds without a manifest: of which build they would be a change nobody can say, so that
    /// they may be rejected and not accepted.
    pub(super) fn stale(&self) -> Result<Vec<SnapshotName>> {
        let pending = self.pending()?.into_iter().map(|(name, _)| name);
        Ok(pending.filter(|name| !self.is_of_a_build(name)).collect())
    }

    pub(super) fn is_of_a_build(&self, name: &SnapshotName) -> bool {
        self.builds.lineage().contains(&name.build)
    }

    pub(super) fn not_offered(&self, name: &SnapshotName) -> String {
        let file = self.project.shown(&name.file(&self.project.snapshots(), State::Pending));
        let remove = command_name::command("tidy --fix");
        format!("{file}: not offered, {}; {remove} removes it", UntidyReason::NoBuild)
    }

    /// All pending changes. Each decision may change what others would inherit, so this is computed again after each;
    /// pending snapshots that are no longer needed are removed. Contracts with damaged snapshots are left out.
    pub(super) fn pending(&self) -> Result<Vec<(SnapshotName, Drift)>> {
        let folder = self.project.snapshots();
        let lineage = self.builds.lineage();
        let recorded = Recorded::at(&folder);
        let (contracts, _) = recorded.readable(recorded.contracts()?)?;
        for contract in &contracts {
            store::drop_settled(&recorded, lineage, contract, |_| true)?;
        }
        self.selected(waiting(lineage, &Recorded::at(&folder), &contracts)?)
    }

    /// A word has to name something that could wait: a case on file or on record, and a build where it names one.
    pub(super) fn check_words(&self) -> Result<()> {
        if self.only.is_empty() { Ok(()) } else { self.check(&self.only) }
    }

    /// The same of any words.
    pub(super) fn check(&self, words: &[String]) -> Result<()> {
        let recorded = Recorded::at(self.project.snapshots());
        let mut cases: BTreeSet<String> =
            recorded.names()?.iter().map(|(name, _)| format!("{}/{}", name.contract, name.case)).collect();
        for contract in Contract::load_all(&self.project)? {
            cases.extend(contract.cases.iter().map(|case| format!("{}/{}", contract.id, case.name)));
        }
        let cases: Vec<&str> = cases.iter().map(String::as_str).collect();
        let builds: Vec<&str> = self.builds.all().map(Build::name).collect();
        for word in words {
            let (case, build) =
                word.split_once('@').map_or((word.as_str(), None), |(it, build)| (it, Some(build)));
            select("case", &[whole(case, &cases)], &cases)?;
            build.map(|build| select("build", &[build.to_owned()], &builds)).transpose()?;
        }
        Ok(())
    }

    fn selected(&self, mut waiting: Vec<(SnapshotName, Drift)>) -> Result<Vec<(SnapshotName, Drift)>> {
        if !self.only.is_empty() {
            let names: Vec<String> = waiting.iter().map(|(name, _)| name.to_string()).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let globs: Vec<String> = self.only.iter().map(|word| whole(word, &names)).collect();
            let (meant, _) = select_some("pending snapshot", &globs, &names)?;
            waiting.retain(|(name, _)| meant.contains(&name.to_string().as_str()));
        }
        Ok(waiting)
    }
}

/// All snapshots of an area, a contract or a case, where a word is the name of one.
pub(super) fn whole(word: &str, names: &[&str]) -> String {
    let has = |end: &str| names.iter().any(|name| name.starts_with(&format!("{word}{end}")));
    match (has("/"), has("@")) {
        (true, _) => format!("{word}/*"),
        (false, true) => format!("{word}@*"),
        (false, false) => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn a_word_is_all_of_an_area_a_contract_or_a_case() {
        let names = ["precision/round/half@1", "precision/round/half@2", "precision/sums/all@1"];
        let whole = |word| whole(word, &names);
        assert_eq!(whole("precision"), "precision/*");
        assert_eq!(whole("precision/round"), "precision/round/*");
        assert_eq!(whole("precision/round/half"), "precision/round/half@*");
        for other in ["precision/*", "precision/round/half@1", "prec"] {
            assert_eq!(whole(other), other);
        }
    }
}
