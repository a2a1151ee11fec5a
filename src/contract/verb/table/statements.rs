//! Verbs: prepared statements, their columns, and what SQLite hands out.

/// Puts these sections behind those of the files before.
macro_rules! statements {
    ($then:tt { $($before:tt)* }) => {
        $crate::contract::verb::table::table! { after statements: $then {
            $($before)*
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
        } }
    };
}
pub(crate) use statements;
