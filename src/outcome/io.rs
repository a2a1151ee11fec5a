//! The calls that SQLite makes of a file system, <https://sqlite.org/c3ref/io_methods.html>, and the files that it makes
//! them of.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What SQLite asks of a file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// `xOpen`
    Open,
    /// `xClose`
    Close,
    /// `xDelete`
    Delete,
    /// `xAccess`
    Access,
    /// `xRead`
    Read,
    /// `xWrite`
    Write,
    /// `xTruncate`
    Truncate,
    /// `xSync`
    Sync,
    /// `xFileSize`
    FileSize,
    /// `xLock`
    Lock,
    /// `xUnlock`
    Unlock,
    /// `xCheckReservedLock`
    CheckReservedLock,
    /// `xShmMap`
    ShmMap,
    /// `xShmLock`, to take a lock
    ShmLock,
    /// `xShmLock`, to give one back
    ShmUnlock,
    /// `xShmBarrier`
    ShmBarrier,
    /// `xShmUnmap`
    ShmUnmap,
    /// `xFetch`
    Fetch,
    /// `xUnfetch`
    Unfetch,
    /// `xSleep`
    Sleep,
}

impl Operation {
    /// Each of them.
    pub const ALL: [Self; 20] = [
        Self::Open,
        Self::Close,
        Self::Delete,
        Self::Access,
        Self::Read,
        Self::Write,
        Self::Truncate,
        Self::Sync,
        Self::FileSize,
        Self::Lock,
        Self::Unlock,
        Self::CheckReservedLock,
        Self::ShmMap,
        Self::ShmLock,
        Self::ShmUnlock,
        Self::ShmBarrier,
        Self::ShmUnmap,
        Self::Fetch,
        Self::Unfetch,
        Self::Sleep,
    ];

    /// Its word in contracts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Close => "close",
            Self::Delete => "delete",
            Self::Access => "access",
            Self::Read => "read",
            Self::Write => "write",
            Self::Truncate => "truncate",
            Self::Sync => "sync",
            Self::FileSize => "file_size",
            Self::Lock => "lock",
            Self::Unlock => "unlock",
            Self::CheckReservedLock => "check_reserved_lock",
            Self::ShmMap => "shm_map",
            Self::ShmLock => "shm_lock",
            Self::ShmUnlock => "shm_unlock",
            Self::ShmBarrier => "shm_barrier",
            Self::ShmUnmap => "shm_unmap",
            Self::Fetch => "fetch",
            Self::Unfetch => "unfetch",
            Self::Sleep => "sleep",
        }
    }
}

/// What a file is to SQLite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// A database.
    Database,
    /// Its rollback journal, <https://sqlite.org/tempfiles.html>.
    Journal,
    /// Its write-ahead log.
    Wal,
    /// The journal of a transaction over several databases.
    SuperJournal,
    /// What is deleted when it is closed: temporary databases, sorters, journals of statements.
    Temporary,
    /// None: the call is of no file.
    None,
}

impl FileKind {
    /// Each of them.
    pub const ALL: [Self; 6] =
        [Self::Database, Self::Journal, Self::Wal, Self::SuperJournal, Self::Temporary, Self::None];

    /// Its word in contracts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Journal => "journal",
            Self::Wal => "wal",
            Self::SuperJournal => "super_journal",
            Self::Temporary => "temporary",
            Self::None => "none",
        }
    }

    /// By the flags with which SQLite opens it, <https://sqlite.org/c3ref/c_open_autoproxy.html>.
    pub(crate) fn of_flags(flags: i32) -> Self {
        const MAIN_DB: i32 = 0x100;
        const MAIN_JOURNAL: i32 = 0x800;
        const SUPER_JOURNAL: i32 = 0x4000;
        const WAL: i32 = 0x8_0000;
        let is = |flag| flags & flag != 0;
        match () {
            () if is(MAIN_DB) => Self::Database,
            () if is(MAIN_JOURNAL) => Self::Journal,
            () if is(SUPER_JOURNAL) => Self::SuperJournal,
            () if is(WAL) => Self::Wal,
            () => Self::Temporary,
        }
    }

    /// By its name, where there is nothing else to tell.
    pub(crate) fn of_name(name: &str) -> Self {
        match () {
            () if name.ends_with("-journal") => Self::Journal,
            () if name.ends_with("-wal") => Self::Wal,
            () if name.contains("-mj") => Self::SuperJournal,
            () => Self::Database,
        }
    }
}

/// How a call of a file system fails.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// With the code of IOERR that belongs to the call; CANTOPEN for `open`.
    #[default]
    Ioerr,
    /// With FULL: the device has no room.
    Full,
    /// After a part: half of the bytes are read (IOERR_SHORT_READ) or written (FULL).
    Short,
    /// With BUSY, as when another process has the lock.
    Busy,
}

impl Failure {
    /// The result code for a call that fails so, <https://sqlite.org/rescode.html>.
    pub(crate) fn code(self, operation: Operation) -> i32 {
        const BUSY: i32 = 5;
        const IOERR: i32 = 10;
        const FULL: i32 = 13;
        const CANTOPEN: i32 = 14;
        let ioerr = |n: i32| IOERR | n << 8;
        match (self, operation) {
            (Self::Busy, _) => BUSY,
            (Self::Full, _) | (Self::Short, Operation::Write) => FULL,
            (Self::Short, Operation::Read) => ioerr(2),
            (_, Operation::Open) => CANTOPEN,
            (_, Operation::Read | Operation::Fetch | Operation::Unfetch) => ioerr(1),
            (_, Operation::Write) => ioerr(3),
            (_, Operation::Sync) => ioerr(4),
            (_, Operation::Truncate) => ioerr(6),
            (_, Operation::FileSize) => ioerr(7),
            (_, Operation::Unlock) => ioerr(8),
            (_, Operation::Delete) => ioerr(10),
            (_, Operation::Access) => ioerr(13),
            (_, Operation::CheckReservedLock) => ioerr(14),
            (_, Operation::Lock) => ioerr(15),
            (_, Operation::Close) => ioerr(16),
            (_, Operation::ShmLock | Operation::ShmUnlock) => ioerr(20),
            (_, Operation::ShmMap) => ioerr(21),
            (_, Operation::ShmBarrier | Operation::ShmUnmap | Operation::Sleep) => IOERR,
        }
    }
}
