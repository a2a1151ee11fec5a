//! Loading the library under test into the table of pointers that libsqlite3-sys calls through.

use std::collections::BTreeSet;
use std::ffi::{c_char, c_int};
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use libsqlite3_sys as sys;

use super::Call;
use super::foreign::Symbols;
use crate::outcome::Outcome;

/// The library that this process has loaded.
pub(crate) struct Library {
    symbols: Symbols,
    /// The functions of the table that it exports, as `sqlite3_…`.
    present: BTreeSet<&'static str>,
}

static LIBRARY: OnceLock<&Library> = OnceLock::new();

impl Library {
    /// Whether the library exports this function.
    pub(crate) fn has(&self, function: &str) -> bool {
        // SAFETY: the symbol is looked up and not used.
        self.present.contains(function) || unsafe { self.symbols.get::<*const ()>(function).is_some() }
    }

    /// Returns `missing …` for a function that the library does not export.
    pub(crate) fn need(&self, function: &'static str) -> Call<()> {
        if self.present.contains(function) || self.has(function) {
            Ok(())
        } else {
            Err(Outcome::Missing(function.to_owned()))
        }
    }

    /// A function that is not in the table, with a signature that the caller vouches for.
    ///
    /// # Safety
    /// `F` must be the function's C signature.
    pub(super) unsafe fn function<F: Copy>(&self, name: &'static str) -> Call<F> {
        // SAFETY: the caller vouches for the signature; the library is never unloaded.
        let symbol = unsafe { self.symbols.get::<F>(name) };
        symbol.ok_or_else(|| Outcome::Missing(name.to_owned()))
    }
}

/// Loads the library at `path` for the rest of this process's life.
///
/// # Safety
/// The file may run its code in this process, and its functions have the signatures of SQLite's.
///
/// # Errors
/// When it cannot be opened, is no SQLite, or a library was loaded before.
pub(crate) unsafe fn load(path: &Path) -> Result<&'static Library, String> {
    if LIBRARY.get().is_some() {
        return Err("a library is loaded already".to_owned());
    }
    // SAFETY: the caller lets the library's initialisers run.
    let symbols = unsafe { Symbols::load(path) }?;
    // SAFETY: the table is plain pointers, for which all zeros means that none is set.
    let mut table: sys::sqlite3_api_routines = unsafe { std::mem::zeroed() };
    let present = fill(&mut table, &symbols);
    if !present.contains("sqlite3_open_v2") {
        return Err("it exports no sqlite3_open_v2: this is no SQLite library".to_owned());
    }
    shim(&mut table);
    LOADING.store(true, Ordering::Release);
    // SAFETY: the table is filled from the library, and lives until the call returns; the pointers in it
    // stay good because the library is never unloaded.
    let begun = unsafe { sys::rusqlite_extension_init2(&mut table) };
    LOADING.store(false, Ordering::Release);
    begun.map_err(|error| format!("{error:?}"))?;
    Ok(LIBRARY.get_or_init(|| Box::leak(Box::new(Library { symbols, present }))))
}

/// The library, once it is loaded.
pub(super) fn loaded() -> Option<&'static Library> {
    LIBRARY.get().copied()
}

/// Sets every field of the table whose function the library exports, and returns their names.
fn fill(table: &mut sys::sqlite3_api_routines, symbols: &Symbols) -> BTreeSet<&'static str> {
    let mut present = BTreeSet::new();
    macro_rules! set {
        ($field:ident, $symbol:expr) => {
            // SAFETY: the field's type is the signature that sqlite3ext.h gives this function, and the library's has it.
            if let Some(symbol) = unsafe { symbols.get($symbol) } {
                table.$field = Some(symbol);
                present.insert($symbol);
            }
        };
    }
    macro_rules! fields {
        ($($field:ident),+ $(,)?) => { $(set!($field, concat!("sqlite3_", stringify!($field)));)+ };
    }
    // Spelled differently in the table, because their own names are macros in sqlite3ext.h.
    set!(interruptx, "sqlite3_interrupt");
    set!(xsnprintf, "sqlite3_snprintf");
    set!(xvsnprintf, "sqlite3_vsnprintf");
    set!(xthreadsafe, "sqlite3_threadsafe");
    fields! {
            aggregate_context, aggregate_count, bind_blob, bind_double, bind_int, bind_int64, bind_null,
            bind_parameter_count, bind_parameter_index, bind_parameter_name, bind_text, bind_text16, bind_value,
            busy_handler, busy_timeout, changes, close, collation_needed, collation_needed16, column_blob,
            column_bytes, column_bytes16, column_count, column_database_name, column_database_name16,
            column_decltype, column_decltype16, column_double, column_int, column_int64, column_name,
            column_name16, column_origin_name, column_origin_name16, column_table_name, column_table_name16,
            column_text, column_text16, column_type, column_value, commit_hook, complete, complete16,
            create_collation, create_collation16, create_function, create_function16, create_module, data_count,
            db_handle, declare_vtab, enable_shared_cache, errcode, errmsg, errmsg16, exec, expired, finalize, free,
            free_table, get_autocommit, get_auxdata, get_table, global_recover, last_insert_rowid, libversion, libversion_number,
            malloc, mprintf, open, open16, prepare, prepare_v3, prepare16, profile, progress_handler, realloc, reset, result_blob,
            result_double, result_error, result_error16, result_int, result_int64, result_null, result_text,
            result_text16, result_text16be, result_text16le, result_value, rollback_hook, set_authorizer,
            set_auxdata, step, table_column_metadata, thread_cleanup, total_changes, trace, transfer_bindings,
            update_hook, user_data, value_blob, value_bytes, value_bytes16, value_double, value_int, value_int64,
            value_numeric_type, value_text, value_text16, value_text16be, value_text16le, value_type, vmprintf,
            overload_function, prepare_v2, prepare16_v2, clear_bindings, create_module_v2, bind_zeroblob,
            blob_bytes, blob_close, blob_open, blob_read, blob_write, create_collation_v2, file_control,
            memory_highwater, memory_used, mutex_alloc, mutex_enter, mutex_free, mutex_leave, mutex_try, open_v2,
            release_memory, result_error_nomem, result_error_toobig, sleep, soft_heap_limit, vfs_find,
            vfs_register, vfs_unregister, result_zeroblob, result_error_code, test_control, randomness,
            context_db_handle, extended_result_codes, limit, next_stmt, sql, status, backup_finish, backup_init,
            backup_pagecount, backup_remaining, backup_step, compileoption_get, compileoption_used,
            create_function_v2, db_config, db_mutex, db_status, extended_errcode, log, soft_heap_limit64, sourceid,
            stmt_status, strnicmp, unlock_notify, wal_autocheckpoint, wal_checkpoint, wal_hook, blob_reopen,
            vtab_config, vtab_on_conflict, close_v2, db_filename, db_readonly, db_release_memory, errstr,
            stmt_busy, stmt_readonly, stricmp, uri_boolean, uri_int64, uri_parameter, wal_checkpoint_v2,
            auto_extension, bind_blob64, bind_text64, cancel_auto_extension, load_extension, malloc64, msize,
            realloc64, reset_auto_extension, result_blob64, result_text64, strglob, value_dup, value_free,
            result_zeroblob64, bind_zeroblob64, value_subtype, result_subtype, status64, strlike, db_cacheflush,
            system_errno, trace_v2, expanded_sql, set_last_insert_rowid, prepare16_v3, bind_pointer,
            result_pointer, value_pointer, vtab_nochange, value_nochange, vtab_collation, keyword_count,
            keyword_name, keyword_check, str_new, str_finish, str_appendf, str_vappendf, str_append, str_appendall,
            str_appendchar, str_reset, str_errcode, str_length, str_value, create_window_function, normalized_sql,
            stmt_isexplain, value_frombind, drop_modules, hard_heap_limit64, uri_key, filename_database,
            filename_journal, filename_wal, create_filename, free_filename, database_file_object, txn_state,
            changes64, total_changes64, autovacuum_pages, error_offset, vtab_rhs_value, vtab_distinct, vtab_in,
            vtab_in_first, vtab_in_next, deserialize, serialize, db_name, value_encoding, is_interrupted,
            stmt_explain, get_clientdata, set_clientdata,
    }
    present
}

/// The two places where an older library would be refused although it works.
fn shim(table: &mut sys::sqlite3_api_routines) {
    if let Some(real) = table.libversion_number.replace(libversion_number) {
        let _ = LIBVERSION_NUMBER.set(real);
    }
    if table.prepare_v3.is_none() {
        if let Some(real) = table.prepare_v2 {
            let _ = PREPARE_V2.set(real);
        }
        table.prepare_v3 = Some(prepare_v3);
    }
}

type LibversionNumber = unsafe extern "C" fn() -> c_int;
type PrepareV2 = unsafe extern "C" fn(
    *mut sys::sqlite3,
    *const c_char,
    c_int,
    *mut *mut sys::sqlite3_stmt,
    *mut *const c_char,
) -> c_int;

/// The library's own functions behind the two below.
static LIBVERSION_NUMBER: OnceLock<LibversionNumber> = OnceLock::new();
static PREPARE_V2: OnceLock<PrepareV2> = OnceLock::new();
/// Whether `rusqlite_extension_init2` is at work, which refuses libraries that are older than the bindings.
static LOADING: AtomicBool = AtomicBool::new(false);

/// Returns the bindings' own version while the library is loaded, and the library's from then on.
unsafe extern "C" fn libversion_number() -> c_int {
    match LIBVERSION_NUMBER.get() {
        // SAFETY: it takes nothing and only returns a constant.
        Some(real) if !LOADING.load(Ordering::Acquire) => unsafe { real() },
        _ => sys::SQLITE_VERSION_NUMBER,
    }
}

/// `sqlite3_prepare_v3` for libraries before 3.20: the flags are hints, so leaving them out is right.
unsafe extern "C" fn prepare_v3(
    db: *mut sys::sqlite3,
    sql: *const c_char,
    length: c_int,
    _flags: std::ffi::c_uint,
    statement: *mut *mut sys::sqlite3_stmt,
    tail: *mut *const c_char,
) -> c_int {
    match PREPARE_V2.get() {
        // SAFETY: the arguments are the caller's, unchanged.
        Some(real) => unsafe { real(db, sql, length, statement, tail) },
        None => sys::SQLITE_MISUSE,
    }
}
