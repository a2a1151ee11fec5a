//! The cells of the commands: remembered from the last time where nothing has changed since.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, bail};
use rayon::prelude::*;
use semver::Version;
use sqlite_contracts::analysis::gate::{About, Asked, ContractChanges, Recorded, changes, of_replays};
use sqlite_contracts::analysis::replay::Replayed;
use sqlite_contracts::builds::Build;
use sqlite_contracts::contract::Contract;
use sqlite_contracts::diagnostic::Diagnostics;
use sqlite_contracts::engine::Engine;
use sqlite_contracts::matrix;
use sqlite_contracts::matrix::cache::ResultCache;
use sqlite_contracts::project::Project;
use sqlite_contracts::record::report::CellReport;
use sqlite_contracts::subject::Subject;

use crate::support::context;
use crate::support::each_build::each_build;
use crate::support::exit::Usage;

/// Subjects, and what they did on builds.
pub(crate) struct Cells {
    cells: matrix::Cells<Engine>,
    subjects: Vec<Subject>,
    /// The replays of traces, by the subject and the build: of these, more is compared than a report says.
    replays: Mutex<BTreeMap<(String, String), Replayed>>,
}

impl Cells {
    /// The cells of what `find` finds in the project. `fresh` remembers nothing.
    pub(crate) fn new(
        project: &Project,
        fresh: bool,
        find: impl FnOnce() -> Result<Vec<Subject>> + Send,
    ) -> Result<Self> {
        let (subjects, engine) = rayon::join(find, || Engine::new(project, context::worker()?, Box::new(())));
        let (subjects, engine) = both(subjects, engine)?;
        let lineage = engine.builds().lineage().clone();
        let cells = matrix::Cells::new(project.clone(), lineage, engine);
        let cells = if fresh { cells } else { cells.remembered_in(ResultCache::at(results(project))) };
        Ok(Self { cells, subjects, replays: Mutex::default() })
    }

    /// What is new waits for review, on a build server too.
    pub(crate) fn pending(self) -> Self {
        Self { cells: self.cells.pending(), ..self }
    }

    /// What runs them.
    pub(crate) fn engine(&self) -> &Engine {
        self.cells.runner()
    }

    /// The library's own.
    pub(crate) fn matrix(&self) -> &matrix::Cells<Engine> {
        &self.cells
    }

    /// The ids of the subjects, in their order.
    pub(crate) fn ids(&self) -> Vec<&str> {
        self.subjects.iter().map(Subject::id).collect()
    }

    /// The contracts of the subjects.
    pub(crate) fn contracts(&self) -> Result<Vec<Arc<Contract>>> {
        self.subjects.iter().map(|subject| self.contract_of(subject)).collect()
    }

    /// Every subject on every build, which can be loaded: a list per build, in the order of the subjects.
    pub(crate) fn run(&self, builds: &[&Build]) -> Result<Vec<Vec<CellReport>>> {
        let cells: Vec<(&Subject, &Build)> = builds
            .iter()
            .flat_map(|build| self.subjects.iter().map(move |subject| (subject, *build)))
            .collect();
        let reports = cells.par_iter().map(|(subject, build)| self.report_of(subject, build)).collect();
        let reports = together(reports)?;
        let each = self.subjects.len().max(1);
        let mut reports: Vec<Vec<CellReport>> = reports.chunks(each).map(<[CellReport]>::to_vec).collect();
        for (at, subject) in self.subjects.iter().enumerate() {
            self.look_closer(
                subject,
                builds,
                reports.iter_mut().map(|of_build| &mut of_build[at]).collect(),
            )?;
        }
        Ok(reports)
    }

    /// Runs a script once more with the records of their own on which the builds differ.
    fn look_closer(&self, subject: &Subject, builds: &[&Build], reports: Vec<&mut CellReport>) -> Result<()> {
        if let Some(finer) = subject.finer(reports.iter().map(|report| &**report)) {
            let closer = each_build(builds, |build| self.report_of(&finer, build))?;
            reports.into_iter().zip(closer).for_each(|(report, closer)| *report = closer);
        }
        Ok(())
    }

    fn report_of(&self, subject: &Subject, build: &Build) -> Result<CellReport> {
        if subject.is_trace() {
            return self.replay_of(subject, build);
        }
        match subject {
            Subject::Known(id) => Ok(self.cells.report_of(id, build.name())?.report.whole()?),
            Subject::Contract(contract) | Subject::Sql(contract) | Subject::Script(contract) => {
                self.engine().run(contract, build)
            }
        }
    }

    fn replay_of(&self, subject: &Subject, build: &Build) -> Result<CellReport> {
        let (report, replayed) = Replayed::run(self.engine(), &*self.contract_of(subject)?, build)?;
        match replayed {
            Ok(replayed) => {
                let key = (subject.id().to_owned(), build.name().to_owned());
                self.replays.lock().unwrap_or_else(PoisonError::into_inner).insert(key, replayed);
            }
            // A deadline that was missed is in the report, and compared.
            Err(_) if report.cases.iter().any(|case| case.reason.is_some()) => {}
            Err(why) => {
                bail!(Usage(format!("{} cannot be replayed on {}: {why}", subject.id(), build.name())))
            }
        }
        Ok(report)
    }

    fn contract_of(&self, subject: &Subject) -> Result<Arc<Contract>> {
        match subject {
            Subject::Known(id) => self.engine().contract(id),
            Subject::Contract(contract) | Subject::Sql(contract) | Subject::Script(contract) => {
                Ok(contract.clone())
            }
        }
    }

    /// What the replays of a trace on two builds came to, where both came to an end.
    fn replays_of(
        &self,
        subject: &Subject,
        from: &CellReport,
        to: &CellReport,
    ) -> Result<Option<(Recorded, Option<ContractChanges>)>> {
        let replays = self.replays.lock().unwrap_or_else(PoisonError::into_inner);
        let of = |report: &CellReport| replays.get(&(subject.id().to_owned(), report.build.clone()));
        match (of(from), of(to)) {
            (Some(old), Some(new)) => Ok(Some(of_replays(&*self.contract_of(subject)?, old, new))),
            _ => Ok(None),
        }
    }

    /// What replays were beside their recordings, on two builds.
    pub(crate) fn recorded(&self, from: &[CellReport], to: &[CellReport]) -> Result<Vec<Recorded>> {
        let cells = self.subjects.iter().zip(from.iter().zip(to));
        let found = cells.map(|(subject, (from, to))| self.replays_of(subject, from, to));
        let found = found.collect::<Result<Vec<_>>>()?;
        Ok(found.into_iter().flatten().map(|(recorded, _)| recorded).collect())
    }

    /// What was asked of builds that have been made, in their order, with these reports.
    pub(crate) fn asked(&self, builds: &[&Build], reports: &[Vec<CellReport>]) -> Result<Asked> {
        let about = |subject: &Subject| -> Result<About> {
            let project = self.cells.project();
            Ok(About { rows: subject.rows(project)?, is_sql: subject.is_sql(), cut: subject.cut(project) })
        };
        let about = self.subjects.iter().map(about).collect::<Result<Vec<About>>>()?;
        let asked = Asked::of(&about, reports);
        let versions: Vec<Version> = builds.iter().filter_map(|build| self.version(build)).collect();
        Ok(match versions.as_slice() {
            [first, .., last] => asked.over(self.engine().builds(), [first, last], &versions),
            _ => asked,
        })
    }

    /// The version of a build that has been made.
    pub(crate) fn version(&self, build: &Build) -> Option<Version> {
        let product = || self.engine().store().find(build);
        build.version().cloned().or_else(|| Some(product()?.info.version))
    }

    /// What changes between the cells of two builds, subject by subject. Only the contracts of those are read. `version`
    /// is the new build's.
    pub(crate) fn changes(
        &self,
        from: &[CellReport],
        to: &[CellReport],
        version: Option<&Version>,
    ) -> Result<Vec<ContractChanges>> {
        let cells = self.subjects.iter().zip(from.iter().zip(to));
        // Work and memory of a replay are in no report.
        let differ = cells.filter(|(subject, (from, to))| subject.is_trace() || !from.does_the_same(to));
        let found = differ.map(|(subject, (from, to))| self.changes_of(subject, from, to, version));
        Ok(found.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    }

    fn changes_of(
        &self,
        subject: &Subject,
        from: &CellReport,
        to: &CellReport,
        version: Option<&Version>,
    ) -> Result<Option<ContractChanges>> {
        if let Some((_, changes)) = self.replays_of(subject, from, to)? {
            return Ok(changes);
        }
        let contract = self.contract_of(subject)?;
        let snapshots = self.cells.recorded().contract(&contract.id)?;
        Ok(changes(&self.engine().builds().causes(&contract, &snapshots), from, to, version))
    }
}

/// Where reports are remembered, by all commands.
fn results(project: &Project) -> PathBuf {
    project.scratch().join("results")
}

/// Both, or the mistakes of both together, or else the first error.
pub(crate) fn both<A, B>(a: Result<A>, b: Result<B>) -> Result<(A, B)> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
        (Err(a), Err(b)) => match (a.downcast::<Diagnostics>(), b.downcast::<Diagnostics>()) {
            (Ok(mut mistakes), Ok(more)) => {
                mistakes.extend(more);
                Err(mistakes.into())
            }
            (Ok(mistakes), Err(_)) => Err(mistakes.into()),
            (Err(error), _) => Err(error),
        },
    }
}

/// All results, or the mistakes of all, or else the first error.
fn together(results: Vec<Result<CellReport>>) -> Result<Vec<CellReport>> {
    let mut mistakes = Diagnostics::new();
    let mut told = BTreeSet::new();
    for found in results.iter().filter_map(|result| result.as_ref().err()?.downcast_ref::<Diagnostics>()) {
        // A contract is read once and runs on several builds.
        if told.insert(found.to_string()) {
            mistakes.extend(found.clone());
        }
    }
    mistakes.into_result(())?;
    results.into_iter().collect()
}
