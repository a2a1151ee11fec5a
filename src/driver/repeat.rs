//! Repetitions and the growth of what is measured over them.

use super::{Outcome, Session};
use crate::contract::brief::Brief;
use crate::contract::step::Step;
use crate::contract::verb::{Nothing, Repeat, Verb};

/// Runs the steps `times` times. The outcome is the growth of the measured number per 1,000 iterations after
/// the warm-up, or where the repetition stopped because a step did not do what was expected of it.
pub(super) fn run(session: &mut Session, repeat: &Repeat) -> Outcome {
    let measure =
        repeat.measure.as_ref().map_or(Verb::MemoryUsed(Brief(Nothing {})), |measure| (*measure.0).clone());
    let mut at_start = 0.0;
    for iteration in 0..repeat.times {
        if iteration == repeat.warmup {
            match number(session, &measure) {
                Ok(n) => at_start = n,
                Err(outcome) => return outcome,
            }
        }
        if let Some(stopped) = iterate(session, &repeat.steps, iteration) {
            return stopped;
        }
    }
    let measured = repeat.times.saturating_sub(repeat.warmup).max(1);
    match number(session, &measure) {
        Ok(at_end) => Outcome::Quantity(((at_end - at_start) * 1000.0 / measured as f64) as i64),
        Err(outcome) => outcome,
    }
}

fn number(session: &mut Session, measure: &Verb) -> Result<f64, Outcome> {
    let outcome = session.execute(measure);
    outcome.number().ok_or(outcome)
}

fn iterate(session: &mut Session, steps: &[Step], iteration: u64) -> Option<Outcome> {
    steps.iter().find_map(|step| {
        let outcome = session.execute(&step.verb);
        let fine = match &step.expect {
            Some(expect) => expect.holds(step.verb.kind(), &outcome),
            None => outcome.succeeded(),
        };
        (!fine).then(|| Outcome::Stopped {
            iteration,
            step: step.verb.describe(),
            expected: step.expect.as_ref().map(|expect| expect.describe(step.verb.kind())),
            actual: outcome.to_string(),
        })
    })
}
