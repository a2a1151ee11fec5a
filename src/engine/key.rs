//! The keys of remembered cells.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, OnceLock, PoisonError};

use super::others::may_name_builds;
use super::{Engine, sha256};
use crate::contract::other_build::OtherBuild;
use crate::contract::{Contract, DriverVersion};
use crate::diagnostic::SourceText;
use crate::languages;
use crate::system::files::stamp;

/// A contract's text, and what is known of it.
#[derive(Clone)]
pub(super) struct Text {
    /// It is read once: an editor may save another between the key of a cell and its run.
    pub source: SourceText,
    digest: String,
    /// The words for the other builds that its steps run on.
    pub words: Arc<BTreeSet<OtherBuild>>,
    /// The drivers of other languages that its cases have.
    drivers: Vec<DriverVersion>,
}

impl Text {
    /// Whether a case of it has a driver in another language.
    pub(super) fn names_a_program(&self) -> bool {
        !self.drivers.is_empty()
    }
}

impl Engine {
    /// Everything that a cell's report depends on: the contract's text, the product and those of the other builds that
    /// steps run on, this program (it judges and writes the transcript) and the worker's.
    pub(super) fn key(&self, contract: &str, build: &str) -> Option<String> {
        let text = self.text_of(contract)?;
        let build = self.builds.get(build)?;
        let ready = self.ready(build).ok()?;
        let others = self.digests_of_others(&text.words, build)?;
        // Of a build that is one of a driver's version, the other drivers run nothing.
        let drivers = build.driver().map_or(&*text.drivers, std::slice::from_ref);
        let languages = self.languages.identity(drivers, &self.project);
        Some(sha256(&[text.digest.as_str(), &ready.digest, &others, &languages, self.programs()?].concat()))
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
                true => self.words_of(contract, &source, sha256(&format!("{digest}{}", self.programs()?))),
                false => BTreeSet::new(),
            };
            let drivers = languages::named_in(source.text());
            Some(Text { source, digest, words: words.into(), drivers })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Runner as _;
    use crate::project::Project;
    use crate::system::files::write_atomically;
    use crate::worker::WorkerProgram;

    #[test]
    fn a_contract_that_is_saved_after_its_key_was_made_runs_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::at(folder.path()).with_target(folder.path().join("target"));
        let save = |title: &str| {
            let steps = "[{open: a.db}, {close: {}}]";
            let text = format!("title: {title}\nwhy: w\ncases:\n  - name: c\n    steps: {steps}\n");
            write_atomically(&project.contracts().join("a/b").with_extension("yaml"), text).unwrap();
        };
        let engine = || Engine::new(&project, WorkerProgram::new("worker"), Box::new(())).unwrap();
        save("before");
        let first = engine();
        assert!(first.text_of("a/b").is_some());
        save("after");
        assert_eq!(first.contract("a/b").unwrap().title, "before");
        assert_eq!(engine().contract("a/b").unwrap().title, "after");
    }

    #[test]
    fn contracts_with_a_program_of_another_language_take_turns() {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::at(folder.path()).with_target(folder.path().join("target"));
        for (contract, driver) in [("a/go", "[capi, go]"), ("a/capi", "capi")] {
            let text = format!(
                "title: t\nwhy: w\ncases:\n- name: c\n  drivers: {driver}\n  steps:\n  - open: ':memory:'\n"
            );
            write_atomically(&project.contracts().join(contract).with_extension("yaml"), text).unwrap();
        }
        let engine = Engine::new(&project, WorkerProgram::new("worker"), Box::new(())).unwrap();
        assert!(engine.takes_turns("a/go"));
        assert!(!engine.takes_turns("a/capi"));
        assert!(!engine.takes_turns("a/absent"));
    }
}
