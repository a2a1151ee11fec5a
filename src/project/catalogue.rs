//! The files that this library provides for other projects: its contracts, its profiles, and the sources of SQLite's
//! versions. They are compiled in, so that an installed program and a test archive have them wherever they run.

use std::collections::BTreeSet;

use crate::diagnostic::SourceText;

/// Name and text of each file of a kind, by name.
type Files = &'static [(&'static str, &'static str)];

const CONTRACTS: Files = include!(concat!(env!("OUT_DIR"), "/contracts.rs"));
const PROFILES: Files = include!(concat!(env!("OUT_DIR"), "/profiles.rs"));
const ADVISORIES: Files = include!(concat!(env!("OUT_DIR"), "/advisories.rs"));
const MANIFESTS: Files = include!(concat!(env!("OUT_DIR"), "/manifests.rs"));

/// The ids of its contracts: `precision/money-round`.
pub fn contracts() -> impl Iterator<Item = &'static str> {
    CONTRACTS.iter().map(|(id, _)| *id)
}

/// The areas of its contracts: `precision`.
pub fn areas() -> BTreeSet<&'static str> {
    contracts().filter_map(|id| Some(id.split_once('/')?.0)).collect()
}

/// The contract of this id.
pub fn contract(id: &str) -> Option<SourceText> {
    let (_, text) = CONTRACTS.iter().find(|(known, _)| *known == id)?;
    Some(source("contracts", id, text))
}

/// Its advisories: ids and files.
pub(crate) fn advisories() -> impl Iterator<Item = (&'static str, SourceText)> {
    ADVISORIES.iter().map(|(id, text)| (*id, source("advisories", id, text)))
}

/// Its profiles: names and files.
pub(crate) fn profiles() -> impl Iterator<Item = (&'static str, SourceText)> {
    PROFILES.iter().map(|(name, text)| (*name, source("sqlite-builds/profiles", name, text)))
}

/// Its manifests: the builds' names and files.
pub(crate) fn manifests() -> impl Iterator<Item = (&'static str, SourceText)> {
    MANIFESTS.iter().map(|(name, text)| (*name, source("sqlite-builds", name, text)))
}

/// `<sqlite-contracts>` shows the reader of a message that the file does not belong to the project.
fn source(folder: &str, name: &str, text: &'static str) -> SourceText {
    SourceText::new(format!("<sqlite-contracts>/{folder}/{name}.yaml"), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_this_repository_are_compiled_in() {
        assert!(areas().is_superset(&BTreeSet::from(["memory-caps", "precision", "statement-lifetime"])));
        let contract = contract("precision/money-round").unwrap();
        assert_eq!(contract.path(), "<sqlite-contracts>/contracts/precision/money-round.yaml");
        assert!(contract.text().contains("\ncases:"));
        assert!(profiles().any(|(name, _)| name == "rusqlite"));
        assert!(manifests().any(|(name, text)| name == "3.50.4-rusqlite" && text.text().contains("3.50.4")));
    }
}
