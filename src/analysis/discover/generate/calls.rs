//! Sequences of calls of the C interface, in legal and in illegal orders. A name whose handle is gone is refused by the
//! worker, so that nothing is used after it was freed: what a library then does, none promises.

use super::{Generator, Tree};

/// What is prepared. The text of a program of the virtual machine is no result.
const PREPARED: &[&str] = &[
    "SELECT a, b FROM t",
    "SELECT a FROM t WHERE a > ?1",
    "INSERT INTO t VALUES (?1, :b)",
    "INSERT INTO t VALUES (?, ?) RETURNING a",
    "INSERT INTO u(x) VALUES (?1)",
    "REPLACE INTO u(x, y) VALUES (1, ?2)",
    "UPDATE t SET b = ?1 WHERE a = 1",
    "DELETE FROM t WHERE a = ?",
    "SELECT ?1 + ?3, typeof(?2), @a, $b",
    "SELECT x.a, t.b AS c, 1 + 1, rowid FROM t, (SELECT a FROM t) AS x",
    "SELECT f(a) FROM t",
    "SELECT a FROM t ORDER BY b COLLATE co, a",
    "VALUES (1), (2)",
    "BEGIN IMMEDIATE",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT s1",
    "ROLLBACK TO s1",
    "RELEASE s1",
    "CREATE TABLE w(x)",
    "DROP TABLE t",
    "ALTER TABLE t RENAME COLUMN b TO c",
    "PRAGMA user_version = 7",
    "PRAGMA journal_mode",
    "SELECT 1; SELECT 2",
    "",
    "-- nothing",
    "SELECT nothing",
    "SELECT 1 FROM",
    "CREATE TEMP TABLE v AS SELECT 1 AS p",
    "ATTACH ':memory:' AS aux1",
    "WITH RECURSIVE r(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM r WHERE n < 400) SELECT max(n) FROM r",
];

/// What is run at once.
const RUN: &[&str] = &[
    "BEGIN",
    "BEGIN IMMEDIATE",
    "BEGIN EXCLUSIVE",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT s1",
    "ROLLBACK TO s1",
    "RELEASE s1",
    "INSERT INTO t VALUES (9, x'00ff')",
    "INSERT INTO u(x) VALUES (1)",
    "UPDATE t SET b = 'longer than it was'",
    "DELETE FROM t",
    "CREATE TABLE w(x)",
    "DROP TABLE t",
    "ALTER TABLE t ADD COLUMN c",
    "PRAGMA journal_mode = wal",
    "PRAGMA journal_mode = memory",
    "PRAGMA foreign_keys = ON",
    "PRAGMA query_only = ON",
    "PRAGMA wal_checkpoint",
    "VACUUM",
    "SELECT f(1)",
    "SELECT a FROM t; SELECT nothing; SELECT 1",
    "",
];

/// Calls about a connection, in the place of `$`.
const OF_CONNECTION: &[&str] = &[
    "close: $",
    "close_v2: $",
    "interrupt: $",
    "is_interrupted: $",
    "changes: $",
    "total_changes: $",
    "changes64: $",
    "total_changes64: $",
    "last_insert_rowid: $",
    "set_last_insert_rowid: {rowid: 77, db: $}",
    "errcode: $",
    "extended_errcode: $",
    "errmsg: $",
    "error_offset: $",
    "set_errmsg: {code: BUSY, message: mine, db: $}",
    "autocommit: $",
    "txn_state: {db: $}",
    "txn_state: {schema: temp, db: $}",
    "txn_state: {schema: nothing, db: $}",
    "db_readonly: {db: $}",
    "db_readonly: {schema: nothing, db: $}",
    "db_filename: {schema: temp, db: $}",
    "db_cacheflush: $",
    "db_release_memory: $",
    "stmt_count: $",
    "next_stmt: $",
    "busy_timeout: {ms: 0, db: $}",
    "limit: {limit: variable_number, value: 2, db: $}",
    "limit: {limit: length, value: 40, db: $}",
    "limit: {limit: column, value: -1, db: $}",
    "limit: {limit: attached, value: 99, db: $}",
    "limit: {limit: sql_length, value: 20, db: $}",
    "db_config: {switch: enable_fkey, value: -1, db: $}",
    "db_config: {switch: enable_trigger, value: 0, db: $}",
    "db_config: {switch: enable_view, value: -1, db: $}",
    "db_config: {switch: defensive, value: 1, db: $}",
    "db_config: {switch: dqs_dml, value: -1, db: $}",
    "db_config: {switch: reset_database, value: 1, db: $}",
    "db_config: {switch: writable_schema, value: 1, db: $}",
    "db_config: {switch: no_ckpt_on_close, value: 1, db: $}",
    "file_control: {op: data_version, db: $}",
    "file_control: {op: persist_wal, db: $}",
    "file_control: {op: reserve_bytes, value: 8, db: $}",
    "file_control: {op: vfsname, schema: nothing, db: $}",
    "table_column_metadata: {table: t, column: a, db: $}",
    "table_column_metadata: {table: t, column: rowid, db: $}",
    "table_column_metadata: {table: u, column: x, db: $}",
    "table_column_metadata: {table: nothing, column: a, db: $}",
    "wal_checkpoint_v2: {mode: passive, db: $}",
    "wal_checkpoint_v2: {mode: truncate, db: $}",
    "wal_checkpoint_v2: {mode: full, schema: nothing, db: $}",
    "wal_autocheckpoint: {pages: 1, db: $}",
    "get_table: {sql: 'SELECT a, b FROM t', db: $}",
    "get_table: {sql: 'SELECT a FROM t WHERE 0', db: $}",
    "serialize: {db: $, keep: image}",
    "serialize: {db: $, nocopy: true}",
    "deserialize: {image: image, flags: [freeonclose], db: $}",
    "deserialize: {image: image, flags: [freeonclose, readonly], db: $}",
    "deserialize: {image: image, flags: [freeonclose], database: nothing, db: $}",
    "blob_open: {table: t, column: b, row: 1, write: true, db: $}",
    "blob_open: {table: t, column: b, row: 2, db: $}",
    "blob_open: {table: t, column: a, row: 1, db: $}",
    "blob_open: {table: u, column: x, row: 1, write: true, db: $}",
    "blob_open: {table: t, column: b, row: 99, db: $}",
    "backup_init: {to: other, from: $}",
    "backup_init: {to: $, from: other}",
    "backup_init: {to: $, from: $}",
    "backup_init: {to: other, from: $, from_database: nothing}",
    "progress_handler: {every: 5, interrupt_at: 2, db: $}",
    "progress_handler: {every: 1, interrupt_at: 1, db: $}",
    "progress_handler: {off: true, db: $}",
    "commit_hook: {name: one, db: $}",
    "commit_hook: {veto: true, db: $}",
    "commit_hook: {off: true, db: $}",
    "rollback_hook: {name: one, db: $}",
    "rollback_hook: {off: true, db: $}",
    "update_hook: {name: one, db: $}",
    "wal_hook: {name: one, db: $}",
    "wal_hook: {off: true, db: $}",
    "authorizer: {deny: [read], on: t, db: $}",
    "authorizer: {deny: [insert], db: $}",
    "authorizer: {ignore: [read], on: b, db: $}",
    "authorizer: {ignore: [delete], db: $}",
    "authorizer: {off: true, db: $}",
    "trace: {events: [stmt], db: $}",
    "trace: {events: [row, close], db: $}",
    "trace: {events: [], db: $}",
    "busy_handler: {tries: 2, db: $}",
    "function: {name: f, does: argument, db: $}",
    "function: {name: f, does: {error: mine}, db: $}",
    "function: {name: f, does: {error_code: AUTH}, db: $}",
    "function: {name: f, does: interrupt, flags: [deterministic], db: $}",
    "function: {name: f, does: {run: 'DELETE FROM t'}, flags: [directonly], db: $}",
    "function: {name: abs, does: {answer: 5}, db: $}",
    "function: {name: f, does: argument, args: 128, db: $}",
    "aggregate: {name: f, does: sum, db: $}",
    "window_function: {name: f, does: count, db: $}",
    "remove_function: {name: f, db: $}",
    "collation: {name: co, order: reverse, db: $}",
    "collation: {name: NOCASE, order: length, db: $}",
    "collation_needed: {order: reverse, db: $}",
    "remove_collation: {name: co, db: $}",
    "calls:",
    "destructor_calls:",
    "destructor_calls: {of: function}",
    "mprintf: {format: '%lld|', value: 1}",
    "value: image",
    "value_free: image",
];

/// Calls about a statement, in the place of `$`.
const OF_STATEMENT: &[&str] = &[
    "reset: $",
    "reset: $",
    "finalize: $",
    "finalize: $",
    "clear_bindings: $",
    "bind: {values: [1, two], stmt: $}",
    "bind: {values: [null, 2.5, {blob: 00ff}], stmt: $}",
    "bind: {values: [5], stmt: $}",
    "bind: {at: 0, value: 1, stmt: $}",
    "bind: {at: 9, value: 1, stmt: $}",
    "bind: {at: ':b', value: text, lifetime: destructor, stmt: $}",
    "bind_zeroblob64: {at: 1, size: 4, stmt: $}",
    "bind_zeroblob64: {at: 1, size: 4294967296, stmt: $}",
    "bind_bytes: {at: 1, value: abc, length: 2, stmt: $}",
    "bind_bytes: {at: 1, value: null, stmt: $}",
    "sql: $",
    "expanded_sql: $",
    "stmt_busy: $",
    "stmt_readonly: $",
    "stmt_isexplain: $",
    "stmt_explain: {mode: 0, stmt: $}",
    "stmt_explain: {mode: 3, stmt: $}",
    "bind_parameter_count: $",
    "bind_parameter_name: {at: 1, stmt: $}",
    "bind_parameter_name: {at: 2, stmt: $}",
    "column: {at: 0, stmt: $}",
    "column: {at: 1, stmt: $}",
    "column: {at: 1, as: text, stmt: $}",
    "column: {at: 1, as: type, stmt: $}",
    "column: {at: 1, as: int, stmt: $}",
    "column: {at: 1, as: bytes, stmt: $}",
    "column: {at: 7, stmt: $}",
    "column: {at: -1, stmt: $}",
    "column_name: {at: 0, stmt: $}",
    "column_name: {at: 1, stmt: $}",
    "column_name: {at: 9, stmt: $}",
    "column_decltype: {at: 0, stmt: $}",
    "column_decltype: {at: 1, stmt: $}",
    "column_count: $",
    "data_count: $",
    "value_dup: {name: copy, at: 1, stmt: $}",
    "value: copy",
    "stmt_status: {counter: run, stmt: $}",
    "stmt_status: {counter: reprepare, stmt: $}",
    "stmt_status: {counter: sort, stmt: $}",
];

/// Calls about the one blob handle or the one backup.
const OF_OTHERS: &[&str] = &[
    "blob_read: {offset: 0, length: 1}",
    "blob_read: {offset: 1, length: 99}",
    "blob_read: {offset: -1, length: 1}",
    "blob_write: {offset: 0, value: z}",
    "blob_write: {offset: 3, value: zzzz}",
    "blob_bytes:",
    "blob_reopen: 2",
    "blob_reopen: 99",
    "blob_close:",
    "backup_step: 1",
    "backup_step: -1",
    "backup_step: 0",
    "backup_remaining:",
    "backup_pagecount:",
    "backup_finish:",
];

/// The connections of a program: one in memory that every program has, and two of one file.
const CONNECTIONS: &[&str] = &["db", "other"];

impl Generator {
    /// Calls on two connections, which may share a file.
    pub(super) fn over_calls(&mut self) -> Vec<Tree> {
        let mut steps = self.two_connections();
        steps.extend(self.several(4, 14, Self::call_step));
        // What is left: whatever was done, it can be asked for.
        steps.push(Tree::word("query: {sql: 'SELECT count(*), total(a) FROM t'}"));
        steps
    }

    /// A connection with two tables, and another one, to the same file or to a new database.
    fn two_connections(&mut self) -> Vec<Tree> {
        let mut steps = Vec::new();
        let is_file = self.chance(40);
        if is_file {
            steps.push(Tree::word("open: f.db"));
        }
        steps.push(Tree::word("exec: {sql: 'CREATE TABLE t(a INTEGER, b TEXT)'}"));
        steps.push(Tree::word("exec: {sql: \"INSERT INTO t VALUES (1, 'one'), (2, x'0102')\"}"));
        if self.chance(40) {
            let definition = self.one_of(&[
                "u(x INTEGER PRIMARY KEY AUTOINCREMENT, y UNIQUE)",
                "u(x REFERENCES t(a), y DEFAULT 5)",
                "u(x TEXT PRIMARY KEY, y NOT NULL) WITHOUT ROWID",
                "u(x CHECK(x < 5), y AS (x + 1))",
            ]);
            steps.push(Tree::word(format!("exec: {{sql: 'CREATE TABLE {definition}'}}")));
        }
        if self.chance(60) {
            let file = if is_file { "f.db" } else { "':memory:'" };
            steps.push(Tree::word(format!("open: {{path: {file}, db: other}}")));
        }
        steps
    }

    fn call_step(&mut self) -> Tree {
        let connection = if self.chance(75) { CONNECTIONS[0] } else { CONNECTIONS[1] };
        let statement = self.one_of(&["p", "p", "q"]);
        match self.random.below(20) {
            0..4 => self.prepare_step(connection, statement),
            4..8 => step("step: $", statement),
            8..10 => {
                let sql = self.one_of(RUN);
                let text = format!("exec: {{sql: {}, db: {connection}}}", quoted(sql));
                Tree::fixed(format!("exec {sql}").trim_end().to_owned(), text, Vec::new())
            }
            10..14 => step(self.one_of(OF_STATEMENT), statement),
            14..16 => step(self.one_of(OF_OTHERS), ""),
            _ => step(self.one_of(OF_CONNECTION), connection),
        }
    }

    fn prepare_step(&mut self, connection: &str, statement: &str) -> Tree {
        let sql = self.one_of(PREPARED);
        let version = self.one_of(&["", "", "", ", version: v1", ", version: v3"]);
        let text = format!("prepare: {{sql: {}, stmt: {statement}, db: {connection}{version}}}", quoted(sql));
        Tree::fixed(format!("prepare {sql}").trim_end().to_owned(), text, Vec::new())
    }
}

/// A call with this name in the place of `$`. What it is about is its verb, with the arguments that make it another one.
fn step(call: &str, name: &str) -> Tree {
    let feature = call.replace("stmt: $", "").replace("db: $", "").replace('$', "");
    let feature = feature.trim_end_matches([' ', ',', ':', '}', '{']).to_owned();
    Tree::fixed(feature, call.replace('$', name), Vec::new())
}

fn quoted(sql: &str) -> String {
    format!("'{}'", sql.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::discover::statement::step_of;
    use crate::contract::verb::Verb;
    use crate::outcome::random::Random;

    #[test]
    fn every_call_is_a_step_of_the_language() {
        let calls = [OF_CONNECTION, OF_STATEMENT, OF_OTHERS].concat();
        for call in calls {
            let text = step(call, "x").to_string();
            let step = step_of(&text);
            let is_meant =
                matches!(&step.verb, Verb::Call(it) if text.starts_with(&format!("{}:", it.name())));
            assert!(is_meant, "{text}: {step:?}");
        }
        let mut generator = Generator { random: Random::new(1) };
        for _ in 0..50 {
            let program = generator.over_calls();
            let is_step = |tree: &Tree| !step_of(&tree.to_string()).describe().starts_with("query prepare");
            assert!(program.iter().all(is_step), "{program:?}");
        }
    }
}
