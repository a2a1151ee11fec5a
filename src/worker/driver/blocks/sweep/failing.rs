//! What a sweep lets fail.

use crate::contract::verb::{FailIo, Sweep, SweptOver};
use crate::outcome::show_holders;
use crate::outcome::sqlite_names::{AllocationCounter, IOERR_NOMEM, NOMEM};
use crate::worker::ffi::{self, Library, allocator};
use crate::worker::io;

/// Allocations or calls of the file system, one of which fails in each run.
pub(super) enum Failing {
    Allocations {
        /// Blocks that live for as long as the process does: what the first run left.
        live: u64,
        /// What was allocated before this run.
        mark: u64,
        failed_before: u64,
    },
    Io {
        fail: FailIo,
        /// Bytes that the library holds for as long as the process lives.
        held: i64,
        /// Files that connections of the case have open meanwhile.
        files: u64,
    },
}

impl Failing {
    pub(super) fn new(sweep: &Sweep) -> Self {
        match sweep.over {
            SweptOver::Allocations => Self::Allocations { live: 0, mark: 0, failed_before: 0 },
            SweptOver::Io => {
                let Sweep { operation, file, error, .. } = *sweep;
                Self::Io { fail: FailIo { operation, file, error, ..FailIo::of(0) }, held: 0, files: 0 }
            }
        }
    }

    /// What is counted.
    pub(super) fn what(&self) -> &'static str {
        match self {
            Self::Allocations { .. } => "allocation",
            Self::Io { .. } => "call of the file system",
        }
    }

    /// What is there after a run in which nothing failed may stay.
    pub(super) fn remember_what_is_there(&mut self, library: &Library) {
        match self {
            Self::Allocations { live, .. } => *live = allocator::count(AllocationCounter::LiveBlocks),
            Self::Io { held, files, .. } => {
                *held = ffi::memory_used(library).unwrap_or(0);
                *files = io::open_files();
            }
        }
    }

    /// Lets the n-th from now on fail.
    pub(super) fn begin(&mut self, n: u64, persistent: bool) {
        match self {
            Self::Allocations { mark, failed_before, .. } => {
                *mark = allocator::mark();
                *failed_before = allocator::count(AllocationCounter::Failed);
                allocator::fail(n, persistent);
            }
            Self::Io { fail, .. } => {
                io::fail(Some(FailIo { at: n, persistent, ..fail.clone() }));
            }
        }
    }

    /// Lets nothing fail any more. Returns whether anything did.
    pub(super) fn end(&mut self) -> bool {
        match self {
            Self::Allocations { failed_before, .. } => {
                allocator::fail(0, false);
                allocator::count(AllocationCounter::Failed) > *failed_before
            }
            Self::Io { .. } => io::fail(None) > 0,
        }
    }

    /// Whether a step may fail with this code for that reason.
    pub(super) fn explains(&self, code: i32) -> bool {
        const PRIMARY: [i32; 7] = [BUSY, NOMEM, IOERR, CORRUPT, FULL, CANTOPEN, PROTOCOL];
        const BUSY: i32 = 5;
        const IOERR: i32 = 10;
        const CORRUPT: i32 = 11;
        const FULL: i32 = 13;
        const CANTOPEN: i32 = 14;
        const PROTOCOL: i32 = 15;
        match self {
            Self::Allocations { .. } => matches!(code, NOMEM | IOERR_NOMEM),
            Self::Io { .. } => PRIMARY.contains(&(code & 0xff)),
        }
    }

    /// What a run has left, when every handle is closed.
    pub(super) fn left_over(&self, library: &Library) -> Option<String> {
        match self {
            Self::Allocations { live, mark, .. } => {
                let is_left = allocator::count(AllocationCounter::LiveBlocks) > *live;
                is_left.then(|| show_holders(&allocator::outstanding(*mark)))
            }
            Self::Io { held, files, .. } => {
                let bytes = ffi::memory_used(library).map_or(0, |used| used - held);
                let files = io::open_files().saturating_sub(*files);
                (bytes > 0 || files > 0).then(|| format!("{bytes} bytes, {files} open files"))
            }
        }
    }
}
