//! The methods of a module that make and end tables.

use std::ffi::{c_char, c_int, c_void};
use std::ptr::NonNull;

use libsqlite3_sys as sys;

use super::super::super::statement::c_string;
use super::super::super::value::text;
use super::super::super::{Call, Library, call};
use super::super::{find, guard, with_table};
use super::objects::{free_table, table_at};
use super::{DECLARATION, Method, VirtualTable, hand_out};

/// Creates or connects a table: SQLite has either the table or an error, with words that it frees.
///
/// # Safety
/// SQLite calls this on `db`; `words` holds `count` texts, and `made` and `message` are places to write to.
unsafe fn begin(
    method: Method,
    db: *mut sys::sqlite3,
    data: *mut c_void,
    (count, words): (c_int, *const *const c_char),
    made: *mut *mut sys::sqlite3_vtab,
    message: *mut *mut c_char,
) -> c_int {
    guard(sys::SQLITE_ERROR, |library| {
        let count = usize::try_from(count).unwrap_or(0);
        // SAFETY: the caller vouches for it.
        let words = unsafe { std::slice::from_raw_parts(words, count) };
        // SAFETY: the caller vouches for each text.
        let words: Vec<Vec<u8>> = words.iter().filter_map(|word| unsafe { text(*word) }).collect();
        let [_, schema, table, arguments @ ..] = words.as_slice() else { return Ok(sys::SQLITE_ERROR) };
        let mut table = match VirtualTable::begin(find(data as usize)?, method, [schema, table], arguments) {
            Ok(table) => table,
            Err(words) => {
                let words = hand_out(library, &words)?;
                // SAFETY: the caller vouches for it.
                unsafe { *message = words };
                return Ok(sys::SQLITE_ERROR);
            }
        };
        // SAFETY: SQLite creates or connects a table of this connection.
        let code = unsafe { declare(library, db, &table) }?;
        if code == sys::SQLITE_OK {
            table.db = NonNull::new(db);
            let raw = with_table(|ours| ours.objects.lend_table(table));
            // SAFETY: the caller vouches for it.
            unsafe { *made = raw };
        }
        Ok(code)
    })
}

/// `sqlite3_declare_vtab`, and `sqlite3_vtab_config` for what else a table says of itself.
///
/// # Safety
/// SQLite creates or connects a table of this connection.
unsafe fn declare(library: &Library, db: *mut sys::sqlite3, table: &VirtualTable) -> Call<c_int> {
    type Config = unsafe extern "C" fn(*mut sys::sqlite3, c_int, ...) -> c_int;
    let Some(holding) = table.holding() else {
        // SAFETY: the caller vouches for the connection; the declaration ends with a zero byte.
        return Ok(unsafe { call!(library, sqlite3_declare_vtab(db, DECLARATION.as_ptr())) });
    };
    for option in &holding.config {
        // SAFETY: the signature is that of sqlite3.h.
        let config: Config = unsafe { library.function("sqlite3_vtab_config")? };
        let on: c_int = 1;
        // SAFETY: the caller vouches for the connection. One option reads the number, the others nothing; one that a
        // version does not know is refused.
        unsafe { config(db, option.number(), on) };
    }
    let declaration = c_string(&holding.declaration())?;
    // SAFETY: the caller vouches for the connection; the declaration ends with a zero byte.
    Ok(unsafe { call!(library, sqlite3_declare_vtab(db, declaration.as_ptr())) })
}

pub(super) unsafe extern "C" fn create(
    db: *mut sys::sqlite3,
    data: *mut c_void,
    count: c_int,
    words: *const *const c_char,
    made: *mut *mut sys::sqlite3_vtab,
    message: *mut *mut c_char,
) -> c_int {
    // SAFETY: SQLite hands over `count` texts that live until this returns, and two places for what is made.
    unsafe { begin(Method::Create, db, data, (count, words), made, message) }
}

pub(super) unsafe extern "C" fn connect(
    db: *mut sys::sqlite3,
    data: *mut c_void,
    count: c_int,
    words: *const *const c_char,
    made: *mut *mut sys::sqlite3_vtab,
    message: *mut *mut c_char,
) -> c_int {
    // SAFETY: SQLite hands over `count` texts that live until this returns, and two places for what is made.
    unsafe { begin(Method::Connect, db, data, (count, words), made, message) }
}

/// Disconnects or destroys a table. One whose destruction fails lives on until it is disconnected.
fn end(method: Method, raw: *mut sys::sqlite3_vtab) -> c_int {
    guard(sys::SQLITE_ERROR, |_| {
        let Some(table) = table_at(raw) else {
            with_table(|ours| ours.log("no table", format!("no table {}", method.word())));
            return Ok(sys::SQLITE_ERROR);
        };
        table.called(method);
        if table.error_in(method).is_some() {
            return Ok(sys::SQLITE_ERROR);
        }
        free_table(raw);
        Ok(sys::SQLITE_OK)
    })
}

pub(super) unsafe extern "C" fn disconnect(raw: *mut sys::sqlite3_vtab) -> c_int {
    end(Method::Disconnect, raw)
}

pub(super) unsafe extern "C" fn destroy(raw: *mut sys::sqlite3_vtab) -> c_int {
    end(Method::Destroy, raw)
}
