//! The one way in which a cell is run: it runs or comes from the cache, is compared with the record, and its drifts are
//! left for review. The tests of [`matrix!`](crate::matrix!) and the commands share it.

use std::borrow::Cow;
use std::cell::LazyCell;

use anyhow::Result;

use super::because::Contracts;
use super::cache::{Known, ResultCache};
use super::message::{self, CaseFailure};
use super::results::{Blame, CellResult};
use crate::contract::Contract;
use crate::diagnostic::{Diagnostics, WIDTH};
use crate::engine::Runner;
use crate::project::Project;
use crate::record::lineage::Lineage;
use crate::record::report::{CaseReport, CellReport, Verdict};
use crate::record::snapshots::name::State;
use crate::record::snapshots::{ContractSnapshots, Drift, Outcome, Recorded, SnapshotName, judge, store};

/// The cells of a project. One value serves all cells of a process: workers, snapshots and results are shared.
pub struct Cells<R> {
    project: Project,
    pub(super) lineage: Lineage,
    pub(super) recorded: Recorded,
    pub(super) runner: R,
    pub(super) cache: Option<ResultCache>,
    /// Whether what is new waits for review wherever this runs.
    is_pending: bool,
}

/// A cell that ran or came from the cache.
#[derive(Debug)]
pub struct Checked {
    /// Its result.
    pub result: CellResult,
    /// The cases that need attention.
    pub failures: Vec<CaseFailure>,
    /// The result as the cache holds it.
    pub remembered: Option<String>,
}

impl Checked {
    /// The result as a line of a file of results.
    ///
    /// # Errors
    /// Those of [`CellResult::line`].
    pub fn line(&self) -> Result<Cow<'_, str>> {
        match (&self.result, &self.remembered) {
            (CellResult::Ran { cached: true, .. }, Some(line)) => Ok(line.into()),
            _ => Ok(self.result.line()?.into()),
        }
    }
}

impl<R: Runner> Cells<R> {
    /// Cells that run every time.
    pub fn new(project: Project, lineage: Lineage, runner: R) -> Self {
        let recorded = Recorded::at(project.snapshots());
        Self { project, lineage, recorded, runner, cache: None, is_pending: false }
    }

    /// Uses a cache: cells do not run again while none of their inputs has changed.
    pub fn remembered_in(self, cache: ResultCache) -> Self {
        Self { cache: Some(cache), ..self }
    }

    /// What is new waits for review on a build server too: a command accepts it there and then.
    pub fn pending(self) -> Self {
        Self { is_pending: true, ..self }
    }

    /// The project.
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// What is on record.
    pub fn recorded(&self) -> &Recorded {
        &self.recorded
    }

    /// What runs them.
    pub fn runner(&self) -> &R {
        &self.runner
    }

    /// Reads the contracts of which no cell on this build is cached: a contract that ran before is well formed. So the
    /// mistakes of all contracts are reported together, before anything runs.
    ///
    /// # Errors
    /// Every mistake in them.
    pub fn check_contracts(&self, contracts: &[&str], build: Option<&str>) -> Result<(), Diagnostics> {
        let is_cached = |contract: &str| {
            let (Some(cache), Some(build)) = (&self.cache, build) else { return false };
            self.runner.cell_key(contract, build).is_some_and(|key| cache.has(contract, build, &key))
        };
        let unread: Vec<&str> = contracts.iter().copied().filter(|contract| !is_cached(contract)).collect();
        let contracts = self.runner.contracts(&self.project, &unread)?;
        let mut mistakes = Diagnostics::new();
        for found in contracts.iter().filter_map(|it| self.runner.builds()?.check_named(it).err()) {
            mistakes.extend(found);
        }
        mistakes.into_result(())
    }

    /// What a contract does on a build, run now unless it is cached. Nothing is compared.
    ///
    /// # Errors
    /// When the build cannot be made or loaded, or the contract cannot be read.
    pub fn report_of(&self, contract: &str, build: &str) -> Result<Known> {
        match &self.cache {
            Some(cache) => cache.report_of(&self.runner, contract, build),
            None => Ok(Known { report: self.runner.run_cell(contract, build)?, cached: false, line: None }),
        }
    }

    /// Runs a cell, compares each of its cases with the record, and leaves a pending snapshot for each that differs.
    /// A cell that cannot run, or whose record cannot be read or written, is a result as well.
    pub fn check(&self, contract: &str, build: &str) -> Checked {
        let checked = self.report_of(contract, build).and_then(|Known { report, cached, line }| {
            let failures = self.compare(&report)?;
            let confirm = || if failures.is_empty() { self.remember(&report) } else { None };
            let remembered = line.or_else(confirm);
            Ok(Checked { result: CellResult::Ran { report, cached }, failures, remembered })
        });
        checked.unwrap_or_else(|error| {
            let result = CellResult::failed(contract, build, &error);
            Checked { result, failures: Vec::new(), remembered: None }
        })
    }

    /// The message of a cell for people; `None` when nothing needs attention.
    pub fn message(&self, checked: &Checked) -> Option<String> {
        let (contract, build) = checked.result.cell();
        match &checked.result {
            CellResult::Failed { blame: Blame::Absent, .. } => None,
            CellResult::Failed { message, .. } => {
                Some(format!("{contract} cannot run on {build}: {message}"))
            }
            CellResult::Ran { .. } if checked.failures.is_empty() => None,
            CellResult::Ran { report, .. } => {
                let contracts = Contracts::read(&self.project, [contract]);
                let causes = LazyCell::new(|| {
                    self.runner.builds().map(|it| contracts.causes(&self.project, it)).unwrap_or_default()
                });
                let because = |name: &SnapshotName, drift: &Drift| causes.below(name, drift, WIDTH);
                Some(message::cell(report, contracts.get(contract), &checked.failures, because))
            }
        }
    }

    /// Keeps a report that is as it is on record, and returns what it keeps.
    fn remember(&self, report: &CellReport) -> Option<String> {
        let key = self.runner.cell_key(&report.contract, &report.build)?;
        self.cache.as_ref()?.put_confirmed(&key, report)
    }

    /// Judges every case before the cell fails, so that one run shows everything to review.
    fn compare(&self, report: &CellReport) -> Result<Vec<CaseFailure>> {
        let snapshots = self.recorded.contract(&report.contract)?;
        let contract = LazyCell::new(|| Contract::find(&self.project, &report.contract).ok());
        let record = |name: &SnapshotName, drift: &Drift| {
            let title = contract.as_ref().map(|contract| contract.title.as_str());
            store::record(self.recorded.folder(), name, title, drift, self.is_pending)
        };
        let judged = report.cases.iter().map(|case| self.compare_case(report, case, &snapshots, record));
        Ok(judged.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    }

    fn compare_case(
        &self,
        cell: &CellReport,
        case: &CaseReport,
        snapshots: &ContractSnapshots,
        record: impl Fn(&SnapshotName, &Drift) -> Result<bool>,
    ) -> Result<Option<CaseFailure>> {
        let name = || SnapshotName::new(&cell.contract, &case.case, &cell.build);
        match judge(&self.lineage, snapshots.case(&case.case), &cell.build, case) {
            Outcome::Drift(drift) => {
                // INSTA_UPDATE may have accepted it. Under INSTA_FORCE_PASS its test passes, as one of insta's does, and
                // its snapshot waits for review: a whole run still shows it.
                let passes = record(&name(), &drift)?;
                Ok((!passes).then(|| CaseFailure::Drift(case.clone(), name(), drift)))
            }
            Outcome::Unwanted => {
                let file = name().file(self.recorded.folder(), State::Accepted);
                Ok(Some(CaseFailure::Unwanted(self.project.shown(&file), name())))
            }
            Outcome::NotCompared if case.verdict == Verdict::Broken => {
                Ok(Some(CaseFailure::Broken(case.clone())))
            }
            // What it left for review in an earlier run still waits.
            Outcome::NotCompared if case.verdict == Verdict::CouldNotRun => {
                Ok(Some(CaseFailure::CouldNotRun(case.clone())))
            }
            Outcome::NotCompared | Outcome::Same => {
                // It drifted in an earlier run and no longer does.
                if snapshots.case(&case.case).pending.contains_key(&cell.build) {
                    store::reject(self.recorded.folder(), &name())?;
                }
                Ok(None)
            }
        }
    }
}
