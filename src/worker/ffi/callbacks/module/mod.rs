//! Modules of the driver `capi`, <https://sqlite.org/c3ref/module.html>.

mod cursor;
mod objects;
mod table;
mod virtual_table;

use std::ffi::{c_char, c_void};
use std::ptr::{null, null_mut};

use libsqlite3_sys as sys;

use super::super::mprintf::format;
use super::super::statement::c_string;
use super::super::{Call, Connection, Library, call};
use super::{Does, count_destructor, guard, pointer, register};
use crate::contract::verb::{Destructor, Module};
use crate::outcome::Outcome;
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
    xBestIndex: Some(table::best_index),
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

impl Connection {
    /// `sqlite3_create_module_v2`
    pub(crate) fn create_module(&self, library: &Library, module: &Module) -> Call<Outcome> {
        let (db, name) = (self.raw.as_ptr(), c_string(&module.name)?);
        let data = pointer(register(&module.name, Does::Tables(module.does.clone()), None));
        let methods = if module.eponymous { &raw const EPONYMOUS } else { &raw const MODULE };
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
