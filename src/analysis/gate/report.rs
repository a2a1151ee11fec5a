//! The changes that a gate has found, judged by a policy: the data of every format.

use std::collections::BTreeSet;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use super::asked::Asked;
use super::change::{Change, ContractChanges, Place};
use super::lacking::{Lacking, lacking};
use super::policy::{Accept, Policy};
use super::replays::Recorded;
use super::severity::Severity;
use crate::diagnostic::numbers::plural;
use crate::record::report::{CellReport, Verdict};

/// What moving from one build to another changes, and whether that is acceptable.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Report {
    /// The old build: `3.42.0-rusqlite`; of a driver's version, as it was asked for: `go@1.14.16 on 3.54.1-rusqlite`.
    pub from: String,
    /// The new build.
    pub to: String,
    /// The result.
    pub gate: Gate,
    /// The severities that block.
    pub block: BTreeSet<Severity>,
    /// How much was compared.
    pub compared: Compared,
    /// The traces that were replayed: how each build did beside the recording.
    pub replays: Vec<Recorded>,
    /// What was asked of the builds, and what was not.
    pub asked: Asked,
    /// The severities that occur, the worst first.
    pub counts: Vec<Count>,
    /// The contracts with changes, the worst first.
    pub contracts: Vec<ContractChanges>,
    /// The changes among them that are what a build lacks, by reason.
    pub lacking: Vec<Lacking>,
    /// The policy's acceptances that match compared cases, in the order of its file.
    pub acceptances: Vec<Acceptance>,
    /// Cases that behave the same on both builds: `precision/money-round/half-a-cent`.
    pub unchanged: Vec<String>,
    /// The line of the program that brings the new build, where it was named: `Cargo.lock`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Place>,
}

/// The result of a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    /// Nothing blocks.
    Pass,
    /// At least one change blocks.
    Blocked,
    /// No case was compared, because neither build supports one: this says nothing about the upgrade.
    Nothing,
}

/// How much was compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Compared {
    /// Contracts.
    pub contracts: usize,
    /// Cases that at least one of the builds supports.
    pub cases: usize,
    /// Cases that neither build supports.
    pub unsupported: usize,
}

/// How many changes have a severity. Of a trace, each group of calls counts as a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Count {
    /// The severity.
    pub severity: Severity,
    /// How many cases.
    pub cases: usize,
    /// How many of them block.
    pub blocking: usize,
    /// How many of them are accepted.
    pub accepted: usize,
}

/// The status of a change: whether it blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It blocks.
    Blocks,
    /// It would block, but the acceptance with this index in `acceptances` allows it.
    Accepted(usize),
    /// It does not block: its severity is only reported.
    Reported,
}

/// An acceptance of the policy, and how it was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Acceptance {
    /// The glob of cases.
    pub case: String,
    /// Why.
    pub reason: String,
    /// Who is responsible for it.
    pub owner: String,
    /// The last day on which it is valid.
    pub until: String,
    /// `gate.yaml`
    pub file: String,
    /// Its line there, from 1.
    pub line: usize,
    /// How it was used.
    #[serde(rename = "use")]
    pub usage: Use,
    /// How many changes it allows; for an expired one, how many it would have allowed.
    pub changes: usize,
}

/// How an acceptance was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Use {
    /// It allows at least one change.
    Used,
    /// No case that it matches changes: it can be deleted.
    Unused,
    /// It has expired: it allows nothing.
    Expired,
}

impl Report {
    /// Judges the changes between two builds. `cells` has each contract on both, the old build first.
    pub fn new(
        builds: (&str, &str),
        cells: &[(CellReport, CellReport)],
        mut contracts: Vec<ContractChanges>,
        policy: &Policy,
        today: Date,
    ) -> Self {
        contracts.sort_by_key(|contract| contract.changes.first().map(|change| change.severity));
        let (compared, mut unchanged) = compared(cells);
        let changed = |contract: &ContractChanges, name: &str| {
            contract.changes.iter().any(|change| name == format!("{}/{}", contract.contract, change.case))
        };
        // Work and memory of a replay are in no transcript.
        unchanged.retain(|name| !contracts.iter().any(|contract| changed(contract, name)));
        let known = cells.iter().flat_map(|(from, _)| from.names()).collect();
        let mut report = Self {
            from: builds.0.to_owned(),
            to: builds.1.to_owned(),
            gate: Gate::Pass,
            block: policy.block.clone(),
            compared,
            replays: Vec::new(),
            asked: Asked::default(),
            counts: Vec::new(),
            contracts,
            lacking: Vec::new(),
            acceptances: Vec::new(),
            unchanged,
            at: None,
        };
        report.apply(policy, today, &known);
        report.counts = report.count();
        report.lacking = lacking(&report);
        if report.counts.iter().any(|count| count.blocking > 0) {
            report.gate = Gate::Blocked;
        } else if compared.cases == 0 && report.contracts.is_empty() && report.from != report.to {
            report.gate = Gate::Nothing;
        }
        report
    }

    /// The report with what was asked of the builds.
    pub fn asked(self, asked: Asked) -> Self {
        Self { asked, ..self }
    }

    /// Whether there is nothing to judge: every case that was compared is broken on both builds, in the same way.
    pub fn is_void(&self) -> bool {
        self.contracts.is_empty() && self.compared.cases > 0 && self.asked.broken.len() == self.compared.cases
    }

    /// The report with what the builds did beside recordings.
    pub fn replays(self, replays: Vec<Recorded>) -> Self {
        Self { replays, ..self }
    }

    /// The report about a line of the program, to which annotations and findings point then.
    pub fn at(self, at: Option<Place>) -> Self {
        Self { at, ..self }
    }

    /// Where something is shown whose own place is this one.
    pub(super) fn place<'a>(&'a self, own: &'a Place) -> &'a Place {
        self.at.as_ref().unwrap_or(own)
    }

    /// Every change with its contract.
    pub fn changes(&self) -> impl Iterator<Item = (&ContractChanges, &Change)> {
        self.contracts
            .iter()
            .flat_map(|contract| contract.changes.iter().map(move |change| (contract, change)))
    }

    /// The acceptance that gives a change this status.
    pub fn acceptance(&self, standing: Standing) -> Option<&Acceptance> {
        let Standing::Accepted(at) = standing else { return None };
        self.acceptances.get(at)
    }

    /// The acceptances that need attention: expired and unused ones.
    pub fn idle(&self) -> impl Iterator<Item = &Acceptance> {
        self.acceptances.iter().filter(|acceptance| acceptance.usage != Use::Used)
    }

    /// Sets the status of each change, and the use of each acceptance.
    fn apply(&mut self, policy: &Policy, today: Date, known: &BTreeSet<String>) {
        let concerned = |accept: &&Accept| known.iter().any(|case| accept.is_about(case));
        let accepts: Vec<&Accept> = policy.accept.iter().filter(concerned).collect();
        let mut used = vec![0; accepts.len()];
        for contract in &mut self.contracts {
            for change in &mut contract.changes {
                let name = format!("{}/{}", contract.contract, change.case);
                let covers = |accept: &Accept| accept.is_about(&name) && accept.covers(change);
                let covering =
                    |expired| accepts.iter().position(|a| covers(a) && a.is_expired(today) == expired);
                let accepted = covering(false);
                if let Some(at) = accepted.or_else(|| covering(true)) {
                    used[at] += 1;
                }
                change.standing = match (policy.block.contains(&change.severity), accepted) {
                    (false, _) => Standing::Reported,
                    (true, Some(at)) => Standing::Accepted(at),
                    (true, None) => Standing::Blocks,
                };
            }
        }
        let pairs = accepts.into_iter().zip(used);
        self.acceptances =
            pairs.map(|(accept, used)| Acceptance::of(accept, policy.path(), today, used)).collect();
    }

    fn count(&self) -> Vec<Count> {
        let count = |severity| {
            let of_it = || self.changes().filter(move |(_, change)| change.severity == severity);
            let standing =
                |is_meant: fn(Standing) -> bool| of_it().filter(|(_, c)| is_meant(c.standing)).count();
            Count {
                severity,
                cases: of_it().count(),
                blocking: standing(|standing| standing == Standing::Blocks),
                accepted: standing(|standing| matches!(standing, Standing::Accepted(_))),
            }
        };
        Severity::ALL.into_iter().map(count).filter(|count| count.cases > 0).collect()
    }
}

impl Acceptance {
    fn of(accept: &Accept, file: &str, today: Date, changes: usize) -> Self {
        let usage = match changes {
            _ if accept.is_expired(today) => Use::Expired,
            0 => Use::Unused,
            _ => Use::Used,
        };
        Self {
            case: accept.case.clone(),
            reason: accept.reason.clone(),
            owner: accept.owner.clone(),
            until: accept.until.to_string(),
            file: file.to_owned(),
            line: accept.line,
            usage,
            changes,
        }
    }

    /// Why it needs attention; `None` when it does not.
    pub fn complaint(&self) -> Option<String> {
        let Self { case, until, owner, changes, .. } = self;
        match self.usage {
            Use::Used => None,
            Use::Unused => {
                Some(format!("nothing that matches `{case}` changes: remove this acceptance ({owner})"))
            }
            Use::Expired => Some(match changes {
                0 => format!(
                    "the acceptance of `{case}` expired after {until}, and nothing that it matches changes: remove it ({owner})"
                ),
                n => format!(
                    "the acceptance of `{case}` expired after {until}, and {n} of its cases {} ({owner})",
                    plural(*n, "changes", "change")
                ),
            }),
        }
    }
}

fn compared(cells: &[(CellReport, CellReport)]) -> (Compared, Vec<String>) {
    let asked = cells.iter().filter(|(from, _)| !from.cases.is_empty()).count();
    let mut compared = Compared { contracts: asked, ..Compared::default() };
    let mut unchanged = Vec::new();
    for (from, to) in cells {
        for ((name, from), to) in from.names().zip(&from.cases).zip(&to.cases) {
            match (from.does_the_same(to), from.verdict) {
                (true, Verdict::Unsupported) => {
                    compared.unsupported += 1;
                    continue;
                }
                (true, _) => unchanged.push(name),
                (false, _) => {}
            }
            compared.cases += 1;
        }
    }
    (compared, unchanged)
}
