//! What a copy's run says of one advisory.

use jiff::civil::Date;
use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};

use super::{Asked, applies, ended, proof};
use crate::contract::advisory::{Advisory, Effect, Sign};
use crate::contract::verb::Verb;
use crate::contract::{Case, PlacedStep};
use crate::outcome::Outcome;
use crate::outcome::sqlite_names::ERROR;
use crate::record::report::{CaseReport, Failure, Verdict};

/// Whether a copy has a defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Running it shows the defect.
    Affected,
    /// It was not run: only its source id says something.
    NotRun,
    /// What the defect is in is not part of it.
    DoesNotApply,
    /// It was run, and does what is right.
    NotAffected,
}

impl Standing {
    /// `not affected`
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Affected => "affected",
            Self::NotRun => "not run",
            Self::DoesNotApply => "does not apply",
            Self::NotAffected => "not affected",
        }
    }

    /// `1 does not apply`, `2 do not apply`
    pub fn counted(self, count: usize) -> String {
        match self {
            Self::DoesNotApply if count != 1 => format!("{count} do not apply"),
            _ => format!("{count} {}", self.as_str()),
        }
    }
}

/// What is known of a copy and one advisory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding {
    /// The advisory's id.
    pub advisory: String,
    /// Whether the copy has the defect.
    pub standing: Standing,
    /// What was seen, or why it was not run.
    pub reason: String,
    /// Whether the release that the source id names has the defect, by what is published; `null` where it names none.
    pub by_source_id: Option<bool>,
    /// What the proof found first, where that shows the defect.
    pub failure: Option<Failure>,
    /// The day by which it must be gone, by `support.yaml`.
    #[schemars(with = "Option<String>")]
    #[serde(serialize_with = "super::report::shown")]
    pub due: Option<Date>,
}

impl Finding {
    /// Whether what was run and what is published of the release differ: a mend of an older release, or a fault of the copy.
    pub fn differs_from_release(&self) -> bool {
        self.is_mended() || self.standing == Standing::Affected && self.by_source_id == Some(false)
    }

    /// The advisory that it is about.
    pub fn among<'a>(&self, advisories: &'a [Advisory]) -> Option<&'a Advisory> {
        advisories.iter().find(|advisory| advisory.id == self.advisory)
    }

    /// Whether the copy does what is right although its release does not: somebody has mended it without a new number.
    pub fn is_mended(&self) -> bool {
        self.standing == Standing::NotAffected && self.by_source_id == Some(true)
    }

    /// Whether only the source id tells: it was not run, and its release has the defect.
    pub fn may_be_affected(&self) -> bool {
        self.standing == Standing::NotRun && self.by_source_id == Some(true)
    }

    /// Whether the day by which it must be gone has passed.
    pub fn is_overdue(&self, today: Date) -> bool {
        self.due.is_some_and(|due| due < today)
    }

    /// `due 2026-12-12`, `overdue since 2026-12-12`
    pub fn due_words(&self, today: Date) -> Option<String> {
        let word = if self.is_overdue(today) { "overdue since" } else { "due" };
        self.due.map(|due| format!("{word} {due}"))
    }
}

/// What a run says of an advisory. `release` is what the copy's source id names.
pub fn finding(advisory: &Advisory, asked: &Asked, release: Option<&Version>) -> Finding {
    let (standing, reason) = judged(advisory, asked);
    let report = asked.case(&proof(&advisory.id)).map(|(report, _)| report);
    let failure =
        report.filter(|_| standing == Standing::Affected).and_then(|report| report.failures.first());
    Finding {
        advisory: advisory.id.clone(),
        standing,
        reason,
        by_source_id: by_release(advisory, release),
        failure: failure.cloned(),
        due: None,
    }
}

/// Whether a release has the defect, by what is published.
pub fn by_release(advisory: &Advisory, release: Option<&Version>) -> Option<bool> {
    release.map(|release| advisory.is_in(release))
}

fn judged(advisory: &Advisory, asked: &Asked) -> (Standing, String) {
    if let Some(case) = &advisory.applies
        && let Some((standing, reason)) = obstacle(case, asked.case(&applies(&advisory.id)))
    {
        return (standing, reason);
    }
    let Some((report, outcomes)) = asked.case(&proof(&advisory.id)) else {
        return (Standing::NotRun, "it was not run".to_owned());
    };
    match (ended(report), advisory.shows) {
        (Some(reason), Sign::Crash) if report.verdict == Verdict::Crashed => (Standing::Affected, reason),
        (Some(reason), _) => (Standing::NotRun, reason),
        (None, _) => {
            unprepared(&advisory.proof, outcomes).unwrap_or_else(|| answered(advisory, report, outcomes))
        }
    }
}

/// What keeps a proof from being run: a function that the copy lacks, or a feature.
fn obstacle(case: &Case, asked: Option<(&CaseReport, &[Outcome])>) -> Option<(Standing, String)> {
    let Some((report, outcomes)) = asked else {
        return Some((Standing::NotRun, "it was not run".to_owned()));
    };
    if let Some(reason) = ended(report) {
        return Some((Standing::NotRun, reason));
    }
    let failed = |(placed, outcome): (&PlacedStep, &Outcome)| {
        let is_kept = placed.step.is_kept_by(outcome) || placed.step.expect.is_none() && outcome.succeeded();
        (!is_kept).then(|| lacking(placed, outcome, Standing::DoesNotApply))
    };
    steps(case, outcomes).find_map(failed)
}

/// A step that only prepares must do so: what follows would show nothing.
fn unprepared(case: &Case, outcomes: &[Outcome]) -> Option<(Standing, String)> {
    let failed = |(placed, outcome): (&PlacedStep, &Outcome)| {
        let prepares = placed.step.expect.is_none() && matches!(placed.step.verb, Verb::Call(_));
        let is_missing = matches!(outcome, Outcome::Missing(_)) && !placed.step.is_kept_by(outcome);
        let otherwise = if is_unknown(outcome) { Standing::DoesNotApply } else { Standing::NotRun };
        (is_missing || prepares && !outcome.succeeded()).then(|| lacking(placed, outcome, otherwise))
    };
    steps(case, outcomes).find_map(failed)
}

/// Whether a statement was not understood: it is of a later version, or of a feature that was left out.
fn is_unknown(outcome: &Outcome) -> bool {
    outcome.error_code() == Some(ERROR)
}

fn steps<'a>(case: &'a Case, outcomes: &'a [Outcome]) -> impl Iterator<Item = (&'a PlacedStep, &'a Outcome)> {
    case.runs.iter().flat_map(|run| &run.steps).zip(outcomes)
}

/// A function that is not in the file says nothing of the feature.
fn lacking(placed: &PlacedStep, outcome: &Outcome, otherwise: Standing) -> (Standing, String) {
    match outcome {
        Outcome::Missing(function) => (Standing::NotRun, format!("its file has no {function}")),
        _ => (otherwise, format!("{} → {outcome}", placed.step.describe())),
    }
}

fn answered(advisory: &Advisory, report: &CaseReport, outcomes: &[Outcome]) -> (Standing, String) {
    let Some(failure) = report.failures.first() else {
        return (Standing::NotAffected, "every step of the proof does what is right".to_owned());
    };
    let broken = |(placed, outcome): &(&PlacedStep, &Outcome)| {
        placed.step.expect.is_some() && !placed.step.is_kept_by(outcome)
    };
    let first = steps(&advisory.proof, outcomes).find(broken);
    match first.is_some_and(|(_, outcome)| is_unknown(outcome)) && advisory.effect != Effect::Refusal {
        true => (Standing::DoesNotApply, failure.to_string()),
        false => (Standing::Affected, failure.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standings_are_counted_with_the_verb_that_fits() {
        assert_eq!(Standing::DoesNotApply.counted(1), "1 does not apply");
        assert_eq!(Standing::DoesNotApply.counted(2), "2 do not apply");
        assert_eq!(Standing::NotAffected.counted(2), "2 not affected");
    }
}
