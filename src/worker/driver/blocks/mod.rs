//! Running blocks of steps.

mod broken;
mod damage;
mod files;
mod least_memory;
mod power_loss;
mod repeat;
mod schedule;
mod sweep;
mod threads;

use std::io;

use self::files::{Files, with_files};
use super::{Session, steps};
use crate::contract::verb::Block;
use crate::outcome::Outcome;
use crate::worker::driver::steps::Numbered;
use crate::worker::environment;

/// Runs a block with this number.
pub(super) fn run(session: &mut Session, number: u32, block: &Block) -> Outcome {
    with_files(session, block, |session| run_here(session, number, block)).unwrap_or_else(refused)
}

fn run_here(session: &mut Session, number: u32, block: &Block) -> Outcome {
    let mut lists = steps::inside(block, number);
    let mut next = || lists.next().unwrap_or_default();
    match block {
        Block::Repeat(repeat) => repeat::run(session, number, repeat, &next()),
        Block::Sweep(sweep) => sweep::run(session, sweep, [next(), next(), next()]),
        Block::PowerLoss(loss) => power_loss::run(session, loss, [next(), next(), next()]),
        Block::Schedule(schedule) => {
            let [_, _, _, after] = [next(), next(), next(), next()];
            schedule::run(session, schedule, &after)
        }
        Block::Threads(threads) => {
            let [_, _, _, after] = [next(), next(), next(), next()];
            threads::run(session, threads, &after)
        }
        Block::LeastMemory(least) => least_memory::run(session, least, &next()),
        Block::Damage(damage) => damage::run(session, damage, [next(), next()]),
    }
}

/// The files of the case as they are, for steps that are run again and again.
fn files() -> Result<Files, Outcome> {
    Files::remember().map_err(refused)
}

/// Makes the files what they were.
fn restore(files: &Files) -> Result<(), Outcome> {
    files.restore().map_err(refused)
}

fn refused(error: io::Error) -> Outcome {
    environment::notice(&error);
    Outcome::Refused(format!("the files of the case: {error}"))
}

/// Runs steps that must all do what they should.
fn all_fine(session: &mut Session, steps: &[Numbered<'_>], at: impl At) -> Result<(), Outcome> {
    for numbered in steps {
        let outcome = session.step(numbered);
        if !numbered.step.is_kept_by(&outcome) {
            return Err(unsound(&at.words(), numbered, &outcome));
        }
    }
    Ok(())
}

/// Where a step is run, in words that are needed only when something is wrong.
trait At {
    fn words(&self) -> String;
}

impl At for &str {
    fn words(&self) -> String {
        (*self).to_owned()
    }
}

impl<F: Fn() -> String> At for F {
    fn words(&self) -> String {
        self()
    }
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
