//! The causes of a drift that waits for review.

use std::collections::BTreeMap;

use crate::builds::BuildSet;
use crate::contract::Contract;
use crate::project::Project;
use crate::record::causes::{Because, Causes};
use crate::record::snapshots::{Drift, Recorded, SnapshotName};

/// The contracts of drifts, without those that cannot be read. Each is read once: hundreds of drifts may be of one.
pub struct Contracts(BTreeMap<String, Contract>);

impl Contracts {
    /// Reads these contracts; an id may come more than once.
    pub fn read<'a>(project: &Project, ids: impl IntoIterator<Item = &'a str>) -> Self {
        let mut contracts: BTreeMap<&str, Option<Contract>> = BTreeMap::new();
        for id in ids {
            contracts.entry(id).or_insert_with(|| Contract::find(project, id).ok());
        }
        Self(contracts.into_iter().filter_map(|(id, contract)| Some((id.to_owned(), contract?))).collect())
    }

    /// The contract of this id.
    pub fn get(&self, id: &str) -> Option<&Contract> {
        self.0.get(id)
    }

    /// Their causes, with what is on record of them now.
    pub fn causes<'a>(&'a self, project: &Project, builds: &'a BuildSet) -> KnownCauses<'a> {
        let recorded = Recorded::at(project.snapshots());
        let causes = self.0.iter().filter_map(|(id, contract)| {
            let snapshots = recorded.contract(id).ok()?;
            Some((id.as_str(), builds.causes(contract, &snapshots)))
        });
        KnownCauses(causes.collect())
    }
}

/// The causes of drifts that wait for review, by contract.
#[derive(Default)]
pub struct KnownCauses<'a>(BTreeMap<&'a str, Causes<'a>>);

impl KnownCauses<'_> {
    /// The text below a drift: its causes according to the contract, else the key that a cause needs. Empty where
    /// accepting it leaves no drift on record, or where the contract cannot be read.
    pub fn below(&self, name: &SnapshotName, drift: &Drift, width: usize) -> String {
        // What is shown is the difference from this build, which may be further up than the parent when that did not
        // run.
        let before = drift.inherited.as_ref().map(|it| it.from.as_str()).filter(|_| !drift.goes_back());
        let (Some(before), Some(causes)) = (before, self.0.get(name.contract.as_str())) else {
            return String::new();
        };
        match causes.of_drift(&name.case, before, &name.build) {
            known if known.is_empty() => {
                let keys = causes.span(causes.step_start(before, &name.build), &name.build);
                format!("    no cause yet: `changed` has no key for it: {keys}\n")
            }
            known => Because::new("    ", width).lines(known),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::snapshots::Inherited;

    #[test]
    fn a_drift_is_followed_by_its_causes_or_by_the_keys_that_one_needs() {
        let project = Project::at(env!("CARGO_MANIFEST_DIR"));
        let builds = BuildSet::load(&project).unwrap();
        let contracts = Contracts::read(&project, ["precision/money-round", "no/contract"]);
        let causes = contracts.causes(&project, &builds);
        let below = |from: &str, build: &str| {
            let inherited = Some(Inherited { from: from.to_owned(), text: String::new() });
            let drift = Drift { own: None, inherited, after: "query → 1\n".to_owned() };
            let name = SnapshotName::new("precision/money-round", "computed-amounts", build);
            causes.below(&name, &drift, 60)
        };
        let because = below("3.42.0-rusqlite", "3.44.0-rusqlite");
        assert!(because.starts_with("    because (3.43.0): "), "{because}");
        assert!(because.lines().all(|line| line.chars().count() <= 60), "{because}");
        assert!(below("3.53.4-rusqlite", "3.54.1-rusqlite").starts_with("    no cause yet: "));
        let because = below("3.28.0-rusqlite", "3.43.0-rusqlite");
        assert!(
            because.starts_with("    because (3.43.0): "),
            "the parent's causes are not its own: {because}"
        );
        let keys = below("3.28.0-rusqlite", "3.54.1-debian");
        assert_eq!(keys, "    no cause yet: `changed` has no key for it: `debian`, or `3.54.1-debian`\n");
    }
}
