//! Verbs: what a connection is opened with and asked to do, and SQL that runs at once.

/// Puts these sections behind those of the files before.
macro_rules! connections {
    ($then:tt { $($before:tt)* }) => {
        $crate::contract::verb::table::table! { after connections: $then {
            $($before)*
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
        } }
    };
}
pub(crate) use connections;
