//! Modules of the driver `capi`, <https://sqlite.org/c3ref/module.html>.

mod choose;
mod cursor;
mod objects;
mod rows;
mod table;
mod virtual_table;
mod write;

use std::ffi::{c_char, c_int, c_void};
use std::ptr::{null, null_mut};

use libsqlite3_sys as sys;

use super::super::mprintf::format;
use super::super::statement::c_string;
use super::super::{Call, Connection, Library, call};
use super::{Does, count_destructor, guard, pointer, register};
use crate::contract::verb::{Destructor, Holding, Module, Tables};
use crate::outcome::Outcome;
use crate::outcome::sqlite_names::code_number;
use crate::outcome::value::Value;

pub(super) use self::objects::Objects;
pub(crate) use self::virtual_table::{DECLARATION, Method, VirtualTable};

// SAFETY: all zeros are version 0 and no method.
const NO_METHODS: sys::sqlite3_module = unsafe { std::mem::zeroed() };

/// Tables are created, and connected where they are found in a schema.
static MODULE: sys::sqlite3_module = sys::sqlite3_module {
    iVersion: 1,
    xCreate: Some(table::create),
    xConnect: Some(table::connect),
    xBestIndex: Some(choose::best_index),
    xDisconnect: Some(table::disconnect),
    xDestroy: Some(table::destroy),
    xOpen: Some(cursor::open),
    xClose: Some(cursor::close),
    xFilter: Some(cursor::filter),
    xNext: Some(cursor::next),
    xEof: Some(cursor::eof),
    xColumn: Some(cursor::column),
    xRowid: Some(cursor::rowid),
    ..NO_METHODS
};

/// SQLite knows it by this: creating is the same method as connecting.
static EPONYMOUS: sys::sqlite3_module =
    sys::sqlite3_module { xCreate: Some(table::connect), xDestroy: Some(table::disconnect), ..MODULE };

/// Tables that can be written to, which know all that SQLite may ask.
static WRITABLE: sys::sqlite3_module = writable(&MODULE);
static WRITABLE_EPONYMOUS: sys::sqlite3_module = writable(&EPONYMOUS);
/// Tables that overload functions, or have something to say to an integrity check.
static READ_ONLY: sys::sqlite3_module = read_only(&MODULE);
static READ_ONLY_EPONYMOUS: sys::sqlite3_module = read_only(&EPONYMOUS);

const fn read_only(module: &sys::sqlite3_module) -> sys::sqlite3_module {
    sys::sqlite3_module {
        iVersion: 4,
        xFindFunction: Some(write::find_function),
        xIntegrity: Some(write::integrity),
        ..*module
    }
}

const fn writable(module: &sys::sqlite3_module) -> sys::sqlite3_module {
    sys::sqlite3_module {
        xUpdate: Some(write::update),
        xBegin: Some(write::begin),
        xSync: Some(write::sync),
        xCommit: Some(write::commit),
        xRollback: Some(write::rollback),
        xRename: Some(write::rename),
        xSavepoint: Some(write::savepoint),
        xRelease: Some(write::release),
        xRollbackTo: Some(write::rollback_to),
        xShadowName: Some(write::shadow_name),
        ..read_only(module)
    }
}

/// The methods of a module's tables.
fn methods(module: &Module) -> &'static sys::sqlite3_module {
    match (&module.does, module.eponymous) {
        (Tables::Holds(holding), false) if holding.writable => &WRITABLE,
        (Tables::Holds(holding), true) if holding.writable => &WRITABLE_EPONYMOUS,
        (Tables::Holds(_), false) => &READ_ONLY,
        (Tables::Holds(_), true) => &READ_ONLY_EPONYMOUS,
        (_, false) => &MODULE,
        (_, true) => &EPONYMOUS,
    }
}

impl Connection {
    /// `sqlite3_create_module_v2`
    pub(crate) fn create_module(&self, library: &Library, module: &Module) -> Call<Outcome> {
        let (db, name) = (self.raw.as_ptr(), c_string(&module.name)?);
        let data = pointer(register(&module.name, Does::Tables(module.does.clone()), None));
        let methods = &raw const *methods(module);
        let free = Some(destroy_data as _);
        // SAFETY: the connection is open, the name ends with a zero byte, and the methods take any user data.
        let code =
            unsafe { call!(library, sqlite3_create_module_v2(db, name.as_ptr(), methods, data, free)) };
        self.outcome(library, code)
    }

    /// `sqlite3_create_module_v2` without methods, which takes the module of this name away.
    pub(crate) fn remove_module(&self, library: &Library, name: &str) -> Call<Outcome> {
        let (db, name, none) = (self.raw.as_ptr(), c_string(name)?, null_mut());
        // SAFETY: the connection is open, and the name ends with a zero byte.
        let code = unsafe { call!(library, sqlite3_create_module_v2(db, name.as_ptr(), null(), none, None)) };
        self.outcome(library, code)
    }
}

unsafe extern "C" fn destroy_data(_: *mut c_void) {
    guard((), |_| {
        count_destructor(Destructor::Module);
        Ok(())
    });
}

/// Words in SQLite's memory, for SQLite to free.
fn hand_out(library: &Library, words: &str) -> Call<*mut c_char> {
    Ok(format(library, "%s", &Value::text(words))?.into_raw())
}

/// Writes words into a table, where SQLite looks for those of an error.
fn say(library: &Library, table: *mut sys::sqlite3_vtab, words: &str) -> Call<()> {
    if objects::table_at(table).is_none() {
        return Ok(());
    }
    let words = hand_out(library, words)?;
    // SAFETY: the table is ours and alive.
    let message = unsafe { &raw mut (*table).zErrMsg };
    // SAFETY: the place is the table's own.
    let before = unsafe { message.replace(words) };
    // SAFETY: SQLite allocated what is there, or it is NULL; nobody knows it any more.
    unsafe { call!(library, sqlite3_free(before.cast())) };
    Ok(())
}

/// The failure that a contract wants of a table that holds rows.
fn failed(library: &Library, table: *mut sys::sqlite3_vtab, holding: &Holding) -> Call<c_int> {
    if let Some(words) = &holding.words {
        say(library, table, words)?;
    }
    Ok(holding.code.as_deref().and_then(code_number).unwrap_or(sys::SQLITE_ERROR))
}
