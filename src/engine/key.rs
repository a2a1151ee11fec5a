//! The keys of remembered cells.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, OnceLock, PoisonError};

use super::others::may_name_builds;
use super::{Engine, sha256};
use crate::contract::Contract;
use crate::contract::other_build::OtherBuild;
use crate::system::files::stamp;

/// What is known of a contract's text.
#[derive(Clone)]
pub(super) struct Text {
    digest: String,
    /// The words for the other builds that its steps run on.
    pub words: Arc<BTreeSet<OtherBuild>>,
}

impl Engine {
    /// Everything that a cell's report depends on: the contract's text, the product and those of the other builds that
    /// steps run on, this program (it judges and writes the transcript) and the worker's.
    pub(super) fn key(&self, contract: &str, build: &str) -> Option<String> {
        let text = self.text_of(contract)?;
        let build = self.builds.get(build)?;
        let ready = self.ready(build).ok()?;
        let others = self.digests_of_others(&text.words, build)?;
        Some(sha256(&[text.digest.as_str(), &ready.digest, &others, self.programs()?].concat()))
    }

    fn programs(&self) -> Option<&'static str> {
        programs(&self.pool.program().program)
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
            let digest = sha256(source.text());
            let words = match may_name_builds(source.text()) {
                true => self.words_of(contract, sha256(&format!("{digest}{}", self.programs()?))),
                false => BTreeSet::new(),
            };
            Some(Text { digest, words: words.into() })
        };
        let text = read();
        texts().entry(contract.to_owned()).or_insert(text).clone()
    }
}

/// Sizes and times of this program and the worker's: they change whenever cargo links them again.
fn programs(worker: &Path) -> Option<&'static str> {
    static OURS: OnceLock<Option<String>> = OnceLock::new();
    let ours = OURS.get_or_init(|| Some(stamp(&std::env::current_exe().ok()?)? + &stamp(worker)?));
    ours.as_deref()
}
