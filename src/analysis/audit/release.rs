//! Which release a copy is, told by how it answers cases of the catalogue whose outcomes have changed over the years.
//!
//! `sqlite-builds/fingerprints.json` is chosen by [`choose`]: few cases that tell the builds of the ladder apart, and in
//! which flags change nothing. A test compares it with the builds.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::once;
use std::sync::LazyLock;

use anyhow::{Context, Result};
use semver::Version;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Asked;
use crate::contract::{Case, Contract};
use crate::outcome::value::hex;
use crate::project::catalogue;
use crate::record::report::CaseReport;

const LIST: &str = include_str!("../../../sqlite-builds/fingerprints.json");

static FINGERPRINTS: LazyLock<Fingerprints> =
    LazyLock::new(|| serde_json::from_str(LIST).expect("the list that is compiled in is whole"));

/// How each release answers some cases.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprints {
    /// The cases: `precision/money-round/half-a-cent`.
    pub questions: Vec<String>,
    /// By version, what came of each, as [`answer`] says it.
    pub releases: BTreeMap<Version, Vec<String>>,
}

/// The releases that a copy answers like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Nearest {
    /// Those that answer like it in the most cases, oldest first.
    pub releases: Vec<Version>,
    /// The cases in which even these answer otherwise.
    pub differences: Vec<String>,
    /// In how many cases the copy answered.
    pub asked: usize,
}

/// What came of a case: a digest of its verdict and its transcript.
pub fn answer(report: &CaseReport) -> String {
    let text = format!("{:?}\n{}", report.verdict, report.transcript);
    hex(&Sha256::digest(text))[..12].to_owned()
}

impl Fingerprints {
    /// Those that come with the library.
    pub fn known() -> &'static Self {
        &FINGERPRINTS
    }

    /// A contract with the cases.
    ///
    /// # Errors
    /// When a case is not in the catalogue.
    pub fn contract(&self) -> Result<Contract> {
        let mut contracts: BTreeMap<&str, Contract> = BTreeMap::new();
        let mut cases = Vec::new();
        for question in &self.questions {
            let (id, name) = question.rsplit_once('/').context("a question is the name of a case")?;
            if !contracts.contains_key(id) {
                let source = catalogue::contract(id).with_context(|| format!("there is no contract {id}"))?;
                contracts.insert(id, Contract::read(id, &source)?);
            }
            let case = contracts[id].cases.iter().find(|case| case.name == name);
            let case = case.with_context(|| format!("there is no case {question}"))?;
            cases.push(Case { name: question.clone(), ..case.clone() });
        }
        Ok(Contract { id: "fingerprints".to_owned(), cases, ..Contract::default() })
    }

    /// The releases that answer most like a copy.
    pub fn nearest(&self, asked: &Asked) -> Nearest {
        let answers: Vec<Option<String>> =
            self.questions.iter().map(|question| Some(answer(asked.case(question)?.0))).collect();
        let differing = |known: &[String]| -> Vec<usize> {
            let pairs = answers.iter().zip(known).enumerate();
            pairs.filter(|(_, (a, b))| a.as_ref().is_some_and(|a| a != *b)).map(|(at, _)| at).collect()
        };
        let all: Vec<(&Version, Vec<usize>)> =
            self.releases.iter().map(|(version, known)| (version, differing(known))).collect();
        let least = all.iter().map(|(_, differing)| differing.len()).min().unwrap_or_default();
        let best = || all.iter().filter(|(_, differing)| differing.len() == least);
        let differences = best().next_back().map(|(_, at)| at.clone()).unwrap_or_default();
        Nearest {
            releases: best().map(|(version, _)| (*version).clone()).collect(),
            differences: differences.into_iter().map(|at| self.questions[at].clone()).collect(),
            asked: answers.iter().flatten().count(),
        }
    }

    /// Whether a release may be one that answers like these: it is one, or none of the ladder lies between. Nothing is
    /// known of what is older than the ladder, or when nothing was answered.
    pub fn may_be(&self, release: &Version, nearest: &Nearest) -> Option<bool> {
        let below = self.releases.range(..=release).next_back().map(|(version, _)| version)?;
        let above = self.releases.range(release..).next().map(|(version, _)| version);
        let may_be = || once(below).chain(above).any(|version| nearest.releases.contains(version));
        (nearest.asked > 0).then(may_be)
    }
}

/// Chooses as few questions as tell apart what can be told apart. `answers` has, by question, what each release answers;
/// of questions that tell equally much, the first one is taken.
pub fn choose(answers: &BTreeMap<String, BTreeMap<Version, String>>) -> Fingerprints {
    let releases: BTreeSet<&Version> = answers.values().flat_map(BTreeMap::keys).collect();
    let mut together: Vec<Vec<&Version>> = vec![releases.into_iter().collect()];
    let mut chosen = Vec::new();
    loop {
        let pieces = |question: &BTreeMap<Version, String>| -> usize {
            together.iter().map(|group| split(group, question).len()).sum()
        };
        let best = answers.iter().max_by(|a, b| pieces(a.1).cmp(&pieces(b.1)).then(b.0.cmp(a.0)));
        let Some((question, known)) = best.filter(|(_, known)| pieces(known) > together.len()) else { break };
        together = together.iter().flat_map(|group| split(group, known)).collect();
        chosen.push(question.clone());
    }
    chosen.sort();
    let of = |version: &Version| chosen.iter().map(|question| answers[question][version].clone()).collect();
    let versions = together.iter().flatten().map(|version| ((*version).clone(), of(version))).collect();
    Fingerprints { releases: versions, questions: chosen }
}

/// A group by what its members answer.
fn split<'a>(group: &[&'a Version], answers: &BTreeMap<Version, String>) -> Vec<Vec<&'a Version>> {
    let mut groups: BTreeMap<&str, Vec<&Version>> = BTreeMap::new();
    for version in group {
        groups.entry(answers[*version].as_str()).or_default().push(version);
    }
    groups.into_values().collect()
}
