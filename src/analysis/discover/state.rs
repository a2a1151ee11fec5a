//! How far a search has come, in a file, so that it goes on where it was interrupted.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::answer::digest;
use super::change::Change;
use super::corpus::Corpus;
use super::electorate::Electorate;
use super::finding::Finding;
use super::generate;
use crate::project::Project;
use crate::system::files::write_atomically;

/// How far a search has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Of the generator.
    edition: u32,
    /// Where the programs come from.
    pub seed: u64,
    /// The builds that are asked.
    builds: Vec<String>,
    /// Of the programs that were given.
    corpus: u64,
    /// The number of batches that are done.
    pub batches: u64,
    /// What was counted.
    pub counts: Counts,
    /// Programs of the last batches on which builds disagree, which have not been run on all builds yet.
    pub(super) doubtful: Vec<Doubtful>,
    /// Differences that have not been reduced yet.
    pub(super) targets: Vec<Target>,
    /// What was found, in the order in which it was.
    pub findings: Vec<Finding>,
    /// The reduced programs that did not do the same again.
    pub unstable: Vec<Vec<String>>,
    /// Their differences, which are not reduced again.
    pub(super) avoided: Vec<Avoided>,
}

/// A difference that is not the same each time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Avoided {
    pub used: BTreeSet<String>,
    pub builds: (usize, usize),
    pub change: Change,
}

/// A program, by its number, on which builds disagree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Doubtful {
    pub number: u64,
    pub changes: Vec<((usize, usize), Change)>,
}

/// A difference between two neighbours that no finding explains.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Target {
    pub number: u64,
    pub builds: (usize, usize),
    pub change: Change,
}

/// What a search counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Programs that ran.
    pub programs: u64,
    /// Those on which the drawn builds disagreed.
    pub disagreed: u64,
    /// Those of them that show nothing but what was found before.
    pub explained: u64,
    /// Differences that were reduced.
    pub reduced: u64,
    /// Reduced programs that were a finding already.
    pub repeated: u64,
    /// Reduced programs that did not do the same again, twice, in processes of their own. They are never reported.
    pub unstable: u64,
}

impl State {
    /// A search that has not begun.
    pub fn new(seed: u64, electorate: &Electorate, corpus: &Corpus) -> Self {
        let (builds, counts) = (electorate.names().to_vec(), Counts::default());
        Self {
            edition: generate::EDITION,
            seed,
            builds,
            corpus: digest(&corpus.texts()),
            batches: 0,
            counts,
            doubtful: Vec::new(),
            targets: Vec::new(),
            findings: Vec::new(),
            unstable: Vec::new(),
            avoided: Vec::new(),
        }
    }

    /// Whether everything that the programs have shown so far is looked into.
    pub fn is_settled(&self) -> bool {
        self.doubtful.is_empty() && self.targets.is_empty()
    }

    /// The file of this search: another seed, other builds, another corpus or another generator have another one.
    pub fn file(&self, project: &Project) -> PathBuf {
        let what = digest(&(self.edition, &self.builds, self.corpus)) as u32;
        project.scratch().join("discover").join(format!("seed-{}-{what:08x}.json", self.seed))
    }

    /// The state in its file; this one where there is none, or only what an interrupted writer or another version left.
    pub fn resumed(self, project: &Project) -> Self {
        let read = std::fs::read(self.file(project)).ok();
        let known = read.and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok());
        known.filter(|known| known.is_of(&self)).unwrap_or(self)
    }

    fn is_of(&self, other: &Self) -> bool {
        (self.edition, self.seed, &self.builds, self.corpus)
            == (other.edition, other.seed, &other.builds, other.corpus)
    }

    /// Writes it beside its file and renames it, so that the file is whole whenever the process ends.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, project: &Project) -> Result<()> {
        let file = self.file(project);
        let folder: &Path = file.parent().context("a state has a folder")?;
        std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        write_atomically(&file, &serde_json::to_string(self).context("cannot write JSON")?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::lineage::Lineage;

    #[test]
    fn a_search_goes_on_and_what_is_no_state_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::at(folder.path()).with_target(folder.path());
        let electorate = Electorate::new(vec!["1".to_owned()], &Lineage::default(), "1");
        let corpus = Corpus::default();
        let new = |seed| State::new(seed, &electorate, &corpus);
        let state = State { batches: 3, ..new(5) };
        state.save(&project).unwrap();
        assert_eq!(new(5).resumed(&project), state);
        assert_eq!(new(6).resumed(&project).batches, 0);
        std::fs::write(state.file(&project), "{").unwrap();
        assert_eq!(new(5).resumed(&project).batches, 0);
    }
}
