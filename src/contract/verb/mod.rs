//! The verbs of the contract language.
//!
//! One verb is one call of SQLite's C interface (or of rusqlite, where the case's driver says so). The
//! types here and in [`super::arguments`] are the language: the JSON Schema is generated from them, and a verb
//! added here is known to the parser, to the protocol and to the transcript at once.

mod describe;
mod table;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::table::Kind;
use self::table::verbs;
use super::Driver;
pub use super::arguments::*;
use super::brief::Brief;
use super::step::Step;
use super::thing::Thing;
use crate::outcome::sqlite_names::AllocationCounter;

// A line of this table: the verb with its arguments, the kind of its outcome, the handle that must be there
// before it, and the drivers that have it.
verbs! {
    // Connections and SQL at once
    /// Opens a connection, <https://sqlite.org/c3ref/open.html>.
    Open(Brief<Open>) -> Code makes db: capi, rusqlite;
    /// `sqlite3_close`: returns BUSY while statements live, <https://sqlite.org/c3ref/close.html>.
    Close(Brief<OnDb>) -> Code on db: capi, rusqlite;
    /// `sqlite3_close_v2`: always OK, and a zombie while statements live, <https://sqlite.org/c3ref/close.html>.
    CloseV2(Brief<OnDb>) -> Code ends db: capi;
    /// Runs SQL to its end and drops any rows, <https://sqlite.org/c3ref/exec.html>.
    Exec(Brief<Exec>) -> Code on db makes keep: capi, rusqlite;
    /// Runs one statement and gives all its rows, typed.
    Query(Brief<Query>) -> Rows on db: capi, rusqlite;

    // Statements
    /// Compiles one statement and keeps it, <https://sqlite.org/c3ref/prepare.html>.
    Prepare(Brief<Prepare>) -> Code on db makes stmt: capi, rusqlite;
    /// Binds parameters, <https://sqlite.org/c3ref/bind_blob.html>.
    Bind(Brief<Bind>) -> Code on stmt: capi, rusqlite;
    /// Binds bytes with a length of one's own choosing, or the NULL pointer,
    /// <https://sqlite.org/c3ref/bind_blob.html>.
    BindBytes(BindBytes) -> Code on stmt: capi;
    /// <https://sqlite.org/c3ref/bind_blob.html>
    BindZeroblob64(BindZeroblob64) -> Code on stmt: capi;
    /// `sqlite3_step`: ROW with the row, DONE, or an error, <https://sqlite.org/c3ref/step.html>.
    Step(Brief<OnStmt>) -> Row on stmt: capi, rusqlite;
    /// `sqlite3_reset`, <https://sqlite.org/c3ref/reset.html>.
    Reset(Brief<OnStmt>) -> Code on stmt: capi, rusqlite;
    /// `sqlite3_clear_bindings`, <https://sqlite.org/c3ref/clear_bindings.html>.
    ClearBindings(Brief<OnStmt>) -> Code on stmt: capi, rusqlite;
    /// `sqlite3_finalize`; dropping the statement with the driver `rusqlite`,
    /// <https://sqlite.org/c3ref/finalize.html>.
    Finalize(Brief<OnStmt>) -> Code ends stmt: capi, rusqlite;

    // Columns
    /// A column of the current row, <https://sqlite.org/c3ref/column_blob.html>.
    Column(Brief<Column>) -> Value on stmt: capi;
    /// A column's name, <https://sqlite.org/c3ref/column_name.html>.
    ColumnName(Brief<ColumnAt>) -> Value on stmt: capi, rusqlite;
    /// A column's declared type, <https://sqlite.org/c3ref/column_decltype.html>.
    ColumnDecltype(Brief<ColumnAt>) -> Value on stmt: capi;
    /// How many columns the statement gives, <https://sqlite.org/c3ref/column_count.html>.
    ColumnCount(Brief<OnStmt>) -> Value on stmt: capi, rusqlite;
    /// How many columns the current row has: 0 without a row, <https://sqlite.org/c3ref/data_count.html>.
    DataCount(Brief<OnStmt>) -> Value on stmt: capi;
    /// Copies a column's value so that it outlives its row, <https://sqlite.org/c3ref/value_dup.html>.
    ValueDup(ValueDup) -> Code on stmt makes name: capi;
    /// What is kept under this name: a value, or the rows of a table.
    Value(String) -> Rows on value: capi, rusqlite;
    /// Frees what is kept under this name, by the function that belongs to it.
    ValueFree(String) -> Code ends value: capi, rusqlite;
    /// Keeps the address of a column's text under a name: it is good until the next step, reset or finalize,
    /// <https://sqlite.org/c3ref/column_blob.html>.
    Hold(Hold) -> Code on stmt makes pointer: capi;
    /// 1 when a column's text is where `hold` found it, else 0. Nothing is read there.
    SamePointer(Hold) -> Value on stmt, pointer: capi;

    // What SQLite hands out and the caller frees
    /// All rows as texts, after the column names, <https://sqlite.org/c3ref/free_table.html>.
    GetTable(Brief<GetTable>) -> Rows on db makes keep: capi;
    /// A text made by SQLite's own formatting, <https://sqlite.org/c3ref/mprintf.html>.
    Mprintf(Mprintf) -> Value makes keep: capi;
    /// The size of a database's bytes, NULL where there are none, <https://sqlite.org/c3ref/serialize.html>.
    Serialize(Brief<SerializeArguments>) -> Value on db makes keep: capi, rusqlite;
    /// Makes bytes that `serialize` kept a connection's database, <https://sqlite.org/c3ref/deserialize.html>.
    Deserialize(Brief<DeserializeArguments>) -> Code on db, image ends given: capi, rusqlite;

    // Blobs and backups
    /// Opens one value for reading and writing in pieces, <https://sqlite.org/c3ref/blob_open.html>.
    BlobOpen(BlobOpen) -> Code on db makes blob: capi, rusqlite;
    /// Bytes of the value, <https://sqlite.org/c3ref/blob_read.html>.
    BlobRead(BlobRead) -> Value on blob: capi, rusqlite;
    /// Overwrites bytes of the value, <https://sqlite.org/c3ref/blob_write.html>.
    BlobWrite(BlobWrite) -> Code on blob: capi, rusqlite;
    /// The size of the value, <https://sqlite.org/c3ref/blob_bytes.html>.
    BlobBytes(Brief<OnBlob>) -> Value on blob: capi, rusqlite;
    /// Moves a blob handle to another row, <https://sqlite.org/c3ref/blob_reopen.html>.
    BlobReopen(Brief<BlobReopen>) -> Code on blob: capi, rusqlite;
    /// <https://sqlite.org/c3ref/blob_close.html>
    BlobClose(Brief<OnBlob>) -> Code ends blob: capi, rusqlite;
    /// Begins to copy a database into another, <https://sqlite.org/c3ref/backup_finish.html>.
    BackupInit(Brief<BackupInit>) -> Code on to, from makes backup: capi, rusqlite;
    /// Copies pages: OK when some remain, DONE when none do, <https://sqlite.org/c3ref/backup_finish.html>.
    BackupStep(Brief<BackupStep>) -> Code on backup: capi, rusqlite;
    /// How many pages remained after the last step, <https://sqlite.org/c3ref/backup_finish.html>.
    BackupRemaining(Brief<OnBackup>) -> Value on backup: capi, rusqlite;
    /// How many pages the source had at the last step, <https://sqlite.org/c3ref/backup_finish.html>.
    BackupPagecount(Brief<OnBackup>) -> Value on backup: capi, rusqlite;
    /// Ends a backup, complete or not, <https://sqlite.org/c3ref/backup_finish.html>.
    BackupFinish(Brief<OnBackup>) -> Code ends backup: capi, rusqlite;

    // What a connection says
    /// Rows changed by the last statement, <https://sqlite.org/c3ref/changes.html>.
    Changes(Brief<OnDb>) -> Value on db: capi, rusqlite;
    /// Rows changed since the connection was opened, <https://sqlite.org/c3ref/total_changes.html>.
    TotalChanges(Brief<OnDb>) -> Value on db: capi, rusqlite;
    /// <https://sqlite.org/c3ref/last_insert_rowid.html>
    LastInsertRowid(Brief<OnDb>) -> Value on db: capi, rusqlite;
    /// <https://sqlite.org/c3ref/set_last_insert_rowid.html>
    SetLastInsertRowid(Brief<SetLastInsertRowid>) -> Code on db: capi;
    /// The primary code of the connection's last call, <https://sqlite.org/c3ref/errcode.html>.
    Errcode(Brief<OnDb>) -> Code on db: capi;
    /// The extended code of the connection's last call, <https://sqlite.org/c3ref/errcode.html>.
    ExtendedErrcode(Brief<OnDb>) -> Code on db: capi;
    /// The message of the connection's last call, <https://sqlite.org/c3ref/errcode.html>.
    Errmsg(Brief<OnDb>) -> Value on db: capi;
    /// Byte offset of the last error in its SQL, -1 for none, <https://sqlite.org/c3ref/errcode.html>.
    ErrorOffset(Brief<OnDb>) -> Value on db: capi;
    /// 1 outside a transaction, <https://sqlite.org/c3ref/get_autocommit.html>.
    Autocommit(Brief<OnDb>) -> Value on db: capi, rusqlite;
    /// `none`, `read` or `write`; NULL for a database that is not there, <https://sqlite.org/c3ref/txn_state.html>.
    TxnState(Brief<OnSchema>) -> Value on db: capi;
    /// 1 or 0, -1 for a database that is not there, <https://sqlite.org/c3ref/db_readonly.html>.
    DbReadonly(Brief<OnSchema>) -> Value on db: capi, rusqlite;
    /// The file of a database, as a path in the case's directory, <https://sqlite.org/c3ref/db_filename.html>.
    DbFilename(Brief<OnSchema>) -> Value on db: capi;
    /// 1 between an interrupt and the end of what it interrupts, <https://sqlite.org/c3ref/interrupt.html>.
    IsInterrupted(Brief<OnDb>) -> Value on db: capi, rusqlite;
    /// A row of declared type, collation, NOT NULL, PRIMARY KEY and AUTOINCREMENT,
    /// <https://sqlite.org/c3ref/table_column_metadata.html>.
    TableColumnMetadata(TableColumn) -> Rows on db: capi;

    // What a statement says
    /// The statement's SQL as prepared, <https://sqlite.org/c3ref/expanded_sql.html>.
    Sql(Brief<OnStmt>) -> Value on stmt: capi;
    /// The statement's SQL with its parameters filled in, <https://sqlite.org/c3ref/expanded_sql.html>.
    ExpandedSql(Brief<ExpandedSql>) -> Value on stmt makes keep: capi, rusqlite;
    /// 1 between the first step and the reset, <https://sqlite.org/c3ref/stmt_busy.html>.
    StmtBusy(Brief<OnStmt>) -> Value on stmt: capi;
    /// 1 when the statement writes nothing, <https://sqlite.org/c3ref/stmt_readonly.html>.
    StmtReadonly(Brief<OnStmt>) -> Value on stmt: capi, rusqlite;
    /// How many parameters the statement has, <https://sqlite.org/c3ref/bind_parameter_count.html>.
    BindParameterCount(Brief<OnStmt>) -> Value on stmt: capi, rusqlite;
    /// The name of a parameter with its mark, NULL for one without a name,
    /// <https://sqlite.org/c3ref/bind_parameter_name.html>.
    BindParameterName(Brief<ParameterAt>) -> Value on stmt: capi, rusqlite;
    /// The name of the connection's next unfinalized statement, <https://sqlite.org/c3ref/next_stmt.html>.
    NextStmt(Brief<NextStmt>) -> Value on db, after: capi;
    /// How many unfinalized statements the connection has, by <https://sqlite.org/c3ref/next_stmt.html>.
    StmtCount(Brief<OnDb>) -> Value on db: capi, rusqlite;

    // Counters, memory and limits
    /// A counter of a statement, <https://sqlite.org/c3ref/stmt_status.html>.
    StmtStatus(StmtStatus) -> Quantity on stmt: capi, rusqlite;
    /// A counter of a connection, <https://sqlite.org/c3ref/db_status.html>.
    DbStatus(DbStatus) -> Quantity on db: capi, rusqlite;
    /// A counter of the process, <https://sqlite.org/c3ref/status.html>.
    Status(Status) -> Quantity: capi, rusqlite;
    /// Bytes that SQLite holds, <https://sqlite.org/c3ref/memory_highwater.html>.
    MemoryUsed(Brief<Nothing>) -> Quantity: capi, rusqlite;
    /// The most bytes that SQLite held since the mark was reset, <https://sqlite.org/c3ref/memory_highwater.html>.
    MemoryHighwater(Brief<Highwater>) -> Quantity: capi, rusqlite;
    /// Sets the soft heap limit and returns the one before, <https://sqlite.org/c3ref/hard_heap_limit64.html>.
    SoftHeapLimit(Brief<Bytes>) -> Value: capi, rusqlite;
    /// Sets the hard heap limit and returns the one before, <https://sqlite.org/c3ref/hard_heap_limit64.html>.
    HardHeapLimit(Brief<Bytes>) -> Value: capi, rusqlite;
    /// Asks for memory back and returns how many bytes came, <https://sqlite.org/c3ref/release_memory.html>.
    ReleaseMemory(Brief<Bytes>) -> Quantity: capi, rusqlite;
    /// <https://sqlite.org/c3ref/db_release_memory.html>
    DbReleaseMemory(Brief<OnDb>) -> Code on db: capi, rusqlite;
    /// Sets a run-time limit and returns the one before, <https://sqlite.org/c3ref/limit.html>.
    Limit(Limit) -> Value on db: capi, rusqlite;
    /// Sets (0, 1) or asks for (-1) a switch and returns its state, <https://sqlite.org/c3ref/db_config.html>.
    DbConfig(DbConfig) -> Value on db: capi, rusqlite;
    /// The lookaside memory of a connection, <https://sqlite.org/c3ref/c_dbconfig_defensive.html>.
    DbLookaside(DbLookaside) -> Code on db: capi;
    /// Writes dirty pages out of the page cache, <https://sqlite.org/c3ref/db_cacheflush.html>.
    DbCacheflush(Brief<OnDb>) -> Code on db: capi, rusqlite;
    /// A row of the frames in the log and of those that are in the database now, or the code of an error,
    /// <https://sqlite.org/c3ref/wal_checkpoint_v2.html>.
    WalCheckpointV2(WalCheckpointV2) -> Rows on db: capi, rusqlite;
    /// <https://sqlite.org/c3ref/wal_autocheckpoint.html>
    WalAutocheckpoint(Brief<WalAutocheckpoint>) -> Code on db: capi;
    /// <https://sqlite.org/c3ref/busy_timeout.html>
    BusyTimeout(Brief<BusyTimeout>) -> Code on db: capi, rusqlite;
    /// <https://sqlite.org/c3ref/interrupt.html>
    Interrupt(Brief<OnDb>) -> Code on db: capi, rusqlite;

    // What SQLite calls
    /// Makes a scalar function, <https://sqlite.org/c3ref/create_function.html>.
    Function(Function) -> Code on db: capi, rusqlite;
    /// Makes an aggregate function, <https://sqlite.org/c3ref/create_function.html>.
    Aggregate(Aggregate) -> Code on db: capi, rusqlite;
    /// Makes an aggregate that is a window function too, `sqlite3_create_window_function`,
    /// <https://sqlite.org/c3ref/create_function.html>.
    WindowFunction(Aggregate) -> Code on db: capi, rusqlite;
    /// Takes a function away, <https://sqlite.org/c3ref/create_function.html>.
    RemoveFunction(Brief<RemoveFunction>) -> Code on db: capi, rusqlite;
    /// Makes a collation, <https://sqlite.org/c3ref/create_collation.html>.
    Collation(Collation) -> Code on db: capi, rusqlite;
    /// Takes a collation away, <https://sqlite.org/c3ref/create_collation.html>.
    RemoveCollation(Brief<RemoveCollation>) -> Code on db: capi, rusqlite;
    /// Makes a module for virtual tables, `sqlite3_create_module_v2`,
    /// <https://sqlite.org/c3ref/create_module.html>.
    Module(Module) -> Code on db: capi, rusqlite;
    /// `sqlite3_create_module_v2` without methods, which takes the module of this name away from 3.30.0 on. Before,
    /// that was MISUSE, or for a new name a module that crashes who uses it,
    /// <https://sqlite.org/c3ref/create_module.html>.
    RemoveModule(Brief<RemoveModule>) -> Code on db: capi;
    /// <https://sqlite.org/c3ref/collation_needed.html>
    CollationNeeded(Brief<CollationNeeded>) -> Code on db: capi;
    /// Returns the name of the user data before, or NULL, <https://sqlite.org/c3ref/commit_hook.html>.
    CommitHook(Brief<CommitHook>) -> Value on db, meanwhile: capi, rusqlite;
    /// Returns the name of the user data before, or NULL, <https://sqlite.org/c3ref/commit_hook.html>.
    RollbackHook(Brief<Hook>) -> Value on db, meanwhile: capi, rusqlite;
    /// Returns the name of the user data before, or NULL, <https://sqlite.org/c3ref/update_hook.html>.
    UpdateHook(Brief<Hook>) -> Value on db, meanwhile: capi, rusqlite;
    /// Returns the name of the user data before, or NULL, <https://sqlite.org/c3ref/wal_hook.html>.
    WalHook(Brief<Hook>) -> Value on db, meanwhile: capi, rusqlite;
    /// <https://sqlite.org/c3ref/progress_handler.html>
    ProgressHandler(Brief<ProgressHandler>) -> Code on db, meanwhile: capi, rusqlite;
    /// <https://sqlite.org/c3ref/set_authorizer.html>
    Authorizer(Brief<Authorizer>) -> Code on db: capi, rusqlite;
    /// `sqlite3_trace_v2`, <https://sqlite.org/c3ref/trace_v2.html>.
    Trace(Trace) -> Code on db: capi, rusqlite;
    /// <https://sqlite.org/c3ref/busy_handler.html>
    BusyHandler(Brief<BusyHandler>) -> Code on db, meanwhile: capi, rusqlite;
    /// <https://sqlite.org/c3ref/unlock_notify.html>
    UnlockNotify(Brief<Hook>) -> Code on db, meanwhile: capi;
    /// The calls of functions, hooks and modules since this was last asked, in their order, and forgets them.
    Calls(Brief<Calls>) -> Rows: capi, rusqlite;
    /// How often functions, hooks and modules were called since the case began.
    CallCount(Brief<Calls>) -> Quantity: capi, rusqlite;
    /// How often destructors of this case's bindings (or functions, collations, modules, auxiliary data) have run.
    DestructorCalls(Brief<DestructorCalls>) -> Value: capi, rusqlite;

    // The process
    /// Configures the library before it starts; needs `fresh_process`, <https://sqlite.org/c3ref/config.html>.
    Config(Config) -> Code: capi, rusqlite;
    /// <https://sqlite.org/c3ref/initialize.html>
    Initialize(Brief<Nothing>) -> Code: capi, rusqlite;
    /// `sqlite3_shutdown`; needs `fresh_process`, <https://sqlite.org/c3ref/initialize.html>.
    Shutdown(Brief<Nothing>) -> Code: capi, rusqlite;
    /// The size of a file in the case's directory, NULL when there is none.
    FileSize(String) -> Value: capi, rusqlite;
    /// How many descriptors of this process are open on files of the case's directory.
    OpenFiles(Brief<Nothing>) -> Value: capi, rusqlite;
    /// Limits the worker's address space (RLIMIT_AS), in bytes beyond what it has mapped; needs
    /// `fresh_process`.
    AddressSpace(u64) -> Code: capi, rusqlite;
    /// Ends or harms the worker on purpose, to test that one case's crash costs one case.
    Misbehave(Misbehaviour) -> Code: capi, rusqlite;

    // The counting allocator
    /// A counter of the counting allocator (`config: malloc`), <https://sqlite.org/c3ref/mem_methods.html>.
    Allocations(AllocationCounter) -> Quantity: capi, rusqlite;
    /// Rows of how many allocations asked for how many bytes, by powers of two: 64 is 64 to 127.
    AllocationSizes(Brief<Nothing>) -> Counts: capi, rusqlite;
    /// Rows of how many freed blocks lived through how many steps, by powers of two: 0 is the same step.
    AllocationLifetimes(Brief<Nothing>) -> Counts: capi, rusqlite;
    /// Rows of what lives now: the step that allocated it, blocks, bytes.
    Outstanding(Brief<Nothing>) -> Counts: capi, rusqlite;
    /// Sets the counting allocator's counters to zero, and its peak to what lives.
    ResetAllocations(Brief<Nothing>) -> Code: capi, rusqlite;
    /// Lets an allocation fail, <https://sqlite.org/malloc.html#_testing_allocators>.
    FailAllocation(Brief<FailAllocation>) -> Code: capi, rusqlite;
    /// Runs steps again and again, each time with another allocation failing.
    Sweep(Sweep) -> Sweep: capi, rusqlite;
    /// Searches the least memory under which steps work.
    LeastMemory(LeastMemory) -> Quantity: capi, rusqlite;

    // Many times
    /// Runs steps many times and gives the growth of a measured quantity.
    Repeat(Repeat) -> Growth: capi, rusqlite;
    /// Sends doubles drawn from a seed through SQL and counts those that come back as another double.
    Doubles(Doubles) -> Value on db: capi, rusqlite;
    /// Compares saved outcomes: `after <= before + 4096`.
    Compare(String) -> Code: capi, rusqlite;

    // What rusqlite adds
    /// `Connection::execute`: how many rows it changed.
    Execute(Brief<Run>) -> Value on db: rusqlite;
    /// `Connection::query_row`: the first row.
    QueryRow(Brief<Run>) -> Row on db: rusqlite;
    /// `Connection::query_one`: the only row.
    QueryOne(Brief<Run>) -> Row on db: rusqlite;
    /// `Row::get`: a column of the current row as a Rust type.
    Get(Get) -> Value on stmt: rusqlite;
    /// `std::mem::forget` on a statement.
    Forget(Brief<OnStmt>) -> Code ends stmt: rusqlite;
    /// `Transaction::new_unchecked`
    Transaction(Brief<TransactionArguments>) -> Code on db makes tx: rusqlite;
    /// A savepoint of a connection, or within a transaction or savepoint.
    Savepoint(Brief<SavepointArguments>) -> Code on db, within makes tx: rusqlite;
    /// Sets what dropping a transaction or savepoint does.
    DropBehavior(DropBehaviorArguments) -> Code on tx: rusqlite;
    /// Commits a transaction, or releases a savepoint.
    Commit(Brief<OnTx>) -> Code ends tx: rusqlite;
    /// Rolls a transaction or a savepoint back; a savepoint stays.
    Rollback(Brief<OnTx>) -> Code on tx: rusqlite;
    /// Ends a transaction or savepoint as dropping does, and shows the error.
    Finish(Brief<OnTx>) -> Code ends tx: rusqlite;
    /// Drops a transaction or savepoint.
    DropTransaction(Brief<OnTx>) -> Code ends tx: rusqlite;

    // rusqlite's statement cache
    /// The statement cache's capacity, of the driver `rusqlite`.
    CacheCapacity(CacheCapacity) -> Code on db: rusqlite;
    /// Empties the statement cache, of the driver `rusqlite`.
    FlushCache(Brief<OnDb>) -> Code on db: rusqlite;
}

impl Verb {
    /// The steps inside it, in the order in which they are first run.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        let parts: [&[Step]; 3] = match self {
            Self::Repeat(repeat) => [&[], &repeat.steps, &[]],
            Self::Sweep(sweep) => [&sweep.setup, &sweep.steps, &sweep.after],
            Self::LeastMemory(least) => [&[], &least.steps, &[]],
            _ => [&[], &[], &[]],
        };
        parts.into_iter().flatten()
    }

    /// Whether it makes SQLite use the counting allocator.
    pub fn installs_malloc(&self) -> bool {
        matches!(self, Self::Config(Config::Malloc))
    }

    /// Whether it needs the counting allocator.
    pub fn needs_malloc(&self) -> bool {
        match self {
            Self::Allocations(_)
            | Self::AllocationSizes(_)
            | Self::AllocationLifetimes(_)
            | Self::Outstanding(_)
            | Self::ResetAllocations(_)
            | Self::FailAllocation(_)
            | Self::Sweep(_) => true,
            Self::LeastMemory(least) => least.by == LimitedBy::Allocator,
            _ => false,
        }
    }
}
