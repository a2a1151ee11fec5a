//! One cell as a test: run it or remember it, judge it, record what changed, report it.

use std::cell::LazyCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::cache::{CACHE_VARIABLE, Known, ResultCache};
use super::message::{self, CaseFailure};
use super::results::{self, CellResult, RESULTS_VARIABLE};
use crate::contract::{Contract, include};
use crate::engine::Runner;
use crate::project::Project;
use crate::record::lineage::Lineage;
use crate::record::report::{CaseReport, CellReport, Verdict};
use crate::record::snapshots::name::State;
use crate::record::snapshots::{ContractSnapshots, Drift, Outcome, Recorded, SnapshotName, judge, store};

/// Of the contracts that a project includes, only those named here are run, with commas between their ids: the test
/// of an include is one test, of which a command may mean a part. Unset: all.
pub const ONLY_VARIABLE: &str = "SQLITE_CONTRACTS_ONLY";

/// Everything that cells share in a test process.
pub struct Harness<R> {
    project: Project,
    lineage: Lineage,
    recorded: Recorded,
    runner: R,
    cache: Option<ResultCache>,
    results: Option<PathBuf>,
    only: Option<BTreeSet<String>>,
}

impl<R: Runner> Harness<R> {
    /// A harness that runs every cell and reports to nobody.
    pub fn new(project: Project, lineage: Lineage, runner: R) -> Self {
        let recorded = Recorded::at(project.snapshots());
        Self { project, lineage, recorded, runner, cache: None, results: None, only: None }
    }

    /// A harness that reports, remembers and leaves out as the environment asks ([`RESULTS_VARIABLE`],
    /// [`CACHE_VARIABLE`], [`ONLY_VARIABLE`]).
    pub fn from_env(project: Project, lineage: Lineage, runner: R) -> Self {
        let results = std::env::var_os(RESULTS_VARIABLE).map(PathBuf::from);
        let remembers = std::env::var_os(CACHE_VARIABLE).is_some_and(|value| value == "1");
        let cache = remembers.then(|| ResultCache::at(project.scratch().join("results")));
        let only = std::env::var(ONLY_VARIABLE).ok().map(|ids| ids.split(',').map(str::to_owned).collect());
        Self { cache, results, only, ..Self::new(project, lineage, runner) }
    }

    /// The same harness, reporting to a file.
    pub fn reporting_to(self, file: impl Into<PathBuf>) -> Self {
        Self { results: Some(file.into()), ..self }
    }

    /// The same harness, remembering cells in a folder.
    pub fn remembering_in(self, folder: impl Into<PathBuf>) -> Self {
        Self { cache: Some(ResultCache::at(folder)), ..self }
    }

    /// The same harness, running only these of the contracts that the project includes.
    pub fn running_only(self, contracts: impl IntoIterator<Item = String>) -> Self {
        Self { only: Some(contracts.into_iter().collect()), ..self }
    }

    /// Checks the cell of two files as rstest names them, or the cells of all contracts that the first
    /// [includes](mod@include). The error is the message for people.
    pub fn check(&self, contract: &Path, build: &Path) -> Result<()> {
        let contract = contract_id(&self.project, contract)?;
        let build = build_id(build)?;
        if contract != include::INCLUDE {
            return self.check_cell(&contract, &build);
        }
        let meant = |id: &&str| self.only.as_ref().is_none_or(|only| only.contains(*id));
        let included = include::included(&self.project)?.into_iter().filter(meant);
        let messages: Vec<String> = included
            .filter_map(|contract| self.check_cell(contract, &build).err())
            .map(|error| format!("{error:#}"))
            .collect();
        if messages.is_empty() { Ok(()) } else { bail!(messages.join("\n\n")) }
    }

    fn check_cell(&self, contract: &str, build: &str) -> Result<()> {
        match self.report_of(contract, build) {
            Ok(Known { report, line }) => {
                let anew = || CellResult::Ran { report: report.clone(), cached: false }.line();
                self.tell(|| line.map_or_else(anew, Ok))?;
                self.judge_cell(&report)
            }
            Err(error) => {
                self.tell(|| CellResult::failed(contract, build, &error).line())?;
                bail!("{contract} cannot run on {build}: {error:#}")
            }
        }
    }

    /// Reports, where somebody listens.
    fn tell(&self, line: impl FnOnce() -> Result<String>) -> Result<()> {
        self.results.as_ref().map_or(Ok(()), |file| results::append(&line()?, file))
    }

    fn report_of(&self, contract: &str, build: &str) -> Result<Known> {
        match &self.cache {
            Some(cache) => cache.report_of(&self.runner, contract, build),
            None => Ok(Known { report: self.runner.run_cell(contract, build)?, line: None }),
        }
    }

    /// Judges every case before it fails, so that one run shows all there is to review.
    fn judge_cell(&self, report: &CellReport) -> Result<()> {
        let snapshots = self.recorded.contract(&report.contract)?;
        let contract = LazyCell::new(|| Contract::find(&self.project, &report.contract).ok());
        let mut failures = Vec::new();
        for case in &report.cases {
            let title = || contract.as_ref().map(|contract| contract.title.as_str());
            let record = |name: &SnapshotName, drift: &Drift| {
                store::record(self.recorded.folder(), name, title(), drift)
            };
            failures.extend(self.judge_case(report, case, &snapshots, record)?);
        }
        if failures.is_empty() {
            return Ok(());
        }
        bail!(message::cell(report, contract.as_ref(), &failures, false))
    }

    fn judge_case<'a>(
        &self,
        cell: &CellReport,
        case: &'a CaseReport,
        snapshots: &ContractSnapshots,
        record: impl Fn(&SnapshotName, &Drift) -> Result<bool>,
    ) -> Result<Option<CaseFailure<'a>>> {
        let name = SnapshotName::new(&cell.contract, &case.case, &cell.build);
        let outcome = judge(&self.lineage, snapshots.case(&case.case), &cell.build, case);
        match outcome {
            Outcome::Drift(drift) => {
                let passes = record(&name, &drift)?;
                Ok((!passes).then(|| CaseFailure::Drift(case, name, drift)))
            }
            Outcome::Unwanted => Ok(Some(CaseFailure::Unwanted(
                self.project.shown(&name.file(self.recorded.folder(), State::Accepted)),
                name,
            ))),
            Outcome::NotCompared if case.verdict == Verdict::Broken => Ok(Some(CaseFailure::Broken(case))),
            Outcome::NotCompared | Outcome::Same => {
                if snapshots.case(&case.case).pending.contains_key(&cell.build) {
                    store::reject(self.recorded.folder(), &name)?;
                }
                Ok(None)
            }
        }
    }
}

/// `precision/round` of `…/contracts/precision/round.yaml`, also where the project has moved since rstest
/// wrote the path down, as it has for a test archive.
pub fn contract_id(project: &Project, file: &Path) -> Result<String> {
    let folder = project.contracts();
    let under = file.strip_prefix(&folder).ok().map(Path::to_owned).or_else(|| {
        let parts: Vec<_> = file.iter().collect();
        let at = parts.iter().rposition(|part| Some(*part) == folder.file_name())?;
        Some(parts[at + 1..].iter().collect())
    });
    under
        .and_then(|under| Some(under.with_extension("").to_str()?.replace('\\', "/")))
        .with_context(|| format!("{} is not below {}", file.display(), folder.display()))
}

/// `3.46.0-rusqlite` of `…/sqlite-builds/core/3.46.0-rusqlite.yaml`.
pub fn build_id(file: &Path) -> Result<String> {
    let stem = file.file_stem().and_then(|stem| stem.to_str());
    stem.map(str::to_owned).with_context(|| format!("{} has no name that is UTF-8", file.display()))
}
