//! Running the workloads with the counting allocator.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlite_contracts::builds::Build;
use sqlite_contracts::contract::step::Step;
use sqlite_contracts::contract::verb::{Block, Call, Config, LeastMemory, LimitedBy, Nothing, Verb};
use sqlite_contracts::contract::{Case, Contract, PlacedStep, Run};
use sqlite_contracts::engine::Engine;
use sqlite_contracts::outcome::Outcome;
use sqlite_contracts::outcome::sqlite_names::AllocationCounter;
use sqlite_contracts::outcome::value::Value;
use sqlite_contracts::record::report::{CaseReport, Verdict};

/// Limits to try, in bytes.
const LIMITS: [u64; 2] = [1 << 10, 1 << 28];

/// What a workload takes on a build, as `--format json` prints it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Usage {
    pub build: String,
    pub workload: String,
    /// The least limit, in bytes, under which it works.
    pub least: Option<i64>,
    /// A remark on that limit.
    pub remark: Option<String>,
    /// The most bytes that were held at once, without a limit.
    pub peak: Option<i64>,
    /// How often memory was asked for, and how often a block was to be resized.
    pub mallocs: Option<i64>,
    pub reallocs: Option<i64>,
    /// How many allocations asked for a power of two or more, and less than twice that.
    pub sizes: Vec<(i64, i64)>,
    /// How many microseconds half of the iterations of its `repeat` took at most, and all but one in a hundred: on this
    /// machine, with every allocation counted, so only to be compared with each other.
    pub p50: Option<f64>,
    pub p99: Option<f64>,
    /// Why there are no figures.
    pub reason: Option<String>,
    /// Whether the environment kept it from running, for this reason.
    #[serde(skip)]
    pub could_not_run: bool,
}

/// Every workload on a build, in their order; each row of `with` is one of its own.
pub(super) fn on_build(engine: &Engine, workloads: &Contract, build: &Build) -> Result<Vec<Usage>> {
    let counted =
        Contract { cases: workloads.cases.iter().flat_map(counting).collect(), ..workloads.clone() };
    let mut usages: BTreeMap<String, Usage> = BTreeMap::new();
    let report = engine.observe(&counted, build, &mut |case, placed, outcome| {
        usages.entry(case.name.clone()).or_default().hear(&placed.step.verb, outcome);
    })?;
    let named = |report: &CaseReport| {
        let mut usage = usages.get(&report.case).cloned().unwrap_or_default();
        usage.build = build.name().to_owned();
        usage.workload.clone_from(&report.case);
        usage.could_not_run = report.verdict == Verdict::CouldNotRun;
        usage.reason = report.reason.clone().or(usage.reason);
        usage
    };
    Ok(report.cases.iter().map(named).collect())
}

impl Usage {
    fn hear(&mut self, verb: &Verb, outcome: &Outcome) {
        match (verb, outcome) {
            (Verb::Block(Block::LeastMemory(_)), Outcome::LeastMemory { bytes, remark }) => {
                self.least = Some(*bytes);
                self.remark.clone_from(remark);
            }
            (Verb::Block(Block::LeastMemory(_)), failed) => self.reason = Some(failed.to_string()),
            (Verb::Call(Call::Allocations(counter)), count) => match counter {
                AllocationCounter::PeakBytes => self.peak = count.quantity(),
                AllocationCounter::Mallocs => self.mallocs = count.quantity(),
                AllocationCounter::Reallocs => self.reallocs = count.quantity(),
                _ => {}
            },
            (Verb::Block(Block::Repeat(_)), Outcome::Growth { latency, .. }) => {
                self.p50 = Some(microseconds(latency.p50));
                self.p99 = Some(microseconds(latency.p99));
            }
            (Verb::Call(Call::AllocationSizes(_)), Outcome::Rows(rows)) => {
                self.sizes = rows.iter().filter_map(|row| pair(row)).collect();
            }
            _ => {}
        }
    }
}

fn microseconds(time: Duration) -> f64 {
    time.as_nanos() as f64 / 1000.0
}

fn pair(row: &[Value]) -> Option<(i64, i64)> {
    match row {
        [Value::Integer(power), Value::Integer(count)] => Some((*power, *count)),
        _ => None,
    }
}

/// The workload of each row, in a process of its own: searched for its least memory, then run and counted.
fn counting(case: &Case) -> Vec<Case> {
    let counted = |run: &Run| {
        // A word is a word here, also without its quotes.
        let label = run.label.as_ref().map(|label| format!(" {}", label.replace('"', "")));
        let name = case.name.clone() + &label.unwrap_or_default();
        let runs = vec![Run { label: None, steps: counted_steps(case, run) }];
        Case { name, fresh_process: true, runs, ..case.clone() }
    };
    case.runs.iter().map(counted).collect()
}

fn counted_steps(case: &Case, run: &Run) -> Vec<PlacedStep> {
    let is_kept = |placed: &&PlacedStep| {
        !matches!(placed.step.verb, Verb::Call(Call::Initialize(_) | Call::Shutdown(_)))
    };
    let is_config = |placed: &PlacedStep| matches!(placed.step.verb, Verb::Call(Call::Config(_)));
    let (configs, work): (Vec<PlacedStep>, Vec<PlacedStep>) =
        run.steps.iter().filter(is_kept).cloned().partition(is_config);
    let steps: Vec<Step> =
        work.iter().map(|placed| Step { record: None, save: None, ..placed.step.clone() }).collect();
    let place = run.steps.first().map_or_else(|| case.place.clone(), |first| first.place.clone());
    let ours = |call: Call| PlacedStep { step: Step::of(call), place: place.clone() };
    let least = LeastMemory { by: LimitedBy::Allocator, ..LeastMemory::of(LIMITS, steps, 1024) };
    let least = PlacedStep { step: Step::of(Block::LeastMemory(least)), place: place.clone() };
    let counters = [AllocationCounter::PeakBytes, AllocationCounter::Mallocs, AllocationCounter::Reallocs];
    let mut counted = vec![ours(Call::Config(Config::Malloc))];
    counted.extend(configs);
    counted.push(ours(Call::Initialize(Nothing {})));
    counted.push(least);
    counted.push(ours(Call::ResetAllocations(Nothing {})));
    counted.extend(work);
    counted.extend(counters.map(|counter| ours(Call::Allocations(counter))));
    counted.push(ours(Call::AllocationSizes(Nothing {})));
    counted
}
