//! Verbs: what other drivers than C's add.

/// Puts these sections behind those of the files before.
macro_rules! languages {
    ($then:tt { $($before:tt)* }) => {
        $crate::contract::verb::table::table! { after languages: $then {
            $($before)*
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
        } }
    };
}
pub(crate) use languages;
