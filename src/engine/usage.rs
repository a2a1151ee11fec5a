//! What a worker uses while it runs, and whether its budget allows that.

use std::path::Path;
use std::process::Child;
use std::time::Duration;

use crate::system::{self, Footprint};
use crate::worker::budget::{Budget, Limit};

/// How often this is looked at. A shorter request is never looked at: it cannot use much.
pub(super) const OFTEN: Duration = Duration::from_millis(100);

/// Says what a worker uses too much of, with its files in these directories.
pub(super) fn excess(worker: &Child, directories: [&Path; 2], budget: &Budget) -> Option<String> {
    let Footprint { memory, unnamed_files } = system::footprint(worker);
    let files = unnamed_files + directories.into_iter().map(bytes_in).sum::<u64>();
    let is_over = |limit, used| (used > budget.of(limit)).then(|| budget.exceeded(limit));
    is_over(Limit::Files, files).or_else(|| is_over(Limit::Memory, memory))
}

/// Files may come and go meanwhile.
fn bytes_in(directory: &Path) -> u64 {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let bytes = |entry: std::fs::DirEntry| match entry.metadata().ok()? {
        found if found.is_dir() => Some(bytes_in(&entry.path())),
        found => Some(found.len()),
    };
    entries.filter_map(bytes).sum()
}
