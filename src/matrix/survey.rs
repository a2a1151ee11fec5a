//! A run as a whole: the status of each case, given the results of all builds.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::results::{Blame, CellResult};
use super::row::Row;
use crate::record::lineage::Lineage;
use crate::record::report::{CaseReport, CellReport, Verdict};
use crate::record::snapshots::name::State;
use crate::record::snapshots::{
    CaseSnapshots, Drift, Outcome, Recorded, SnapshotName, changes, drifts_on_record, judge, store,
};

/// The status of a case, better ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The build lacks what the case requires.
    Unsupported,
    /// As promised, and as the build above it.
    Holds,
    /// As promised; it differs from the build above, which is on record.
    OnRecord,
    /// It misses its deadline, which is on record.
    TimedOut,
    /// It crashes, which is on record.
    Crashed,
    /// Not yet on record: of the case, or of the build, nothing is.
    New,
    /// Not as on record, but as a build above it does, whose drift waits for review.
    Follows,
    /// On record though the build does not support it.
    Unwanted,
    /// It differs from what is on record.
    Unreviewed,
    /// A promise does not hold.
    Broken,
    /// It could not run.
    Failed,
}

impl Standing {
    /// Whether it does not behave as on the build above.
    pub(super) fn differs(self) -> bool {
        !matches!(self, Self::Holds | Self::Unsupported)
    }

    /// Whether somebody has to look at it: it is not on record as it is.
    pub(super) fn is_open(self) -> bool {
        self >= Self::New
    }
}

/// A case of a cell.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Case {
    /// What it did.
    #[serde(flatten)]
    pub report: CaseReport,
    /// Its status.
    pub standing: Standing,
    /// The drift that has to be reviewed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift: Option<Drift>,
}

/// A cell of the matrix.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Cell {
    /// The contract.
    pub contract: String,
    /// The build.
    pub build: String,
    /// Whether it came from the cache.
    pub cached: bool,
    /// The worst status of its cases.
    pub standing: Standing,
    /// Whether the behaviour of its build is recorded.
    #[serde(skip)]
    pub is_recorded: bool,
    /// Its cases.
    pub cases: Vec<Case>,
}

/// A cell that could not run.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Failed {
    /// The contract.
    pub contract: String,
    /// The build.
    pub build: String,
    /// What has to change.
    pub blame: Blame,
    /// Why.
    pub message: String,
}

impl Failed {
    fn of(result: CellResult) -> Option<Self> {
        match result {
            CellResult::Ran { .. } => None,
            CellResult::Failed { contract, build, blame, message } => {
                Some(Self { contract, build, blame, message })
            }
        }
    }
}

/// A run: every cell, judged with the results of all others.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct Survey {
    /// The builds, parents first.
    pub builds: Vec<String>,
    /// The versions of SQLite in libraries that have none in their name, where they are known.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub versions: BTreeMap<String, String>,
    /// The contracts in order.
    pub contracts: Vec<String>,
    /// The cells that ran, by contract, then build in order.
    pub cells: Vec<Cell>,
    /// The cells that could not run.
    pub failed: Vec<Failed>,
    /// Remembered rows, of whose cells only the status is known.
    #[serde(skip)]
    pub rows: Vec<Row>,
}

impl Survey {
    /// Evaluates the results of a run. `recorded` is the record after it.
    pub fn new(lineage: &Lineage, recorded: &Recorded, results: Vec<CellResult>) -> Self {
        let said = Said::new(&results);
        let known = LazyCell::new(|| recorded.builds_known(lineage).ok());
        // Of a record that cannot be listed, nothing is taken for new.
        let is_known = |build: &str| known.as_ref().is_none_or(|known| known.contains(build));
        let mut survey = Self::outline(lineage, &results);
        let mut reports = Reports::new(results);
        for contract in &survey.contracts {
            let snapshots = recorded.contract(contract);
            let mut views = BTreeMap::new();
            for build in &survey.builds {
                let Some((report, cached)) = reports.take(contract, build) else { continue };
                let snapshots = match &snapshots {
                    Ok(snapshots) => snapshots,
                    Err(error) => {
                        survey.failed.extend(Failed::of(CellResult::failed(contract, build, error)));
                        continue;
                    }
                };
                let judged = |case: CaseReport| {
                    let new =
                        || CaseView::new(lineage, snapshots.case(&case.case), said.of(contract, &case.case));
                    views.entry(case.case.clone()).or_insert_with(new).judge(build, case, is_known)
                };
                let cases: Vec<Case> = report.cases.into_iter().map(judged).collect();
                survey.cells.push(Cell {
                    contract: contract.clone(),
                    build: build.clone(),
                    cached,
                    is_recorded: lineage.is_recorded(build),
                    standing: cases.iter().map(|case| case.standing).max().unwrap_or(Standing::Unsupported),
                    cases,
                });
            }
        }
        survey
    }

    fn outline(lineage: &Lineage, results: &[CellResult]) -> Self {
        let builds: BTreeSet<&str> = results.iter().map(|result| result.cell().1).collect();
        let contracts: BTreeSet<&str> = results.iter().map(|result| result.cell().0).collect();
        let known = lineage.in_order().into_iter().filter(|build| builds.contains(build));
        let failed = results.iter().filter(|result| matches!(result, CellResult::Failed { .. }));
        Self {
            builds: known.map(str::to_owned).collect(),
            versions: BTreeMap::new(),
            contracts: contracts.into_iter().map(str::to_owned).collect(),
            cells: Vec::new(),
            failed: failed.cloned().filter_map(Failed::of).collect(),
            rows: Vec::new(),
        }
    }

    /// The total time of the cases of its [cells](Self::cells).
    pub fn cost(&self) -> Duration {
        Duration::from_secs_f64(self.cases().map(|(_, case)| case.report.seconds).sum())
    }

    /// The status of each cell, by contract and build.
    pub fn standings(&self) -> BTreeMap<(&str, &str), Standing> {
        let ran = self.cells.iter().map(|cell| ((&*cell.contract, &*cell.build), cell.standing));
        let failed = self.failed.iter().map(|cell| ((&*cell.contract, &*cell.build), Standing::Failed));
        let rows = self.rows.iter().flat_map(|row| {
            row.overview.standings.iter().map(|(build, standing)| ((&*row.contract, &**build), *standing))
        });
        ran.chain(failed).chain(rows).collect()
    }

    /// Every case of its [cells](Self::cells), with the cell.
    pub fn cases(&self) -> impl Iterator<Item = (&Cell, &Case)> {
        self.cells.iter().flat_map(|cell| cell.cases.iter().map(move |case| (cell, case)))
    }
}

/// The reports of a run, each taken once, and whether it came from the cache.
struct Reports(HashMap<(String, String), (CellReport, bool)>);

impl Reports {
    fn new(results: Vec<CellResult>) -> Self {
        let ran = results.into_iter().filter_map(|result| match result {
            CellResult::Ran { report, cached } => {
                Some(((report.contract.clone(), report.build.clone()), (report, cached)))
            }
            CellResult::Failed { .. } => None,
        });
        Self(ran.collect())
    }

    fn take(&mut self, contract: &str, build: &str) -> Option<(CellReport, bool)> {
        self.0.remove(&(contract.to_owned(), build.to_owned()))
    }
}

/// A case over all builds of a run.
struct CaseView<'a> {
    lineage: &'a Lineage,
    snapshots: &'a CaseSnapshots,
    said: &'a Texts,
    changes: BTreeMap<String, Drift>,
}

impl<'a> CaseView<'a> {
    fn new(lineage: &'a Lineage, snapshots: &'a CaseSnapshots, said: &'a Texts) -> Self {
        Self { lineage, snapshots, said, changes: changes(lineage, snapshots, said) }
    }

    /// Judges what the case did on a build; `is_known` says whether anything is on record of a build.
    fn judge(&self, build: &str, report: CaseReport, is_known: impl Fn(&str) -> bool) -> Case {
        let is_new = || {
            let is_own = self.snapshots.accepted.contains_key(build);
            self.snapshots.accepted.is_empty() || !is_own && !is_known(build)
        };
        let drift = self.changes.get(build).filter(|_| report.verdict.is_compared()).cloned();
        let standing = match report.verdict {
            Verdict::Broken => Standing::Broken,
            Verdict::CouldNotRun => Standing::Failed,
            Verdict::Unsupported if report.is_not_here() => Standing::Unsupported,
            Verdict::Unsupported if self.snapshots.accepted.contains_key(build) => Standing::Unwanted,
            Verdict::Unsupported => Standing::Unsupported,
            _ if drift.is_some() => {
                if is_new() {
                    Standing::New
                } else {
                    Standing::Unreviewed
                }
            }
            // Without anything to review, all is as on record.
            _ if self.changes.is_empty() => self.on_record(build, report.verdict),
            _ if judge(self.lineage, self.snapshots, build, &report) != Outcome::Same => {
                if is_new() {
                    Standing::New
                } else {
                    Standing::Follows
                }
            }
            verdict => self.on_record(build, verdict),
        };
        Case { report, standing, drift }
    }

    /// The status of a case that did what is on record.
    fn on_record(&self, build: &str, verdict: Verdict) -> Standing {
        match verdict {
            Verdict::Crashed => Standing::Crashed,
            Verdict::TimedOut => Standing::TimedOut,
            _ if self.differs_from_above(build) => Standing::OnRecord,
            _ => Standing::Holds,
        }
    }

    /// Whether a build differs from the nearest build above it that also ran. The drift on record may belong to a build
    /// between the two, and is still the difference between these two.
    fn differs_from_above(&self, build: &str) -> bool {
        let above = self.lineage.forebears(build).find_map(|above| self.said.get(above));
        match (above, self.said.get(build)) {
            (Some(above), Some(text)) => above != text,
            _ => drifts_on_record(self.lineage, self.snapshots, build),
        }
    }
}

/// The transcripts of a case by build.
type Texts = BTreeMap<String, String>;

/// The transcripts of a run by contract, case and build. Cases that are broken or did not run have none.
struct Said(BTreeMap<String, BTreeMap<String, Texts>>);

impl Said {
    fn new(results: &[CellResult]) -> Self {
        let mut said: BTreeMap<String, BTreeMap<String, Texts>> = BTreeMap::new();
        for result in results {
            let CellResult::Ran { report, .. } = result else { continue };
            let cases = said.entry(report.contract.clone()).or_default();
            let compared = |case: &&CaseReport| case.verdict.is_compared();
            for case in report.cases.iter().filter(compared) {
                cases
                    .entry(case.case.clone())
                    .or_default()
                    .insert(report.build.clone(), case.transcript.to_string());
            }
        }
        Self(said)
    }

    fn of(&self, contract: &str, case: &str) -> &Texts {
        static NOTHING: Texts = Texts::new();
        self.0.get(contract).and_then(|cases| cases.get(case)).unwrap_or(&NOTHING)
    }
}

/// Reduces the pending snapshots of a run's cells to one per change (see [`crate::record::snapshots::settle`]). Those
/// of other contracts and builds are not touched.
pub fn settle(folder: &Path, lineage: &Lineage, results: &[CellResult]) -> Result<()> {
    let before = Recorded::at(folder);
    if results.is_empty() || before.names()?.iter().all(|(_, state)| *state == State::Accepted) {
        return Ok(());
    }
    let said = Said::new(results);
    let builds: BTreeSet<&str> = results.iter().map(|result| result.cell().1).collect();
    for (contract, cases) in &said.0 {
        for (case, texts) in cases {
            store::add_returns(&before, lineage, contract, case, texts)?;
        }
    }
    let after = Recorded::at(folder);
    said.0.keys().try_for_each(|contract| {
        store::drop_settled(&after, lineage, contract, |build| builds.contains(build))
    })
}

/// The snapshots that wait for review, parents before their children.
///
/// # Errors
/// Those of [`Recorded::contract`].
pub fn waiting(
    lineage: &Lineage,
    recorded: &Recorded,
    contracts: &[String],
) -> Result<Vec<(SnapshotName, Drift)>> {
    let order = lineage.in_order();
    let place = |build: &str| order.iter().position(|known| *known == build);
    let mut waiting = Vec::new();
    for contract in contracts {
        for (case, snapshots) in recorded.contract(contract)?.cases() {
            let mut changes: Vec<_> = changes(lineage, snapshots, &BTreeMap::new()).into_iter().collect();
            changes.sort_by_key(|(build, _)| place(build));
            waiting.extend(
                changes.into_iter().map(|(build, drift)| (SnapshotName::new(contract, case, &build), drift)),
            );
        }
    }
    Ok(waiting)
}
