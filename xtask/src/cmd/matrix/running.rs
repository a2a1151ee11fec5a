//! Runs the cells while their builds are made.

use std::collections::BTreeSet;

use anyhow::Result;
use sqlite_contracts::builds::{Batch, Build, Outcome, State, Store};
use sqlite_contracts::engine::cells_at_a_time;
use sqlite_contracts::matrix::Checked;
use sqlite_contracts::matrix::row::Row;
use sqlite_contracts::matrix::run::{self, CellName, Waiting, builds_of};

use super::Args;
use crate::cmd::build;
use crate::support::cells::Cells;
use crate::support::exit::Exit;
use crate::ui::cells::CellsDisplay;

/// What a run left.
pub(super) struct Ran {
    pub(super) checked: Vec<Checked>,
    /// The builds that could not be produced.
    pub(super) missing: Vec<String>,
    /// How bad that is: not at all, for a build that this machine lacks and that was not named.
    pub(super) exit: Exit,
}

/// Runs the cells while their builds are made.
pub(super) fn run_cells(
    arguments: &Args,
    globs: &[String],
    cells: &Cells,
    rows: &[Row],
    wanted: Vec<CellName>,
) -> Result<Ran> {
    let store = cells.engine().store();
    if arguments.no_build {
        store.compile_nothing();
    }
    let names: BTreeSet<String> = builds_of(&wanted).into_iter().map(str::to_owned).collect();
    let mut builds: Vec<&Build> =
        cells.engine().builds().all().filter(|build| names.contains(build.name())).collect();
    let contracts: BTreeSet<&str> = wanted.iter().map(|(contract, _)| contract.as_str()).collect();
    builds.extend(cells.engine().builds_beside(&contracts.into_iter().collect::<Vec<_>>(), &builds));
    let known = rows.iter().map(|row| row.overview.figures.cells).sum();
    let libraries = if arguments.no_build { 0 } else { missing(store, &builds) };
    let display = CellsDisplay::new(wanted.len() + known, known, libraries);
    let make = |waiting: &Waiting| match arguments.no_build {
        true => find(store, builds, waiting),
        false => Batch::new(store, builds).run(&display.releasing(waiting)),
    };
    let (checked, outcomes) = run::run(cells.matrix(), wanted, cells_at_a_time(), make, |_| display.done());
    display.finish();
    let is_named = |build: &Build| globs.iter().any(|glob| glob == build.name());
    // Not those that are absent on this machine, unless they were asked for.
    let is_missing = |outcome: &&Outcome| match &outcome.result {
        Err(error) if error.is_absence() => is_named(outcome.build),
        result => result.is_err(),
    };
    let missing = outcomes.iter().filter(is_missing).map(|outcome| outcome.build.name().to_owned());
    let missing = missing.filter(|build| names.contains(build)).collect();
    Ok(Ran { checked, missing, exit: build::report(&outcomes, is_named) })
}

/// How many of the builds have to be compiled.
fn missing(store: &Store, builds: &[&Build]) -> usize {
    builds.iter().filter(|build| matches!(store.state(build), State::NotBuilt | State::Damaged)).count()
}

/// Finds the existing products, and releases the cells of their builds.
fn find<'a>(store: &Store, builds: Vec<&'a Build>, waiting: &Waiting) -> Vec<Outcome<'a>> {
    let find = |build: &'a Build| {
        let result = store.ensure(build, &());
        result.iter().for_each(|_| waiting.release(build.name()));
        Outcome { build, result, seconds: 0.0, was_there: true }
    };
    builds.into_iter().map(find).collect()
}
