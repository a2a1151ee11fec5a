//! The cells that may run now, and which of them is worth running next.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::run::CellName;

/// Cells in the order in which they came. Of those of a build that take turns one runs at a time, while there are others to
/// run: a lane that waits for its turn does nothing.
#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    ready: VecDeque<Ready>,
    /// How many of the cells that take turns run, by build.
    in_turn: BTreeMap<String, usize>,
    is_complete: bool,
}

/// A cell that may run.
pub(super) struct Ready {
    pub cell: CellName,
    /// Whether it waits for other such cells of its build, see [`Runner::takes_turns`](crate::engine::Runner::takes_turns).
    pub takes_turns: bool,
}

/// A cell that a lane has taken. Its turn is over when this is dropped.
pub(super) struct Taken<'a> {
    ready: Ready,
    queue: &'a Queue,
}

impl Taken<'_> {
    pub(super) fn cell(&self) -> &CellName {
        &self.ready.cell
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if self.ready.takes_turns {
            self.queue.state().end_turn(&self.ready.cell.1);
        }
    }
}

impl Queue {
    /// Adds a cell.
    pub(super) fn add(&self, ready: Ready) {
        self.state().ready.push_back(ready);
        self.changed.notify_one();
    }

    /// No more cells will come.
    pub(super) fn complete(&self) {
        self.state().is_complete = true;
        self.changed.notify_all();
    }

    /// The cell to run next, waited for; `None` when all are taken.
    pub(super) fn take(&self) -> Option<Taken<'_>> {
        let mut state = self.state();
        loop {
            if let Some(ready) = state.next() {
                return Some(Taken { ready, queue: self });
            }
            if state.is_complete {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The first cell that need not wait for its turn. When all have to, the first: some of what it does needs no turn.
    fn next(&mut self) -> Option<Ready> {
        let may_go = |it: &Ready| !it.takes_turns || !self.in_turn.contains_key(&it.cell.1);
        let next = self.ready.remove(self.ready.iter().position(may_go).unwrap_or(0))?;
        if next.takes_turns {
            *self.in_turn.entry(next.cell.1.clone()).or_default() += 1;
        }
        Some(next)
    }

    fn end_turn(&mut self, build: &str) {
        if let Some(running) = self.in_turn.get_mut(build) {
            *running -= 1;
            self.in_turn.retain(|_, running| *running > 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contracts that begin with `go` take turns.
    fn ready(contract: &str, build: &str) -> Ready {
        Ready { cell: (contract.to_owned(), build.to_owned()), takes_turns: contract.starts_with("go") }
    }

    /// A queue of these cells, written as `contract@build`.
    fn queue(cells: &[&str]) -> Queue {
        let queue = Queue::default();
        for cell in cells {
            let (contract, build) = cell.split_once('@').unwrap();
            queue.add(ready(contract, build));
        }
        queue.complete();
        queue
    }

    fn shown(taken: &Taken<'_>) -> String {
        format!("{}@{}", taken.cell().0, taken.cell().1)
    }

    #[test]
    fn cells_come_in_their_order() {
        let queue = queue(&["b@1", "go@1", "a@1", "go@2"]);
        let taken: Vec<Taken> = std::iter::from_fn(|| queue.take()).collect();
        assert_eq!(taken.iter().map(shown).collect::<Vec<_>>(), ["b@1", "go@1", "a@1", "go@2"]);
    }

    #[test]
    fn a_cell_that_would_wait_for_its_turn_lets_others_pass() {
        let queue = queue(&["go-1@1", "go-2@1", "a@1", "go-1@2", "go-3@1", "b@1"]);
        let first = queue.take().unwrap();
        assert_eq!(shown(&first), "go-1@1");
        assert_eq!(shown(&queue.take().unwrap()), "a@1");
        // Another build has another worker.
        assert_eq!(shown(&queue.take().unwrap()), "go-1@2");
        drop(first);
        let second = queue.take().unwrap();
        assert_eq!(shown(&second), "go-2@1");
        assert_eq!(shown(&queue.take().unwrap()), "b@1");
        // There is nothing else to run.
        let third = queue.take().unwrap();
        assert_eq!(shown(&third), "go-3@1");
        assert!(queue.take().is_none());
        drop(second);
        assert!(queue.state().in_turn.contains_key("1"), "the third still has its turn");
        drop(third);
        assert!(queue.state().in_turn.is_empty());
    }

    #[test]
    fn a_lane_waits_for_cells_until_no_more_will_come() {
        let queue = Queue::default();
        std::thread::scope(|scope| {
            let lane = scope.spawn(|| queue.take().map(|taken| shown(&taken)));
            queue.add(ready("a", "1"));
            assert_eq!(lane.join().unwrap().as_deref(), Some("a@1"));
            let lane = scope.spawn(|| queue.take().is_none());
            queue.complete();
            assert!(lane.join().unwrap(), "no cell was left");
        });
    }
}
