//! The rows of the page. Most builds do what the one before them did, and most rows say of builds what others say: so
//! that is written in runs, each list of runs once. Equal transcripts of a case are stored once, and so are their lines.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;
use sqlite_contracts::builds::Build;
use sqlite_contracts::contract::{Case, Contract};
use sqlite_contracts::matrix::table::SIGNS;
use sqlite_contracts::record::causes::Causes;
use sqlite_contracts::record::lineage::Lineage;
use sqlite_contracts::record::snapshots::{CaseSnapshots, Recorded, drifts_on_record};
use sqlite_contracts::record::transcript::Line;

use super::Report;
use super::keys::Keys;
use super::known::{Ground, Known, Ran, on_record, recorded};

/// The sign where nothing is known: neither run nor on record.
const UNKNOWN: char = ' ';

/// A contract with its cases.
#[derive(Debug, Serialize)]
pub(super) struct Rows {
    id: String,
    title: String,
    why: String,
    cases: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    name: String,
    /// `contracts/precision/round.yaml:12`
    place: String,
    /// Every line of its texts, in its [parts](Line::parts).
    lines: Vec<[String; 3]>,
    /// Each text as the numbers of its lines.
    texts: Vec<Vec<usize>>,
    /// A sign for each build. Whether a case that holds differs from the build before it depends on which builds are
    /// shown, so the page itself finds that out.
    signs: usize,
    /// The number of each build's text.
    said: usize,
    /// The same for the text on record, where that differs, by build.
    record: BTreeMap<usize, Option<usize>>,
    /// The number of each build's reason.
    reasons: usize,
    /// The builds whose record differs from their parent's.
    drifts: Vec<usize>,
    /// The causes that the contract knows for it, the oldest first: the number of the key, that of the text, and whether
    /// a drift on record needs it.
    causes: Vec<(usize, usize, bool)>,
    /// Whether the last run ran it, for each build.
    ran: usize,
}

/// What rows say of builds, to which they refer by number.
#[derive(Debug, Default, Serialize)]
pub(super) struct Patterns {
    signs: Interned<Runs<char>>,
    said: Interned<Runs<Option<usize>>>,
    reasons: Interned<Runs<Option<usize>>>,
    ran: Interned<Runs<bool>>,
}

/// Values, each once.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
struct Interned<T> {
    values: Vec<T>,
    #[serde(skip)]
    numbers: BTreeMap<T, usize>,
}

impl<T: Clone + Ord> Interned<T> {
    fn number(&mut self, value: T) -> usize {
        let known = self.numbers.get(&value).copied();
        known.unwrap_or_else(|| {
            self.numbers.insert(value.clone(), self.values.len());
            self.values.push(value);
            self.values.len() - 1
        })
    }
}

/// Values in order, each with how often it comes one after the other.
type Runs<T> = Vec<(T, usize)>;

fn runs<T: PartialEq>(values: impl IntoIterator<Item = T>) -> Runs<T> {
    let mut runs: Runs<T> = Vec::new();
    for value in values {
        match runs.last_mut() {
            Some((last, count)) if *last == value => *count += 1,
            _ => runs.push((value, 1)),
        }
    }
    runs
}

/// Makes rows, and collects the reasons that they share.
pub(super) struct Collector<'a> {
    report: &'a Report<'a>,
    lineage: &'a Lineage,
    ran: Ran,
    grounds: Vec<Ground>,
    keys: &'a Keys,
    reasons: Vec<String>,
    patterns: Patterns,
}

impl<'a> Collector<'a> {
    /// `grounds` are those of the report's builds.
    pub(super) fn new(report: &'a Report<'a>, ran: Ran, grounds: Vec<Ground>, keys: &'a Keys) -> Self {
        let lineage = report.inventory.builds.lineage();
        Self { report, lineage, ran, grounds, keys, reasons: Vec::new(), patterns: Patterns::default() }
    }

    /// What the rows refer to by number.
    pub(super) fn into_shared(self) -> (Vec<String>, Patterns) {
        (self.reasons, self.patterns)
    }

    /// The row of each case of a contract.
    pub(super) fn rows(&mut self, contract: &Contract, recorded: &Recorded) -> Result<Rows> {
        let snapshots = recorded.contract(&contract.id)?;
        let causes = self.report.inventory.builds.causes(contract, &snapshots);
        let mut row = |case: &Case| {
            let of_case = snapshots.case(&case.name);
            let known = self.known(contract, case, of_case);
            Row {
                causes: self.causes(&causes, &case.name),
                drifts: self.drifts(of_case),
                ..self.row(&case.name, case.place.without_column(), &known)
            }
        };
        Ok(Rows {
            cases: contract.cases.iter().map(&mut row).collect(),
            id: contract.id.clone(),
            title: contract.title.clone(),
            why: contract.why.clone(),
        })
    }

    /// What is known about a case, build by build.
    fn known(&self, contract: &Contract, case: &Case, snapshots: &CaseSnapshots) -> Vec<Known> {
        let known = |(build, ground): (&&Build, &Ground)| {
            let record = || recorded(self.lineage, snapshots, build.name());
            match self.ran.known(&contract.id, build.name(), &case.name) {
                Some(known) => Known { record: record(), ..known },
                None => {
                    let known = on_record(self.lineage, snapshots, case, build.name(), ground);
                    Known { record: known.text.clone(), ..known }
                }
            }
        };
        self.report.builds.iter().zip(&self.grounds).map(known).collect()
    }

    fn drifts(&self, snapshots: &CaseSnapshots) -> Vec<usize> {
        let builds = self.report.builds.iter().enumerate();
        let drifting = builds.filter(|(_, build)| drifts_on_record(self.lineage, snapshots, build.name()));
        drifting.map(|(at, _)| at).collect()
    }

    fn causes(&mut self, causes: &Causes, case: &str) -> Vec<(usize, usize, bool)> {
        let in_force = causes.contract().causes(case).into_iter();
        let numbered = in_force.filter_map(|cause| {
            let key = self.keys.number(&cause.key)?;
            Some((key, number(&mut self.reasons, &cause.text), causes.is_needed(case, cause)))
        });
        numbered.collect()
    }

    fn row(&mut self, name: &str, place: String, known: &[Known]) -> Row {
        let mut texts = Vec::new();
        let said: Vec<_> =
            known.iter().map(|known| known.text.as_ref().map(|text| number(&mut texts, text))).collect();
        let mut record = BTreeMap::new();
        for (at, known) in known.iter().enumerate().filter(|(_, known)| known.record != known.text) {
            record.insert(at, known.record.as_ref().map(|text| number(&mut texts, text)));
        }
        let reason = |known: &Known| known.note.as_ref().map(|note| number(&mut self.reasons, note));
        let reasons = runs(known.iter().map(reason));
        let (lines, texts) = interned(&texts);
        Row {
            name: name.to_owned(),
            place,
            lines,
            texts,
            signs: self.patterns.signs.number(runs(known.iter().map(sign))),
            said: self.patterns.said.number(runs(said)),
            record,
            reasons: self.patterns.reasons.number(reasons),
            drifts: Vec::new(),
            causes: Vec::new(),
            ran: self.patterns.ran.number(runs(known.iter().map(|known| known.ran))),
        }
    }
}

fn sign(known: &Known) -> char {
    let of = |standing| SIGNS.iter().find(|(known, ..)| *known == standing).map(|(_, sign, _)| *sign);
    known.standing.and_then(of).unwrap_or(UNKNOWN)
}

/// The lines of some texts, each once, and the texts as numbers of lines.
fn interned(texts: &[String]) -> (Vec<[String; 3]>, Vec<Vec<usize>>) {
    let mut lines = Vec::new();
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let mut number = |line| {
        *numbers.entry(line).or_insert_with(|| {
            lines.push(Line::from(line).parts());
            lines.len() - 1
        })
    };
    let texts = texts.iter().map(|text| text.lines().map(&mut number).collect()).collect();
    (lines, texts)
}

/// The index of a text in a list, to which it is appended if it is new.
fn number(texts: &mut Vec<String>, text: &str) -> usize {
    texts.iter().position(|known| known == text).unwrap_or_else(|| {
        texts.push(text.to_owned());
        texts.len() - 1
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_one_after_the_other_is_a_run() {
        assert_eq!(runs([None, None, Some(3), None]), [(None, 2), (Some(3), 1), (None, 1)]);
        assert_eq!(runs(Vec::<bool>::new()), []);
    }

    #[test]
    fn a_value_is_stored_once() {
        let mut interned = Interned::default();
        assert_eq!(["b", "a", "b"].map(|value| interned.number(value)), [0, 1, 0]);
        assert_eq!(interned.values, ["b", "a"]);
    }

    #[test]
    fn a_line_of_several_texts_is_stored_once() {
        let (lines, texts) =
            interned(&["open → OK\nquery → 1".to_owned(), "open → OK\nquery → 2".to_owned()]);
        assert_eq!(texts, [[0, 1], [0, 2]]);
        assert_eq!(
            lines.iter().map(|parts| parts.concat()).collect::<Vec<_>>(),
            ["open → OK", "query → 1", "query → 2"]
        );
    }
}
