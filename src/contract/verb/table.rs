//! The table of verbs: what the language has, and what is known of each verb.

/// Calls another macro with some tokens and, after them, the table.
///
/// A row of `calls` is
/// `name: Variant(Arguments) -> Kind on handles makes handle ends handle with facts: drivers;`. A handle is the field
/// of the arguments that names it; what a verb ends need not be said to be used. `process` in the place of drivers
/// means that the call concerns the whole process and is the same with every driver. Rows stand in sections: for each
/// driver a section is a trait, and a heading in `contracts/VERBS.md`. `any` means the same and that the call is had by
/// the drivers of other languages, too.
///
/// A row of `blocks` names after `of` the lists of steps that it runs.
macro_rules! table {
    ($then:ident! $($tokens:tt)*) => {
        $then! {
            $($tokens)*
            calls {
                Connections "Connections" {
                    /// Opens a connection, <https://sqlite.org/c3ref/open.html>. One that would not open keeps its
                    /// name too: `errcode`, `extended_errcode` and `errmsg` say why, and `close` frees it. To all
                    /// other verbs there is no connection of this name.
                    open: Open(Open) -> Code makes db: Capi, Rusqlite, #[cfg(test)] Fake;
                    /// `sqlite3_close`: returns BUSY while statements live,
                    /// <https://sqlite.org/c3ref/close.html>.
                    close: Close(OnDb) -> Code on db: Capi, Rusqlite, Python, Apsw, Go, Node;
                    /// `sqlite3_close_v2`: always OK, and a zombie while statements live,
                    /// <https://sqlite.org/c3ref/close.html>.
                    close_v2: CloseV2(OnDb) -> Code ends db: Capi;
                    /// Sets for how long a call waits for a lock,
                    /// <https://sqlite.org/c3ref/busy_timeout.html>.
                    busy_timeout: BusyTimeout(BusyTimeout) -> Code on db: Capi, Rusqlite, Python, Apsw;
                    /// Makes the connection's statements under way end with INTERRUPT,
                    /// <https://sqlite.org/c3ref/interrupt.html>.
                    interrupt: Interrupt(OnDb) -> Code on db: Capi, Rusqlite, Python, Apsw;
                    /// Sets the lookaside memory of a connection, before its first statement,
                    /// <https://sqlite.org/c3ref/c_dbconfig_defensive.html>.
                    db_lookaside: DbLookaside(DbLookaside) -> Code on db: Capi;
                    /// Writes dirty pages out of the page cache,
                    /// <https://sqlite.org/c3ref/db_cacheflush.html>.
                    db_cacheflush: DbCacheflush(OnDb) -> Code on db: Capi, Rusqlite;
                    /// Sets a run-time limit and returns the one before,
                    /// <https://sqlite.org/c3ref/limit.html>.
                    limit: Limit(Limit) -> Value on db: Capi, Rusqlite;
                    /// Sets a switch and returns its state after that,
                    /// <https://sqlite.org/c3ref/db_config.html>.
                    db_config: DbConfig(DbConfig) -> Value on db: Capi, Rusqlite;
                    /// Asks or tells a database's file something, and returns what its number or text is after
                    /// that, <https://sqlite.org/c3ref/file_control.html>.
                    file_control: FileControl(FileControl) -> Value on db: Capi;
                }
                Sql "SQL at once" {
                    /// Runs SQL to its end and drops any rows, <https://sqlite.org/c3ref/exec.html>.
                    exec: Exec(Exec) -> Code on db makes keep: Capi, Rusqlite, Python, Apsw, Go, Node, #[cfg(test)] Fake;
                    /// Runs a statement as `exec` does. Where another connection of the same shared cache has a lock that it
                    /// needs, it waits until that one's transaction is over, and runs it again; LOCKED when that one
                    /// waits too, <https://sqlite.org/unlock_notify.html>.
                    exec_blocking: ExecBlocking(ExecBlocking) -> Code on db: Capi;
                    /// Runs one statement and returns all its rows, typed, or the code of its error,
                    /// <https://sqlite.org/c3ref/step.html>.
                    query: Query(Query) -> Rows on db: Capi, Rusqlite, Python, Apsw, Go, Node;
                    /// The plan of a statement, which is not run, in one form for all versions: a text per loop, sort
                    /// or subquery, indented by what it belongs to, <https://sqlite.org/eqp.html>.
                    plan: Plan(Plan) -> Rows on db: Capi;
                    /// Runs records of sqllogictest in SQLite's own dialect, each of which says what it must return,
                    /// <https://sqlite.org/sqllogictest/doc/trunk/about.wiki>. Results are compared as SQLite's own runner does; a digest
                    /// of what was returned, exactly and in its order, is recorded beside.
                    sqllogictest: Sqllogictest(Sqllogictest) -> Records on db: Capi;
                }
                Statements "Statements" {
                    /// Compiles one statement and keeps it, <https://sqlite.org/c3ref/prepare.html>.
                    prepare: Prepare(Prepare) -> Code on db makes stmt: Capi, Rusqlite, Go, Node;
                    /// Binds a list of values, or one value `at` a parameter,
                    /// <https://sqlite.org/c3ref/bind_blob.html>. Digits too many for an integer of YAML are
                    /// written as a text: `{at: 1, value: "18446744073709551615", as: u64}`.
                    bind: Bind(Bind) -> Code on stmt: Capi, Rusqlite;
                    /// Binds bytes with a length of one's own choosing, or the NULL pointer,
                    /// <https://sqlite.org/c3ref/bind_blob.html>.
                    bind_bytes: BindBytes(BindBytes) -> Code on stmt: Capi;
                    /// Binds a blob of zero bytes of a 64-bit size,
                    /// <https://sqlite.org/c3ref/bind_blob.html>.
                    bind_zeroblob64: BindZeroblob64(BindZeroblob64) -> Code on stmt: Capi;
                    /// `sqlite3_step`: ROW with the row, DONE, or an error,
                    /// <https://sqlite.org/c3ref/step.html>.
                    step: Step(OnStmt) -> Row on stmt: Capi, Rusqlite, Python, Apsw, Go, Node;
                    /// `sqlite3_reset`, <https://sqlite.org/c3ref/reset.html>.
                    reset: Reset(OnStmt) -> Code on stmt: Capi, Rusqlite;
                    /// `sqlite3_clear_bindings`, <https://sqlite.org/c3ref/clear_bindings.html>.
                    clear_bindings: ClearBindings(OnStmt) -> Code on stmt: Capi, Rusqlite;
                    /// `sqlite3_finalize`, <https://sqlite.org/c3ref/finalize.html>; with the driver
                    /// `rusqlite` the statement is dropped, and a cached one goes back to its cache.
                    finalize: Finalize(OnStmt) -> Code ends stmt: Capi, Rusqlite, Python, Apsw, Go, Node;
                    /// The statement's SQL as prepared, <https://sqlite.org/c3ref/expanded_sql.html>.
                    sql: Sql(OnStmt) -> Value on stmt: Capi;
                    /// The statement's SQL with its parameters filled in,
                    /// <https://sqlite.org/c3ref/expanded_sql.html>.
                    expanded_sql: ExpandedSql(ExpandedSql) -> Value on stmt makes keep: Capi, Rusqlite;
                    /// 1 between the first step and the reset, <https://sqlite.org/c3ref/stmt_busy.html>.
                    stmt_busy: StmtBusy(OnStmt) -> Value on stmt: Capi;
                    /// 1 when the statement writes nothing, <https://sqlite.org/c3ref/stmt_readonly.html>.
                    stmt_readonly: StmtReadonly(OnStmt) -> Value on stmt: Capi, Rusqlite;
                    /// 1 for a statement that is an EXPLAIN, 2 for an EXPLAIN QUERY PLAN, else 0,
                    /// <https://sqlite.org/c3ref/stmt_isexplain.html>.
                    stmt_isexplain: StmtIsexplain(OnStmt) -> Value on stmt: Capi;
                    /// Makes a prepared statement an EXPLAIN, an EXPLAIN QUERY PLAN or neither,
                    /// <https://sqlite.org/c3ref/stmt_explain.html>.
                    stmt_explain: StmtExplain(StmtExplain) -> Code on stmt: Capi;
                    /// How many parameters the statement has,
                    /// <https://sqlite.org/c3ref/bind_parameter_count.html>.
                    bind_parameter_count: BindParameterCount(OnStmt) -> Value on stmt: Capi, Rusqlite;
                    /// The name of a parameter with its mark, NULL for one without a name,
                    /// <https://sqlite.org/c3ref/bind_parameter_name.html>.
                    bind_parameter_name: BindParameterName(At) -> Value on stmt: Capi, Rusqlite;
                    /// The name of the connection's next unfinalized statement, or NULL,
                    /// <https://sqlite.org/c3ref/next_stmt.html>.
                    next_stmt: NextStmt(NextStmt) -> Value on db, after: Capi;
                    /// How many unfinalized statements the connection has, by
                    /// <https://sqlite.org/c3ref/next_stmt.html>.
                    stmt_count: StmtCount(OnDb) -> Value on db: Capi, Rusqlite, Python, Apsw, Go, Node;
                    /// How often destructors of this case's bindings (or functions, collations, modules,
                    /// auxiliary data) have run.
                    destructor_calls: DestructorCalls(DestructorCalls) -> Value: process;
                }
                Columns "Columns" {
                    /// A column of the current row, <https://sqlite.org/c3ref/column_blob.html>.
                    column: Column(Column) -> Value on stmt: Capi;
                    /// A column's name, <https://sqlite.org/c3ref/column_name.html>.
                    column_name: ColumnName(At) -> Value on stmt: Capi, Rusqlite;
                    /// A column's declared type, <https://sqlite.org/c3ref/column_decltype.html>.
                    column_decltype: ColumnDecltype(At) -> Value on stmt: Capi;
                    /// How many columns the statement gives, <https://sqlite.org/c3ref/column_count.html>.
                    column_count: ColumnCount(OnStmt) -> Value on stmt: Capi, Rusqlite;
                    /// How many columns the current row has: 0 without a row,
                    /// <https://sqlite.org/c3ref/data_count.html>.
                    data_count: DataCount(OnStmt) -> Value on stmt: Capi;
                    /// Copies a column's value so that it outlives its row,
                    /// <https://sqlite.org/c3ref/value_dup.html>.
                    value_dup: ValueDup(KeptColumn) -> Code on stmt makes name: Capi;
                    /// Keeps the address of a column's text under a name: it is good until the next step,
                    /// reset or finalize, <https://sqlite.org/c3ref/column_blob.html>.
                    hold: Hold(KeptColumn) -> Code on stmt makes pointer: Capi;
                    /// 1 when a column's text is still where `hold` found it, else 0. Nothing is read there.
                    same_pointer: SamePointer(KeptColumn) -> Value on stmt, pointer: Capi;
                }
                /// Memory that SQLite hands out and the caller has to free. It is freed at once, unless
                /// `keep` gives it a name: then `value` shows it and `value_free` frees it. A name that is
                /// given again forgets what it stood for, as a careless program would: that is how a leak is
                /// written.
                HandedOut "What SQLite hands out" {
                    /// All rows as texts, after the row of column names,
                    /// <https://sqlite.org/c3ref/free_table.html>.
                    get_table: GetTable(GetTable) -> Rows on db makes keep: Capi;
                    /// A text made by SQLite's own formatting, <https://sqlite.org/c3ref/mprintf.html>.
                    mprintf: Mprintf(Mprintf) -> Value makes keep: Capi;
                    /// The size of a database's bytes, NULL where there are none,
                    /// <https://sqlite.org/c3ref/serialize.html>.
                    serialize: Serialize(SerializeArguments) -> Value on db makes keep: Capi, Rusqlite;
                    /// Makes bytes that `serialize` kept a connection's database,
                    /// <https://sqlite.org/c3ref/deserialize.html>. With the flag `freeonclose` they are
                    /// SQLite's from then on. Without it the connection reads from bytes that are ours, and
                    /// freeing them before it is closed is refused.
                    deserialize: Deserialize(DeserializeArguments) -> Code on db, image ends given: Capi, Rusqlite;
                    /// What is kept under this name: a value, or the rows of a table.
                    value: Value(String) -> Rows on value: Capi, Rusqlite;
                    /// Frees what is kept under this name, by the function that belongs to it:
                    /// `sqlite3_value_free`, `sqlite3_free` or `sqlite3_free_table`.
                    value_free: ValueFree(String) -> Code ends value: Capi, Rusqlite;
                }
                /// Handles on one value of one row.
                Blobs "Blobs" {
                    /// Opens one value for reading and writing in pieces,
                    /// <https://sqlite.org/c3ref/blob_open.html>.
                    blob_open: BlobOpen(BlobOpen) -> Code on db makes blob: Capi, Rusqlite;
                    /// Bytes of the value, all that are asked for or none,
                    /// <https://sqlite.org/c3ref/blob_read.html>.
                    blob_read: BlobRead(BlobRead) -> Value on blob: Capi, Rusqlite;
                    /// Overwrites bytes of the value, <https://sqlite.org/c3ref/blob_write.html>.
                    blob_write: BlobWrite(BlobWrite) -> Code on blob: Capi, Rusqlite;
                    /// The size of the value, <https://sqlite.org/c3ref/blob_bytes.html>.
                    blob_bytes: BlobBytes(OnBlob) -> Value on blob: Capi, Rusqlite;
                    /// Moves a blob handle to another row, <https://sqlite.org/c3ref/blob_reopen.html>.
                    blob_reopen: BlobReopen(BlobReopen) -> Code on blob: Capi, Rusqlite;
                    /// Closes a blob handle, <https://sqlite.org/c3ref/blob_close.html>.
                    blob_close: BlobClose(OnBlob) -> Code ends blob: Capi, Rusqlite;
                }
                Backups "Backups" {
                    /// Begins to copy a database into another, <https://sqlite.org/c3ref/backup_finish.html>.
                    backup_init: BackupInit(BackupInit) -> Code on to, from makes backup: Capi, Rusqlite;
                    /// Copies pages: OK when some remain, DONE when none do, or why it could not,
                    /// <https://sqlite.org/c3ref/backup_finish.html>.
                    backup_step: BackupStep(BackupStep) -> Code on backup: Capi, Rusqlite;
                    /// How many pages remained after the last step,
                    /// <https://sqlite.org/c3ref/backup_finish.html>.
                    backup_remaining: BackupRemaining(OnBackup) -> Value on backup: Capi, Rusqlite;
                    /// How many pages the source had at the last step,
                    /// <https://sqlite.org/c3ref/backup_finish.html>.
                    backup_pagecount: BackupPagecount(OnBackup) -> Value on backup: Capi, Rusqlite;
                    /// Ends a backup, complete or not, <https://sqlite.org/c3ref/backup_finish.html>.
                    backup_finish: BackupFinish(OnBackup) -> Code ends backup: Capi, Rusqlite;
                }
                /// A session records the changes of a connection, <https://sqlite.org/sessionintro.html>. The changes are
                /// files of the case's directory, so that another connection, or another build with `on`, applies what
                /// one has recorded, and `file_bytes` and `write_file` see them.
                Sessions "Sessions and changesets" {
                    /// Begins to record what a connection changes in one of its databases, as soon as tables are
                    /// attached, <https://sqlite.org/session/sqlite3session_create.html>.
                    session_create: SessionCreate(SessionCreate) -> Code on db makes session: Capi;
                    /// Records the changes of one table, or of all,
                    /// <https://sqlite.org/session/sqlite3session_attach.html>.
                    session_attach: SessionAttach(SessionAttach) -> Code on session: Capi;
                    /// Ends a session, <https://sqlite.org/session/sqlite3session_delete.html>.
                    session_delete: SessionDelete(OnSession) -> Code ends session: Capi;
                    /// Records changes (1) or does not (0), and returns which,
                    /// <https://sqlite.org/session/sqlite3session_enable.html>.
                    session_enable: SessionEnable(SessionSwitch) -> Value on session: Capi;
                    /// Marks all changes as indirect (1), or those of triggers and foreign keys alone (0), and returns
                    /// which, <https://sqlite.org/session/sqlite3session_indirect.html>.
                    session_indirect: SessionIndirect(SessionSwitch) -> Value on session: Capi;
                    /// Sets an option and returns it, `sqlite3session_object_config`,
                    /// <https://sqlite.org/session/sqlite3session_object_config.html>.
                    session_config: SessionConfig(SessionConfig) -> Value on session: Capi;
                    /// 1 while nothing is recorded, <https://sqlite.org/session/sqlite3session_isempty.html>.
                    session_isempty: SessionIsempty(OnSession) -> Value on session: Capi;
                    /// How many bytes the changeset may have at most,
                    /// <https://sqlite.org/session/sqlite3session_changeset_size.html>.
                    session_changeset_size: SessionChangesetSize(OnSession) -> Value on session: Capi;
                    /// Records what would make a table of another database into this one,
                    /// <https://sqlite.org/session/sqlite3session_diff.html>.
                    session_diff: SessionDiff(SessionDiff) -> Code on session: Capi;
                    /// Writes what was recorded to a file and returns how many bytes it has,
                    /// <https://sqlite.org/session/sqlite3session_changeset.html>.
                    session_changeset: SessionChangeset(SessionChanges) -> Value on session with UsesFiles: Capi;
                    /// The same as a patchset, which has no old values but those of keys,
                    /// <https://sqlite.org/session/sqlite3session_patchset.html>.
                    session_patchset: SessionPatchset(SessionChanges) -> Value on session with UsesFiles: Capi;
                    /// A text for each change of a file: what it does to which table, the columns that are its key
                    /// as `X`, old values, new ones, `-` for one that is not there, and `indirect`,
                    /// <https://sqlite.org/session/sqlite3changeset_next.html>.
                    changeset_rows: ChangesetRows(ChangesetRows) -> Rows with UsesFiles: Capi;
                    /// Applies the changes of a file to `main`. Each conflict is logged for `calls`: its kind, the
                    /// change, and the row that is there, or how many foreign keys are violated,
                    /// <https://sqlite.org/session/sqlite3changeset_apply.html>.
                    changeset_apply: ChangesetApply(ChangesetApply) -> Code on db with UsesFiles: Capi;
                    /// Writes the changes that undo those of a file and returns how many bytes they have,
                    /// <https://sqlite.org/session/sqlite3changeset_invert.html>.
                    changeset_invert: ChangesetInvert(ChangesetInvert) -> Value with UsesFiles: Capi;
                    /// Writes the changes of two files as one and returns how many bytes it has,
                    /// <https://sqlite.org/session/sqlite3changeset_concat.html>.
                    changeset_concat: ChangesetConcat(ChangesetConcat) -> Value with UsesFiles: Capi;
                    /// The same of any number of files. With `db` the tables of that connection's `main` say how many
                    /// columns there are, <https://sqlite.org/session/sqlite3changegroup_schema.html>.
                    changegroup: Changegroup(Changegroup) -> Value on schema_of with UsesFiles: Capi;
                    /// Writes changes that were made beside those of another file as if they had been made after them, and
                    /// returns how many bytes they have, <https://sqlite.org/session/rebaser.html>.
                    changeset_rebase: ChangesetRebase(ChangesetRebase) -> Value with UsesFiles: Capi;
                }
                State "What a connection says" {
                    /// Rows changed by the last statement, <https://sqlite.org/c3ref/changes.html>.
                    changes: Changes(OnDb) -> Value on db: Capi, Rusqlite;
                    /// Rows changed since the connection was opened,
                    /// <https://sqlite.org/c3ref/total_changes.html>.
                    total_changes: TotalChanges(OnDb) -> Value on db: Capi, Rusqlite, Python, Apsw;
                    /// `sqlite3_changes64`, <https://sqlite.org/c3ref/changes.html>.
                    changes64: Changes64(OnDb) -> Value on db: Capi;
                    /// `sqlite3_total_changes64`, <https://sqlite.org/c3ref/total_changes.html>.
                    total_changes64: TotalChanges64(OnDb) -> Value on db: Capi;
                    /// The rowid of the last row inserted, <https://sqlite.org/c3ref/last_insert_rowid.html>.
                    last_insert_rowid: LastInsertRowid(OnDb) -> Value on db: Capi, Rusqlite, Python, Apsw, Go, Node;
                    /// Sets what `last_insert_rowid` returns,
                    /// <https://sqlite.org/c3ref/set_last_insert_rowid.html>.
                    set_last_insert_rowid: SetLastInsertRowid(SetLastInsertRowid) -> Code on db: Capi;
                    /// The primary code of the connection's last call,
                    /// <https://sqlite.org/c3ref/errcode.html>.
                    errcode: Errcode(OnDb) -> Code on db: Capi;
                    /// The extended code of the connection's last call,
                    /// <https://sqlite.org/c3ref/errcode.html>.
                    extended_errcode: ExtendedErrcode(OnDb) -> Code on db: Capi;
                    /// The message of the connection's last call, <https://sqlite.org/c3ref/errcode.html>.
                    errmsg: Errmsg(OnDb) -> Value on db: Capi;
                    /// Sets what `errcode` and `errmsg` return, <https://sqlite.org/c3ref/set_errmsg.html>.
                    set_errmsg: SetErrmsg(SetErrmsg) -> Code on db: Capi;
                    /// Byte offset of the last error in its SQL, -1 for none,
                    /// <https://sqlite.org/c3ref/errcode.html>.
                    error_offset: ErrorOffset(OnDb) -> Value on db: Capi;
                    /// 1 outside a transaction, <https://sqlite.org/c3ref/get_autocommit.html>.
                    autocommit: Autocommit(OnDb) -> Value on db: Capi, Rusqlite, Python, Apsw, Node;
                    /// `none`, `read` or `write`; NULL for a database that is not there,
                    /// <https://sqlite.org/c3ref/txn_state.html>.
                    txn_state: TxnState(OnSchema) -> Value on db: Capi;
                    /// 1 or 0, -1 for a database that is not there,
                    /// <https://sqlite.org/c3ref/db_readonly.html>.
                    db_readonly: DbReadonly(OnSchema) -> Value on db: Capi, Rusqlite;
                    /// The file of a database, as a path in the case's directory,
                    /// <https://sqlite.org/c3ref/db_filename.html>.
                    db_filename: DbFilename(OnSchema) -> Value on db: Capi;
                    /// 1 between an interrupt and the end of what it interrupts,
                    /// <https://sqlite.org/c3ref/interrupt.html>.
                    is_interrupted: IsInterrupted(OnDb) -> Value on db: Capi, Rusqlite;
                    /// A row of declared type, collation, NOT NULL, PRIMARY KEY and AUTOINCREMENT,
                    /// <https://sqlite.org/c3ref/table_column_metadata.html>.
                    table_column_metadata: TableColumnMetadata(TableColumn) -> Rows on db: Capi;
                }
                Log "Write-ahead log" {
                    /// A row of the frames in the log and of those that are in the database now, or the code
                    /// of an error, <https://sqlite.org/c3ref/wal_checkpoint_v2.html>.
                    wal_checkpoint_v2: WalCheckpointV2(WalCheckpointV2) -> Rows on db: Capi, Rusqlite;
                    /// Sets when SQLite runs a checkpoint by itself,
                    /// <https://sqlite.org/c3ref/wal_autocheckpoint.html>.
                    wal_autocheckpoint: WalAutocheckpoint(WalAutocheckpoint) -> Code on db: Capi;
                }
                /// A contract brings no code: it chooses what a function, a virtual table or a hook does.
                /// Every call is logged, and `calls` returns the log. A hook is known by the name of its verb
                /// unless it has a `name`; with the driver `rusqlite`, which keeps the user data to itself,
                /// setting one returns OK. Of the tables of a module the calls are logged that make and end
                /// one: `create`, `connect`, `disconnect`, `destroy`; of one that `holds` rows also what is asked of it, a
                /// question of `best_index` once, but not the reading of a row.
                Callbacks "What SQLite calls" {
                    /// Makes a scalar function, <https://sqlite.org/c3ref/create_function.html>.
                    function: Function(Function) -> Code on db: Capi, Rusqlite;
                    /// Makes an aggregate function, <https://sqlite.org/c3ref/create_function.html>.
                    aggregate: Aggregate(Aggregate) -> Code on db: Capi, Rusqlite;
                    /// Makes an aggregate that is a window function too, `sqlite3_create_window_function`,
                    /// <https://sqlite.org/c3ref/create_function.html>.
                    window_function: WindowFunction(Aggregate) -> Code on db: Capi, Rusqlite;
                    /// Takes a function away, <https://sqlite.org/c3ref/create_function.html>.
                    remove_function: RemoveFunction(RemoveFunction) -> Code on db: Capi, Rusqlite;
                    /// Makes a collation, <https://sqlite.org/c3ref/create_collation.html>.
                    collation: Collation(Collation) -> Code on db: Capi, Rusqlite;
                    /// Takes a collation away, <https://sqlite.org/c3ref/create_collation.html>.
                    remove_collation: RemoveCollation(RemoveCollation) -> Code on db: Capi, Rusqlite;
                    /// Makes a module for virtual tables, `sqlite3_create_module_v2`,
                    /// <https://sqlite.org/c3ref/create_module.html>.
                    module: Module(Module) -> Code on db: Capi, Rusqlite;
                    /// `sqlite3_create_module_v2` without methods, which takes the module of this name away
                    /// from 3.30.0 on. Before, that was MISUSE, or for a new name a module that crashes who
                    /// uses it, <https://sqlite.org/c3ref/create_module.html>.
                    remove_module: RemoveModule(RemoveModule) -> Code on db: Capi;
                    /// Sets what is done about a collation that is missing,
                    /// <https://sqlite.org/c3ref/collation_needed.html>.
                    collation_needed: CollationNeeded(CollationNeeded) -> Code on db: Capi;
                    /// Returns the name of the user data before, or NULL,
                    /// <https://sqlite.org/c3ref/commit_hook.html>.
                    commit_hook: CommitHook(CommitHook) -> Value on db, meanwhile: Capi, Rusqlite;
                    /// Returns the name of the user data before, or NULL,
                    /// <https://sqlite.org/c3ref/commit_hook.html>.
                    rollback_hook: RollbackHook(Hook) -> Value on db, meanwhile: Capi, Rusqlite;
                    /// Returns the name of the user data before, or NULL,
                    /// <https://sqlite.org/c3ref/update_hook.html>.
                    update_hook: UpdateHook(Hook) -> Value on db, meanwhile: Capi, Rusqlite;
                    /// Returns the name of the user data before, or NULL; `SQLite's own` is the automatic
                    /// checkpoint, <https://sqlite.org/c3ref/wal_hook.html>.
                    wal_hook: WalHook(Hook) -> Value on db, meanwhile: Capi, Rusqlite;
                    /// Sets the progress handler, <https://sqlite.org/c3ref/progress_handler.html>.
                    progress_handler: ProgressHandler(ProgressHandler) -> Code on db, meanwhile: Capi, Rusqlite;
                    /// Sets the authorizer, <https://sqlite.org/c3ref/set_authorizer.html>.
                    authorizer: Authorizer(Authorizer) -> Code on db: Capi, Rusqlite;
                    /// `sqlite3_trace_v2`, <https://sqlite.org/c3ref/trace_v2.html>.
                    trace: Trace(Trace) -> Code on db: Capi, Rusqlite;
                    /// Sets the busy handler, <https://sqlite.org/c3ref/busy_handler.html>.
                    busy_handler: BusyHandler(BusyHandler) -> Code on db, meanwhile: Capi, Rusqlite;
                    /// Asks for a call when the connection that blocks this one is done,
                    /// <https://sqlite.org/c3ref/unlock_notify.html>.
                    unlock_notify: UnlockNotify(Hook) -> Code on db, meanwhile: Capi;
                    /// The calls of functions, hooks and modules since this was last asked, a text for each,
                    /// in their order, and forgets them.
                    calls: Calls(Calls) -> Rows: process;
                    /// How often functions, hooks and modules were called since the case began.
                    call_count: CallCount(Calls) -> Quantity: process;
                }
                /// Each call of the trace is made again, in the recorded order, on copies of its files, with the recorded time,
                /// randomness, and answers of the program's own functions. It is made by a process of its own, so that a
                /// crash or a hang is an outcome of the call.
                Replays "Replays of traces" {
                    /// Makes the calls of a trace that `record` wrote: a row of counts, then a row for each group of calls that
                    /// did something else than in the trace: what is different (`value`, `random`, `rows`, `order`, `error`, `code`,
                    /// `missing`, `called otherwise`, `crash`, `hang`), the statement, how often, where first, what it was,
                    /// and what it is.
                    replay: Replay(Replay) -> Rows with FreshProcess, StartsLibrary, Outermost: process;
                    /// The plans of the statements of the last `replay`, in one form for all versions: a row of statement and
                    /// text per loop, sort or subquery.
                    replay_plans: ReplayPlans(Nothing) -> Rows with FreshProcess, StartsLibrary, Outermost: process;
                    /// How often each statement of the last `replay` was finalized, and how many steps of the virtual machine
                    /// it took; in a row of its own how often `sqlite3_exec` ran it, with NULL, since nobody is told its steps.
                    replay_work: ReplayWork(Nothing) -> Counts with FreshProcess, StartsLibrary, Outermost: process;
                    /// What the last `replay` did not give back: a row for each statement that its process never finalized,
                    /// and how many there are; then the bytes that SQLite held when the processes ended, after the last
                    /// close, and at most. A library with `SQLITE_DEFAULT_MEMSTATUS=0` says 0.
                    replay_memory: ReplayMemory(Nothing) -> Counts with FreshProcess, StartsLibrary, Outermost: process;
                }
                Memory "Memory and counters" {
                    /// Bytes that SQLite holds, <https://sqlite.org/c3ref/memory_highwater.html>.
                    memory_used: MemoryUsed(Nothing) -> Quantity: any;
                    /// The most bytes that SQLite held since the mark was reset,
                    /// <https://sqlite.org/c3ref/memory_highwater.html>.
                    memory_highwater: MemoryHighwater(Highwater) -> Quantity: any;
                    /// Sets the soft heap limit and returns the one before; -1 asks,
                    /// <https://sqlite.org/c3ref/hard_heap_limit64.html>.
                    soft_heap_limit: SoftHeapLimit(Bytes) -> Value: any;
                    /// Sets the hard heap limit and returns the one before; -1 asks,
                    /// <https://sqlite.org/c3ref/hard_heap_limit64.html>.
                    hard_heap_limit: HardHeapLimit(Bytes) -> Value: any;
                    /// Asks for memory back and returns how many bytes came,
                    /// <https://sqlite.org/c3ref/release_memory.html>.
                    release_memory: ReleaseMemory(Bytes) -> Quantity: any;
                    /// Frees what memory of the connection it can,
                    /// <https://sqlite.org/c3ref/db_release_memory.html>.
                    db_release_memory: DbReleaseMemory(OnDb) -> Code on db: Capi, Rusqlite;
                    /// A counter of the process, <https://sqlite.org/c3ref/status.html>.
                    status: Status(Status) -> Quantity: process;
                    /// A counter of a connection, <https://sqlite.org/c3ref/db_status.html>.
                    db_status: DbStatus(DbStatus) -> Quantity on db: Capi, Rusqlite, Python, Apsw, Go, Node;
                    /// A counter of a statement, <https://sqlite.org/c3ref/stmt_status.html>.
                    stmt_status: StmtStatus(StmtStatus) -> Quantity on stmt: Capi, Rusqlite;
                }
                /// Without SQLite. What has been read or written stays open until the case ends: closing a file
                /// would take SQLite's locks on it away.
                Files "Files" {
                    /// The size of a file in the case's directory, NULL when there is none.
                    file_size: FileSize(String) -> Value with UsesFiles: any;
                    /// Bytes of a file in the case's directory, NULL when there is none.
                    file_bytes: FileBytes(FileBytes) -> Value with UsesFiles: any;
                    /// The first 12 digits of a file's sha256, NULL when there is none.
                    file_hash: FileHash(String) -> Value with UsesFiles: any;
                    /// Writes bytes to a file in the case's directory.
                    write_file: WriteFile(WriteFile) -> Code with UsesFiles: any;
                    /// How many descriptors of SQLite's are open on files of the case's directory (Linux).
                    open_files: OpenFiles(Nothing) -> Value with UsesFiles: process;
                }
                /// `config: malloc` gives SQLite an allocator that counts and can refuse,
                /// <https://sqlite.org/c3ref/mem_methods.html>. It knows of each block which step asked for
                /// it. What SQLite takes from a connection's lookaside is one block, of the step that opened
                /// it; `config: {lookaside: {slot: 0, slots: 0}}` makes each statement's memory its own.
                /// `open: {path: a.db, vfs: watched}` opens a connection whose calls of the file system are seen: they
                /// are passed on to the library's own one. Steps in `power_loss`, `schedule` and
                /// `sweep: {over: io}` get it without asking.
                WatchedFiles "The watched file system" {
                    /// Rows of how many calls there were of which operation on which kind of file,
                    /// <https://sqlite.org/c3ref/io_methods.html>.
                    io_calls: IoCalls(IoCalls) -> Counts: process;
                    /// How many calls there were in all.
                    io_count: IoCount(IoCalls) -> Quantity: process;
                    /// Counts calls from zero again.
                    reset_io: ResetIo(Nothing) -> Code: process;
                    /// Makes a call fail, <https://sqlite.org/testing.html#i_o_error_testing>.
                    fail_io: FailIo(FailIo) -> Code: process;
                }
                Allocator "The counting allocator" {
                    /// A counter of the counting allocator. An `expect` of what lives that does not hold says
                    /// which steps hold it.
                    allocations: Allocations(AllocationCounter) -> Quantity with CountingAllocator: process;
                    /// Rows of how many allocations asked for how many bytes, by powers of two: 64 is 64 to
                    /// 127.
                    allocation_sizes: AllocationSizes(Nothing) -> Counts with CountingAllocator: process;
                    /// Rows of how many freed blocks lived through how many steps, by powers of two: 0 is the
                    /// same step.
                    allocation_lifetimes: AllocationLifetimes(Nothing) -> Counts with CountingAllocator: process;
                    /// Rows of what lives now: the step that allocated it, blocks, bytes.
                    outstanding: Outstanding(Nothing) -> Counts with CountingAllocator: process;
                    /// Sets the counting allocator's counters to zero, and its peak to what lives.
                    reset_allocations: ResetAllocations(Nothing) -> Code with CountingAllocator, Outermost: process;
                    /// Makes an allocation fail, <https://sqlite.org/malloc.html#_testing_allocators>.
                    fail_allocation: FailAllocation(FailAllocation) -> Code with CountingAllocator, Outermost: process;
                }
                Process "The process" {
                    /// Configures the library before it starts, <https://sqlite.org/c3ref/config.html>.
                    config: Config(Config) -> Code with FreshProcess, StartsLibrary, Outermost: process;
                    /// `sqlite3_initialize`, <https://sqlite.org/c3ref/initialize.html>.
                    initialize: Initialize(Nothing) -> Code with StartsLibrary: process;
                    /// `sqlite3_shutdown`, <https://sqlite.org/c3ref/initialize.html>.
                    shutdown: Shutdown(Nothing) -> Code with FreshProcess, StartsLibrary: process;
                    /// What SQLite wrote to its error log since this was last asked, and forgets it: a row of the
                    /// result code's name and the message, <https://sqlite.org/errlog.html>. What differs from
                    /// version to version, or from run to run, is left out of a message: `line ?` of a source file,
                    /// `[?]` for a source id, `at ?` for a place in a statement's program, and the case's
                    /// directory in front of a file. `config: log` comes first.
                    log: Log(Nothing) -> Rows: process;
                    /// The words for a result code, <https://sqlite.org/c3ref/errcode.html>.
                    errstr: Errstr(ResultCode) -> Value: process;
                    /// Those of these functions that the library exports, in the order in which they are given.
                    exports: Exports(Exports) -> Rows: process;
                    /// How many keywords the library has, <https://sqlite.org/c3ref/keyword_check.html>.
                    keyword_count: KeywordCount(Nothing) -> Value: process;
                    /// A keyword by its number, <https://sqlite.org/c3ref/keyword_check.html>.
                    keyword_name: KeywordName(KeywordName) -> Value: process;
                    /// 1 for a keyword of the library, else 0, <https://sqlite.org/c3ref/keyword_check.html>.
                    keyword_check: KeywordCheck(String) -> Value: process;
                    /// Limits the worker's address space (RLIMIT_AS), in bytes beyond what it has mapped.
                    address_space: AddressSpace(u64) -> Code with FreshProcess, Outermost: process;
                    /// Ends or harms the worker on purpose, to test that one case's crash costs one case. OK
                    /// after a leak.
                    misbehave: Misbehave(Misbehaviour) -> Code: process;
                    /// Ends the process at once, as SIGKILL does: what it has written stays as it is, a hot journal or
                    /// a log, and its handles are gone. The next step of the same build begins in a new process. OK.
                    kill: Kill(Nothing) -> Code with EndsProcess: process;
                }
                /// Each double goes through the SQL alone. What comes back is judged by Rust, whose reading
                /// and printing of doubles is exact: a real by its bits, a text by the double that it means.
                /// A seed draws the same doubles for ever and everywhere. What SQLite makes of them may
                /// depend on the platform too: up to 3.46 it computes with the compiler's `long double`, of
                /// 80 bits on x86 and of 64 or 128 elsewhere.
                Numbers "Doubles from a seed" {
                    /// Sends doubles drawn from a seed through SQL and counts those that come back as another
                    /// double: by how many units in the last place at most, and the first three.
                    doubles: Doubles(Doubles) -> Value on db: Capi, Rusqlite;
                }
                /// The steps between `transaction` and `commit` run inside. What a borrow checker would
                /// forbid is refused.
                Rust "What rusqlite adds" {
                    /// `Connection::execute`: how many rows it changed.
                    execute: Execute(Run) -> Value on db: Rusqlite, Python, Apsw, Go, Node;
                    /// `Connection::query_row`: the first row.
                    query_row: QueryRow(Run) -> Row on db: Rusqlite, Python, Apsw, Go, Node;
                    /// `Connection::query_one`: the only row.
                    query_one: QueryOne(Run) -> Row on db: Rusqlite;
                    /// `Row::get`: a column of the current row as a Rust type. Digits too many for an integer
                    /// of YAML come out as a text.
                    get: Get(Get) -> Value on stmt: Rusqlite;
                    /// `std::mem::forget` on a statement, which is then never finalized.
                    forget: Forget(OnStmt) -> Code ends stmt: Rusqlite;
                    /// Sets the statement cache's capacity.
                    cache_capacity: CacheCapacity(CacheCapacity) -> Code on db: Rusqlite;
                    /// Empties the statement cache.
                    flush_cache: FlushCache(OnDb) -> Code on db: Rusqlite;
                }
                /// A pool of r2d2 with the manager of r2d2_sqlite. It opens a connection when it has none to hand out, in a
                /// thread of its own, and does nothing to one that comes back.
                Pools "Pools of rusqlite connections" {
                    /// Makes a pool, which opens no connection yet.
                    pool: Pool(Pool) -> Code makes pool with FreshProcess: Rusqlite;
                    /// `Pool::try_get`, or `get` where it has to open one: the connection that came back last.
                    checkout: Checkout(Checkout) -> Code on pool makes db: Rusqlite;
                    /// Drops a pooled connection, which goes back to its pool.
                    checkin: Checkin(OnDb) -> Code on db: Rusqlite;
                }
                Transactions "Transactions of rusqlite" {
                    /// Begins a transaction, `Transaction::new_unchecked`.
                    transaction: Transaction(TransactionArguments) -> Code on db makes tx: Rusqlite;
                    /// A savepoint of a connection, or within a transaction or savepoint.
                    savepoint: Savepoint(SavepointArguments) -> Code on db, within makes tx: Rusqlite;
                    /// Sets what dropping a transaction or savepoint does.
                    drop_behavior: DropBehavior(DropBehaviorArguments) -> Code on tx: Rusqlite;
                    /// Commits a transaction, or releases a savepoint. One that fails has dropped it.
                    commit: Commit(OnTx) -> Code ends tx: Rusqlite;
                    /// Rolls a transaction or a savepoint back; a savepoint stays.
                    rollback: Rollback(OnTx) -> Code on tx: Rusqlite;
                    /// Ends a transaction or savepoint as dropping does, and shows the error.
                    finish: Finish(OnTx) -> Code ends tx: Rusqlite;
                    /// Drops a transaction or savepoint.
                    drop_transaction: DropTransaction(OnTx) -> Code ends tx: Rusqlite;
                }
                /// A program of the language executes them, which has the library under test as its `libsqlite3.so.0`
                /// ([drivers](../drivers/README.md)). An exception of the driver that has no code of SQLite is `refused`, with
                /// its type. Counters of connections are the sums over all that the program has open. A value that is none of
                /// SQLite's five kinds is shown as a text of its type and itself: `datetime.date 2024-05-23`. A whole number
                /// of Node is shown as an integer.
                Languages "What drivers of other languages add" {
                    /// Opens a connection as the language does: `sqlite3.connect`, `sql.Open` (which makes a pool) with
                    /// `Ping`, `new Database`. Settings by the driver's own names:
                    ///
                    /// - `python`: the arguments of `sqlite3.connect`, `detect_types` as `decltypes+colnames`, and
                    ///   `text_factory` (`str` or `bytes`),
                    ///   <https://docs.python.org/3/library/sqlite3.html#sqlite3.connect>
                    /// - `apsw`: `statementcachesize`, <https://rogerbinns.github.io/apsw/connection.html>
                    /// - `go`: `max_open_conns`, `max_idle_conns`, `conn_max_lifetime` (ms), `patience` (for how many ms a
                    ///   call waits at most), and the parameters of the data source's name,
                    ///   <https://pkg.go.dev/github.com/mattn/go-sqlite3#SQLiteDriver.Open>
                    /// - `node`: `timeout`, `readonly`, `file_must_exist`, `safe_integers`,
                    ///   <https://github.com/WiseLibs/better-sqlite3/blob/master/docs/api.md>
                    connect: Connect(Connect) -> Code makes db: Python, Apsw, Go, Node;
                    /// Gives the only reference to a connection up, without closing it.
                    drop_connection: DropConnection(OnDb) -> Code ends db: Python, Apsw, Go, Node;
                    /// Begins a query and reads no row: `Connection.execute`, `DB.Query`, `Statement.iterate`. `step` reads
                    /// one, and `finalize` closes what this made.
                    start: Start(Start) -> Code on db makes stmt: Python, Apsw, Go, Node;
                    /// Runs what `prepare` made, `Stmt.Exec` or `Statement.run`: how many rows it changed.
                    run: RunPrepared(RunPrepared) -> Value on stmt: Go, Node;
                    /// Gives the only reference to a statement up, without closing it.
                    drop_statement: DropStatement(OnStmt) -> Code ends stmt: Python, Apsw, Go, Node;
                    /// Lets the garbage collector close a statement, `runtime.SetFinalizer`.
                    finalizer: Finalizer(OnStmt) -> Code on stmt: Go;
                    /// Collects all garbage, and runs the finalizers of what is found: `gc.collect`, `runtime.GC`, `gc`.
                    collect_garbage: CollectGarbage(Nothing) -> Code: Python, Apsw, Go, Node;
                    /// How many connections the program has open.
                    connection_count: ConnectionCount(Nothing) -> Value: Python, Apsw, Go, Node;
                    /// The types of the language that a query's values have.
                    types: Types(Query) -> Rows on db: Python, Apsw, Go, Node;
                    /// Sends a value of the language through SQLite: the type that it is stored as, the type of the
                    /// language that comes back, and the value.
                    carry: Carry(Carry) -> Row on db: Python, Apsw, Go, Node;
                    /// Runs statements in the driver's own scope of a transaction, which may raise at its end: `with
                    /// connection`, `DB.Begin` with a deferred `Rollback`, `Database.transaction`.
                    scope: Scope(ScopeArguments) -> Code on db: Python, Apsw, Go, Node;
                    /// Makes a function of one argument in the language. In Go a connection of the pool has it that is
                    /// opened after this.
                    user_function: UserFunction(UserFunction) -> Code on db: Python, Apsw, Go, Node;
                    /// `executemany`: how many rows it changed.
                    execute_many: ExecuteMany(ExecuteMany) -> Value on db: Python;
                    /// `Connection.commit`
                    commit_connection: CommitConnection(OnDb) -> Code on db: Python;
                    /// `Connection.rollback`
                    rollback_connection: RollbackConnection(OnDb) -> Code on db: Python;
                    /// Sets `Connection.isolation_level`, null for autocommit, and returns it.
                    isolation_level: IsolationLevel(IsolationLevel) -> Value on db: Python;
                    /// Sets a callback that raises.
                    raising_callback: RaisingCallback(RaisingCallback) -> Code on db: Python;
                    /// `sqlite3.register_converter`, for columns of this declared type.
                    converter: Converter(Converter) -> Code: Python;
                    /// A row of how many connections the pool has open, in use and idle, `DB.Stats`.
                    pool_stats: PoolStats(OnDb) -> Row on db: Go;
                }
            }
            blocks {
                /// Runs steps many times and returns how much the measured quantity keeps growing per 1,000
                /// iterations after the warm-up, rounded towards zero; or where and why it stopped: it stops
                /// at the first step that fails or does not do what is expected of it.
                ///
                /// Growth is what never comes back and never ends: a cache that fills once, however late, one
                /// that is emptied from time to time, jitter, a schema that is loaded late are `flat`; a
                /// block of 64 bytes in a thousand iterations is not, over 10,000 of them. Fewer than 50
                /// iterations have no shape to judge: there the growth is the difference between the two
                /// ends.
                ///
                /// A step inside it may say `every: 1000`: then only the last of each 1,000 iterations
                /// executes it.
                repeat: Repeat(Repeat) -> Growth of steps with Iterates;
                /// Runs steps with their first allocation failing, then with their second, and so on until a
                /// run needs no more; first with that allocation failing alone, then with all after it.
                /// Returns the codes that came; as a number (`expect`, `record`, `save`) how many allocations
                /// were made to fail; or where and why it stopped,
                /// <https://sqlite.org/testing.html#out_of_memory_testing>.
                ///
                /// Each run begins without handles, but for those of its `setup`, and with the files that
                /// were there before, and ends with its handles closed. In each run
                ///
                /// - every step succeeds, keeps its `expect`, or returns NOMEM or IOERR_NOMEM; after one that
                ///   did, others may also find no handle, return something else than expected, or fail with
                ///   ERROR, and nothing else;
                /// - nothing is left in memory;
                /// - the steps `after`, which begin without handles too, do what is expected of them: memory
                ///   is there again.
                ///
                /// An allocation that fails and harms nothing (SQLite does without a larger cache) counts as
                /// `OK`. A crash is a crash; its report says at which allocation.
                ///
                /// `over: io` does the same with the calls of the watched file system, which every connection of
                /// these steps gets: a step may then also return IOERR, FULL, CANTOPEN, BUSY, PROTOCOL or CORRUPT, no
                /// file is left open, nobody sleeps, and there is no need of the counting allocator,
                /// <https://sqlite.org/testing.html#i_o_error_testing>.
                sweep: Sweep(Sweep) -> Sweep of setup, steps, after with CountingAllocator, Outermost;
                /// Runs steps once and notes every change of a file. Then it puts the files together as a loss of
                /// power at each change and each sync could leave them, opens them, and asks for the `state`.
                /// Returns what states there were; as a number how many different images were looked at; or in
                /// which of them something was not as promised, <https://sqlite.org/testing.html#crash_testing>.
                ///
                /// What was synced is there. Of what was not, any part may be: each change alone lost or kept, all
                /// up to one, some that are drawn, the last one by half of its sectors of 512 bytes. A file is
                /// there for certain when it was synced, and gone when it was deleted and the directory synced.
                power_loss: PowerLoss(PowerLoss) -> Sweep of setup, steps, check with Outermost;
                /// Runs two or three actors, each a list of steps with connections of its own, in every order with
                /// at most so many `switches`. Returns what came of the steps that have no `expect`; as a number
                /// how many orders there were; or the first order, of the fewest switches, in which a step did not
                /// do what is expected.
                ///
                /// Every connection of the actors is of the watched file system. An actor may be interrupted
                /// before each of its calls; where it finds a lock taken or sleeps the other runs without that
                /// counting, and no time passes. Each order begins with the files that were there before the
                /// block. An order is shown as the calls that an actor makes in its turns, `[a: 12, b: 40]`, and
                /// `run` runs it again. Where actors share a cache, `config: mutex` comes first.
                schedule: Schedule(Schedule) -> Sweep of a, b, c, after with Outermost;
                /// Runs two or three actors, each a list of steps, in threads of their own at the same time, `times` times.
                /// Returns `as expected`; as a number how many times there were; or the first time that a step did not do
                /// what is expected. What a step without `expect` does is not shown, because it may be another thing each
                /// time.
                ///
                /// Each thread has handles of its own, or all have the connection `shared`. Each first runs as many steps
                /// as `begin` says, which have to work; then all go on at once. Each time begins with the files that were
                /// there before the block. A build without threads, or a connection that cannot be shared, is `refused`.
                threads: Threads(Threads) -> Sweep of a, b, c, after with Outermost;
                /// Searches the least memory under which steps work, in halves. Each try begins without
                /// handles and with the files that were there before; it works when every step succeeds or
                /// keeps its `expect`. The result is a limit that works, less than one `resolution` above one
                /// that does not. Some limits above are tried too: more is not always enough. Where one of
                /// them does not work, the result is above it, and says so.
                least_memory: LeastMemory(LeastMemory) -> Quantity of steps with Outermost;
                /// Damages a file in many ways, each drawn from the seed and its number, and runs steps on each
                /// variant, without handles and with all other files as they were. Returns what the variants came
                /// to, each once; as a number (`expect`, `record`, `save`) how many there were; or the first
                /// variant on which a step did not keep its `expect`.
                ///
                /// A variant comes to the primary code of the first step that failed; to `damage found` where
                /// `integrity_check` or `quick_check` returned something else than `ok`; to `other rows` where a
                /// step returned something else than on the file without damage; or to `OK`. On that file every
                /// step has to succeed or to keep its `expect`. A crash is a crash; its report says which variant
                /// it was, and what was done to the file.
                ///
                /// The pages of a database are those that its header names, those of a journal or a log its
                /// records and frames. Half of the damage is done at the beginning of a page.
                damage: Damage(Damage) -> Sweep of setup, steps with Outermost;
            }
            checks {
                /// Compares saved outcomes, `after <= before + 4096`: sums and differences of names and
                /// numbers on either side of `<`, `<=`, `==`, `!=`, `>=` or `>`, with spaces between.
                compare: Compare(String);
            }
        }
    };
}
pub(crate) use table;
