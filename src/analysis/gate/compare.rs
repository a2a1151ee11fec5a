//! Which cases behave differently on two builds, and how much each difference matters.

use std::collections::BTreeSet;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::change::{Change, ContractChanges, Place, Side};
use super::report::Standing;
use super::severity::Severity;
use crate::contract::Case;
use crate::contract::verb::{Kind, Verb};
use crate::diagnostic::Location;
use crate::outcome::shown::Shown;
use crate::record::causes::Causes;
use crate::record::report::{CaseReport, CellReport, Failure, Verdict};
use crate::record::snapshots::diff;
use crate::record::transcript::{Line, Transcript};

/// The cases of a contract that behave differently on two builds, with their causes; `None` when there are none.
pub fn changes(causes: &Causes, from: &CellReport, to: &CellReport) -> Option<ContractChanges> {
    let contract = causes.contract();
    let pairs = contract.cases.iter().filter_map(|case| Some((case, named(from, case)?, named(to, case)?)));
    let changed = |(case, before, after): (&Case, _, _)| {
        let change = change(case, before, after)?;
        let because = match change.severity {
            // The reason already says what the build lacks.
            Severity::Added | Severity::Removed => Vec::new(),
            _ => causes.between(&case.name, &from.build, &to.build),
        };
        Some(Change { because: because.into_iter().cloned().collect(), ..change })
    };
    let changes: Vec<Change> = pairs.filter_map(changed).collect();
    (!changes.is_empty()).then(|| ContractChanges::of(contract, changes))
}

fn named<'a>(cell: &'a CellReport, case: &Case) -> Option<&'a CaseReport> {
    cell.cases.iter().find(|report| report.case == case.name)
}

fn change(case: &Case, from: &CaseReport, to: &CaseReport) -> Option<Change> {
    if from.does_the_same(to) {
        return None;
    }
    let broken = newly_broken(from, to);
    let severity = match (from.verdict, to.verdict) {
        (_, Verdict::Unsupported) => Severity::Removed,
        (Verdict::Unsupported, bad) if bad.is_bad() => Severity::Broken,
        (Verdict::Unsupported, _) => Severity::Added,
        (_, worse) if is_worse(from, to, &broken) && worse.is_bad() => Severity::Broken,
        (bad, Verdict::Holds) if bad.is_bad() => Severity::Mended,
        _ => of_transcripts(&Costs::of(case), &from.transcript, &to.transcript),
    };
    Some(Change {
        case: case.name.clone(),
        severity,
        place: Place::from(&case.place),
        from: Side::of(from),
        to: Side::of(to),
        broken,
        // Against a case that was not run every line would be new.
        difference: match severity {
            Severity::Added | Severity::Removed => String::new(),
            _ => diff::diff(&from.transcript.to_string(), &to.transcript.to_string(), false),
        },
        because: Vec::new(),
        standing: Standing::Reported,
    })
}

/// The promises that only the new build breaks. A promise is identified by its place, its row and its step.
fn newly_broken(from: &CaseReport, to: &CaseReport) -> Vec<Failure> {
    fn which(failure: &Failure) -> (&Location, &Option<String>, &str) {
        (&failure.place, &failure.row, &failure.step)
    }
    let known: BTreeSet<_> = from.failures.iter().map(which).collect();
    let is_new = |failure: &&Failure| !known.contains(&which(failure));
    to.failures.iter().filter(is_new).cloned().collect()
}

fn is_worse(from: &CaseReport, to: &CaseReport, broken: &[Failure]) -> bool {
    let ends_early = |case: &CaseReport| matches!(case.verdict, Verdict::Crashed | Verdict::TimedOut);
    !broken.is_empty() || !from.verdict.is_bad() || (ends_early(to) && !ends_early(from))
}

/// The worst of the places where two transcripts differ.
fn of_transcripts(costs: &Costs, from: &Transcript, to: &Transcript) -> Severity {
    let (old, new) = (costs.read(from), costs.read(to));
    let differing = capture_diff_slices(Algorithm::Myers, from, to).into_iter().filter_map(|op| match op {
        DiffOp::Equal { .. } => None,
        op => Some((&old[op.old_range()], &new[op.new_range()])),
    });
    // With equal transcripts, the difference is in the actual value of a broken promise.
    differing.map(|(old, new)| of_lines(old, new)).min().unwrap_or(Severity::Value)
}

/// The kind of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    /// A size or a counter.
    Cost,
    /// A step that failed.
    Error,
    /// Anything else.
    Value,
}

/// The steps of a case, as transcripts show them, whose outcome is a size or a counter.
struct Costs(BTreeSet<String>);

impl Costs {
    fn of(case: &Case) -> Self {
        let is_cost = |kind| matches!(kind, Kind::Quantity | Kind::Growth | Kind::Counts);
        let verbs = case.runs.iter().flat_map(|run| &run.steps).map(|placed| &placed.step.verb);
        Self(verbs.filter(|verb| is_cost(verb.kind())).map(Verb::describe).collect())
    }

    /// The kind of each line of a transcript. Rows belong to the step above them.
    fn read(&self, transcript: &Transcript) -> Vec<Says> {
        let mut of_cost = false;
        let says = transcript.iter().map(|line| {
            of_cost = match line {
                Line::Step { step, .. } => self.0.contains(step),
                Line::More(_) => of_cost,
                _ => false,
            };
            match line.outcome().is_some_and(Shown::is_failure) {
                true => Says::Error,
                false if of_cost => Says::Cost,
                false => Says::Value,
            }
        });
        says.collect()
    }
}

/// The severity of replaced lines: compared one by one where their numbers are equal, else all together.
fn of_lines(old: &[Says], new: &[Says]) -> Severity {
    if old.len() == new.len() && old.len() > 1 {
        let pairs = old.chunks(1).zip(new.chunks(1)).map(|(old, new)| of_lines(old, new));
        return pairs.min().unwrap_or(Severity::Value);
    }
    let all = |lines: &[Says], what| lines.iter().all(|says| *says == what);
    if all(old, Says::Cost) && all(new, Says::Cost) {
        Severity::Cost
    } else if !old.is_empty() && !new.is_empty() && all(old, Says::Error) && all(new, Says::Error) {
        Severity::Error
    } else {
        Severity::Value
    }
}
