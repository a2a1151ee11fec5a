//! What a search found, ranked and dated.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use serde::Serialize;

use super::corpus::{Corpus, LeftOut};
use super::electorate::Electorate;
use super::finding::{Drift, Finding};
use super::known::{Knowledge, Known};
use super::left::Left;
use super::recall::Recall;
use super::search::given_among;
use super::state::{Counts, State};
use crate::analysis::attribution::Flag;

/// What a search found.
#[derive(Debug, Clone, Serialize)]
pub struct Report<'a> {
    /// Where the programs came from.
    pub seed: u64,
    /// How many builds were asked.
    pub builds: usize,
    /// What was counted.
    pub counts: Counts,
    /// The programs that were given, where some were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corpus: Option<Given<'a>>,
    /// The findings, those that matter most first.
    pub findings: Vec<Shown<'a>>,
    /// How many of them may be another one again: they change at the same builds in the same way, and have a function,
    /// a clause or a literal in common.
    pub duplicates: usize,
    /// The programs that did not do the same again: they are no findings.
    pub unstable: &'a [Vec<String>],
    /// How much of the catalogue was found again, where that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recall: Option<Recall>,
}

/// Programs that were given.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Given<'a> {
    /// How many there are.
    pub programs: usize,
    /// How many of the programs that ran were these, as they are or with other literals.
    pub ran: u64,
    /// The statements that are not run.
    pub left_out: &'a BTreeSet<LeftOut>,
}

impl<'a> Given<'a> {
    /// What a search that has come so far ran of a corpus; nothing where nothing was given.
    pub fn of(corpus: &'a Corpus, state: &State) -> Option<Self> {
        let (programs, left_out) = (corpus.len(), corpus.left_out());
        let ran = if corpus.is_empty() { 0 } else { given_among(state.counts.programs) };
        (programs > 0 || !left_out.is_empty()).then_some(Self { programs, ran, left_out })
    }
}

/// A finding with what is known of it.
#[derive(Debug, Clone, Serialize)]
pub struct Shown<'a> {
    /// A short name that the same finding has again.
    pub name: String,
    /// The kind of its most important change: `value`, `rows`, `crash`, `error`, `feature`, `message`.
    pub class: &'static str,
    /// Its statements.
    pub statements: &'a [String],
    /// The functions, clauses and classes of values that it uses.
    pub features: Vec<&'a str>,
    /// Where it changes.
    pub drifts: Vec<DatedDrift<'a>>,
    /// What else shows it, where programs were met with that alone.
    pub through: Vec<&'a str>,
    /// How many programs showed it.
    pub seen: u64,
    /// Bytes of its statements.
    pub bytes: usize,
    /// The cases of the catalogue that drift there; none unless each of its changes is known, without those at which a
    /// build lacks what it uses.
    pub known: Vec<String>,
    /// The reasons for which what no case knows of it is left without a promise; none where it is new or known.
    pub left: Vec<String>,
    /// The change that says what it is.
    #[serde(skip)]
    main: Option<&'a Drift>,
}

/// What is said of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Nothing.
    New,
    /// Why it is worth no promise.
    Left,
    /// Which cases know it.
    Known,
}

/// A change, with the day of the version with which it begins.
#[derive(Debug, Clone, Serialize)]
pub struct DatedDrift<'a> {
    /// `2024-05-23`
    pub released: Option<String>,
    /// The change.
    #[serde(flatten)]
    pub drift: &'a Drift,
    /// The cases of the catalogue that drift there in the same way.
    pub known: Vec<String>,
    /// The flags that make it, where somebody has found that out.
    pub flags: Vec<Flag>,
}

impl<'a> Report<'a> {
    /// The findings of a search. Silent changes of values come first, then of rows, then the others; among these what is
    /// new, what came last, and what is shortest.
    pub fn of(
        state: &'a State,
        electorate: &Electorate,
        known: &Known,
        left: &Left,
        released: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let shown = |finding| Shown::of(finding, known, left, &released);
        let mut findings: Vec<Shown<'a>> = state.findings.iter().map(shown).collect();
        findings.sort_by_cached_key(|shown| {
            let main = shown.main;
            let place = main.and_then(|it| electorate.place(&it.after));
            let rank = main.map_or(u8::MAX, |it| it.change.rank());
            (rank, shown.standing(), Reverse(place), shown.bytes, shown.name.clone())
        });
        let is_again = |at: &usize| state.findings[..*at].iter().any(|it| it.may_be(&state.findings[*at]));
        Self {
            seed: state.seed,
            builds: electorate.names().len(),
            counts: state.counts,
            corpus: None,
            findings,
            duplicates: (0..state.findings.len()).filter(is_again).count(),
            unstable: &state.unstable,
            recall: None,
        }
    }

    /// The findings that change a value or rows without an error.
    pub fn silent(&self) -> impl Iterator<Item = &Shown<'a>> {
        self.findings.iter().filter(|shown| shown.is_silent())
    }

    /// How large the finding in the middle is.
    pub fn median(&self, size: impl Fn(&Shown<'a>) -> usize) -> usize {
        let mut sizes: Vec<usize> = self.findings.iter().map(size).collect();
        sizes.sort_unstable();
        sizes.get(sizes.len() / 2).copied().unwrap_or_default()
    }
}

impl<'a> Shown<'a> {
    fn of(
        finding: &'a Finding,
        known: &Known,
        left: &Left,
        released: &impl Fn(&str) -> Option<String>,
    ) -> Self {
        let Knowledge { cases, of_drifts } = known.of(finding);
        let left = if cases.is_empty() { left.reasons(finding, &of_drifts) } else { Vec::new() };
        let dated = |(drift, known): (&'a Drift, Option<String>)| DatedDrift {
            released: released(&drift.after),
            drift,
            known: known.into_iter().collect(),
            flags: Vec::new(),
        };
        Self {
            name: finding.name(),
            class: finding.main().map_or("", |drift| drift.change.class()),
            statements: &finding.statements,
            features: finding.features.iter().map(String::as_str).collect(),
            drifts: finding.drifts.iter().zip(of_drifts).map(dated).collect(),
            through: finding.through.iter().map(String::as_str).collect(),
            seen: finding.seen,
            bytes: finding.bytes(),
            known: cases,
            left,
            main: finding.main(),
        }
    }

    /// Whether no case knows it, and nothing says that it is left.
    pub fn is_new(&self) -> bool {
        self.standing() == Standing::New
    }

    /// What is said of it.
    pub fn standing(&self) -> Standing {
        match (self.known.is_empty(), self.left.is_empty()) {
            (false, _) => Standing::Known,
            (true, false) => Standing::Left,
            (true, true) => Standing::New,
        }
    }

    /// Whether a value or rows change without an error.
    pub fn is_silent(&self) -> bool {
        self.main.is_some_and(|it| it.change.is_silent())
    }
}
