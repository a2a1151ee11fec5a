//! Running the workloads.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlite_contracts::builds::Build;
use sqlite_contracts::contract::arguments::{Bytes, DbName, DbStatus, Highwater, Measure};
use sqlite_contracts::contract::step::Step;
use sqlite_contracts::contract::verb::{Block, Call, Verb};
use sqlite_contracts::contract::{Contract, DriverVersion, PlacedStep};
use sqlite_contracts::engine::Engine;
use sqlite_contracts::outcome::Outcome;
use sqlite_contracts::outcome::growth::Growth;
use sqlite_contracts::outcome::latency::Latency;
use sqlite_contracts::outcome::sqlite_names::DbCounter;
use sqlite_contracts::record::report::{CaseReport, Verdict};

/// What a workload did on a build, as `--format json` prints it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Leak {
    pub build: String,
    pub workload: String,
    /// Through what the program calls SQLite.
    #[serde(default)]
    pub driver: String,
    /// Bytes per 1,000 iterations.
    pub growth: Option<i64>,
    /// What statements hold, SQLITE_DBSTATUS_STMT_USED, lookaside memory too: bytes per 1,000 iterations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statements: Option<i64>,
    /// The most bytes that were held at any time of the repetition.
    pub peak: Option<i64>,
    /// How much of what was held at the end is still held after close, from 0 to 1.
    pub remains: Option<f64>,
    /// How much of what the repetition has added is still held after a collection of garbage, before close.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collected: Option<f64>,
    /// The median time of an iteration, and the 99th percentile, in microseconds.
    pub microseconds: Option<(u64, u64)>,
    /// The first iteration that failed under the hard heap limit.
    pub cap_hit: Option<u64>,
    /// The workload's promises that did not hold.
    pub broken: Vec<String>,
    /// Why there is no growth.
    pub reason: Option<String>,
    /// Iterations that were done, and the bytes held then.
    pub samples: Vec<(u64, i64)>,
    /// The same of the bytes of statements.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of_statements: Vec<(u64, i64)>,
    /// Whether the environment kept it from running, for the reason given.
    #[serde(skip)]
    pub could_not_run: bool,
}

/// What is observed of one workload while it runs.
#[derive(Debug, Default)]
struct Heard {
    growth: Option<Growth>,
    /// Where the repetition stopped, and why.
    stopped: Option<(u64, String)>,
    /// The high-water mark of the repetition.
    peak: Option<f64>,
    before: Option<f64>,
    collected: Option<f64>,
    after: Option<f64>,
    latency: Option<Latency>,
}

impl Heard {
    fn step(&mut self, step: &PlacedStep, outcome: &Outcome) {
        let is_first = self.growth.is_none() && self.stopped.is_none();
        match (&step.step.verb, outcome) {
            (Verb::Block(Block::Repeat(_)), Outcome::Growth { growth, latency }) if is_first => {
                self.growth = Some(growth.clone());
                self.latency = Some(*latency);
            }
            (Verb::Block(Block::Repeat(_)), Outcome::Stopped { iteration, actual, .. }) if is_first => {
                self.stopped = Some((*iteration, actual.clone()));
            }
            (Verb::Call(Call::MemoryHighwater(_)), mark) if !is_first && self.peak.is_none() => {
                self.peak = mark.number();
            }
            _ => {}
        }
        match step.step.save.as_deref() {
            Some("before") => self.before = outcome.number(),
            Some("collected") => self.collected = outcome.number(),
            Some("after") => self.after = outcome.number(),
            _ => {}
        }
    }

    /// How much of what was held at the end of the repetition is still held after close.
    fn remains(&self) -> Option<f64> {
        let (before, after) = (self.before?, self.after?);
        let held = self.growth.as_ref()?.samples.last()?.least - before;
        Some(if held > 0.0 { ((after - before) / held).clamp(0.0, 1.0) } else { 0.0 })
    }

    /// How much of what a growing repetition has added is still held after a collection of garbage.
    fn collected(&self) -> Option<f64> {
        let growth = self.growth.as_ref().filter(|growth| growth.rate() > 0)?;
        let (first, last) = (growth.samples.first()?.least, growth.samples.last()?.least);
        Some(((self.collected? - first) / (last - first)).clamp(0.0, 1.0))
    }
}

/// How workloads are measured.
#[derive(Clone, Copy)]
pub(super) struct How {
    /// The hard heap limit, in bytes.
    pub cap: u32,
    /// Whether what statements hold is measured too, which takes one more run.
    pub asks_statements: bool,
}

/// Every workload on a build, in their order.
pub(super) fn on_build(
    engine: &Engine,
    workloads: &Contract,
    build: &Build,
    How { cap, asks_statements }: How,
) -> Result<Vec<Leak>> {
    let (reports, heard) = listen(engine, &with_peak(workloads), build)?;
    let mut leaks: Vec<Leak> =
        reports.iter().map(|report| leak(build, workloads, report, heard.get(&report.case))).collect();
    if asks_statements {
        let (_, heard) = listen(engine, &measuring_statements(workloads), build)?;
        for leak in &mut leaks {
            let growth = heard.get(&leak.workload).and_then(|heard| heard.growth.as_ref());
            leak.statements = growth.map(Growth::rate);
            leak.of_statements = growth.map_or_else(Vec::new, samples);
        }
    }
    let growing = |workload: &str| {
        leaks.iter().any(|leak| leak.workload == workload && leak.growth.is_some_and(|growth| growth > 0))
    };
    let (reports, heard) = listen(engine, &capped(workloads, cap, growing), build)?;
    for leak in &mut leaks {
        let report = reports.iter().find(|report| report.case == leak.workload);
        if let Some(report) = report.filter(|report| report.verdict == Verdict::CouldNotRun) {
            leak.could_not_run = true;
            leak.reason.clone_from(&report.reason);
        }
        let stopped = heard.get(&leak.workload).and_then(|heard| heard.stopped.as_ref());
        let is_cap = |(_, why): &&(u64, String)| why.starts_with("NOMEM");
        leak.cap_hit = stopped.filter(is_cap).map(|(iteration, _)| *iteration);
    }
    Ok(leaks)
}

fn listen(
    engine: &Engine,
    workloads: &Contract,
    build: &Build,
) -> Result<(Vec<CaseReport>, BTreeMap<String, Heard>)> {
    let mut heard: BTreeMap<String, Heard> = BTreeMap::new();
    let report = engine.observe(workloads, build, &mut |case, step, outcome| {
        heard.entry(case.name.clone()).or_default().step(step, outcome);
    })?;
    Ok((report.cases, heard))
}

fn leak(build: &Build, workloads: &Contract, report: &CaseReport, heard: Option<&Heard>) -> Leak {
    let case = workloads.cases.iter().find(|case| case.name == report.case);
    let driver = case.map(|case| DriverVersion::new(case.driver, case.driver_version.clone()));
    let growth = heard.and_then(|heard| heard.growth.as_ref());
    let stopped = heard.and_then(|heard| heard.stopped.as_ref());
    let why_not = || match (stopped, report.verdict) {
        (Some((iteration, why)), _) => Some(format!("stopped at iteration {iteration}: {why}")),
        (None, Verdict::Holds | Verdict::Broken) => Some("it has no `repeat`".to_owned()),
        (None, _) => report.reason.clone(),
    };
    Leak {
        build: build.name().to_owned(),
        workload: report.case.clone(),
        growth: growth.map(Growth::rate),
        statements: None,
        peak: heard.and_then(|heard| Some(heard.peak? as i64)),
        driver: driver.unwrap_or_default().to_string(),
        remains: heard.and_then(Heard::remains),
        collected: heard.and_then(Heard::collected),
        microseconds: heard.and_then(|heard| heard.latency).map(microseconds),
        cap_hit: None,
        could_not_run: report.verdict == Verdict::CouldNotRun,
        broken: report
            .failures
            .iter()
            .map(|failure| {
                format!("{}: expected {}, was {}", failure.step_in_row(), failure.expected, failure.actual)
            })
            .collect(),
        reason: if growth.is_some() { None } else { why_not() },
        samples: growth.map_or_else(Vec::new, samples),
        of_statements: Vec::new(),
    }
}

fn samples(growth: &Growth) -> Vec<(u64, i64)> {
    growth.samples.iter().map(|sample| (sample.iteration, sample.least as i64)).collect()
}

fn microseconds(latency: Latency) -> (u64, u64) {
    let of = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    (of(latency.p50), of(latency.p99))
}

/// The same workloads, with the high-water mark of their first `repeat` read after it.
fn with_peak(workloads: &Contract) -> Contract {
    let mark = |reset| Call::MemoryHighwater(Highwater { reset }).into();
    around_repeat(workloads.clone(), &mark(true), Some(&mark(false)))
}

/// The same workloads with a hard heap limit before their first `repeat`; only those that are wanted.
fn capped(workloads: &Contract, cap: u32, is_wanted: impl Fn(&str) -> bool) -> Contract {
    let mut wanted = workloads.clone();
    wanted.cases.retain(|case| is_wanted(&case.name));
    around_repeat(wanted, &Call::HardHeapLimit(Bytes { bytes: cap.into() }).into(), None)
}

/// The same workloads, with what the statements of their connection hold measured in place of memory.
fn measuring_statements(workloads: &Contract) -> Contract {
    let mut workloads = workloads.clone();
    let counter = DbStatus { counter: DbCounter::StmtUsed, db: DbName::default(), peak: false, reset: false };
    let measure = Measure(Box::new(Call::DbStatus(counter).into()));
    for run in workloads.cases.iter_mut().flat_map(|case| &mut case.runs) {
        let repeats = run.steps.iter_mut().find_map(|placed| match &mut placed.step.verb {
            Verb::Block(Block::Repeat(repeat)) => Some(repeat),
            _ => None,
        });
        repeats.into_iter().for_each(|repeat| repeat.measure = Some(measure.clone()));
    }
    workloads
}

fn around_repeat(mut workloads: Contract, before: &Verb, after: Option<&Verb>) -> Contract {
    for run in workloads.cases.iter_mut().flat_map(|case| &mut case.runs) {
        let is_repeat = |placed: &PlacedStep| matches!(placed.step.verb, Verb::Block(Block::Repeat(_)));
        let Some(at) = run.steps.iter().position(is_repeat) else { continue };
        let place = run.steps[at].place.clone();
        let placed = |verb: &Verb| PlacedStep { step: Step::of(verb.clone()), place: place.clone() };
        let repeat = run.steps[at].clone();
        let steps = [Some(placed(before)), Some(repeat), after.map(placed)];
        run.steps.splice(at..=at, steps.into_iter().flatten());
    }
    workloads
}
