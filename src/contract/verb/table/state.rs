//! Verbs: what a connection says, and its write-ahead log.

/// Puts these sections behind those of the files before.
macro_rules! state {
    ($then:tt { $($before:tt)* }) => {
        $crate::contract::verb::table::table! { after state: $then {
            $($before)*
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
        } }
    };
}
pub(crate) use state;
