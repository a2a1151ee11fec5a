//! Advisories: known defects of SQLite, each with steps that show it.

use std::fmt;
use std::path::Path;

use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};

use super::{Case, parse};
use crate::diagnostic::{Diagnostics, SourceText};
use crate::project::{Project, catalogue};

/// A known defect: what it does to whom, which releases have it, and how a library shows it.
#[derive(Debug, Clone)]
pub struct Advisory {
    /// The name of its file: `wal-reset`.
    pub id: String,
    /// The defect in one line.
    pub title: String,
    /// What it does.
    pub effect: Effect,
    /// What it does to whom, in a few sentences.
    pub harm: String,
    /// Where it is described, the most authoritative place first.
    pub links: Vec<String>,
    /// Its numbers in the CVE list.
    pub cve: Vec<String>,
    /// The releases that have it.
    pub ranges: Vec<Range>,
    /// Releases within the ranges that hold the mend.
    pub backported: Vec<Version>,
    /// The check-in that mended it.
    pub fixed_by: Option<String>,
    /// What must succeed for the defect to concern a library at all.
    pub applies: Option<Case>,
    /// The proof.
    pub proof: Case,
    /// What in the proof shows the defect.
    pub shows: Sign,
}

/// What a defect does, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// What was committed is lost, or the file is damaged.
    DataLoss,
    /// Memory is read or written that is not SQLite's to read or write, or the process crashes.
    MemoryError,
    /// Somebody gets to see or do what they should not.
    Exposure,
    /// A statement returns what is not so.
    WrongAnswer,
    /// A call does not return, or takes far too long.
    Hang,
    /// A valid statement is refused.
    Refusal,
}

impl Effect {
    /// `data loss`
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DataLoss => "data loss",
            Self::WrongAnswer => "wrong answer",
            Self::MemoryError => "memory error",
            Self::Hang => "hang",
            Self::Exposure => "exposure",
            Self::Refusal => "refusal",
        }
    }
}

/// What in a proof shows the defect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// An `expect` does not hold.
    #[default]
    Answer,
    /// The process dies.
    Crash,
}

/// Releases that have a defect: from `introduced` on and before `fixed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The first release that has it.
    #[schemars(with = "String")]
    pub introduced: Version,
    /// The first one that no longer does; none when it is not mended yet.
    #[schemars(with = "Option<String>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed: Option<Version>,
}

impl Range {
    /// Whether a release lies in it.
    pub fn contains(&self, release: &Version) -> bool {
        self.introduced <= *release && self.fixed.as_ref().is_none_or(|fixed| release < fixed)
    }
}

/// `3.7.0 to before 3.51.3`
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.fixed {
            Some(fixed) => write!(f, "{} to before {fixed}", self.introduced),
            None => write!(f, "{} on", self.introduced),
        }
    }
}

impl Advisory {
    /// Reads an advisory from its text.
    ///
    /// # Errors
    /// Every mistake in it.
    pub fn read(id: &str, source: &SourceText) -> Result<Self, Diagnostics> {
        parse::advisory(id, source)
    }

    /// Every advisory, by id: the project's own, and those of the [catalogue] of which it has no file.
    ///
    /// # Errors
    /// Every mistake in them.
    pub fn all(project: &Project) -> Result<Vec<Self>, Diagnostics> {
        let mut advisories = Vec::new();
        let mut mistakes = Diagnostics::new();
        for (id, source) in sources(project)? {
            match Self::read(&id, &source) {
                Ok(advisory) => advisories.push(advisory),
                Err(found) => mistakes.extend(found),
            }
        }
        mistakes.into_result(advisories)
    }

    /// Whether a release of this version has the defect, by what is published.
    pub fn is_in(&self, release: &Version) -> bool {
        self.ranges.iter().any(|range| range.contains(release)) && !self.backported.contains(release)
    }

    /// `3.7.0 to before 3.51.3, without 3.44.6, 3.50.7`
    pub fn releases(&self) -> String {
        let listed = |versions: &[String]| versions.join(", ");
        let ranges: Vec<String> = self.ranges.iter().map(Range::to_string).collect();
        let without: Vec<String> = self.backported.iter().map(Version::to_string).collect();
        match without.is_empty() {
            true => listed(&ranges),
            false => format!("{}, without {}", listed(&ranges), listed(&without)),
        }
    }
}

/// The ids and texts of all advisories, by id.
fn sources(project: &Project) -> Result<Vec<(String, SourceText)>, Diagnostics> {
    let mut sources: std::collections::BTreeMap<String, SourceText> =
        catalogue::advisories().map(|(id, source)| (id.to_owned(), source)).collect();
    let entries = std::fs::read_dir(project.advisories()).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "yaml")) {
        let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        sources.insert(id, SourceText::read(path, &project.shown(Path::new(path)))?);
    }
    Ok(sources.into_iter().collect())
}
