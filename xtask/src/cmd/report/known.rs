//! What is known about a case on a build: the result of the last run, else the record.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use semver::Version;
use sqlite_contracts::builds::{Build, Product, Store, exports};
use sqlite_contracts::contract::Case;
use sqlite_contracts::contract::requires::BuildFacts;
use sqlite_contracts::engine;
use sqlite_contracts::matrix::message;
use sqlite_contracts::matrix::survey::{self, Standing, Survey};
use sqlite_contracts::record::lineage::Lineage;
use sqlite_contracts::record::report::Verdict;
use sqlite_contracts::record::snapshots::{CaseSnapshots, resolve};
use sqlite_contracts::record::transcript::Transcript;

/// What is known about a case on a build.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// What it did, without the last line feed; `None` where it did not run, or nothing is on record.
    pub text: Option<String>,
    /// What is on record for it.
    pub record: Option<String>,
    /// Its status; `None` where nothing is known.
    pub standing: Option<Standing>,
    /// Why it did not run, how it ended, what was broken.
    pub note: Option<String>,
    /// Whether the last run ran it.
    pub ran: bool,
}

/// The results of a run by contract, build and case.
pub(super) struct Ran(BTreeMap<(String, String), Cell>);

enum Cell {
    Cases(BTreeMap<String, survey::Case>),
    Failed(String),
}

impl Ran {
    /// Sorts a survey by cell.
    pub(super) fn new(survey: Survey) -> Self {
        let ran = survey.cells.into_iter().map(|cell| {
            let cases = cell.cases.into_iter().map(|case| (case.report.case.clone(), case));
            ((cell.contract, cell.build), Cell::Cases(cases.collect()))
        });
        let failed =
            survey.failed.into_iter().map(|cell| ((cell.contract, cell.build), Cell::Failed(cell.message)));
        Self(ran.chain(failed).collect())
    }

    /// The result of a case, if the run included it.
    pub(super) fn known(&self, contract: &str, build: &str, case: &str) -> Option<Known> {
        let cell = self.0.get(&(contract.to_owned(), build.to_owned()))?;
        let case = match cell {
            Cell::Cases(cases) => cases.get(case)?,
            Cell::Failed(message) => {
                let note = Some(message.clone());
                return Some(Known { standing: Some(Standing::Failed), note, ran: true, ..Known::default() });
            }
        };
        let text = (!matches!(case.report.verdict, Verdict::Unsupported | Verdict::CouldNotRun))
            .then(|| trimmed(&case.report.transcript.to_string()));
        let standing = Some(match case.standing {
            Standing::OnRecord => Standing::Holds,
            other => other,
        });
        Some(Known { text, record: None, standing, note: note(case, build), ran: true })
    }
}

/// Broken promises, else how the case ended, unless after its last step.
fn note(case: &survey::Case, build: &str) -> Option<String> {
    let failures = case.report.failures.iter();
    let broken: String =
        failures.map(|failure| message::broken(&case.report.case, build, failure, false)).collect();
    if broken.is_empty() { case.report.ending() } else { Some(broken) }
}

/// What is known about a build before anything runs on it.
pub(super) struct Ground {
    facts: Option<BuildFacts>,
    /// The functions that its library exports, when it has been compiled.
    functions: Option<BTreeSet<String>>,
    /// When SQLite released it, when it has been compiled.
    pub released: Option<String>,
}

impl Ground {
    /// Reads the manifest, and the product if it exists.
    pub(super) fn new(build: &Build, store: &Store) -> Result<Self> {
        let product = store.find(build);
        let info = product.as_ref().map(|product| &product.info);
        let version = info.map(|info| &info.version).or(build.version());
        let said = info.map_or(&[][..], |info| &info.compile_options);
        Ok(Self {
            facts: version.map(|version| engine::facts(build, version, said)),
            functions: product.as_ref().map(|Product { library, .. }| exports(library)).transpose()?,
            released: info.and_then(|info| info.released.clone()),
        })
    }

    /// Its version of SQLite, as far as that is known.
    pub(super) fn version(&self) -> Option<&Version> {
        self.facts.as_ref().map(|facts| &facts.version)
    }

    /// Why the build cannot run the case, as far as that is known.
    fn unmet(&self, case: &Case) -> Option<String> {
        let facts = self.facts.as_ref()?;
        let lacks = |functions: &BTreeSet<String>| {
            let mut wanted = case.requires.functions();
            wanted
                .find(|function| !functions.contains(*function))
                .map(|lacking| format!("needs function {lacking}"))
        };
        let unmet = case.requires.unmet(facts);
        unmet.or_else(|| self.functions.as_ref().and_then(lacks))
    }
}

/// What is on record for a case on a build.
pub(super) fn on_record(
    lineage: &Lineage,
    snapshots: &CaseSnapshots,
    case: &Case,
    build: &str,
    ground: &Ground,
) -> Known {
    if let Some(reason) = ground.unmet(case) {
        return Known { standing: Some(Standing::Unsupported), note: Some(reason), ..Known::default() };
    }
    let Some(text) = recorded(lineage, snapshots, build) else { return Known::default() };
    let standing = match Transcript::verdict_on_record(&text) {
        Verdict::Crashed => Standing::Crashed,
        Verdict::TimedOut => Standing::TimedOut,
        _ => Standing::Holds,
    };
    Known { text: Some(text), standing: Some(standing), ..Known::default() }
}

/// The recorded transcript of a build; `None` for a build that is never recorded.
pub(super) fn recorded(lineage: &Lineage, snapshots: &CaseSnapshots, build: &str) -> Option<String> {
    if !lineage.is_recorded(build) {
        return None;
    }
    resolve(lineage, snapshots, build).map(|inherited| trimmed(&inherited.text))
}

fn trimmed(text: &str) -> String {
    text.trim_end().replace("\r\n", "\n")
}
