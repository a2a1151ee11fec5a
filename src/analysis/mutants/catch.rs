//! How a mutant behaves differently from its real build.

use serde::Serialize;

use crate::outcome::shown::Shown;
use crate::record::report::{CaseReport, CellReport, Verdict};
use crate::record::transcript::{Line, Transcript};

/// A case that distinguishes a mutant from its real build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Catch {
    /// The contract: `precision/money-round`.
    pub contract: String,
    /// The case in it.
    pub case: String,
    /// How it was noticed.
    pub how: How,
    /// The first difference, in one line.
    pub seen: String,
}

/// How a case distinguishes a mutant from its real build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// A promise was broken.
    Broken,
    /// The process died.
    Crashed,
    /// It did not complete.
    TimedOut,
    /// Every promise held, but the transcript differs.
    Drift,
}

impl How {
    /// The name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Crashed => "crashed",
            Self::TimedOut => "timed out",
            Self::Drift => "drift",
        }
    }
}

/// The cases that hold on the real build and distinguish the mutant from it. A case that does not hold on the real
/// build proves nothing.
pub(super) fn catches(real: &CellReport, mutant: &CellReport) -> Vec<Catch> {
    let pairs = real.cases.iter().zip(&mutant.cases);
    let caught = pairs.filter(|(real, _)| real.verdict == Verdict::Holds).filter_map(|(real, faulty)| {
        let (how, seen) = difference(real, faulty)?;
        Some(Catch { contract: mutant.contract.clone(), case: faulty.case.clone(), how, seen })
    });
    caught.collect()
}

fn difference(real: &CaseReport, faulty: &CaseReport) -> Option<(How, String)> {
    let reason = || faulty.reason.clone().unwrap_or_default();
    let last = || faulty.transcript.last().map_or_else(reason, Line::to_string);
    match faulty.verdict {
        Verdict::Broken => {
            Some((How::Broken, faulty.failures.first().map(ToString::to_string).unwrap_or_default()))
        }
        Verdict::Crashed => Some((How::Crashed, last())),
        Verdict::TimedOut => Some((How::TimedOut, last())),
        // A program of another language that does not start shows no fault of the library.
        Verdict::Unsupported if faulty.is_not_here() => None,
        Verdict::Unsupported => Some((How::Drift, format!("unsupported: {}", reason()))),
        Verdict::CouldNotRun => None,
        Verdict::Holds if real.transcript == faulty.transcript => None,
        Verdict::Holds => Some((How::Drift, first_difference(&real.transcript, &faulty.transcript))),
    }
}

/// The first line of the mutant's transcript that differs from the real build's.
fn first_difference(real: &Transcript, faulty: &Transcript) -> String {
    let at = real.iter().zip(faulty.iter()).take_while(|(real, faulty)| real == faulty).count();
    match (real.get(at), faulty.get(at)) {
        (Some(real), Some(faulty)) => {
            let real = real.outcome().map_or_else(|| real.to_string(), Shown::to_string);
            format!("{} (the real build: {real})", faulty.to_string().trim())
        }
        (_, Some(more)) => more.to_string().trim().to_owned(),
        (_, None) => "a shorter transcript".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Location;
    use crate::record::report::{Failure, NOT_HERE};

    fn case(verdict: Verdict, line: &str) -> CaseReport {
        CaseReport {
            case: "one".to_owned(),
            verdict,
            transcript: ["open :memory: → OK", line].into_iter().collect(),
            failures: Vec::new(),
            reason: None,
            stack: Vec::new(),
            seconds: 0.0,
        }
    }

    fn cell(case: CaseReport) -> CellReport {
        CellReport { contract: "a/b".to_owned(), build: "any".to_owned(), cases: vec![case] }
    }

    fn caught(real: CaseReport, faulty: CaseReport) -> Option<(How, String)> {
        catches(&cell(real), &cell(faulty)).pop().map(|catch| (catch.how, catch.seen))
    }

    #[test]
    fn a_case_that_does_the_same_catches_nothing() {
        assert_eq!(caught(case(Verdict::Holds, "changes → 1"), case(Verdict::Holds, "changes → 1")), None);
    }

    #[test]
    fn another_transcript_is_drift_and_shows_the_line() {
        let drift = caught(case(Verdict::Holds, "changes → 1"), case(Verdict::Holds, "changes → 2"));
        assert_eq!(drift, Some((How::Drift, "changes → 2 (the real build: 1)".to_owned())));
    }

    #[test]
    fn a_broken_promise_counts_even_when_the_transcript_is_the_same() {
        let failure = Failure {
            place: Location::start_of("a.yaml"),
            row: None,
            step: "changes".to_owned(),
            expected: "1".to_owned(),
            actual: "2".to_owned(),
        };
        let broken = CaseReport { failures: vec![failure], ..case(Verdict::Broken, "changes → 1") };
        let seen = caught(case(Verdict::Holds, "changes → 1"), broken);
        assert_eq!(seen, Some((How::Broken, "changes → 2, not 1".to_owned())));
    }

    #[test]
    fn a_case_that_fails_on_the_real_build_proves_nothing() {
        assert_eq!(caught(case(Verdict::Broken, "changes → 1"), case(Verdict::Crashed, "crashed")), None);
        assert_eq!(caught(case(Verdict::Unsupported, ""), case(Verdict::Holds, "changes → 2")), None);
    }

    #[test]
    fn what_this_machine_lacks_catches_nothing() {
        let reason = Some(format!("{NOT_HERE}Go: install it"));
        let lacking = CaseReport { reason, ..case(Verdict::Unsupported, "") };
        assert_eq!(caught(case(Verdict::Holds, "changes → 1"), lacking), None);
    }
}
