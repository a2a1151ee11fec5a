//! Running blocks of steps.

mod files;
mod least_memory;
mod repeat;
mod sweep;

use self::files::Files;
use super::{Session, steps};
use crate::contract::verb::Block;
use crate::outcome::Outcome;
use crate::worker::driver::steps::Numbered;

/// Runs a block with this number.
pub(super) fn run(session: &mut Session, number: u32, block: &Block) -> Outcome {
    let mut lists = steps::inside(block, number);
    let mut next = || lists.next().unwrap_or_default();
    match block {
        Block::Repeat(repeat) => repeat::run(session, number, repeat, &next()),
        Block::Sweep(sweep) => sweep::run(session, sweep, [next(), next(), next()]),
        Block::LeastMemory(least) => least_memory::run(session, least, &next()),
    }
}

/// The files of the case as they are, for steps that are run again and again.
fn files() -> Result<Files, Outcome> {
    Files::remember().map_err(|error| Outcome::Refused(format!("the files of the case: {error}")))
}

/// Makes the files what they were.
fn restore(files: &Files) -> Result<(), Outcome> {
    files.restore().map_err(|error| Outcome::Refused(format!("the files of the case: {error}")))
}

/// That a step did not do what it should.
fn unsound(at: &str, numbered: &Numbered<'_>, outcome: &Outcome) -> Outcome {
    Outcome::Unsound {
        at: at.to_owned(),
        step: numbered.step.verb.describe(),
        expected: numbered.step.promise(),
        actual: outcome.to_string(),
    }
}
