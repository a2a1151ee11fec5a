//! From outcomes to a verdict and a transcript.

use std::collections::BTreeMap;

use super::batch::RunEnd;
use crate::contract::record::Record;
use crate::contract::verb::Verb;
use crate::contract::{Case, PlacedStep, Run};
use crate::outcome::Outcome;
use crate::record::report::{CaseReport, Failure, Frame, Verdict};

/// What a case did so far.
#[derive(Debug, Default)]
pub(super) struct Transcript {
    lines: Vec<String>,
    failures: Vec<Failure>,
}

impl Transcript {
    /// Begins the steps of a row.
    pub fn start<'a>(&'a mut self, run: &'a Run) -> Judging<'a> {
        self.lines.extend(run.label.as_ref().map(|label| format!("with {label}")));
        Judging { transcript: self, run, at: 0, saved: BTreeMap::new() }
    }

    /// The report of a case that ran to its end.
    pub fn finished(mut self, case: &Case) -> CaseReport {
        let only_labels = self.lines.iter().all(|line| line.starts_with("with "));
        if only_labels {
            self.lines = vec![CaseReport::SILENT.to_owned()];
        }
        let verdict = if self.failures.is_empty() { Verdict::Holds } else { Verdict::Broken };
        self.report(case, verdict, None)
    }

    /// The report of a case whose worker did not live to its end.
    pub fn ended(self, case: &Case, verdict: Verdict, reason: String, stack: Vec<Frame>) -> CaseReport {
        CaseReport { stack, ..self.report(case, verdict, Some(reason)) }
    }

    fn report(self, case: &Case, verdict: Verdict, reason: Option<String>) -> CaseReport {
        CaseReport {
            case: case.name.clone(),
            verdict,
            transcript: self.lines,
            failures: self.failures,
            reason,
            stack: Vec::new(),
            seconds: 0.0,
        }
    }
}

/// The steps of one row, judged as their outcomes come.
pub(super) struct Judging<'a> {
    transcript: &'a mut Transcript,
    run: &'a Run,
    at: usize,
    saved: BTreeMap<String, f64>,
}

impl Judging<'_> {
    /// Judges and records the next step.
    pub fn step(&mut self, outcome: &Outcome) {
        let Some(placed) = self.run.steps.get(self.at) else { return };
        self.at += 1;
        if let (Some(name), Some(number)) = (&placed.step.save, outcome.number()) {
            self.saved.insert(name.clone(), number);
        }
        if let Some((expected, actual)) = self.broken(placed, outcome) {
            let step = placed.step.verb.describe();
            self.transcript.failures.push(Failure { place: placed.place.clone(), step, expected, actual });
        }
        self.record(placed, outcome);
    }

    /// What was expected and what came, when they differ.
    fn broken(&self, placed: &PlacedStep, outcome: &Outcome) -> Option<(String, String)> {
        let step = &placed.step;
        match &step.verb {
            Verb::Check(check) => check.broken(&self.saved),
            _ if step.expect.is_none() || step.is_kept_by(outcome) => None,
            _ => Some((step.promise()?, outcome.to_string())),
        }
    }

    fn record(&mut self, placed: &PlacedStep, outcome: &Outcome) {
        let lines = &mut self.transcript.lines;
        let shown = || placed.step.verb.describe();
        let mut recorded = placed.step.recorded();
        if placed.step.record.is_none() && placed.step.expect.is_none() && !outcome.succeeded() {
            // A size is left out because it says nothing; that there is none says much.
            recorded = Record::Raw;
        }
        match recorded.lines(outcome).as_slice() {
            [] => {}
            [one] => lines.push(format!("{} → {one}", shown())),
            many => {
                lines.push(format!("{} →", shown()));
                lines.extend(many.iter().map(|line| format!("    {line}")));
            }
        }
    }

    /// Records how a run ended that did not get to its last step.
    pub fn end(self, end: &RunEnd) {
        let step = self.run.steps.get(self.at).map(|placed| placed.step.verb.describe());
        let step = step.unwrap_or_else(|| "the end of the case".to_owned());
        match end {
            RunEnd::Crashed { how, .. } => self.transcript.lines.push(CaseReport::crashed(how, &step)),
            RunEnd::TimedOut { .. } => self.transcript.lines.push(CaseReport::timed_out(&step)),
            RunEnd::Done | RunEnd::Lacks(_) => {}
        }
    }
}
