//! Causes: which entries of a contract's `changed` explain what differs between two builds, and whether the record
//! and the causes match. Pure, like all rules of the record.

mod audit;
mod shown;
mod span;

pub use audit::{Finding, RecordedDrift, audit, drifts};
pub use shown::Because;
pub use span::{Family, Span, Traits};

use crate::contract::Contract;
use crate::contract::cause::Cause;
use crate::record::snapshots::ContractSnapshots;

/// The causes of a contract, with the record that says which of them concern a case.
#[derive(Debug, Clone)]
pub struct Causes<'a> {
    contract: &'a Contract,
    family: Family<'a>,
    drifts: Vec<RecordedDrift>,
}

impl<'a> Causes<'a> {
    /// The causes of a contract, among these builds and on this record.
    pub fn new(contract: &'a Contract, family: Family<'a>, snapshots: &ContractSnapshots) -> Self {
        let drifts = drifts(&family, contract, snapshots);
        Self { contract, family, drifts }
    }

    /// The contract.
    pub fn contract(&self) -> &'a Contract {
        self.contract
    }

    /// What lies between two builds.
    pub fn span(&self, from: &str, to: &str) -> Span {
        Span::between(&self.family, from, to)
    }

    /// Why a case does one thing on a build and another thing on another build, the oldest cause first. A contract's
    /// cause may be that of other cases, so those are left out that no drift on record of this case needs; unless
    /// none is left, as for a drift that is not on record yet.
    pub fn between(&self, case: &str, from: &str, to: &str) -> Vec<&'a Cause> {
        let causes = causes(self.contract, case, &self.span(from, to));
        let needed: Vec<&Cause> =
            causes.iter().copied().filter(|cause| self.is_needed(case, cause)).collect();
        if needed.is_empty() { causes } else { needed }
    }

    /// Why a build differs from what it inherits from `holder`: the causes on the step from its parent, which does what
    /// it inherits as well. Of a step between versions that has none, those from `holder` on: where the parent did not
    /// run, the change may be older.
    pub fn of_drift(&self, case: &str, holder: &str, build: &str) -> Vec<&'a Cause> {
        let parent = self.family.lineage.step_from(build, holder).unwrap_or(holder);
        let on_step = self.between(case, parent, build);
        if on_step.is_empty() { self.between(case, self.step_start(holder, build), build) } else { on_step }
    }

    /// Where the step to a build that drifts begins at the earliest: at its parent where only flags differ, as then no
    /// version explains it, else at the build that it inherits from.
    pub fn step_start<'b>(&'b self, holder: &'b str, build: &str) -> &'b str {
        let version = |build: &str| self.family.builds.get(build)?.version;
        let parent = self.family.lineage.step_from(build, holder);
        parent.filter(|parent| version(parent) == version(build)).unwrap_or(holder)
    }

    /// The drifts on record of a case, each with those of some causes that explain it. A drift that none of them explains is left out.
    pub fn by_drift<'b>(&self, case: &str, causes: &[&'b Cause]) -> Vec<(&RecordedDrift, Vec<&'b Cause>)> {
        let of_case = self.drifts.iter().filter(|drift| drift.case == case);
        let explained = of_case.map(|drift| {
            let covered = causes.iter().copied().filter(|cause| drift.span.covers(&cause.key));
            (drift, covered.collect::<Vec<_>>())
        });
        explained.filter(|(_, because)| !because.is_empty()).collect()
    }

    /// Whether a drift on record of a case needs a cause.
    pub fn is_needed(&self, case: &str, cause: &Cause) -> bool {
        self.drifts.iter().any(|drift| drift.case == case && drift.span.covers(&cause.key))
    }
}

/// The entries that lie in a span, the oldest first.
fn causes<'a>(contract: &'a Contract, case: &str, span: &Span) -> Vec<&'a Cause> {
    contract.causes(case).into_iter().filter(|cause| span.covers(&cause.key)).collect()
}
