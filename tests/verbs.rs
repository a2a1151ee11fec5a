//! Every verb survives the way to the worker, and `contracts/VERBS.md` lists it.
//! `UPDATE_DOCS=1 cargo test --test verbs` writes the page again.

use std::collections::BTreeSet;

use sqlite_contracts::contract::step::Step;
use sqlite_contracts::contract::verb::{Verb, page};
use sqlite_contracts::project::Project;

/// A step of each verb, with as many arguments as it takes.
const STEPS: &str = r#"
- open: {path: a.db, db: other, flags: [readwrite, create, uri], vfs: watched}
- close: other
- close_v2: {db: other}
- exec: {sql: SELECT 1, db: other, keep: message}
- query: {sql: "SELECT ?1", db: other, values: [1, 0.5, .inf, a, ~, {blob: 00ff}, {zeroblob: 5}, {text: a, times: 3}]}
- plan: {sql: "SELECT ?1", db: other, values: [1]}
- sqllogictest: {script: "statement ok\nSELECT 1\n\nstatement ok\nSELECT 2\n", db: other, line: 3, threshold: 0}
- prepare: {sql: SELECT 1, stmt: s, db: other, version: v3, flags: [persistent, no_vtab], cached: true}
- bind: {at: ":a", value: {blob: 00ff}, lifetime: destructor, stmt: s, as: bytes}
- step: s
- reset: {stmt: s}
- clear_bindings:
- finalize: s
- column: {at: 1, stmt: s, as: int64}
- column_name: 1
- column_decltype: {at: 1, stmt: s}
- column_count: s
- data_count: s
- value_dup: {name: copy, at: 0, stmt: s}
- value: copy
- value_free: copy
- get_table: {sql: SELECT 1, db: other, keep: table}
- mprintf: {format: "%10.3Q", value: it's, keep: text}
- serialize: {db: other, database: temp, nocopy: true}
- deserialize: {image: copy, db: other, database: temp, flags: [freeonclose, resizeable]}
- blob_open: {table: t, column: a, row: 1, write: true, db: other, database: temp, blob: b}
- blob_read: {offset: 0, length: 5, blob: b}
- blob_write: {offset: 0, value: {blob: 00ff}, blob: b}
- blob_bytes: b
- blob_reopen: {row: 2, blob: b}
- blob_close: b
- backup_init: {to: other, from: db, to_database: main, from_database: temp, backup: c}
- backup_step: {pages: 5, backup: c}
- backup_remaining: c
- backup_pagecount: c
- backup_finish: c
- session_create: {schema: temp, db: other, session: s}
- session_attach: {table: t, session: s}
- session_enable: {value: 0, session: s}
- session_indirect: {value: 1, session: s}
- session_config: {option: rowid, value: 1, session: s}
- session_isempty: s
- session_changeset_size: s
- session_diff: {from: aux, table: t, session: s}
- session_changeset: {to: a.changes, session: s}
- session_patchset: {to: a.changes, session: s}
- session_delete: s
- changeset_rows: {path: a.changes, invert: true}
- changeset_apply: {path: a.changes, db: other, on_conflict: omit, data: replace, notfound: omit, conflict: abort, constraint: omit, foreign_key: omit, tables: [t], flags: [nosavepoint, invert, ignorenoop, fknoaction, noupdateloop], rebase: a.rebase}
- changeset_invert: {path: a.changes, to: b.changes}
- changeset_concat: {first: a.changes, second: b.changes, to: c.changes}
- changegroup: {paths: [a.changes, b.changes], to: c.changes, db: other}
- changeset_rebase: {path: a.changes, by: a.rebase, to: b.changes}
- changes: other
- total_changes:
- changes64: other
- total_changes64: other
- last_insert_rowid:
- errcode:
- extended_errcode:
- errmsg:
- set_errmsg: {code: BUSY_SNAPSHOT, message: my own, db: other}
- error_offset:
- autocommit:
- sql: s
- expanded_sql: {stmt: s, keep: text}
- stmt_busy:
- stmt_readonly:
- stmt_isexplain: s
- stmt_explain: {mode: 2, stmt: s}
- bind_parameter_count:
- next_stmt: {db: other, after: s}
- stmt_count: other
- stmt_status: {counter: vm_step, stmt: s, reset: true}
- db_status: {counter: stmt_used, db: other, peak: true, reset: true}
- status: {counter: malloc_count, peak: true, reset: true}
- memory_used:
- memory_highwater: {reset: true}
- soft_heap_limit: 1000
- hard_heap_limit: {bytes: -1}
- release_memory: 1000
- db_release_memory: other
- limit: {limit: sql_length, value: -1, db: other}
- db_config: {switch: enable_fkey, value: 1, db: other}
- busy_timeout: {ms: 5, db: other}
- interrupt: other
- file_control: {op: chunk_size, value: 4096, schema: temp, db: other}
- config: {heap: {bytes: 100000, min_allocation: 64}}
- initialize:
- log:
- errstr: BUSY
- keyword_count:
- exports: {functions: [sqlite3_open]}
- keyword_name: 5
- keyword_check: SELECT
- shutdown:
- bind_bytes: {at: 1, value: "a\0b", length: -1, lifetime: static, stmt: s}
- bind_zeroblob64: {at: ":a", size: 5, stmt: s}
- bind_parameter_name: {at: 1, stmt: s}
- hold: {name: p, at: 0, stmt: s}
- same_pointer: {name: p, at: 0, stmt: s}
- set_last_insert_rowid: {rowid: 5, db: other}
- txn_state: {schema: main, db: other}
- db_readonly: {schema: temp, db: other}
- db_filename: {db: other}
- is_interrupted: other
- table_column_metadata: {table: t, column: a, schema: main, db: other}
- db_lookaside: {slot: 64, slots: 10, db: other}
- db_cacheflush: other
- wal_checkpoint_v2: {mode: truncate, schema: main, db: other}
- wal_autocheckpoint: {pages: 5, db: other}
- function: {name: f, does: {answer: 5}, args: -1, flags: [deterministic, innocuous], db: other}
- aggregate: {name: g, does: {error_in_step: 2}, args: 2, flags: [directonly], db: other}
- window_function: {name: h, does: sum, db: other}
- remove_function: {name: f, args: -1, db: other}
- collation: {name: backwards, order: reverse, db: other}
- remove_collation: {name: backwards, db: other}
- module: {name: numbers, does: {rows: 3}, eponymous: true, db: other}
- module: {name: held, does: {holds: {columns: [a INTEGER, b HIDDEN], rows: [[1], [~, x]], without_rowid: true, best_index: {uses: [eq, isnotnull], omit: true, in_whole: true, needs: [b], consumes_order: true, unique: true, cost: 1.5, rows: 10, asks: [value, in, distinct, collation, columns]}, config: [innocuous], functions: [f], writable: true, integrity: broken, fails_in: [filter, best_index], code: CONSTRAINT, words: no}}, db: other}
- remove_module: {name: numbers, db: other}
- collation_needed: {order: length, db: other}
- commit_hook: {veto: true, name: first, meanwhile: {exec: COMMIT, db: db, at: 2}, db: other}
- rollback_hook: {name: second, db: other}
- update_hook: {off: true, db: other}
- wal_hook: {db: other}
- progress_handler: {every: 5, interrupt_at: 3, db: other}
- authorizer: {deny: [read], ignore: [drop_table], on: t, db: other}
- trace: {events: [stmt, profile, row, close], db: other}
- busy_handler: {tries: 3, off: true, db: other}
- unlock_notify: {name: third, db: other}
- calls: f
- call_count: {of: f}
- destructor_calls: {of: function}
- file_size: a.db
- file_bytes: {path: a.db, length: 16, offset: 24}
- file_hash: a.db
- write_file: {path: a.db, bytes: {blob: 00ff}, offset: 24}
- open_files:
- address_space: 1000000
- misbehave: segfault
- kill:
- replay: {name: app.trace, path: traces/app.trace}
- replay_plans:
- replay_work:
- replay_memory:
- repeat: {times: 10, warmup: 5, measure: {stmt_status: {counter: run}}, steps: [{exec: SELECT 1, expect: OK}]}
- allocations: live_bytes
- allocation_sizes:
- allocation_lifetimes:
- outstanding:
- reset_allocations:
- fail_allocation: {at: 5, persistent: true}
- sweep: {steps: [{open: a.db}, {exec: SELECT 1}], after: [{open: a.db}], persistent: true, at_most: 5}
- least_memory: {steps: [{open: a.db}], between: [1, 1000000], resolution: 4096, by: allocator}
- io_calls: {operation: sync, file: wal}
- io_count: {file: super_journal}
- reset_io:
- fail_io: {at: 5, operation: write, file: journal, error: short, persistent: true}
- power_loss: {setup: [{open: a.db}], steps: [{exec: SELECT 1}], check: [{query: SELECT 1}], state: SELECT 2, path: b.db, promise: consistent, sequential: true}
- schedule: {a: [{open: a.db}], b: [{open: a.db}], c: [{open: a.db}], after: [{open: a.db}], begin: [{a: 1}, {b: 1}], run: [{a: 5}, {b: 6, hold_back: true}, {c: 7}], switches: 1, at_most: 50, at: [shm_lock, unfetch], hold_back: true, mutexes: true}
- threads: {a: [{exec: SELECT 1}], b: [{exec: SELECT 1}], c: [{exec: SELECT 1}], after: [{open: a.db}], begin: [{a: 1}], times: 3, shared: {path: a.db, flags: [readwrite, fullmutex]}}
- exec_blocking: {sql: SELECT 1, db: other}
- pool: {path: a.db, pool: p, size: 3, init: SELECT 1, untested: true}
- checkout: {pool: p, db: other}
- checkin: other
- sweep: {over: io, steps: [{open: a.db}], operation: write, file: wal, error: full, only: 5}
- damage: {of: a.db, how: [flip, old_page], variants: 50, seed: 7, damages: 2, within: [100, 200], setup: [{open: a.db}], steps: [{open: a.db}], only: 3}
- doubles: {through: [SELECT 1, "SELECT ?1"], class: decimal, given: text, count: 5, seed: 7, ulps: 1, as: text, db: other}
- compare: after <= before + 4096
- execute: {sql: "DELETE FROM t WHERE a = :a", db: other, named: {":a": 5}}
- query_row: {sql: "SELECT ?1", db: other, values: [5]}
- query_one: SELECT 5
- get: {column: a, as: u64, optional: true, stmt: s}
- forget: s
- transaction: {behavior: immediate, tx: outer, db: other}
- savepoint: {name: point, within: outer, tx: inner, db: other}
- drop_behavior: {behavior: commit, tx: inner}
- commit: inner
- rollback: inner
- finish: {tx: outer}
- drop_transaction: outer
- cache_capacity: {statements: 5, db: other}
- flush_cache: other
- connect: {path: a.db, db: other, settings: {timeout: 0.5, isolation_level: ~}}
- drop_connection: other
- start: {sql: "SELECT ?", stmt: s, db: other, values: [1]}
- run: {values: [1], stmt: s}
- drop_statement: s
- finalizer: s
- collect_garbage:
- connection_count:
- types: {sql: "SELECT ?", db: other, values: [1]}
- carry: {value: 1, kind: bool, db: other}
- scope: {statements: [SELECT 1], raises: true, db: other}
- user_function: {name: f, does: raise, db: other}
- execute_many: {sql: "SELECT ?", rows: [[1], [~]], db: other}
- commit_connection: other
- rollback_connection: other
- isolation_level: {level: ~, db: other}
- raising_callback: {hook: trace, db: other}
- converter: {name: date, does: upper}
- pool_stats: other
"#;

fn steps() -> Vec<Step> {
    let options = serde_yaml::options! {
        non_finite_float_policy: serde_yaml::NonFiniteFloatPolicy::PassThrough,
    };
    serde_yaml::from_str_with_options(STEPS, options).unwrap()
}

#[test]
fn every_verb_is_here() {
    let here: BTreeSet<&str> = steps().iter().map(|step| step.verb.name()).collect();
    assert_eq!(here, Verb::NAMES.iter().copied().collect());
}

#[test]
fn every_verb_survives_the_way_to_the_worker() {
    for step in steps() {
        let mut bytes = Vec::new();
        ciborium::into_writer(&step.verb, &mut bytes).unwrap();
        let arrived: Verb = ciborium::from_reader(bytes.as_slice()).unwrap();
        assert_eq!(step.verb, arrived);
    }
}

#[test]
fn every_verb_is_described_by_its_name_first() {
    for step in steps() {
        let shown = step.verb.describe();
        assert_eq!(shown.split([' ', ',']).next(), Some(step.verb.name()), "{shown}");
    }
}

#[test]
fn the_page_on_file_lists_the_verbs_of_the_table() {
    let file = Project::at(env!("CARGO_MANIFEST_DIR")).contracts().join("VERBS.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&file, page::page()).unwrap();
    }
    let on_file = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        on_file == page::page(),
        "contracts/VERBS.md is not the table any more: run `UPDATE_DOCS=1 cargo test --test verbs`"
    );
}
