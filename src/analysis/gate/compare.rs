//! Which cases behave differently on two builds, and how much each difference matters.

use semver::Version;

use super::change::{Change, ContractChanges, Place, Side};
use super::headline::differing_steps;
use super::lines::of_transcripts;
use super::report::Standing;
use super::severity::Severity;
use crate::contract::{Case, Contract};
use crate::record::causes::Causes;
use crate::record::report::{CaseReport, CellReport, Failure, Verdict};
use crate::record::snapshots::diff;

/// The cases of a contract that behave differently on two builds, with their causes; `None` when there are none.
/// `version` is the new build's, where it is known.
pub fn changes(
    causes: &Causes,
    from: &CellReport,
    to: &CellReport,
    version: Option<&Version>,
) -> Option<ContractChanges> {
    let contract = causes.contract();
    let pairs = contract.cases.iter().filter_map(|case| Some((case, named(from, case)?, named(to, case)?)));
    let is_superseded =
        |case: &Case| version.is_some_and(|version| is_superseded(contract, case, to, version));
    let changed = |(case, before, after): (&Case, _, _)| {
        let mut change = change(case, before, after)?;
        if change.severity == Severity::Removed && is_superseded(case) {
            change.severity = Severity::Superseded;
        }
        let because = match change.lack() {
            // The reason already says what the build lacks.
            Some(_) => Vec::new(),
            None => causes.between(&case.name, &from.build, &to.build),
        };
        Some(Change { because: because.into_iter().cloned().collect(), ..change })
    };
    let changes: Vec<Change> = pairs.filter_map(changed).collect();
    (!changes.is_empty()).then(|| ContractChanges::of(contract, changes))
}

fn named<'a>(cell: &'a CellReport, case: &Case) -> Option<&'a CaseReport> {
    cell.cases.iter().find(|report| report.case == case.name)
}

/// Whether a case ends below a version and its contract goes on there: its author asks other cases of newer builds.
fn is_superseded(contract: &Contract, case: &Case, to: &CellReport, version: &Version) -> bool {
    let goes_on = |case: &Case| named(to, case).is_some_and(|did| did.verdict != Verdict::Unsupported);
    case.requires.end_below(version) && contract.cases.iter().any(goes_on)
}

fn change(case: &Case, from: &CaseReport, to: &CaseReport) -> Option<Change> {
    if from.does_the_same(to) || from.is_not_here() || to.is_not_here() {
        return None;
    }
    let broken = newly_broken(from, to);
    let severity = match (from.verdict, to.verdict) {
        (_, Verdict::Unsupported) if to.is_of_other_versions() => Severity::Superseded,
        (_, Verdict::Unsupported) => Severity::Removed,
        (Verdict::Unsupported, bad) if bad.is_bad() => Severity::Broken,
        (Verdict::Unsupported, _) => Severity::Added,
        (_, worse) if is_worse(from, to, &broken) && worse.is_bad() => Severity::Broken,
        (bad, Verdict::Holds) if bad.is_bad() => Severity::Mended,
        (Verdict::Broken, Verdict::Broken) if only_mends(from, to) => Severity::Mended,
        _ => of_transcripts(case, &from.transcript, &to.transcript),
    };
    Some(Change {
        case: case.name.clone(),
        severity,
        place: Place::from(&case.place),
        from: Side::of(from),
        to: Side::of(to),
        broken,
        // Against a case that was not run every line would be new.
        difference: match (from.verdict, to.verdict) {
            (Verdict::Unsupported, _) | (_, Verdict::Unsupported) => String::new(),
            _ => diff::diff(&from.transcript.to_string(), &to.transcript.to_string(), false),
        },
        because: Vec::new(),
        standing: Standing::Reported,
        group: None,
    })
}

/// The promises that only the new build breaks. A promise is identified by its place, its row and its step.
fn newly_broken(from: &CaseReport, to: &CaseReport) -> Vec<Failure> {
    let is_new = |failure: &&Failure| !from.failures.iter().any(|known| known.is_of_same(failure));
    to.failures.iter().filter(is_new).cloned().collect()
}

/// Whether promises hold that were broken, and nothing else is different: the other broken ones are broken in the same way, and
/// only steps of the mended ones do something else.
fn only_mends(from: &CaseReport, to: &CaseReport) -> bool {
    let still_in_to = |failure: &&Failure| to.failures.iter().any(|it| it.is_of_same(failure));
    let (kept, mended): (Vec<&Failure>, Vec<&Failure>) = from.failures.iter().partition(still_in_to);
    let is_mended = |step: &str| mended.iter().any(|failure| is_step_of(step, failure));
    !mended.is_empty()
        && kept.into_iter().eq(&to.failures)
        && differing_steps(&from.transcript, &to.transcript).iter().all(|step| is_mended(step))
}

/// Whether a transcript's step is the one of a promise. Of a record of a script both begin with its line, and a transcript cuts
/// what is long.
fn is_step_of(step: &str, failure: &Failure) -> bool {
    let line = |step: &str| {
        let (line, _) = step.split_once(": ")?;
        line.strip_prefix("line ")?.parse::<usize>().ok()
    };
    step == failure.step || line(step).is_some_and(|of| Some(of) == line(&failure.step))
}

fn is_worse(from: &CaseReport, to: &CaseReport, broken: &[Failure]) -> bool {
    let ends_early = |case: &CaseReport| matches!(case.verdict, Verdict::Crashed | Verdict::TimedOut);
    !broken.is_empty() || !from.verdict.is_bad() || (ends_early(to) && !ends_early(from))
}
