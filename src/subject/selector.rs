//! Subjects by globs and by the names of areas.

use std::sync::Arc;

use anyhow::Result;
use globset::{Glob, GlobMatcher};

use super::Subject;
use super::unknown::{UnknownSubject, unknown};
use crate::contract::trace;
use crate::project::{Project, catalogue};

/// Among which contracts a glob or an area chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Among {
    /// Those of the project; where none of them is meant, those of the library.
    Project,
    /// Those of the project and all of the library, included or not.
    Catalogue,
}

impl Among {
    fn subjects(self, project: &Project) -> Result<Vec<Subject>> {
        Ok(match self {
            Self::Project => Subject::all(project)?,
            Self::Catalogue => Subject::all_and_catalogue(project)?,
        })
    }
}

/// Whether a word is the name of an area, of the project or of the library: `precision`, or `precision/` as shells complete
/// it.
pub fn is_area(project: &Project, word: &str) -> bool {
    let word = word.strip_suffix('/').unwrap_or(word);
    let is_own = || project.contracts().join(word).is_dir() || word == trace::FOLDER;
    !word.is_empty() && !word.contains(['/', '.']) && (catalogue::areas().contains(word) || is_own())
}

/// Whether a word has to be matched with names.
pub(super) fn is_glob(word: &str) -> bool {
    word.contains(['*', '?', '[', '{'])
}

/// The contracts that match, or else the cases.
pub(super) fn matching(project: &Project, glob: &str, among: Among) -> Result<Vec<Subject>> {
    let all = among.subjects(project)?;
    let is_meant = matcher(glob)?;
    let found: Vec<Subject> = all.iter().filter(|subject| is_meant.is_match(subject.id())).cloned().collect();
    let found = if found.is_empty() { matching_cases(project, &all, glob)? } else { found };
    match (found.is_empty(), among) {
        (false, _) => Ok(found),
        (true, Among::Project) => matching(project, glob, Among::Catalogue),
        (true, Among::Catalogue) => Err(unknown(project, glob).into()),
    }
}

fn matching_cases(project: &Project, all: &[Subject], glob: &str) -> Result<Vec<Subject>> {
    let Some((contract, case)) = glob.rsplit_once('/') else { return Ok(Vec::new()) };
    let (is_contract, is_case) = (matcher(contract)?, matcher(case)?);
    let mut found = Vec::new();
    for subject in all.iter().filter(|subject| is_contract.is_match(subject.id())) {
        let mut contract = subject.contract(project)?.as_ref().clone();
        contract.cases.retain(|case| is_case.is_match(&case.name));
        if !contract.cases.is_empty() {
            found.push(Subject::Contract(Arc::new(contract)));
        }
    }
    Ok(found)
}

fn matcher(glob: &str) -> Result<GlobMatcher, UnknownSubject> {
    Ok(Glob::new(glob).map_err(|error| UnknownSubject(error.to_string()))?.compile_matcher())
}
