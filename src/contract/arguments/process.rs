//! The arguments of the verbs that concern the whole process.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::arguments;
use crate::outcome::sqlite_names::{LimitName, StatusCounter};

arguments! {
    /// No arguments.
    Nothing {}
    brief or nothing
}

arguments! {
    /// A counter of the process.
    Status {
        /// Which counter.
        counter: StatusCounter,
    } optional {
        /// The highest value instead of the present one.
        peak: bool,
        /// Resets the mark after reading it.
        reset: bool,
    }
}

arguments! {
    /// Whether to reset the mark after reading it.
    Highwater {} optional {
        /// Resets the mark after reading it.
        reset: bool,
    }
    brief or nothing
}

arguments! {
    /// A number of bytes.
    Bytes {
        /// How many bytes.
        bytes: i64,
    }
    brief bytes
}

arguments! {
    /// A result code.
    ResultCode {
        /// Its name.
        code: String,
    }
    brief code
}

arguments! {
    /// Functions of C.
    Exports {
        /// Their names.
        functions: Vec<String>,
    }
}

arguments! {
    /// A trace.
    Replay {
        /// What it is called where its outcome is shown.
        name: String,
        /// Where the file is.
        path: String [Hidden],
    } optional {
        /// A run-time limit that each connection has lowered when it is opened.
        limit: Option<LimitName> [Hidden],
        /// To how much.
        at_most: i32 [Hidden],
    }
}

arguments! {
    /// One of SQLite's keywords.
    KeywordName {
        /// Its number, from 0.
        at: i32,
    }
    brief at
}

/// Options of `sqlite3_config`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Config {
    /// No mutexes: one thread alone calls SQLite.
    Singlethread,
    /// No mutexes on connections: one thread at a time uses each.
    Multithread,
    /// All mutexes: any thread may use any connection.
    Serialized,
    /// Memory statistics on or off.
    Memstatus(bool),
    /// A fixed heap of so many bytes, handed over by us (SQLITE_ENABLE_MEMSYS5).
    Heap {
        /// Bytes of the heap.
        bytes: u32,
        /// Bytes of its least allocation.
        min_allocation: u32,
    },
    /// Page cache memory handed over: slots of so many bytes.
    Pagecache {
        /// Bytes of a slot.
        slot: u32,
        /// How many slots.
        slots: u32,
    },
    /// The default lookaside of every connection.
    Lookaside {
        /// Bytes of a slot.
        slot: i32,
        /// How many slots.
        slots: i32,
    },
    /// Whether file names that begin with `file:` are URIs.
    Uri(bool),
    /// Keeps what SQLite writes to its error log, for `log`.
    Log,
    /// The counting allocator, which `allocations`, `fail_allocation`, `sweep` and others need.
    Malloc,
    /// Mutexes that know which actor has them, for a `schedule` with `mutexes`.
    Mutex,
}

/// Ways to end or harm a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Misbehaviour {
    /// Raises SIGSEGV.
    Segfault,
    /// Calls `abort`.
    Abort,
    /// Leaves the process with status 0.
    Exit,
    /// Never comes back.
    Hang,
    /// Allocates until there is no more.
    ExhaustMemory,
    /// Allocates 100 bytes by `sqlite3_malloc` and forgets them.
    Leak,
}
