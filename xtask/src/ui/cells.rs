//! The progress of a matrix: one bar over its cells from the start, even while their builds are compiled.

use std::io::IsTerminal;

use sqlite_contracts::builds::{BatchProgress, Build, Event, Flaw, Outcome, Progress};
use sqlite_contracts::diagnostic::numbers::counted;
use sqlite_contracts::matrix::results::CellResult;
use sqlite_contracts::matrix::run::Waiting;

use super::progress::Display;

/// Shows how many cells are done, and which builds are being made.
pub(crate) struct CellsDisplay(Display);

impl CellsDisplay {
    /// A bar over `cells` cells.
    pub(crate) fn new(cells: usize) -> Self {
        if !std::io::stderr().is_terminal() {
            anstream::eprintln!("running {}", counted(cells, "cell", "cells"));
        }
        Self(Display::with_unit(cells, "built", "cells"))
    }

    /// The progress of the builds, which releases the cells of each build that is ready.
    pub(crate) fn releasing<'a>(&'a self, waiting: &'a Waiting) -> Releasing<'a> {
        Releasing { display: &self.0, waiting }
    }

    /// One more cell is done.
    pub(crate) fn done(&self, _: &CellResult) {
        self.0.step();
    }

    /// Removes the bar.
    pub(crate) fn finish(&self) {
        self.0.finish();
    }
}

/// See [`CellsDisplay::releasing`].
pub(crate) struct Releasing<'a> {
    display: &'a Display,
    waiting: &'a Waiting,
}

impl Progress for Releasing<'_> {
    fn event(&self, build: &Build, event: Event) {
        self.display.event(build, event);
    }

    fn replaces(&self, build: &Build, flaw: &Flaw) {
        self.display.replaces(build, flaw);
    }
}

impl BatchProgress for Releasing<'_> {
    fn done(&self, outcome: &Outcome<'_>) {
        self.display.made(outcome);
        if outcome.result.is_ok() {
            self.waiting.release(outcome.build.name());
        }
    }
}
