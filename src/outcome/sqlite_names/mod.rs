//! SQLite's own names for its codes, counters, limits and flags, without the `SQLITE_` prefix.
//!
//! The numbers are part of SQLite's stable interface (<https://sqlite.org/rescode.html>,
//! <https://sqlite.org/c3ref/constlist.html>), so they are written down here and need no header.

mod codes;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::codes::*;

/// An enumeration of SQLite's names, each with SQLite's number; the words of contracts are the names in lower case.
macro_rules! words {
    ($(#[$doc:meta])* $enum:ident { $($(#[$vdoc:meta])* $name:ident: $variant:ident = $number:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        #[allow(missing_docs, reason = "the variants are SQLite's own names, which the linked page explains")]
        pub enum $enum { $($(#[$vdoc])* $variant),+ }

        impl $enum {
            /// Each of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// SQLite's number for it.
            pub fn number(self) -> i32 {
                match self { $(Self::$variant => $number),+ }
            }

            /// The one with this number.
            pub fn from_number(number: i32) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.number() == number)
            }

            /// SQLite's name for it, without its prefix.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($name)),+ }
            }
        }
    };
}

words! {
    /// Counters of a statement, <https://sqlite.org/c3ref/c_stmtstatus_counter.html>.
    StmtCounter {
        FULLSCAN_STEP: FullscanStep = 1, SORT: Sort = 2, AUTOINDEX: Autoindex = 3, VM_STEP: VmStep = 4,
        REPREPARE: Reprepare = 5, RUN: Run = 6, FILTER_MISS: FilterMiss = 7, FILTER_HIT: FilterHit = 8,
        MEMUSED: Memused = 99,
    }
}

words! {
    /// Counters of a connection, <https://sqlite.org/c3ref/c_dbstatus_options.html>.
    DbCounter {
        LOOKASIDE_USED: LookasideUsed = 0, CACHE_USED: CacheUsed = 1, SCHEMA_USED: SchemaUsed = 2,
        STMT_USED: StmtUsed = 3, LOOKASIDE_HIT: LookasideHit = 4,
        LOOKASIDE_MISS_SIZE: LookasideMissSize = 5, LOOKASIDE_MISS_FULL: LookasideMissFull = 6,
        CACHE_HIT: CacheHit = 7, CACHE_MISS: CacheMiss = 8, CACHE_WRITE: CacheWrite = 9,
        DEFERRED_FKS: DeferredFks = 10, CACHE_USED_SHARED: CacheUsedShared = 11,
        CACHE_SPILL: CacheSpill = 12, TEMPBUF_SPILL: TempbufSpill = 13,
    }
}

words! {
    /// Counters of the process, <https://sqlite.org/c3ref/c_status_malloc_count.html>.
    StatusCounter {
        MEMORY_USED: MemoryUsed = 0, PAGECACHE_USED: PagecacheUsed = 1,
        PAGECACHE_OVERFLOW: PagecacheOverflow = 2, MALLOC_SIZE: MallocSize = 5,
        PARSER_STACK: ParserStack = 6, PAGECACHE_SIZE: PagecacheSize = 7, MALLOC_COUNT: MallocCount = 9,
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
        LENGTH: Length = 0, SQL_LENGTH: SqlLength = 1, COLUMN: Column = 2, EXPR_DEPTH: ExprDepth = 3,
        COMPOUND_SELECT: CompoundSelect = 4, VDBE_OP: VdbeOp = 5, FUNCTION_ARG: FunctionArg = 6,
        ATTACHED: Attached = 7, LIKE_PATTERN_LENGTH: LikePatternLength = 8,
        VARIABLE_NUMBER: VariableNumber = 9, TRIGGER_DEPTH: TriggerDepth = 10,
        WORKER_THREADS: WorkerThreads = 11, PARSER_DEPTH: ParserDepth = 12, SCHEMA: Schema = 13,
        TRIGGER_STEPS: TriggerSteps = 14,
    }
}

words! {
    /// Switches of a connection, <https://sqlite.org/c3ref/c_dbconfig_defensive.html>.
    DbSwitch {
        ENABLE_FKEY: EnableFkey = 1002, ENABLE_TRIGGER: EnableTrigger = 1003,
        ENABLE_FTS3_TOKENIZER: EnableFts3Tokenizer = 1004,
        ENABLE_LOAD_EXTENSION: EnableLoadExtension = 1005, NO_CKPT_ON_CLOSE: NoCkptOnClose = 1006,
        ENABLE_QPSG: EnableQpsg = 1007, TRIGGER_EQP: TriggerEqp = 1008,
        RESET_DATABASE: ResetDatabase = 1009, DEFENSIVE: Defensive = 1010,
        WRITABLE_SCHEMA: WritableSchema = 1011, LEGACY_ALTER_TABLE: LegacyAlterTable = 1012,
        DQS_DML: DqsDml = 1013, DQS_DDL: DqsDdl = 1014, ENABLE_VIEW: EnableView = 1015,
        LEGACY_FILE_FORMAT: LegacyFileFormat = 1016, TRUSTED_SCHEMA: TrustedSchema = 1017,
        STMT_SCANSTATUS: StmtScanstatus = 1018, REVERSE_SCANORDER: ReverseScanorder = 1019,
        ENABLE_ATTACH_CREATE: EnableAttachCreate = 1020, ENABLE_ATTACH_WRITE: EnableAttachWrite = 1021,
        ENABLE_COMMENTS: EnableComments = 1022,
        /// A number of digits between 3 and 23, not a switch; 0 asks.
        FP_DIGITS: FpDigits = 1023,
    }
}

words! {
    /// What `sqlite3_file_control` asks or tells a database's file, <https://sqlite.org/c3ref/c_fcntl_begin_atomic_write.html>.
    FileControlOp {
        LOCKSTATE: Lockstate = 1, LAST_ERRNO: LastErrno = 4, SIZE_HINT: SizeHint = 5, CHUNK_SIZE: ChunkSize = 6,
        PERSIST_WAL: PersistWal = 10, VFSNAME: Vfsname = 12, POWERSAFE_OVERWRITE: PowersafeOverwrite = 13,
        MMAP_SIZE: MmapSize = 18, HAS_MOVED: HasMoved = 20, DATA_VERSION: DataVersion = 35,
        SIZE_LIMIT: SizeLimit = 36, RESERVE_BYTES: ReserveBytes = 38, RESET_CACHE: ResetCache = 42,
    }
}

words! {
    /// Flags of `sqlite3_open_v2`, <https://sqlite.org/c3ref/c_open_autoproxy.html>.
    OpenFlag {
        READONLY: Readonly = 0x1, READWRITE: Readwrite = 0x2, CREATE: Create = 0x4, URI: Uri = 0x40,
        MEMORY: Memory = 0x80, NOMUTEX: Nomutex = 0x8000, FULLMUTEX: Fullmutex = 0x10000,
        SHAREDCACHE: Sharedcache = 0x20000, PRIVATECACHE: Privatecache = 0x40000,
        NOFOLLOW: Nofollow = 0x0100_0000, EXRESCODE: Exrescode = 0x0200_0000,
    }
}

words! {
    /// Flags of `sqlite3_prepare_v3`, <https://sqlite.org/c3ref/c_prepare_dont_log.html>.
    PrepareFlag { PERSISTENT: Persistent = 1, NORMALIZE: Normalize = 2, NO_VTAB: NoVtab = 4 }
}

words! {
    /// Flags of `sqlite3_deserialize`, <https://sqlite.org/c3ref/c_deserialize_freeonclose.html>.
    DeserializeFlag { FREEONCLOSE: Freeonclose = 1, RESIZEABLE: Resizeable = 2, READONLY: Readonly = 4 }
}

words! {
    /// Why a change could not be applied, <https://sqlite.org/session/c_changeset_conflict.html>.
    ConflictKind { DATA: Data = 1, NOTFOUND: Notfound = 2, CONFLICT: Conflict = 3, CONSTRAINT: Constraint = 4, FOREIGN_KEY: ForeignKey = 5 }
}

words! {
    /// What is done about such a change, <https://sqlite.org/session/c_changeset_abort.html>.
    Resolution { OMIT: Omit = 0, REPLACE: Replace = 1, ABORT: Abort = 2 }
}

words! {
    /// Flags of `sqlite3changeset_apply_v2`, <https://sqlite.org/session/c_changesetapply_fknoaction.html>.
    ApplyFlag {
        NOSAVEPOINT: Nosavepoint = 1, INVERT: Invert = 2, IGNORENOOP: Ignorenoop = 4, FKNOACTION: Fknoaction = 8,
        NOUPDATELOOP: Noupdateloop = 16,
    }
}

words! {
    /// Options of a session, <https://sqlite.org/session/c_session_objconfig_rowid.html>.
    SessionOption { SIZE: Size = 1, ROWID: Rowid = 2 }
}

words! {
    /// What a virtual table is offered to look rows up by, <https://sqlite.org/c3ref/c_index_constraint_eq.html>.
    ConstraintOp {
        EQ: Eq = 2, GT: Gt = 4, LE: Le = 8, LT: Lt = 16, GE: Ge = 32, MATCH: Match = 64, LIKE: Like = 65,
        GLOB: Glob = 66, REGEXP: Regexp = 67, NE: Ne = 68, ISNOT: Isnot = 69, ISNOTNULL: Isnotnull = 70,
        ISNULL: Isnull = 71, IS: Is = 72, LIMIT: Limit = 73, OFFSET: Offset = 74, FUNCTION: Function = 150,
    }
}

words! {
    /// What a virtual table says of itself, <https://sqlite.org/c3ref/c_vtab_constraint_support.html>.
    VtabOption {
        CONSTRAINT_SUPPORT: ConstraintSupport = 1, INNOCUOUS: Innocuous = 2, DIRECTONLY: Directonly = 3,
        USES_ALL_SCHEMAS: UsesAllSchemas = 4,
    }
}

words! {
    /// Flags of `sqlite3_create_function_v2`, <https://sqlite.org/c3ref/c_deterministic.html>.
    FunctionFlag {
        DETERMINISTIC: Deterministic = 0x800, DIRECTONLY: Directonly = 0x8_0000,
        SUBTYPE: Subtype = 0x10_0000, INNOCUOUS: Innocuous = 0x20_0000,
        RESULT_SUBTYPE: ResultSubtype = 0x100_0000,
    }
}

words! {
    /// Events of `sqlite3_trace_v2`, <https://sqlite.org/c3ref/c_trace.html>.
    TraceEvent { STMT: Stmt = 1, PROFILE: Profile = 2, ROW: Row = 4, CLOSE: Close = 8 }
}

words! {
    /// Modes of a checkpoint, <https://sqlite.org/c3ref/c_checkpoint_full.html>.
    CheckpointMode { NOOP: Noop = -1, PASSIVE: Passive = 0, FULL: Full = 1, RESTART: Restart = 2, TRUNCATE: Truncate = 3 }
}

words! {
    /// What an authorizer is asked about, <https://sqlite.org/c3ref/c_alter_table.html>.
    Action {
        CREATE_INDEX: CreateIndex = 1, CREATE_TABLE: CreateTable = 2,
        CREATE_TEMP_INDEX: CreateTempIndex = 3, CREATE_TEMP_TABLE: CreateTempTable = 4,
        CREATE_TEMP_TRIGGER: CreateTempTrigger = 5, CREATE_TEMP_VIEW: CreateTempView = 6,
        CREATE_TRIGGER: CreateTrigger = 7, CREATE_VIEW: CreateView = 8, DELETE: Delete = 9,
        DROP_INDEX: DropIndex = 10, DROP_TABLE: DropTable = 11, DROP_TEMP_INDEX: DropTempIndex = 12,
        DROP_TEMP_TABLE: DropTempTable = 13, DROP_TEMP_TRIGGER: DropTempTrigger = 14,
        DROP_TEMP_VIEW: DropTempView = 15, DROP_TRIGGER: DropTrigger = 16, DROP_VIEW: DropView = 17,
        INSERT: Insert = 18, PRAGMA: Pragma = 19, READ: Read = 20, SELECT: Select = 21,
        TRANSACTION: Transaction = 22, UPDATE: Update = 23, ATTACH: Attach = 24, DETACH: Detach = 25,
        ALTER_TABLE: AlterTable = 26, REINDEX: Reindex = 27, ANALYZE: Analyze = 28,
        CREATE_VTABLE: CreateVtable = 29, DROP_VTABLE: DropVtable = 30, FUNCTION: Function = 31,
        SAVEPOINT: Savepoint = 32, RECURSIVE: Recursive = 33,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_names_in_lower_case() {
        fn words<T: Serialize>(all: &[T]) -> Vec<String> {
            let word = |it: &T| serde_json::to_string(it).unwrap().trim().trim_matches('"').to_uppercase();
            all.iter().map(word).collect()
        }
        macro_rules! check {
            ($($enum:ident)+) => { $(
                let names: Vec<&str> = $enum::ALL.iter().map(|it| it.name()).collect();
                assert_eq!(words($enum::ALL), names);
            )+ };
        }
        check!(StmtCounter DbCounter StatusCounter LimitName DbSwitch OpenFlag PrepareFlag DeserializeFlag);
        check!(FunctionFlag TraceEvent CheckpointMode Action FileControlOp);
        check!(ConflictKind Resolution ApplyFlag SessionOption ConstraintOp VtabOption);
    }
}
