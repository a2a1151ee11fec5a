//! Where no program of another language can be started: the engine knows, and asks for none.

use super::{Call, Outcome, Verb};

pub(super) struct Program;

impl Program {
    pub(super) fn start() -> Self {
        Self
    }

    pub(super) fn run(&mut self, _: &Verb) -> Call<Outcome> {
        Err(Outcome::Refused("drivers of other languages need Linux".to_owned()))
    }

    pub(super) fn send_ahead(&mut self, _: &[&Verb], _: bool) {}

    pub(super) fn drop_replies(&mut self) {}

    pub(super) fn number(&mut self, _: &str) -> i64 {
        0
    }

    pub(super) fn missing(&mut self) -> Option<String> {
        None
    }

    pub(super) fn is_clean(&mut self) -> bool {
        true
    }
}
