//! What cases lack on one of the builds: of all cases that lack the same, one line.

use schemars::JsonSchema;
use serde::Serialize;

use super::change::Place;
use super::report::{Report, Standing};
use super::severity::Severity;
use crate::diagnostic::numbers::counted;

/// The cases that change for the same reason, which is what one of the builds lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Lacking {
    /// Their severity.
    pub severity: Severity,
    /// What the build lacks: `needs a build without compile option THREADSAFE=0`.
    pub reason: String,
    /// Their status.
    pub standing: Standing,
    /// The cases: `precision/round/half`.
    pub cases: Vec<String>,
    /// Where the first of them is.
    pub place: Place,
}

/// The changes of a report that are what a build lacks, by reason: those that block first, then the most cases.
pub(super) fn lacking(report: &Report) -> Vec<Lacking> {
    let mut found: Vec<Lacking> = Vec::new();
    for (contract, change) in report.changes() {
        let Some(reason) = change.lack() else { continue };
        let case = format!("{}/{}", contract.contract, change.case);
        let is_same = |known: &&mut Lacking| {
            (known.severity, known.reason.as_str(), known.standing)
                == (change.severity, reason, change.standing)
        };
        match found.iter_mut().find(is_same) {
            Some(known) => known.cases.push(case),
            None => found.push(Lacking {
                severity: change.severity,
                reason: reason.to_owned(),
                standing: change.standing,
                cases: vec![case],
                place: change.place.clone(),
            }),
        }
    }
    found.sort_by_key(|lacking| {
        (lacking.standing != Standing::Blocks, lacking.severity, std::cmp::Reverse(lacking.cases.len()))
    });
    found
}

impl Lacking {
    /// `122 cases: needs …`, or the one case.
    pub fn line(&self) -> String {
        match self.cases.as_slice() {
            [one] => format!("{one} ({}): {}", self.place, self.reason),
            cases => format!("{}: {}", counted(cases.len(), "case", "cases"), self.reason),
        }
    }
}
