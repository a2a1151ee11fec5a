//! What is known and wanted of the calls of the watched file system: how many there were, which are to fail, what they
//! wrote, and where another actor may be let run. The file system itself is `ffi::vfs`, which calls [`before`] and
//! [`after`].

mod change;
mod disk;
mod memory_files;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub(super) use self::change::{Change, FileChange};
pub(super) use self::disk::{Disk, Image, Selection};
pub(super) use self::memory_files::{Content, How, Inode, MemoryFiles, Status};
use crate::contract::verb::FailIo;
use crate::outcome::io::{Failure, FileKind, Operation};

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is made.
    Made,
    /// It returns this code instead.
    Fails(i32),
    /// Half of its bytes are read or written, then it returns this code.
    Halved(i32),
}

/// A failure that was asked for.
#[derive(Debug)]
struct Awaited {
    fail: FailIo,
    /// Calls that it is about and that were made since.
    seen: u64,
    /// Calls that failed.
    failed: u64,
}

impl Awaited {
    /// Whether the next of the calls that it is about fails.
    fn is_due(&mut self) -> bool {
        self.seen += 1;
        let is_due = match self.fail.persistent {
            true => self.seen >= self.fail.at,
            false => self.seen == self.fail.at,
        };
        self.failed += u64::from(is_due);
        is_due
    }
}

/// How many calls there were, by operation and kind of file.
type Counts = [[u64; FileKind::ALL.len()]; Operation::ALL.len()];

#[derive(Debug)]
struct State {
    counts: Counts,
    awaited: Option<Awaited>,
    written: Option<Vec<FileChange>>,
    /// Files that are open.
    open: u64,
}

/// Nothing is known or wanted.
const NOTHING: State =
    State { counts: [[0; FileKind::ALL.len()]; Operation::ALL.len()], awaited: None, written: None, open: 0 };

static STATE: Mutex<State> = Mutex::new(NOTHING);

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// To be called before each call of the file system.
pub(super) fn before(operation: Operation, kind: FileKind) -> Fate {
    let mut state = state();
    state.counts[operation as usize][kind as usize] += 1;
    let Some(awaited) = &mut state.awaited else { return Fate::Made };
    if awaited.fail.is_about(operation, kind) && awaited.is_due() {
        failing(awaited.fail.error, operation)
    } else {
        Fate::Made
    }
}

/// How a call fails.
fn failing(error: Failure, operation: Operation) -> Fate {
    let code = error.code(operation);
    match (error, operation) {
        (Failure::Short, Operation::Read | Operation::Write) => Fate::Halved(code),
        _ => Fate::Fails(code),
    }
}

/// To be called after what changes a file in the case's directory.
pub(super) fn changed(file: &str, change: impl FnOnce() -> Change) {
    if file.is_empty() {
        return;
    }
    if let Some(written) = &mut state().written {
        written.push(FileChange { file: file.to_owned(), change: change() });
    }
}

/// To be called when a file was opened, or closed.
pub(super) fn opened(is_open: bool) {
    let mut state = state();
    state.open = if is_open { state.open + 1 } else { state.open.saturating_sub(1) };
}

/// How many files are open.
pub(super) fn open_files() -> u64 {
    state().open
}

/// Lets calls fail from now on; `None` lets none fail. Returns how many failed since it was asked last.
pub(super) fn fail(fail: Option<FailIo>) -> u64 {
    let awaited = fail.map(|fail| Awaited { fail, seen: 0, failed: 0 });
    std::mem::replace(&mut state().awaited, awaited).map_or(0, |before| before.failed)
}

/// Calls of these operations and files since the last [`reset`], by operation and kind of file.
pub(super) fn counts(wanted: impl Fn(Operation, FileKind) -> bool) -> BTreeMap<(Operation, FileKind), u64> {
    let state = state();
    let all = Operation::ALL.into_iter().flat_map(|operation| FileKind::ALL.map(|kind| (operation, kind)));
    let wanted = all.filter(|(operation, kind)| wanted(*operation, *kind));
    let counted =
        wanted.map(|(operation, kind)| ((operation, kind), state.counts[operation as usize][kind as usize]));
    counted.filter(|(_, n)| *n > 0).collect()
}

/// Counts from zero again.
pub(super) fn reset() {
    state().counts = NOTHING.counts;
}

/// Keeps what is written from now on.
pub(super) fn keep_written() {
    state().written = Some(Vec::new());
}

/// How much was kept.
pub(super) fn kept() -> usize {
    state().written.as_ref().map_or(0, Vec::len)
}

/// What was written since [`keep_written`], which no longer holds.
pub(super) fn take_written() -> Vec<FileChange> {
    state().written.take().unwrap_or_default()
}

/// Forgets all of a run.
pub(super) fn forget() {
    *state() = NOTHING;
}
