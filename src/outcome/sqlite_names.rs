//! SQLite's own names for its codes, counters, limits and flags, without the `SQLITE_` prefix.
//!
//! The numbers are part of SQLite's stable interface (<https://sqlite.org/rescode.html>,
//! <https://sqlite.org/c3ref/constlist.html>), so they are listed here and need no header.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The name of a result code: the extended one where it has one (`BUSY_SNAPSHOT`), else the primary one with
/// the number.
pub(crate) fn code_name(code: i32) -> String {
    let named = |code: i32| RESULT_CODES.iter().find(|(_, number)| *number == code).map(|(name, _)| *name);
    match (named(code), named(code & 0xff)) {
        (Some(name), _) => name.to_owned(),
        (None, Some(primary)) => format!("{primary} (extended code {code})"),
        (None, None) => format!("{NAMELESS}{code}"),
    }
}

/// The prefix of a code that has no name.
const NAMELESS: &str = "code ";

/// The code at the start of a text, as [`code_name`] writes it; the primary one where the text has a number.
pub(crate) fn leading_code(text: &str) -> Option<i32> {
    let nameless = || text.strip_prefix(NAMELESS)?.split([' ', ':']).next()?.parse().ok();
    code_number(text.split([' ', ':']).next()?).or_else(nameless)
}

/// The number of the result code with this name.
pub(crate) fn code_number(name: &str) -> Option<i32> {
    RESULT_CODES.iter().find(|(known, _)| *known == name).map(|(_, number)| *number)
}

/// The names of all result codes.
pub(crate) fn code_names() -> impl Iterator<Item = &'static str> {
    RESULT_CODES.iter().map(|(name, _)| *name)
}

/// <https://sqlite.org/rescode.html>
const RESULT_CODES: &[(&str, i32)] = &[
    ("OK", 0),
    ("ERROR", 1),
    ("INTERNAL", 2),
    ("PERM", 3),
    ("ABORT", 4),
    ("BUSY", 5),
    ("LOCKED", 6),
    ("NOMEM", 7),
    ("READONLY", 8),
    ("INTERRUPT", 9),
    ("IOERR", 10),
    ("CORRUPT", 11),
    ("NOTFOUND", 12),
    ("FULL", 13),
    ("CANTOPEN", 14),
    ("PROTOCOL", 15),
    ("EMPTY", 16),
    ("SCHEMA", 17),
    ("TOOBIG", 18),
    ("CONSTRAINT", 19),
    ("MISMATCH", 20),
    ("MISUSE", 21),
    ("NOLFS", 22),
    ("AUTH", 23),
    ("FORMAT", 24),
    ("RANGE", 25),
    ("NOTADB", 26),
    ("NOTICE", 27),
    ("WARNING", 28),
    ("ROW", 100),
    ("DONE", 101),
    ("ERROR_MISSING_COLLSEQ", 257),
    ("ERROR_RETRY", 513),
    ("ERROR_SNAPSHOT", 769),
    ("ABORT_ROLLBACK", 516),
    ("BUSY_RECOVERY", 261),
    ("BUSY_SNAPSHOT", 517),
    ("BUSY_TIMEOUT", 773),
    ("LOCKED_SHAREDCACHE", 262),
    ("LOCKED_VTAB", 518),
    ("READONLY_RECOVERY", 264),
    ("READONLY_CANTLOCK", 520),
    ("READONLY_ROLLBACK", 776),
    ("READONLY_DBMOVED", 1032),
    ("READONLY_CANTINIT", 1288),
    ("READONLY_DIRECTORY", 1544),
    ("IOERR_READ", 266),
    ("IOERR_SHORT_READ", 522),
    ("IOERR_WRITE", 778),
    ("IOERR_FSYNC", 1034),
    ("IOERR_TRUNCATE", 1546),
    ("IOERR_FSTAT", 1802),
    ("IOERR_UNLOCK", 2058),
    ("IOERR_RDLOCK", 2314),
    ("IOERR_DELETE", 2570),
    ("IOERR_NOMEM", 3082),
    ("IOERR_LOCK", 3850),
    ("IOERR_CLOSE", 4106),
    ("IOERR_SHMOPEN", 4618),
    ("IOERR_DELETE_NOENT", 5898),
    ("CORRUPT_VTAB", 267),
    ("CORRUPT_SEQUENCE", 523),
    ("CORRUPT_INDEX", 779),
    ("CANTOPEN_NOTEMPDIR", 270),
    ("CANTOPEN_ISDIR", 526),
    ("CANTOPEN_FULLPATH", 782),
    ("CONSTRAINT_CHECK", 275),
    ("CONSTRAINT_COMMITHOOK", 531),
    ("CONSTRAINT_FOREIGNKEY", 787),
    ("CONSTRAINT_FUNCTION", 1043),
    ("CONSTRAINT_NOTNULL", 1299),
    ("CONSTRAINT_PRIMARYKEY", 1555),
    ("CONSTRAINT_TRIGGER", 1811),
    ("CONSTRAINT_UNIQUE", 2067),
    ("CONSTRAINT_VTAB", 2323),
    ("CONSTRAINT_ROWID", 2579),
    ("CONSTRAINT_PINNED", 2835),
    ("CONSTRAINT_DATATYPE", 3091),
];

/// An enumeration whose values are SQLite's names in lower case, each with SQLite's number.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $number:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        #[allow(missing_docs, reason = "SQLite documents each name on the page that the type links to")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// SQLite's number for it.
            pub fn number(self) -> i32 {
                match self { $(Self::$variant => $number),+ }
            }

            /// The value with this number; `None` when there is none.
            pub fn from_number(number: i32) -> Option<Self> {
                [$(Self::$variant),+].into_iter().find(|known| known.number() == number)
            }

            /// SQLite's name for it, without its prefix.
            pub fn name(self) -> String {
                let mut name = String::new();
                for c in format!("{self:?}").chars() {
                    if c.is_ascii_uppercase() && !name.is_empty() {
                        name.push('_');
                    }
                    name.push(c.to_ascii_uppercase());
                }
                name
            }
        }
    };
}

words! {
    /// Counters of a statement, <https://sqlite.org/c3ref/c_stmtstatus_counter.html>.
    StmtCounter {
        FullscanStep = 1, Sort = 2, Autoindex = 3, VmStep = 4, Reprepare = 5, Run = 6,
        FilterMiss = 7, FilterHit = 8, Memused = 99,
    }
}

words! {
    /// Counters of a connection, <https://sqlite.org/c3ref/c_dbstatus_options.html>.
    DbCounter {
        LookasideUsed = 0, CacheUsed = 1, SchemaUsed = 2, StmtUsed = 3, LookasideHit = 4,
        LookasideMissSize = 5, LookasideMissFull = 6, CacheHit = 7, CacheMiss = 8, CacheWrite = 9,
        DeferredFks = 10, CacheUsedShared = 11, CacheSpill = 12,
    }
}

words! {
    /// Counters of the process, <https://sqlite.org/c3ref/c_status_malloc_count.html>.
    StatusCounter {
        MemoryUsed = 0, PagecacheUsed = 1, PagecacheOverflow = 2, MallocSize = 5, ParserStack = 6,
        PagecacheSize = 7, MallocCount = 9,
    }
}

/// Counters of the counting allocator: what SQLite asked of `malloc`, `realloc` and `free`,
/// <https://sqlite.org/c3ref/mem_methods.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AllocationCounter {
    /// Blocks that live now.
    LiveBlocks,
    /// Their bytes.
    LiveBytes,
    /// The most bytes that lived at once.
    PeakBytes,
    /// Successful calls of `malloc`.
    Mallocs,
    /// Successful calls of `realloc`.
    Reallocs,
    /// Calls of `free`.
    Frees,
    /// Calls that were refused.
    Failed,
}

words! {
    /// Run-time limits of a connection, <https://sqlite.org/c3ref/c_limit_attached.html>.
    LimitName {
        Length = 0, SqlLength = 1, Column = 2, ExprDepth = 3, CompoundSelect = 4, VdbeOp = 5,
        FunctionArg = 6, Attached = 7, LikePatternLength = 8, VariableNumber = 9, TriggerDepth = 10,
        WorkerThreads = 11,
    }
}

words! {
    /// Switches of a connection, <https://sqlite.org/c3ref/c_dbconfig_defensive.html>.
    DbSwitch {
        EnableFkey = 1002, EnableTrigger = 1003, EnableFts3Tokenizer = 1004, EnableLoadExtension = 1005,
        NoCkptOnClose = 1006, EnableQpsg = 1007, TriggerEqp = 1008, ResetDatabase = 1009, Defensive = 1010,
        WritableSchema = 1011, LegacyAlterTable = 1012, DqsDml = 1013, DqsDdl = 1014, EnableView = 1015,
        LegacyFileFormat = 1016, TrustedSchema = 1017, StmtScanstatus = 1018, ReverseScanorder = 1019,
        EnableAttachCreate = 1020, EnableAttachWrite = 1021, EnableComments = 1022,
        /// A number of digits between 3 and 23, not a switch; 0 asks.
        FpDigits = 1023,
    }
}

words! {
    /// Flags of `sqlite3_open_v2`, <https://sqlite.org/c3ref/c_open_autoproxy.html>.
    OpenFlag {
        Readonly = 0x1, Readwrite = 0x2, Create = 0x4, Uri = 0x40, Memory = 0x80, Nomutex = 0x8000,
        Fullmutex = 0x10000, Sharedcache = 0x20000, Privatecache = 0x40000, Nofollow = 0x0100_0000,
        Exrescode = 0x0200_0000,
    }
}

words! {
    /// Flags of `sqlite3_prepare_v3`, <https://sqlite.org/c3ref/c_prepare_dont_log.html>.
    PrepareFlag { Persistent = 1, Normalize = 2, NoVtab = 4 }
}

words! {
    /// Flags of `sqlite3_deserialize`, <https://sqlite.org/c3ref/c_deserialize_freeonclose.html>.
    DeserializeFlag { Freeonclose = 1, Resizeable = 2, Readonly = 4 }
}

words! {
    /// Flags of `sqlite3_create_function_v2`, <https://sqlite.org/c3ref/c_deterministic.html>.
    FunctionFlag {
        Deterministic = 0x800, Directonly = 0x8_0000, Subtype = 0x10_0000, Innocuous = 0x20_0000,
        ResultSubtype = 0x100_0000,
    }
}

words! {
    /// Events of `sqlite3_trace_v2`, <https://sqlite.org/c3ref/c_trace.html>.
    TraceEvent { Stmt = 1, Profile = 2, Row = 4, Close = 8 }
}

words! {
    /// Modes of a checkpoint, <https://sqlite.org/c3ref/c_checkpoint_full.html>.
    CheckpointMode { Noop = -1, Passive = 0, Full = 1, Restart = 2, Truncate = 3 }
}

words! {
    /// What an authorizer is asked about, <https://sqlite.org/c3ref/c_alter_table.html>.
    Action {
        CreateIndex = 1, CreateTable = 2, CreateTempIndex = 3, CreateTempTable = 4, CreateTempTrigger = 5,
        CreateTempView = 6, CreateTrigger = 7, CreateView = 8, Delete = 9, DropIndex = 10, DropTable = 11,
        DropTempIndex = 12, DropTempTable = 13, DropTempTrigger = 14, DropTempView = 15, DropTrigger = 16,
        DropView = 17, Insert = 18, Pragma = 19, Read = 20, Select = 21, Transaction = 22, Update = 23,
        Attach = 24, Detach = 25, AlterTable = 26, Reindex = 27, Analyze = 28, CreateVtable = 29,
        DropVtable = 30, Function = 31, Savepoint = 32, Recursive = 33,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extended_codes_are_named_and_unknown_ones_keep_their_primary_name() {
        assert_eq!(code_name(2067), "CONSTRAINT_UNIQUE");
        assert_eq!(code_name(5 | (99 << 8)), "BUSY (extended code 25349)");
        assert_eq!(code_number("BUSY"), Some(5));
    }
}
