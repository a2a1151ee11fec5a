//! The words of `on` in a contract, remembered by its text: reading a contract takes milliseconds.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Engine;
use crate::contract::other_build::OtherBuild;
use crate::contract::{Case, Contract};
use crate::diagnostic::SourceText;
use crate::system::files::write_atomically;

/// The words of a contract on disk.
#[derive(Serialize, Deserialize)]
struct Remembered {
    /// A digest of its text and of this program.
    key: String,
    words: BTreeSet<OtherBuild>,
}

impl Engine {
    /// The words of a contract whose text and this program have such a key. One that cannot be read has none: its
    /// mistakes are reported when it is to run.
    pub(super) fn words_of(&self, contract: &str, source: &SourceText, key: String) -> BTreeSet<OtherBuild> {
        let file = self.project.scratch().join("words").join(contract).with_extension("json");
        let known = std::fs::read(&file).ok().and_then(|json| serde_json::from_slice(&json).ok());
        if let Some(Remembered { words, .. }) = known.filter(|known: &Remembered| known.key == key) {
            return words;
        }
        let Ok(read) = Contract::read(contract, source) else { return BTreeSet::new() };
        let words = read.cases.iter().flat_map(Case::other_builds).cloned().collect();
        let remembered = Remembered { key, words };
        if let Ok(json) = serde_json::to_string(&remembered) {
            // What cannot be remembered only costs time.
            let _ = write_atomically(&file, json);
        }
        remembered.words
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Project;
    use crate::worker::WorkerProgram;

    #[test]
    fn the_words_of_a_text_are_remembered_and_those_of_another_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::at(folder.path()).with_target(folder.path().join("target"));
        let words = |on: &str, key: &str| {
            let text = format!(
                "title: t\nwhy: w\ncases:\n  - name: c\n    steps:\n      - {{open: a.db, on: {on}}}\n      - {{close: {{}}, on: {on}}}\n"
            );
            let source = SourceText::new("a/b.yaml", text);
            let engine = Engine::new(&project, WorkerProgram::new("worker"), Box::new(())).unwrap();
            engine.words_of("a/b", &source, key.to_owned()).into_iter().map(String::from).collect::<Vec<_>>()
        };
        assert_eq!(words("oldest", "1"), ["oldest"]);
        assert_eq!(words("newest", "1"), ["oldest"], "with this key nothing is read");
        assert_eq!(words("newest", "2"), ["newest"]);
        assert_eq!(words("a mistake: [", "3"), [""; 0]);
        assert_eq!(words("parent", "2"), ["newest"], "a mistake is not remembered");
    }
}
