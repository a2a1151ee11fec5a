//! A script as a contract: its records in steps, many in one, and one in one where builds differ.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::{Records, USUAL_THRESHOLD};
use crate::contract::sql::{in_memory, one_case};
use crate::contract::step::Step;
use crate::contract::verb::{Call, Sqllogictest, Verb};
use crate::contract::{Case, Contract, PlacedStep, Run};
use crate::diagnostic::{Diagnostic, Diagnostics, Location, SourceText};
use crate::record::report::CellReport;
use crate::record::transcript::Line;

/// The name of the case.
const NAME: &str = "script";

/// So many records are one step: few enough to look at each where builds differ, many enough that a step costs nothing beside them.
const TOGETHER: usize = 100;

/// How long a script may take: so long, and so much longer for each record, because some join a dozen tables, but never longer than
/// the last.
const DEADLINE: Duration = Duration::from_secs(20);
const DEADLINE_A_RECORD: Duration = Duration::from_millis(500);
const LONGEST_DEADLINE: Duration = Duration::from_secs(600);

impl Contract {
    /// A contract whose one case runs a script on one new database in memory.
    ///
    /// # Errors
    /// The first mistake in the script, or that it has no record.
    pub fn of_sqllogictest(source: &SourceText) -> Result<Self, Diagnostics> {
        let steps = steps(source, TOGETHER)?;
        if steps.is_empty() {
            return Err(Diagnostic::new(source, 0..0, "there is no record for SQLite here")
                .help("write one, such as `query I`, below it `SELECT 1`, `----` and `1`")
                .into());
        }
        let open = PlacedStep { step: in_memory(), place: Location::start_of(source.path()) };
        let case = one_case(NAME, source.path(), [open].into_iter().chain(steps).collect());
        let records = Records::of(source.text(), 1, USUAL_THRESHOLD).count();
        let case = Case { deadline: deadline(records), ..case };
        Ok(Self {
            id: NAME.to_owned(),
            title: source.path().to_owned(),
            cases: vec![case],
            ..Self::default()
        })
    }

    /// The same script with each record in a step of its own, where these reports differ or end. `None` where that shows no more.
    pub fn finer<'a>(&self, reports: impl IntoIterator<Item = &'a CellReport>) -> Option<Self> {
        let differing = differing(reports);
        let mut finer = self.clone();
        let mut is_finer = false;
        for run in finer.cases.iter_mut().flat_map(|case| &mut case.runs) {
            let split = |placed: PlacedStep| match each_alone(&placed, &differing) {
                Some(steps) => {
                    is_finer = true;
                    steps
                }
                None => vec![placed],
            };
            run.steps = std::mem::take(&mut run.steps).into_iter().flat_map(split).collect();
        }
        is_finer.then_some(finer)
    }

    /// The same script with each record in a step of its own.
    pub fn finest(&self) -> Self {
        let each = |placed: &PlacedStep| records_of(placed).unwrap_or_else(|| vec![placed.clone()]);
        let run = |run: &Run| Run { steps: run.steps.iter().flat_map(each).collect(), ..run.clone() };
        let case = |case: &Case| Case { runs: case.runs.iter().map(run).collect(), ..case.clone() };
        Self { cases: self.cases.iter().map(case).collect(), ..self.clone() }
    }
}

fn deadline(records: usize) -> Duration {
    let longer = DEADLINE_A_RECORD.saturating_mul(u32::try_from(records).unwrap_or(u32::MAX));
    DEADLINE.saturating_add(longer).min(LONGEST_DEADLINE)
}

/// The steps of a script, so many records in each.
fn steps(source: &SourceText, together: usize) -> Result<Vec<PlacedStep>, Diagnostics> {
    let mut records = Records::of(source.text(), 1, USUAL_THRESHOLD);
    let mut steps = Vec::new();
    loop {
        let ((start, line), threshold) = (records.position(), records.threshold());
        let mut first = None;
        for record in records.by_ref().take(together) {
            let record = record.map_err(|mistake| mistake.in_file(source))?;
            first.get_or_insert(record.line);
        }
        let Some(first) = first else { return Ok(steps) };
        let script = source.text().get(start..records.position().0).unwrap_or(&source.text()[start..]);
        let asked = Sqllogictest {
            line: Some(line),
            threshold: Some(threshold),
            ..Sqllogictest::of(script.to_owned())
        };
        let place = Location { line: first, ..Location::start_of(source.path()) };
        steps.push(PlacedStep { step: Step::of(Call::Sqllogictest(asked)), place });
    }
}

/// The steps whose outcomes these reports do not share, as transcripts show them. A step in which a build ended is one.
fn differing<'a>(reports: impl IntoIterator<Item = &'a CellReport>) -> BTreeSet<String> {
    let mut outcomes: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let lines = reports.into_iter().flat_map(|report| &report.cases).flat_map(|case| case.transcript.iter());
    for line in lines {
        match line {
            Line::Step { step, .. } => {
                outcomes.entry(step).or_default().insert(line.to_string());
            }
            Line::Crashed { step, .. } | Line::TimedOut { step } => {
                outcomes.entry(step).or_default().extend([line.to_string(), String::new()]);
            }
            _ => {}
        }
    }
    let differing = outcomes.into_iter().filter(|(_, outcomes)| outcomes.len() > 1);
    differing.map(|(step, _)| step.to_owned()).collect()
}

fn each_alone(placed: &PlacedStep, differing: &BTreeSet<String>) -> Option<Vec<PlacedStep>> {
    records_of(placed).filter(|_| differing.contains(&placed.step.describe()))
}

/// The records of a step that has several.
fn records_of(placed: &PlacedStep) -> Option<Vec<PlacedStep>> {
    let Verb::Call(Call::Sqllogictest(asked)) = &placed.step.verb else { return None };
    let mut records = asked.records();
    let mut found = Vec::new();
    loop {
        let ((start, line), threshold) = (records.position(), records.threshold());
        let Some(record) = records.next() else { break };
        let record = record.ok()?;
        let script = asked.script.get(start..records.position().0).unwrap_or(&asked.script[start..]);
        let alone = Sqllogictest {
            script: script.to_owned(),
            line: Some(line),
            threshold: Some(threshold),
            ..asked.clone()
        };
        let place = Location { line: record.line, ..placed.place.clone() };
        found.push(PlacedStep {
            step: Step { verb: Call::Sqllogictest(alone).into(), ..placed.step.clone() },
            place,
        });
    }
    (found.len() > 1).then_some(found)
}

impl Sqllogictest {
    /// Its records, up to the first mistake.
    pub fn records(&self) -> Records<'_> {
        Records::of(&self.script, self.line.unwrap_or(1), self.threshold.unwrap_or(USUAL_THRESHOLD))
    }
}
