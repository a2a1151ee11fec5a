//! Repetitions: the growth of what is measured over them, and how long they take.

use std::time::Instant;

use super::{Outcome, Session};
use crate::contract::brief::Brief;
use crate::contract::step::Step;
use crate::contract::verb::{Nothing, Repeat, Verb};
use crate::outcome::growth::Sampler;
use crate::outcome::latency::Stopwatch;

/// Whether a step that is run many times did what is expected of it.
pub(super) fn is_fine(step: &Step, outcome: &Outcome) -> bool {
    match &step.expect {
        Some(expect) => expect.holds(step.verb.kind(), outcome),
        None => outcome.succeeded(),
    }
}

/// What is expected of it, in words.
pub(super) fn promise(step: &Step) -> Option<String> {
    step.expect.as_ref().map(|expect| expect.describe(step.verb.kind()))
}

/// Runs the steps `times` times. The outcome is the growth of the measured number after the warm-up and the
/// latency of an iteration, or where the repetition stopped because a step did not do what was expected of it.
pub(super) fn run(session: &mut Session, repeat: &Repeat) -> Outcome {
    let memory_used = Verb::MemoryUsed(Brief(Nothing {}));
    let measure = repeat.measure.as_ref().map_or(&memory_used, |measure| &*measure.0);
    let mut sampler = Sampler::new(repeat.times.saturating_sub(repeat.warmup));
    let mut stopwatch = Stopwatch::default();
    for iteration in 0..repeat.times {
        if let Some(refused) = sample(session, &mut sampler, measure, iteration.checked_sub(repeat.warmup)) {
            return refused;
        }
        let started = Instant::now();
        if let Some(stopped) = iterate(session, &repeat.steps, iteration) {
            return stopped;
        }
        if iteration >= repeat.warmup {
            stopwatch.add(started.elapsed());
        }
    }
    let at_end = repeat.times.checked_sub(repeat.warmup);
    let refused = sample(session, &mut sampler, measure, at_end);
    refused.unwrap_or_else(|| Outcome::Growth { growth: sampler.finish(), latency: stopwatch.finish() })
}

/// Measures after so many iterations when it is time to; returns what came instead of a number.
fn sample(
    session: &mut Session,
    sampler: &mut Sampler,
    measure: &Verb,
    iteration: Option<u64>,
) -> Option<Outcome> {
    let iteration = iteration.filter(|iteration| sampler.is_due(*iteration))?;
    let outcome = session.execute(measure);
    let Some(number) = outcome.number() else { return Some(outcome) };
    sampler.add(iteration, number);
    None
}

fn iterate(session: &mut Session, steps: &[Step], iteration: u64) -> Option<Outcome> {
    let is_its_turn = |step: &&Step| step.every.is_none_or(|every| (iteration + 1).is_multiple_of(every));
    steps.iter().filter(is_its_turn).find_map(|step| {
        let outcome = session.execute(&step.verb);
        (!is_fine(step, &outcome)).then(|| Outcome::Stopped {
            iteration,
            step: step.verb.describe(),
            expected: promise(step),
            actual: outcome.to_string(),
            code: outcome.error_code(),
        })
    })
}
