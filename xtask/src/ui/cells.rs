//! The progress of a matrix: one bar over its cells from the start, even while their builds are compiled.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlite_contracts::builds::{BatchProgress, Build, Event, Flaw, Outcome, Progress};
use sqlite_contracts::diagnostic::numbers::{counted, thousands};
use sqlite_contracts::matrix::run::Waiting;

use super::progress::{Display, is_lively};
use super::settings::is_quiet;

/// Shows how many cells are done, and which builds are being made. Without a bar it writes a line now and then, so that
/// a log shows that a long run goes on.
pub(crate) struct CellsDisplay {
    bar: Display,
    lines: Option<Mutex<Lines>>,
}

/// The lines of a run without a bar.
struct Lines {
    done: usize,
    cells: usize,
    /// When the next one is due.
    due: Instant,
}

impl Lines {
    const EVERY: Duration = Duration::from_secs(10);

    fn new(cells: usize, now: Instant) -> Self {
        Self { done: 0, cells, due: now + Self::EVERY }
    }

    /// One more cell is done: the line for it, when one is due.
    fn done(&mut self, now: Instant) -> Option<String> {
        self.done += 1;
        let is_due = now >= self.due && self.done < self.cells;
        is_due.then(|| {
            self.due = now + Self::EVERY;
            format!("{} of {} done", thousands(self.done as i64), counted(self.cells, "cell", "cells"))
        })
    }
}

impl CellsDisplay {
    /// A display of `cells` cells, of which so many are done, and for which so many libraries are compiled.
    pub(crate) fn new(cells: usize, done: usize, libraries: usize) -> Self {
        // Few cells are done before anybody wonders.
        const FEW: usize = 50;
        let lines = (cells > FEW && !is_lively() && !is_quiet()).then(|| {
            anstream::eprintln!("running {}", counted(cells, "cell", "cells"));
            Mutex::new(Lines { done, ..Lines::new(cells, Instant::now()) })
        });
        let bar = Display::with_unit(cells, "built", "cells");
        bar.steps(done);
        bar.compiles(libraries);
        Self { bar, lines }
    }

    /// The progress of the builds, which releases the cells of each build that is ready.
    pub(crate) fn releasing<'a>(&'a self, waiting: &'a Waiting) -> Releasing<'a> {
        Releasing { display: &self.bar, waiting }
    }

    /// One more cell is done.
    pub(crate) fn done(&self) {
        self.bar.steps(1);
        let line =
            |lines: &Mutex<Lines>| lines.lock().unwrap_or_else(PoisonError::into_inner).done(Instant::now());
        if let Some(line) = self.lines.as_ref().and_then(line) {
            anstream::eprintln!("{line}");
        }
    }

    /// Removes the bar.
    pub(crate) fn finish(&self) {
        self.bar.finish();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_comes_every_ten_seconds_but_not_at_the_end() {
        let start = Instant::now();
        let mut lines = Lines::new(1_500, start);
        lines.done = 1_200;
        let mut after = |seconds| lines.done(start + Duration::from_secs(seconds));
        assert_eq!(after(9), None);
        assert_eq!(after(10).unwrap(), "1,202 of 1,500 cells done");
        assert_eq!(after(19), None);
        assert_eq!(after(31).unwrap(), "1,204 of 1,500 cells done");
        lines.done = 1_499;
        assert_eq!(lines.done(start + Duration::from_secs(99)), None);
    }
}
