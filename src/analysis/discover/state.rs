//! How far a search has come, in a file, so that it goes on where it was interrupted.

use std::collections::BTreeSet;
use std::fmt;
use std::io::ErrorKind;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::answer::digest;
use super::change::Change;
use super::corpus::Corpus;
use super::electorate::Electorate;
use super::finding::Finding;
use super::generate::{self, Area};
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
    /// What the programs are about; everything where there are none.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) areas: BTreeSet<Area>,
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

/// Of so many programs that findings explain one is looked into all the same.
const CHECKED: u64 = 12;

impl Doubtful {
    /// Whether it is looked into also where findings explain it: between builds that are far from each other what a
    /// finding does not explain may look like it.
    pub(super) fn is_checked(&self) -> bool {
        self.number.is_multiple_of(CHECKED) && self.changes.iter().any(|(_, change)| change.is_silent())
    }
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
            areas: BTreeSet::new(),
            counts,
            doubtful: Vec::new(),
            targets: Vec::new(),
            findings: Vec::new(),
            unstable: Vec::new(),
            avoided: Vec::new(),
        }
    }

    /// The same, of programs of these areas; of all where there are none.
    pub fn of_areas(self, areas: impl IntoIterator<Item = Area>) -> Self {
        Self { areas: areas.into_iter().collect(), ..self }
    }

    /// Whether everything that the programs have shown so far is looked into.
    pub fn is_settled(&self) -> bool {
        self.doubtful.is_empty() && self.targets.is_empty()
    }

    /// The file of this search: another seed, other builds, another corpus, other areas or another edition of the
    /// generator have another one.
    pub fn file(&self, project: &Project) -> PathBuf {
        folder(project).join(format!("{}{}.json", self.name(), self.edition))
    }

    /// Its name, up to the edition.
    fn name(&self) -> String {
        let of_all = digest(&(&self.builds, self.corpus));
        let what = if self.areas.is_empty() { of_all } else { digest(&(of_all, &self.areas)) } as u32;
        format!("seed-{}-{what:08x}-edition-", self.seed)
    }

    /// The state in its file; this one where there is none.
    ///
    /// # Errors
    /// [`DamagedState`] where something else is there, and when the file cannot be read.
    pub fn resumed(self, project: &Project) -> Result<Self> {
        let path = self.file(project);
        let bytes = match std::fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(self),
            read => read.with_context(|| format!("cannot read {}", path.display()))?,
        };
        let damaged = |why| DamagedState { path: path.clone(), why };
        let known: Self = serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
        if !known.is_of(&self) {
            return Err(damaged("it is of another seed, of other builds or areas".to_owned()).into());
        }
        Ok(known)
    }

    /// The files of the same search with other editions of the generator, which made other programs.
    pub fn of_other_editions(&self, project: &Project) -> Vec<PathBuf> {
        let (own, name) = (self.file(project), self.name());
        let entries = std::fs::read_dir(folder(project)).into_iter().flatten().flatten();
        let is_meant = |path: &PathBuf| {
            let file = path.file_name().and_then(|it| it.to_str()).unwrap_or_default();
            file.starts_with(&name) && file.ends_with(".json") && *path != own
        };
        let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_meant).collect();
        found.sort();
        found
    }

    fn is_of(&self, other: &Self) -> bool {
        (self.edition, self.seed, &self.builds, self.corpus, &self.areas)
            == (other.edition, other.seed, &other.builds, other.corpus, &other.areas)
    }

    /// Writes it beside its file and renames it, so that the file is whole whenever the process ends.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, project: &Project) -> Result<()> {
        write_atomically(&self.file(project), &serde_json::to_string(self).context("cannot write JSON")?)
    }
}

/// The file of a state has something else in it.
#[derive(Debug)]
pub struct DamagedState {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub why: String,
}

impl fmt::Display for DamagedState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is no state of this search: {}", self.path.display(), self.why)
    }
}

impl std::error::Error for DamagedState {}

fn folder(project: &Project) -> PathBuf {
    project.scratch().join("discover")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::lineage::Lineage;

    #[test]
    fn a_search_goes_on_where_it_ended() {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::at(folder.path()).with_target(folder.path());
        let state = State { counts: Counts { programs: 3, ..Counts::default() }, ..new(5) };
        state.save(&project).unwrap();
        assert_eq!(new(5).resumed(&project).unwrap(), state);
        assert_eq!(new(6).resumed(&project).unwrap(), new(6));
    }

    #[test]
    fn a_search_of_other_areas_is_another_one() {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::at(folder.path()).with_target(folder.path());
        let of_json = || new(5).of_areas([Area::Json]);
        let state = State { counts: Counts { programs: 3, ..Counts::default() }, ..of_json() };
        state.save(&project).unwrap();
        assert_eq!(of_json().resumed(&project).unwrap(), state);
        assert_eq!(new(5).resumed(&project).unwrap(), new(5));
        let of_both = new(5).of_areas([Area::Json, Area::Calls]);
        assert_eq!(of_both.clone().resumed(&project).unwrap(), of_both);
    }

    #[test]
    fn what_is_no_state_of_this_search_is_an_error_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::at(folder.path()).with_target(folder.path());
        new(6).save(&project).unwrap();
        let (file, of_another) =
            (new(5).file(&project), std::fs::read_to_string(new(6).file(&project)).unwrap());
        for text in ["{", "", "{\"edition\": 1}", &of_another] {
            std::fs::write(&file, text).unwrap();
            let error = new(5).resumed(&project).unwrap_err();
            assert_eq!(error.downcast_ref::<DamagedState>().map(|it| &it.path), Some(&file), "{error}");
            assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
        }
    }

    #[test]
    fn what_another_edition_found_is_kept_beside() {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::at(folder.path()).with_target(folder.path());
        let older = State { edition: generate::EDITION - 1, ..new(5) };
        older.save(&project).unwrap();
        assert_eq!(new(5).resumed(&project).unwrap(), new(5));
        assert_eq!(new(5).of_other_editions(&project), [older.file(&project)]);
        assert!(new(6).of_other_editions(&project).is_empty());
    }

    fn new(seed: u64) -> State {
        let electorate = Electorate::new(vec!["1".to_owned()], &Lineage::default(), "1");
        State::new(seed, &electorate, &Corpus::default())
    }
}
