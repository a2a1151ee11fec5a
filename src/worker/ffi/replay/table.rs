//! The functions of SQLite's interface, one row each, as data: what a macro makes of them. The recorder, which includes this
//! file, makes functions that write a call down; the replay makes those that make it again. What needs more than a row is in
//! the other files of either. `recorder/tests/table.rs` compares all of it with SQLite's bindings.

/// Calls another macro with the table: blocks of rows, of four forms and two paces (see `function`).
///
/// `plain` functions return all that there is to know, and all their arguments are known. Rows of `detailed` ones say after
/// their signature what is known before the call, and what after it. `noted` ones are passed on. `hooks` set a function of
/// the program's that a connection calls.
macro_rules! table {
    ($then:ident) => { $then! {

// What a connection does.
plain long {
    sqlite3_initialize() -> Code;
    sqlite3_shutdown() -> Code;
    sqlite3_interrupt(db: Db) -> ();
    sqlite3_busy_timeout(db: Db, ms: c_int) -> Code;
    sqlite3_setlk_timeout(db: Db, ms: c_int, flags: c_int) -> Code;
    sqlite3_wal_autocheckpoint(db: Db, frames: c_int) -> Code;
    sqlite3_wal_checkpoint(db: Db, schema: Text) -> Code;
    sqlite3_db_cacheflush(db: Db) -> Code;
    sqlite3_db_release_memory(db: Db) -> Code;
    sqlite3_release_memory(bytes: c_int) -> c_int;
    sqlite3_declare_vtab(db: Db, sql: Text) -> Code;
    sqlite3_overload_function(db: Db, name: Text, arguments: c_int) -> Code;
    sqlite3_enable_load_extension(db: Db, on: c_int) -> Code;
    sqlite3_enable_shared_cache(on: c_int) -> Code;
    sqlite3_sleep(ms: c_int) -> c_int;
    sqlite3_step(stmt: Stmt) -> Code;
    sqlite3_reset(stmt: Stmt) -> Code;
    sqlite3_stmt_explain(stmt: Stmt, mode: c_int) -> Code;
    sqlite3_backup_step(backup: Backup, pages: c_int) -> Code;
    sqlite3_blob_reopen(blob: Blob, row: i64) -> Code;
    sqlite3_next_stmt(db: Db, after: Stmt) -> Stmt;
}

detailed long {
    sqlite3_prepare(db: Db, sql: *const c_char, bytes: c_int, stmt: Handles, tail: *mut *const c_char) -> Code
        [db, sql = Bytes::sql(sql, bytes)] -> [stmt = Birth(stmt), tail = offset(sql, tail)];
    sqlite3_prepare_v2(db: Db, sql: *const c_char, bytes: c_int, stmt: Handles, tail: *mut *const c_char) -> Code
        [db, sql = Bytes::sql(sql, bytes)] -> [stmt = Birth(stmt), tail = offset(sql, tail)];
    sqlite3_prepare_v3(db: Db, sql: *const c_char, bytes: c_int, flags: c_uint, stmt: Handles, tail: *mut *const c_char) -> Code
        [db, sql = Bytes::sql(sql, bytes), flags] -> [stmt = Birth(stmt), tail = offset(sql, tail)];
    sqlite3_prepare16(db: Db, sql: *const c_void, bytes: c_int, stmt: Handles, tail: *mut *const c_void) -> Code
        [db, sql = Bytes::utf16(sql, bytes)] -> [stmt = Birth(stmt), tail = offset(sql, tail)];
    sqlite3_prepare16_v2(db: Db, sql: *const c_void, bytes: c_int, stmt: Handles, tail: *mut *const c_void) -> Code
        [db, sql = Bytes::utf16(sql, bytes)] -> [stmt = Birth(stmt), tail = offset(sql, tail)];
    sqlite3_prepare16_v3(db: Db, sql: *const c_void, bytes: c_int, flags: c_uint, stmt: Handles, tail: *mut *const c_void) -> Code
        [db, sql = Bytes::utf16(sql, bytes), flags] -> [stmt = Birth(stmt), tail = offset(sql, tail)];
    sqlite3_get_table(db: Db, sql: Text, table: *mut *mut *mut c_char, rows: *mut c_int, columns: *mut c_int, message: *mut *mut c_char) -> Code
        [db, sql] -> [rows = Out(rows), columns = Out(columns), cells = cells(table, rows, columns), message = message_of(message)];
    sqlite3_load_extension(db: Db, file: Text, entry: Text, message: *mut *mut c_char) -> Code
        [db, file, entry] -> [message = message_of(message)];
    sqlite3_wal_checkpoint_v2(db: Db, schema: Text, mode: c_int, log: *mut c_int, checkpointed: *mut c_int) -> Code
        [db, schema, mode] -> [log = Out(log), checkpointed = Out(checkpointed)];
    sqlite3_file_control(db: Db, schema: Text, operation: c_int, argument: Pointer) -> Code
        [db, schema, operation, argument] -> [];
    sqlite3_blob_open(db: Db, schema: Text, table: Text, column: Text, row: i64, flags: c_int, blob: Handles) -> Code
        [db, schema, table, column, row, flags] -> [blob = Birth(blob)];
    sqlite3_blob_read(blob: Blob, to: *mut c_void, bytes: c_int, offset: c_int) -> Code
        [blob, bytes, offset] -> [value = Bytes::blob(to, bytes)];
    sqlite3_blob_write(blob: Blob, from: *const c_void, bytes: c_int, offset: c_int) -> Code
        [blob, value = Bytes::blob(from, bytes), offset] -> [];
    sqlite3_table_column_metadata(db: Db, schema: Text, table: Text, column: Text, kind: *mut Said, collation: *mut Said, not_null: *mut c_int, primary_key: *mut c_int, autoincrement: *mut c_int) -> Code
        [db, schema, table, column] -> [kind = Out(kind), collation = Out(collation), not_null = Out(not_null), primary_key = Out(primary_key), autoincrement = Out(autoincrement)];
    sqlite3_deserialize(db: Db, schema: Text, data: *mut c_void, size: i64, room: i64, flags: c_uint) -> Code
        [db, schema, data = Bytes::blob(data, size), room, flags] -> [];
}

// What is asked of a connection, and of nothing.
plain short {
    sqlite3_libversion() -> Said;
    sqlite3_sourceid() -> Said;
    sqlite3_libversion_number() -> c_int;
    sqlite3_threadsafe() -> c_int;
    sqlite3_compileoption_used(name: Text) -> c_int;
    sqlite3_compileoption_get(number: c_int) -> Said;
    sqlite3_last_insert_rowid(db: Db) -> i64;
    sqlite3_set_last_insert_rowid(db: Db, row: i64) -> ();
    sqlite3_changes(db: Db) -> c_int;
    sqlite3_changes64(db: Db) -> i64;
    sqlite3_total_changes(db: Db) -> c_int;
    sqlite3_total_changes64(db: Db) -> i64;
    sqlite3_is_interrupted(db: Db) -> c_int;
    sqlite3_complete(sql: Text) -> c_int;
    sqlite3_errcode(db: Db) -> c_int;
    sqlite3_extended_errcode(db: Db) -> c_int;
    sqlite3_extended_result_codes(db: Db, on: c_int) -> Code;
    sqlite3_errmsg(db: Db) -> Said;
    sqlite3_errstr(code: c_int) -> Said;
    sqlite3_error_offset(db: Db) -> c_int;
    sqlite3_set_errmsg(db: Db, code: c_int, message: Text) -> Code;
    sqlite3_limit(db: Db, limit: c_int, value: c_int) -> c_int;
    sqlite3_get_autocommit(db: Db) -> c_int;
    sqlite3_db_name(db: Db, number: c_int) -> Said;
    sqlite3_db_filename(db: Db, schema: Text) -> Pointer;
    sqlite3_db_readonly(db: Db, schema: Text) -> c_int;
    sqlite3_txn_state(db: Db, schema: Text) -> c_int;
    sqlite3_system_errno(db: Db) -> c_int;
    sqlite3_memory_used() -> i64;
    sqlite3_memory_highwater(reset: c_int) -> i64;
    sqlite3_soft_heap_limit(bytes: c_int) -> ();
    sqlite3_soft_heap_limit64(bytes: i64) -> i64;
    sqlite3_hard_heap_limit64(bytes: i64) -> i64;
    sqlite3_keyword_count() -> c_int;
    sqlite3_keyword_check(word: Pointer, bytes: c_int) -> c_int;
    sqlite3_vtab_on_conflict(db: Db) -> c_int;
    sqlite3_vtab_nochange(context: Context) -> c_int;
    sqlite3_preupdate_count(db: Db) -> c_int;
    sqlite3_preupdate_depth(db: Db) -> c_int;
    sqlite3_preupdate_blobwrite(db: Db) -> c_int;
}

detailed short {
    sqlite3_status(operation: c_int, current: *mut c_int, highest: *mut c_int, reset: c_int) -> Code
        [operation, reset] -> [current = Out(current), highest = Out(highest)];
    sqlite3_status64(operation: c_int, current: *mut i64, highest: *mut i64, reset: c_int) -> Code
        [operation, reset] -> [current = Out(current), highest = Out(highest)];
    sqlite3_db_status(db: Db, operation: c_int, current: *mut c_int, highest: *mut c_int, reset: c_int) -> Code
        [db, operation, reset] -> [current = Out(current), highest = Out(highest)];
    sqlite3_db_status64(db: Db, operation: c_int, current: *mut i64, highest: *mut i64, reset: c_int) -> Code
        [db, operation, reset] -> [current = Out(current), highest = Out(highest)];
    sqlite3_preupdate_old(db: Db, column: c_int, value: *mut Value) -> Code [db, column] -> [value = Out(value)];
    sqlite3_preupdate_new(db: Db, column: c_int, value: *mut Value) -> Code [db, column] -> [value = Out(value)];
    sqlite3_randomness(bytes: c_int, to: *mut c_void) -> () [bytes] -> [value = Bytes::blob(to, bytes)];
    sqlite3_drop_modules(db: Db, keep: *mut *const c_char) -> Code [db, keep] -> [];
}

// Statements.
plain short {
    sqlite3_bind_double(stmt: Stmt, parameter: c_int, value: f64) -> Code;
    sqlite3_bind_int(stmt: Stmt, parameter: c_int, value: c_int) -> Code;
    sqlite3_bind_int64(stmt: Stmt, parameter: c_int, value: i64) -> Code;
    sqlite3_bind_null(stmt: Stmt, parameter: c_int) -> Code;
    sqlite3_bind_value(stmt: Stmt, parameter: c_int, value: Value) -> Code;
    sqlite3_bind_pointer(stmt: Stmt, parameter: c_int, pointer: Pointer, kind: Text, free: Free) -> Code;
    sqlite3_bind_zeroblob(stmt: Stmt, parameter: c_int, bytes: c_int) -> Code;
    sqlite3_bind_zeroblob64(stmt: Stmt, parameter: c_int, bytes: u64) -> Code;
    sqlite3_bind_parameter_count(stmt: Stmt) -> c_int;
    sqlite3_bind_parameter_name(stmt: Stmt, parameter: c_int) -> Said;
    sqlite3_bind_parameter_index(stmt: Stmt, name: Text) -> c_int;
    sqlite3_clear_bindings(stmt: Stmt) -> Code;
    sqlite3_transfer_bindings(from: Stmt, to: Stmt) -> Code;
    sqlite3_expired(stmt: Stmt) -> c_int;
    sqlite3_sql(stmt: Stmt) -> Said;
    sqlite3_expanded_sql(stmt: Stmt) -> Said;
    sqlite3_normalized_sql(stmt: Stmt) -> Said;
    sqlite3_stmt_readonly(stmt: Stmt) -> c_int;
    sqlite3_stmt_isexplain(stmt: Stmt) -> c_int;
    sqlite3_stmt_busy(stmt: Stmt) -> c_int;
    sqlite3_stmt_status(stmt: Stmt, operation: c_int, reset: c_int) -> c_int;
    sqlite3_db_handle(stmt: Stmt) -> Db;
    sqlite3_column_count(stmt: Stmt) -> c_int;
    sqlite3_data_count(stmt: Stmt) -> c_int;
    sqlite3_column_name(stmt: Stmt, column: c_int) -> Said;
    sqlite3_column_database_name(stmt: Stmt, column: c_int) -> Said;
    sqlite3_column_table_name(stmt: Stmt, column: c_int) -> Said;
    sqlite3_column_origin_name(stmt: Stmt, column: c_int) -> Said;
    sqlite3_column_decltype(stmt: Stmt, column: c_int) -> Said;
    sqlite3_column_double(stmt: Stmt, column: c_int) -> f64;
    sqlite3_column_int(stmt: Stmt, column: c_int) -> c_int;
    sqlite3_column_int64(stmt: Stmt, column: c_int) -> i64;
    sqlite3_column_value(stmt: Stmt, column: c_int) -> Value;
    sqlite3_column_bytes(stmt: Stmt, column: c_int) -> c_int;
    sqlite3_column_bytes16(stmt: Stmt, column: c_int) -> c_int;
    sqlite3_column_type(stmt: Stmt, column: c_int) -> c_int;
    sqlite3_backup_remaining(backup: Backup) -> c_int;
    sqlite3_backup_pagecount(backup: Backup) -> c_int;
    sqlite3_blob_bytes(blob: Blob) -> c_int;
}

detailed short {
    sqlite3_bind_blob(stmt: Stmt, parameter: c_int, value: *const c_void, bytes: c_int, free: Free) -> Code
        [stmt, parameter, value = Bytes::blob(value, bytes), free] -> [];
    sqlite3_bind_blob64(stmt: Stmt, parameter: c_int, value: *const c_void, bytes: u64, free: Free) -> Code
        [stmt, parameter, value = Bytes::blob(value, bytes), free] -> [];
    sqlite3_bind_text(stmt: Stmt, parameter: c_int, value: *const c_char, bytes: c_int, free: Free) -> Code
        [stmt, parameter, value = Bytes::text(value, bytes), free] -> [];
    sqlite3_bind_text16(stmt: Stmt, parameter: c_int, value: *const c_void, bytes: c_int, free: Free) -> Code
        [stmt, parameter, value = Bytes::utf16(value, bytes), free] -> [];
    sqlite3_bind_text64(stmt: Stmt, parameter: c_int, value: *const c_char, bytes: u64, free: Free, encoding: c_uchar) -> Code
        [stmt, parameter, value = encoded(value, bytes, encoding), free, encoding] -> [];
}

// What the program's functions are given, and what they answer.
plain short {
    sqlite3_value_double(value: Value) -> f64;
    sqlite3_value_int(value: Value) -> c_int;
    sqlite3_value_int64(value: Value) -> i64;
    sqlite3_value_pointer(value: Value, kind: Text) -> Pointer;
    sqlite3_value_bytes(value: Value) -> c_int;
    sqlite3_value_bytes16(value: Value) -> c_int;
    sqlite3_value_type(value: Value) -> c_int;
    sqlite3_value_numeric_type(value: Value) -> c_int;
    sqlite3_value_nochange(value: Value) -> c_int;
    sqlite3_value_frombind(value: Value) -> c_int;
    sqlite3_value_encoding(value: Value) -> c_int;
    sqlite3_value_subtype(value: Value) -> c_uint;
    sqlite3_value_dup(value: Value) -> Value;
    sqlite3_value_free(value: Value) -> ();
    sqlite3_aggregate_count(context: Context) -> c_int;
    sqlite3_context_db_handle(context: Context) -> Db;
    sqlite3_result_double(context: Context, value: f64) -> ();
    sqlite3_result_error_toobig(context: Context) -> ();
    sqlite3_result_error_nomem(context: Context) -> ();
    sqlite3_result_error_code(context: Context, code: c_int) -> ();
    sqlite3_result_int(context: Context, value: c_int) -> ();
    sqlite3_result_int64(context: Context, value: i64) -> ();
    sqlite3_result_null(context: Context) -> ();
    sqlite3_result_value(context: Context, value: Value) -> ();
    sqlite3_result_pointer(context: Context, pointer: Pointer, kind: Text, free: Free) -> ();
    sqlite3_result_zeroblob(context: Context, bytes: c_int) -> ();
    sqlite3_result_zeroblob64(context: Context, bytes: u64) -> Code;
    sqlite3_result_subtype(context: Context, subtype: c_uint) -> ();
}

detailed short {
    sqlite3_result_blob(context: Context, value: *const c_void, bytes: c_int, free: Free) -> ()
        [context, value = Bytes::blob(value, bytes), free] -> [];
    sqlite3_result_blob64(context: Context, value: *const c_void, bytes: u64, free: Free) -> ()
        [context, value = Bytes::blob(value, bytes), free] -> [];
    sqlite3_result_text(context: Context, value: *const c_char, bytes: c_int, free: Free) -> ()
        [context, value = Bytes::text(value, bytes), free] -> [];
    sqlite3_result_text64(context: Context, value: *const c_char, bytes: u64, free: Free, encoding: c_uchar) -> ()
        [context, value = encoded(value, bytes, encoding), free, encoding] -> [];
    sqlite3_result_text16(context: Context, value: *const c_void, bytes: c_int, free: Free) -> ()
        [context, value = Bytes::utf16(value, bytes), free] -> [];
    sqlite3_result_text16le(context: Context, value: *const c_void, bytes: c_int, free: Free) -> ()
        [context, value = Bytes::utf16(value, bytes), free] -> [];
    sqlite3_result_text16be(context: Context, value: *const c_void, bytes: c_int, free: Free) -> ()
        [context, value = Bytes::utf16(value, bytes), free] -> [];
    sqlite3_result_error(context: Context, message: *const c_char, bytes: c_int) -> ()
        [context, message = Bytes::text(message, bytes)] -> [];
    sqlite3_result_error16(context: Context, message: *const c_void, bytes: c_int) -> ()
        [context, message = Bytes::utf16(message, bytes)] -> [];
}

// What is seldom called, and means nothing to a replay, or more than a row can say.
noted short {
    sqlite3_auto_extension(entry: Pointer) -> Code;
    sqlite3_cancel_auto_extension(entry: Pointer) -> Code;
    sqlite3_reset_auto_extension() -> ();
    sqlite3_os_init() -> Code;
    sqlite3_os_end() -> Code;
    sqlite3_incomplete(sql: Pointer) -> i64;
    sqlite3_uri_parameter(file: Pointer, name: Pointer) -> Pointer;
    sqlite3_uri_boolean(file: Pointer, name: Pointer, default: c_int) -> c_int;
    sqlite3_uri_int64(file: Pointer, name: Pointer, default: i64) -> i64;
    sqlite3_uri_key(file: Pointer, number: c_int) -> Pointer;
    sqlite3_filename_database(file: Pointer) -> Pointer;
    sqlite3_filename_journal(file: Pointer) -> Pointer;
    sqlite3_filename_wal(file: Pointer) -> Pointer;
    sqlite3_database_file_object(file: Pointer) -> Pointer;
    sqlite3_create_filename(database: Pointer, journal: Pointer, wal: Pointer, count: c_int, parameters: Pointer) -> Pointer;
    sqlite3_free_filename(file: Pointer) -> ();
    sqlite3_keyword_name(number: c_int, name: Pointer, bytes: Pointer) -> Code;
    sqlite3_global_recover() -> Code;
    sqlite3_thread_cleanup() -> ();
    sqlite3_memory_alarm(alarm: Pointer, argument: Pointer, limit: i64) -> Code;
    sqlite3_get_clientdata(db: Db, name: Pointer) -> Pointer;
    sqlite3_set_clientdata(db: Db, name: Pointer, data: Pointer, free: Pointer) -> Code;
    sqlite3_vfs_register(vfs: Pointer, default: c_int) -> Code;
    sqlite3_vfs_unregister(vfs: Pointer) -> Code;
    sqlite3_vtab_collation(info: Pointer, constraint: c_int) -> Pointer;
    sqlite3_vtab_distinct(info: Pointer) -> c_int;
    sqlite3_vtab_in(info: Pointer, constraint: c_int, handle: c_int) -> c_int;
    sqlite3_vtab_in_first(value: Pointer, out: Pointer) -> Code;
    sqlite3_vtab_in_next(value: Pointer, out: Pointer) -> Code;
    sqlite3_vtab_rhs_value(info: Pointer, constraint: c_int, value: Pointer) -> Code;
    sqlite3_stmt_scanstatus(stmt: Stmt, loops: c_int, operation: c_int, out: Pointer) -> Code;
    sqlite3_stmt_scanstatus_v2(stmt: Stmt, loops: c_int, operation: c_int, flags: c_int, out: Pointer) -> Code;
    sqlite3_stmt_scanstatus_reset(stmt: Stmt) -> ();
    sqlite3_result_str(context: Context, text: Pointer, flags: c_int) -> ();
    sqlite3_snapshot_get(db: Db, schema: Pointer, snapshot: Pointer) -> Code;
    sqlite3_snapshot_open(db: Db, schema: Pointer, snapshot: Pointer) -> Code;
    sqlite3_snapshot_free(snapshot: Pointer) -> ();
    sqlite3_snapshot_cmp(one: Pointer, other: Pointer) -> c_int;
    sqlite3_snapshot_recover(db: Db, schema: Pointer) -> Code;
    sqlite3_carray_bind_v2(stmt: Stmt, parameter: c_int, data: Pointer, count: c_int, flags: c_int, free: Pointer, argument: Pointer) -> Code;
    sqlite3_carray_bind(stmt: Stmt, parameter: c_int, data: Pointer, count: c_int, flags: c_int, free: Pointer) -> Code;
    sqlite3_rtree_geometry_callback(db: Db, name: Pointer, geometry: Pointer, argument: Pointer) -> Code;
    sqlite3_rtree_query_callback(db: Db, name: Pointer, query: Pointer, argument: Pointer, free: Pointer) -> Code;
    sqlite3_unlock_notify(db: Db, notify: Pointer, argument: Pointer) -> Code;
    sqlite3_autovacuum_pages(db: Db, pages: Pointer, argument: Pointer, free: Pointer) -> Code;
    sqlite3session_create(db: Db, schema: Pointer, session: Pointer) -> Code;
    sqlite3session_delete(session: Pointer) -> ();
    sqlite3session_object_config(session: Pointer, operation: c_int, argument: Pointer) -> Code;
    sqlite3session_enable(session: Pointer, on: c_int) -> c_int;
    sqlite3session_indirect(session: Pointer, on: c_int) -> c_int;
    sqlite3session_attach(session: Pointer, table: Pointer) -> Code;
    sqlite3session_table_filter(session: Pointer, filter: Pointer, argument: Pointer) -> ();
    sqlite3session_changeset(session: Pointer, bytes: Pointer, changeset: Pointer) -> Code;
    sqlite3session_changeset_size(session: Pointer) -> i64;
    sqlite3session_diff(session: Pointer, schema: Pointer, table: Pointer, message: Pointer) -> Code;
    sqlite3session_patchset(session: Pointer, bytes: Pointer, patchset: Pointer) -> Code;
    sqlite3session_isempty(session: Pointer) -> c_int;
    sqlite3session_memory_used(session: Pointer) -> i64;
    sqlite3session_config(operation: c_int, argument: Pointer) -> Code;
    sqlite3session_changeset_strm(session: Pointer, output: Pointer, argument: Pointer) -> Code;
    sqlite3session_patchset_strm(session: Pointer, output: Pointer, argument: Pointer) -> Code;
    sqlite3changeset_start(changes: Pointer, bytes: c_int, changeset: Pointer) -> Code;
    sqlite3changeset_start_v2(changes: Pointer, bytes: c_int, changeset: Pointer, flags: c_int) -> Code;
    sqlite3changeset_start_strm(changes: Pointer, input: Pointer, argument: Pointer) -> Code;
    sqlite3changeset_start_v2_strm(changes: Pointer, input: Pointer, argument: Pointer, flags: c_int) -> Code;
    sqlite3changeset_next(changes: Pointer) -> Code;
    sqlite3changeset_op(changes: Pointer, table: Pointer, columns: Pointer, operation: Pointer, indirect: Pointer) -> Code;
    sqlite3changeset_pk(changes: Pointer, keys: Pointer, columns: Pointer) -> Code;
    sqlite3changeset_old(changes: Pointer, column: c_int, value: Pointer) -> Code;
    sqlite3changeset_new(changes: Pointer, column: c_int, value: Pointer) -> Code;
    sqlite3changeset_conflict(changes: Pointer, column: c_int, value: Pointer) -> Code;
    sqlite3changeset_fk_conflicts(changes: Pointer, count: Pointer) -> Code;
    sqlite3changeset_finalize(changes: Pointer) -> Code;
    sqlite3changeset_invert(bytes: c_int, from: Pointer, out_bytes: Pointer, out: Pointer) -> Code;
    sqlite3changeset_invert_strm(input: Pointer, from: Pointer, output: Pointer, to: Pointer) -> Code;
    sqlite3changeset_concat(bytes: c_int, one: Pointer, more_bytes: c_int, other: Pointer, out_bytes: Pointer, out: Pointer) -> Code;
    sqlite3changeset_concat_strm(input: Pointer, one: Pointer, more: Pointer, other: Pointer, output: Pointer, to: Pointer) -> Code;
    sqlite3changeset_apply(db: Db, bytes: c_int, changeset: Pointer, filter: Pointer, conflict: Pointer, argument: Pointer) -> Code;
    sqlite3changeset_apply_v2(db: Db, bytes: c_int, changeset: Pointer, filter: Pointer, conflict: Pointer, argument: Pointer, rebase: Pointer, rebase_bytes: Pointer, flags: c_int) -> Code;
    sqlite3changeset_apply_v3(db: Db, bytes: c_int, changeset: Pointer, filter: Pointer, conflict: Pointer, argument: Pointer, rebase: Pointer, rebase_bytes: Pointer, flags: c_int) -> Code;
    sqlite3changeset_apply_strm(db: Db, input: Pointer, from: Pointer, filter: Pointer, conflict: Pointer, argument: Pointer) -> Code;
    sqlite3changeset_apply_v2_strm(db: Db, input: Pointer, from: Pointer, filter: Pointer, conflict: Pointer, argument: Pointer, rebase: Pointer, rebase_bytes: Pointer, flags: c_int) -> Code;
    sqlite3changeset_apply_v3_strm(db: Db, input: Pointer, from: Pointer, filter: Pointer, conflict: Pointer, argument: Pointer, rebase: Pointer, rebase_bytes: Pointer, flags: c_int) -> Code;
    sqlite3changegroup_new(group: Pointer) -> Code;
    sqlite3changegroup_schema(group: Pointer, db: Db, schema: Pointer) -> Code;
    sqlite3changegroup_add(group: Pointer, bytes: c_int, changeset: Pointer) -> Code;
    sqlite3changegroup_add_change(group: Pointer, changes: Pointer) -> Code;
    sqlite3changegroup_add_strm(group: Pointer, input: Pointer, argument: Pointer) -> Code;
    sqlite3changegroup_output(group: Pointer, bytes: Pointer, out: Pointer) -> Code;
    sqlite3changegroup_output_strm(group: Pointer, output: Pointer, argument: Pointer) -> Code;
    sqlite3changegroup_delete(group: Pointer) -> ();
    sqlite3changegroup_config(group: Pointer, operation: c_int, argument: Pointer) -> Code;
    sqlite3changegroup_change_begin(group: Pointer, operation: c_int, table: Pointer, indirect: c_int, message: Pointer) -> Code;
    sqlite3changegroup_change_int64(group: Pointer, new: c_int, column: c_int, value: i64) -> Code;
    sqlite3changegroup_change_null(group: Pointer, new: c_int, column: c_int) -> Code;
    sqlite3changegroup_change_double(group: Pointer, new: c_int, column: c_int, value: f64) -> Code;
    sqlite3changegroup_change_text(group: Pointer, new: c_int, column: c_int, value: Pointer, bytes: c_int) -> Code;
    sqlite3changegroup_change_blob(group: Pointer, new: c_int, column: c_int, value: Pointer, bytes: c_int) -> Code;
    sqlite3changegroup_change_finish(group: Pointer, discard: c_int, message: Pointer) -> Code;
    sqlite3rebaser_create(rebaser: Pointer) -> Code;
    sqlite3rebaser_configure(rebaser: Pointer, bytes: c_int, rebase: Pointer) -> Code;
    sqlite3rebaser_rebase(rebaser: Pointer, bytes: c_int, from: Pointer, out_bytes: Pointer, out: Pointer) -> Code;
    sqlite3rebaser_rebase_strm(rebaser: Pointer, input: Pointer, from: Pointer, output: Pointer, to: Pointer) -> Code;
    sqlite3rebaser_delete(rebaser: Pointer) -> ();
    sqlite3_complete16(sql: Pointer) -> c_int;
    sqlite3_errmsg16(db: Db) -> Pointer;
    sqlite3_column_name16(stmt: Stmt, column: c_int) -> Pointer;
    sqlite3_column_database_name16(stmt: Stmt, column: c_int) -> Pointer;
    sqlite3_column_table_name16(stmt: Stmt, column: c_int) -> Pointer;
    sqlite3_column_origin_name16(stmt: Stmt, column: c_int) -> Pointer;
    sqlite3_column_decltype16(stmt: Stmt, column: c_int) -> Pointer;
    sqlite3_value_text16le(value: Value) -> Pointer;
    sqlite3_value_text16be(value: Value) -> Pointer;
    sqlite3_collation_needed16(db: Db, argument: Pointer, needed: Pointer) -> Code;
    sqlite3_create_collation16(db: Db, name: Pointer, encoding: c_int, argument: Pointer, compare: Pointer) -> Code;
    sqlite3_create_function16(db: Db, name: Pointer, arguments: c_int, encoding: c_int, argument: Pointer, call: Pointer, step: Pointer, last: Pointer) -> Code;
}

// Functions of the program's that a connection calls: who sets them, what they are given, what they answer.
hooks long {
        sqlite3_busy_handler() -> Code, "busy_handler()" (count: c_int) -> c_int [count = count];
        sqlite3_progress_handler(steps: c_int) -> (), "progress_handler()" () -> c_int [];
        sqlite3_commit_hook() -> Pointer, "commit_hook()" () -> c_int [];
        sqlite3_rollback_hook() -> Pointer, "rollback_hook()" () -> () [];
        sqlite3_update_hook() -> Pointer,
            "update_hook()" (operation: c_int, schema: Text, table: Text, row: i64) -> ()
            [operation = operation, schema = schema, table = table, row = row];
        sqlite3_wal_hook() -> Pointer,
            "wal_hook()" (db: Db, schema: Text, pages: c_int) -> c_int [db = db, schema = schema, pages = pages];
        sqlite3_preupdate_hook() -> Pointer,
            "preupdate_hook()" (db: Db, operation: c_int, schema: Text, table: Text, old: i64, new: i64) -> ()
            [db = db, operation = operation, schema = schema, table = table, old = old, new = new];
        sqlite3_set_authorizer() -> Code,
            "authorizer()" (action: c_int, one: Text, two: Text, schema: Text, inner: Text) -> c_int
            [action = action, one = one, two = two, schema = schema, inner = inner];
        sqlite3_trace() -> Pointer, "trace()" (sql: Said) -> () [sql = sql];
        sqlite3_profile() -> Pointer, "profile()" (sql: Said, nanoseconds: u64) -> () [sql = sql];
}

    } };
}
pub(crate) use table;
