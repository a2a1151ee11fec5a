//! From outcomes to a verdict and a transcript.

use std::collections::BTreeMap;

use super::batch::RunEnd;
use crate::contract::record::Record;
use crate::contract::verb::{Call, Verb};
use crate::contract::{Case, PlacedStep, Run};
use crate::diagnostic::Location;
use crate::outcome::Outcome;
use crate::outcome::records::Differing;
use crate::outcome::shown::Shown;
use crate::record::report::{CaseReport, Failure, Frame, Verdict};
use crate::record::transcript::{Line, Transcript};

/// What a case did so far.
#[derive(Debug, Default)]
pub(super) struct Judged {
    transcript: Transcript,
    failures: Vec<Failure>,
}

impl Judged {
    /// Begins the steps of a row.
    pub(super) fn start<'a>(&'a mut self, run: &'a Run) -> Judging<'a> {
        if let Some(label) = &run.label {
            self.transcript.push(Line::Row(label.clone()));
        }
        Judging { judged: self, run, at: 0, saved: BTreeMap::new() }
    }

    /// The report of a case that ran to its end.
    pub(super) fn finished(mut self, case: &Case) -> CaseReport {
        if self.transcript.iter().all(|line| matches!(line, Line::Row(_))) {
            self.transcript = Transcript::from_iter([Line::Silent]);
        }
        let verdict = if self.failures.is_empty() { Verdict::Holds } else { Verdict::Broken };
        self.report(case, verdict, None)
    }

    /// The report of a case whose worker did not live to its end.
    pub(super) fn ended(
        self,
        case: &Case,
        verdict: Verdict,
        reason: String,
        stack: Vec<Frame>,
    ) -> CaseReport {
        CaseReport { stack, ..self.report(case, verdict, Some(reason)) }
    }

    fn report(self, case: &Case, verdict: Verdict, reason: Option<String>) -> CaseReport {
        CaseReport {
            case: case.name.clone(),
            verdict,
            transcript: self.transcript,
            failures: self.failures,
            reason,
            stack: Vec::new(),
            seconds: 0.0,
        }
    }
}

/// The steps of one row, judged as their outcomes come.
pub(super) struct Judging<'a> {
    judged: &'a mut Judged,
    run: &'a Run,
    at: usize,
    saved: BTreeMap<String, f64>,
}

impl Judging<'_> {
    /// Judges and records the next step.
    pub(super) fn step(&mut self, outcome: &Outcome) {
        let Some(placed) = self.run.steps.get(self.at) else { return };
        self.at += 1;
        if let (Some(name), Some(number)) = (&placed.step.save, outcome.number()) {
            self.saved.insert(name.clone(), number);
        }
        if let Some((expected, actual)) = self.broken(placed, outcome) {
            let step = placed.step.describe();
            let (place, row) = (placed.place.clone(), self.run.label.clone());
            self.judged.failures.push(Failure { place, row, step, expected, actual });
        }
        if let Outcome::Records(records) = outcome {
            let row = self.run.label.clone();
            let failures = records.differing.iter().map(|it| differing(placed, it, row.clone()));
            self.judged.failures.extend(failures);
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
        let mut recorded = placed.step.recorded();
        if placed.step.record.is_none() && placed.step.expect.is_none() && !outcome.succeeded() {
            // A size is left out because it says nothing; that there is none says much.
            recorded = Record::Raw;
        }
        let transcript = &mut self.judged.transcript;
        let step = || placed.step.describe();
        match recorded.lines(outcome).as_slice() {
            [] => {}
            [one] => transcript.push(Line::step(step(), one)),
            rows => {
                transcript.push(Line::Step { step: step(), outcome: None });
                rows.iter().for_each(|row| transcript.push(Line::More(Shown::new(row))));
            }
        }
    }

    /// Records how a run ended that did not get to its last step.
    pub(super) fn end(self, end: &RunEnd) {
        let under_way = self.run.steps.get(self.at);
        let step = under_way.map(|placed| placed.step.describe());
        let step = step.unwrap_or_else(|| "the end of the case".to_owned());
        match end {
            RunEnd::Crashed { how, .. } => {
                self.judged.transcript.push(Line::Crashed { how: how.clone(), step });
            }
            RunEnd::TimedOut { .. } => self.judged.transcript.push(Line::TimedOut { step }),
            RunEnd::Done | RunEnd::Lacks(_) | RunEnd::CouldNotRun(_) | RunEnd::OverBudget(_) => {}
        }
    }
}

/// The failure of a record, which stands in a file of its own or within a step.
fn differing(placed: &PlacedStep, differing: &Differing, row: Option<String>) -> Failure {
    let Differing { line, record, expected, actual } = differing.clone();
    let is_of_file = matches!(&placed.step.verb, Verb::Call(Call::Sqllogictest(it)) if it.line.is_some());
    let place = match is_of_file {
        true => Location { line, ..placed.place.clone() },
        false => placed.place.clone(),
    };
    Failure { place, row, step: format!("line {line}: {record}"), expected, actual }
}
