//! Runs many cells at once, while other builds are still being compiled; and the parts of a run.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::cell::{Cells, Checked};
use super::queue::{Queue, Ready};
use super::results::CellResult;
use crate::engine::Runner;

/// The names of a cell's contract and build.
pub type CellName = (String, String);

/// A part of the cells of a run: `2/4` is the second of four parts. The cells of a build stay together as far as the
/// sizes of the parts allow, so that each machine compiles only the builds of its own part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Partition {
    of: usize,
    part: usize,
}

impl Default for Partition {
    /// The only part: all cells.
    fn default() -> Self {
        Self { part: 1, of: 1 }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.part, self.of)
    }
}

impl From<Partition> for String {
    fn from(partition: Partition) -> Self {
        partition.to_string()
    }
}

impl TryFrom<String> for Partition {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl FromStr for Partition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = || {
            let (part, of) = text.split_once('/')?;
            Some((part.parse().ok()?, of.parse().ok()?))
        };
        match numbers() {
            Some((part, of)) if (1..=of).contains(&part) => Ok(Self { part, of }),
            _ => Err("write it as `2/4`, the second of four parts".to_owned()),
        }
    }
}

impl Partition {
    /// All parts of the run that this part belongs to.
    pub fn all(&self) -> Vec<Self> {
        (1..=self.of).map(|part| Self { part, of: self.of }).collect()
    }

    /// The cells of this part, in their order: by build, then by contract.
    pub fn cells(self, contracts: &[&str], builds: &[&str]) -> Vec<CellName> {
        let all =
            builds.iter().flat_map(|build| contracts.iter().map(|c| ((*c).to_owned(), (*build).to_owned())));
        let total = contracts.len() * builds.len();
        let end = |part: usize| total * part / self.of;
        all.skip(end(self.part - 1)).take(end(self.part) - end(self.part - 1)).collect()
    }
}

/// The cells of a run that wait for their build.
pub struct Waiting {
    cells: Mutex<Vec<Ready>>,
    queue: Arc<Queue>,
}

impl Waiting {
    /// Releases the cells of a build, which can be loaded now.
    pub fn release(&self, build: &str) {
        let mut waiting = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.extract_if(.., |ready| ready.cell.1 == build).for_each(|ready| self.queue.add(ready));
    }
}

impl Drop for Waiting {
    /// Nobody releases cells any more.
    fn drop(&mut self) {
        self.queue.complete();
    }
}

/// Checks cells, at most `lanes` at a time, while `prepare` compiles their builds and [releases](Waiting::release) the
/// cells of each that is ready. Cells that are not released do not run. `done` is called with each result as it comes;
/// all are returned, by contract, then build, with what `prepare` returns.
pub fn run<R: Runner, T>(
    cells: &Cells<R>,
    wanted: Vec<CellName>,
    lanes: usize,
    prepare: impl FnOnce(&Waiting) -> T,
    done: impl Fn(&CellResult) + Sync,
) -> (Vec<Checked>, T) {
    let queue = Arc::new(Queue::default());
    let lanes = lanes.min(wanted.len());
    let results = Mutex::new(Vec::new());
    let ready = |cell: CellName| Ready { takes_turns: cells.runner().takes_turns(&cell.0), cell };
    let waiting =
        Waiting { cells: Mutex::new(wanted.into_iter().map(ready).collect()), queue: queue.clone() };
    let prepared = std::thread::scope(|scope| {
        for _ in 0..lanes {
            scope.spawn(|| {
                while let Some(taken) = queue.take() {
                    let (contract, build) = taken.cell();
                    let checked = cells.check(contract, build);
                    drop(taken);
                    done(&checked.result);
                    results.lock().unwrap_or_else(PoisonError::into_inner).push(checked);
                }
            });
        }
        let waiting = waiting;
        prepare(&waiting)
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by(|a, b| a.result.cell().cmp(&b.result.cell()));
    (results, prepared)
}

/// The builds of some cells.
pub fn builds_of(cells: &[CellName]) -> BTreeSet<&str> {
    cells.iter().map(|(_, build)| build.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_all_cells_once_and_keep_builds_together() {
        let (contracts, builds) = (["a", "b", "c"], ["1", "2", "3", "4", "5"]);
        let part = |text: &str| text.parse::<Partition>().unwrap().cells(&contracts, &builds);
        let parts: Vec<Vec<CellName>> = ["1/4", "2/4", "3/4", "4/4"].map(part).into();
        assert_eq!(parts.concat(), Partition::default().cells(&contracts, &builds));
        assert_eq!(parts.iter().map(Vec::len).collect::<Vec<_>>(), [3, 4, 4, 4]);
        assert_eq!(builds_of(&parts[0]), BTreeSet::from(["1"]));
    }

    #[test]
    fn an_invalid_part_is_rejected() {
        for text in ["", "1", "0/4", "5/4", "1/0", "a/b"] {
            assert!(text.parse::<Partition>().is_err(), "{text}");
        }
    }
}
