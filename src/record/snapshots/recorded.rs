//! The record: the snapshot files under a folder, read one contract at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use super::file::read_text;
use super::name::{SnapshotName, State};
use crate::diagnostic::Diagnostics;
use crate::outcome::value::hex;
use crate::record::lineage::Lineage;

/// The snapshots of a case: build to transcript.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseSnapshots {
    /// The accepted snapshots.
    pub accepted: BTreeMap<String, String>,
    /// The snapshots that wait for review.
    pub pending: BTreeMap<String, String>,
}

/// The snapshots of a contract: case to snapshots.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContractSnapshots(BTreeMap<String, CaseSnapshots>);

impl ContractSnapshots {
    /// The snapshots of a case; empty for a case without any.
    pub fn case(&self, case: &str) -> &CaseSnapshots {
        static NONE: CaseSnapshots = CaseSnapshots { accepted: BTreeMap::new(), pending: BTreeMap::new() };
        self.0.get(case).unwrap_or(&NONE)
    }

    /// The cases that have a snapshot.
    pub fn cases(&self) -> impl Iterator<Item = (&str, &CaseSnapshots)> {
        self.0.iter().map(|(case, snapshots)| (case.as_str(), snapshots))
    }

    /// Whether any of them waits for review.
    pub fn any_pending(&self) -> bool {
        self.0.values().any(|case| !case.pending.is_empty())
    }

    /// A digest of all names and transcripts.
    pub fn digest(&self) -> String {
        let mut all = String::new();
        for (case, CaseSnapshots { accepted, pending }) in &self.0 {
            for (state, texts) in [("accepted", accepted), ("pending", pending)] {
                for (build, text) in texts {
                    // The length keeps a transcript apart from the name that follows.
                    all.extend([case, "@", build, " ", state, " ", &text.len().to_string(), "\n", text]);
                }
            }
        }
        hex(&Sha256::digest(all))
    }

    /// Puts a transcript on record.
    pub fn insert(&mut self, name: &SnapshotName, state: State, text: String) {
        let case = self.0.entry(name.case.clone()).or_default();
        let texts = match state {
            State::Accepted => &mut case.accepted,
            State::Pending => &mut case.pending,
        };
        texts.insert(name.build.clone(), text);
    }
}

/// All snapshots under a folder. A contract's files are read on first use, and kept in memory.
#[derive(Debug)]
pub struct Recorded {
    folder: PathBuf,
    contracts: Mutex<BTreeMap<String, Arc<ContractSnapshots>>>,
}

impl Recorded {
    /// The snapshots under `folder` (`tests/snapshots/`), which need not exist.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), contracts: Mutex::default() }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The snapshots of a contract, as they were on first use.
    ///
    /// # Errors
    /// [`Diagnostics`] of every file that cannot be read or is damaged, else when the folder cannot be listed.
    pub fn contract(&self, contract: &str) -> Result<Arc<ContractSnapshots>> {
        if let Some(snapshots) = self.known().get(contract) {
            return Ok(snapshots.clone());
        }
        let snapshots = Arc::new(read_contract(&self.folder, contract)?);
        Ok(self.known().entry(contract.to_owned()).or_insert(snapshots).clone())
    }

    /// Not held while files are read: contracts are read side by side.
    fn known(&self) -> MutexGuard<'_, BTreeMap<String, Arc<ContractSnapshots>>> {
        self.contracts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Those of the contracts whose snapshots can be read, and what is wrong with those of the others.
    ///
    /// # Errors
    /// When a folder cannot be listed.
    pub fn readable(&self, contracts: Vec<String>) -> Result<(Vec<String>, Diagnostics)> {
        let (mut readable, mut mistakes) = (Vec::new(), Diagnostics::new());
        for contract in contracts {
            match self.contract(&contract) {
                Ok(_) => readable.push(contract),
                Err(error) => mistakes.extend(error.downcast()?),
            }
        }
        Ok((readable, mistakes))
    }

    /// Every contract that has a folder here, in order.
    pub fn contracts(&self) -> Result<Vec<String>> {
        let mut contracts: Vec<String> = self.names()?.into_iter().map(|(name, _)| name.contract).collect();
        contracts.dedup();
        Ok(contracts)
    }

    /// The builds that have been compared with their record: those that have a snapshot, and those above them, from which
    /// these would have inherited. Of any other build nothing is on record; it is new.
    ///
    /// # Errors
    /// When a folder cannot be listed.
    pub fn builds_known(&self, lineage: &Lineage) -> Result<BTreeSet<String>> {
        let names = self.names()?.into_iter().filter(|(_, state)| *state == State::Accepted);
        let with_own: BTreeSet<String> = names.map(|(name, _)| name.build).collect();
        let above = with_own.iter().flat_map(|build| lineage.ancestors(build)).map(str::to_owned);
        Ok(above.chain(with_own.iter().cloned()).collect())
    }

    /// Every snapshot file, in order.
    pub fn names(&self) -> Result<Vec<(SnapshotName, State)>> {
        let files = files_below(&self.folder)?;
        Ok(files.iter().filter_map(|file| SnapshotName::of_file(&self.folder, file)).collect())
    }
}

fn read_contract(folder: &Path, contract: &str) -> Result<ContractSnapshots> {
    let mut snapshots = ContractSnapshots::default();
    let mut mistakes = Diagnostics::new();
    for file in entries(&folder.join(contract))? {
        let Some((name, state)) = SnapshotName::of_file(folder, &file) else { continue };
        match read_text(&file) {
            Ok(text) => snapshots.insert(&name, state, text),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    Ok(mistakes.into_result(snapshots)?)
}

/// Every file below `folder`, sorted; empty when the folder does not exist.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in entries(folder)? {
        match entry.is_dir() {
            true => files.extend(files_below(&entry)?),
            false => files.push(entry),
        }
    }
    Ok(files)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let listing = match std::fs::read_dir(folder) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        listing => listing.with_context(|| format!("cannot list {}", folder.display()))?,
    };
    let mut entries: Vec<PathBuf> = listing
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()
        .with_context(|| format!("cannot list {}", folder.display()))?;
    entries.sort();
    Ok(entries)
}
