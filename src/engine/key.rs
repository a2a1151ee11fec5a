//! The keys of remembered cells.

use std::path::Path;
use std::sync::{OnceLock, PoisonError};
use std::time::UNIX_EPOCH;

use super::others::may_name_builds;
use super::{Engine, sha256};
use crate::contract::Contract;

/// What is known of a contract's text.
#[derive(Clone)]
pub(super) struct Text {
    digest: String,
    /// Whether its steps may run on other builds.
    pub names_builds: bool,
}

impl Engine {
    /// Everything that a cell's report depends on: the contract's text, the product and those of the other builds that
    /// steps run on, this program (it judges and writes the transcript) and the worker's.
    pub(super) fn key(&self, contract: &str, build: &str) -> Option<String> {
        let text = self.text_of(contract)?.digest;
        let build = self.builds.get(build)?;
        let ready = self.ready(build).ok()?;
        let others = self.digests_of_others(contract, build)?;
        let programs = programs(&self.pool.program().program)?;
        Some(sha256(&[text.as_str(), &ready.digest, &others, programs].concat()))
    }

    /// What is known of a contract's text; `None` when it cannot be read.
    pub(super) fn text_of(&self, contract: &str) -> Option<Text> {
        // Not held while a text is read: several are read side by side.
        let texts = || self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = texts().get(contract) {
            return known.clone();
        }
        let read = || {
            let source = Contract::source(&self.project, contract).ok()?;
            let names_builds = may_name_builds(source.text());
            Some(Text { digest: sha256(source.text()), names_builds })
        };
        let text = read();
        texts().entry(contract.to_owned()).or_insert(text).clone()
    }
}

/// Sizes and times of this program and the worker's: they change whenever cargo links them again.
fn programs(worker: &Path) -> Option<&'static str> {
    static OURS: OnceLock<Option<String>> = OnceLock::new();
    let stamp = |path: &Path| {
        let metadata = std::fs::metadata(path).ok()?;
        let time = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(format!("{} {}\n", metadata.len(), time.as_nanos()))
    };
    let ours = OURS.get_or_init(|| Some(stamp(&std::env::current_exe().ok()?)? + &stamp(worker)?));
    ours.as_deref()
}
