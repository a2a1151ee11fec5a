//! Repetitions: the growth of what is measured over them, and how long they take.

use std::time::Instant;

use super::{Numbered, Outcome, Session};
use crate::contract::verb::{Call, Nothing, Repeat, Verb};
use crate::outcome::growth::Sampler;
use crate::outcome::latency::Stopwatch;

/// Runs the steps `times` times. The outcome is the growth of the measured number after the warm-up and the
/// latency of an iteration, or where the repetition stopped because a step did not do what was expected of it.
pub(super) fn run(session: &mut Session, number: u32, repeat: &Repeat, steps: &[Numbered<'_>]) -> Outcome {
    let memory_used = Call::MemoryUsed(Nothing {}).into();
    let measure = repeat.measure.as_ref().map_or(&memory_used, |measure| &*measure.0);
    let measure = (number, measure);
    let mut sampler = Sampler::new(repeat.times.saturating_sub(repeat.warmup));
    let mut stopwatch = Stopwatch::default();
    for iteration in 0..repeat.times {
        if let Some(refused) = sample(session, &mut sampler, measure, iteration.checked_sub(repeat.warmup)) {
            return refused;
        }
        let started = Instant::now();
        if let Some(stopped) = iterate(session, steps, iteration) {
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
    (number, measure): (u32, &Verb),
    iteration: Option<u64>,
) -> Option<Outcome> {
    let iteration = iteration.filter(|iteration| sampler.is_due(*iteration))?;
    // It belongs to the step that measures.
    let outcome = session.attempt(number, measure);
    let Some(number) = outcome.number() else { return Some(outcome) };
    sampler.add(iteration, number);
    None
}

fn iterate(session: &mut Session, steps: &[Numbered<'_>], iteration: u64) -> Option<Outcome> {
    let is_its_turn =
        |it: &&Numbered<'_>| it.step.every.is_none_or(|every| (iteration + 1).is_multiple_of(every));
    let steps: Vec<&Numbered<'_>> = steps.iter().filter(is_its_turn).collect();
    let stopped = steps.iter().enumerate().find_map(|(at, numbered)| {
        let step = numbered.step;
        session.expect(until_promise(&steps[at..]), true);
        let outcome = session.step(numbered);
        (!step.is_kept_by(&outcome)).then(|| Outcome::Stopped {
            iteration,
            step: step.verb.describe(),
            expected: step.promise(),
            actual: outcome.to_string(),
            code: outcome.error_code(),
        })
    });
    if stopped.is_some() {
        session.driver.expect_no_more();
    }
    stopped
}

/// The verbs up to the first whose outcome has to be judged here. What is expected of it may be a failure; before it, a
/// failure ends the repetition.
fn until_promise<'v>(steps: &'v [&Numbered<'v>]) -> impl Iterator<Item = &'v Verb> {
    let promise = steps.iter().position(|numbered| numbered.step.expect.is_some());
    let end = promise.map_or(steps.len(), |at| at + 1);
    steps[..end].iter().map(|numbered| &numbered.step.verb)
}
