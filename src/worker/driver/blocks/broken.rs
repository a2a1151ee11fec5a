//! The first promise of actors that does not hold.

use super::Outcome;
use crate::contract::step::Step;
use crate::contract::verb::ActorName;

/// A step that did not do what is expected.
pub(super) struct Broken {
    step: String,
    expected: Option<String>,
    actual: String,
}

impl Broken {
    /// That the actors never come to an end.
    pub(super) fn without_end(actual: String) -> Self {
        Self { step: "the actors together".to_owned(), expected: Some("an end".to_owned()), actual }
    }

    /// The first step of an actor that is wrong, or has a step inside that is. Those before there is a choice have to
    /// work.
    pub(super) fn first(name: ActorName, steps: &[Step], outcomes: &[Outcome], begun: usize) -> Option<Self> {
        let wrong = steps.iter().zip(outcomes).enumerate().find(|(at, (step, outcome))| {
            let breaks_inside = matches!(outcome, Outcome::Stopped { expected: Some(_), .. });
            breaks_inside || (step.expect.is_some() || *at < begun) && !step.is_kept_by(outcome)
        });
        wrong.map(|(_, (step, outcome))| Self {
            step: format!("{name}: {}", step.verb.describe()),
            expected: step.promise(),
            actual: outcome.to_string(),
        })
    }

    pub(super) fn at(self, at: String) -> Outcome {
        Outcome::Unsound { at, step: self.step, expected: self.expected, actual: self.actual }
    }
}
