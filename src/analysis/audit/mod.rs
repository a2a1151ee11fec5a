//! Audits: which SQLite a copy is, and which known defects it has, told by running it.
//!
//! A version string is a claim. What is run is the copy itself: the proofs of all [advisories](Advisory), the questions
//! that tell [releases](release) apart, and those that show [flags](flag).

mod finding;
pub mod flag;
mod openvex;
mod questions;
pub mod release;
mod report;
mod sarif;
pub mod support;

use std::collections::BTreeMap;

use crate::contract::advisory::Advisory;
use crate::contract::{Case, Contract};
use crate::outcome::Outcome;
use crate::record::report::{CaseReport, CellReport, Verdict};

pub use finding::{Finding, Standing, by_release, finding};
pub use openvex::openvex;
pub use questions::Questions;
pub use report::{AuditedCopy, Identity, Ignored, Report, Summary};
pub use sarif::sarif;
pub use support::{Shipped, Support};

/// What a copy did with a contract.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    cases: BTreeMap<String, (Option<CaseReport>, Vec<Outcome>)>,
}

impl Asked {
    /// Keeps the outcome of the next step of a case.
    pub fn keep(&mut self, case: &Case, outcome: &Outcome) {
        self.cases.entry(case.name.clone()).or_default().1.push(outcome.clone());
    }

    /// With the verdicts.
    pub fn with_report(mut self, report: CellReport) -> Self {
        for case in report.cases {
            let name = case.case.clone();
            self.cases.entry(name).or_default().0 = Some(case);
        }
        self
    }

    /// The last outcome of a contract of one case.
    ///
    /// # Errors
    /// How it ended before that.
    pub fn last(&self) -> Result<&Outcome, String> {
        let nothing = || "nothing was run".to_owned();
        let (report, outcomes) = self.cases.values().next().ok_or_else(nothing)?;
        let report = report.as_ref().ok_or_else(nothing)?;
        ended(report).map_or_else(|| outcomes.last().ok_or_else(nothing), Err)
    }

    /// The outcomes of a case, as far as it got.
    pub fn outcomes(&self, case: &str) -> &[Outcome] {
        self.cases.get(case).map_or(&[], |(_, outcomes)| outcomes.as_slice())
    }

    /// Whether the process died in the proof of an advisory.
    fn crashed(&self, advisory: &str) -> bool {
        self.case(&proof(advisory)).is_some_and(|(report, _)| report.verdict == Verdict::Crashed)
    }

    /// The verdict of a case, and the outcomes of its steps as far as it got.
    fn case(&self, name: &str) -> Option<(&CaseReport, &[Outcome])> {
        let (report, outcomes) = self.cases.get(name)?;
        Some((report.as_ref()?, outcomes))
    }
}

/// Why a case did not come to its last step; nothing when it did.
fn ended(report: &CaseReport) -> Option<String> {
    match report.verdict {
        Verdict::Holds | Verdict::Broken => None,
        verdict => Some(report.reason.clone().unwrap_or_else(|| verdict.as_str().to_owned())),
    }
}

/// A contract that runs the steps of all advisories: two cases each, what must apply and the proof.
pub fn proofs(advisories: &[Advisory]) -> Contract {
    let named = |case: &Case, name: String| Case { name, ..case.clone() };
    let mut cases = Vec::new();
    for advisory in advisories {
        cases.extend(advisory.applies.iter().map(|case| named(case, applies(&advisory.id))));
        cases.push(named(&advisory.proof, proof(&advisory.id)));
    }
    Contract { id: "advisories".to_owned(), cases, ..Contract::default() }
}

fn applies(id: &str) -> String {
    format!("{id}-applies")
}

fn proof(id: &str) -> String {
    format!("{id}-proof")
}
