//! The methods of a module that read a table.

use std::ffi::{c_char, c_int};

use libsqlite3_sys as sys;

use super::super::super::call;
use super::super::function::{Context, RawContext};
use super::super::{guard, with_table};
use super::objects::{free_cursor, table_at, with_cursor};
use super::{Method, hand_out};

pub(super) unsafe extern "C" fn open(
    raw: *mut sys::sqlite3_vtab,
    made: *mut *mut sys::sqlite3_vtab_cursor,
) -> c_int {
    guard(sys::SQLITE_ERROR, |_| {
        let Some(table) = table_at(raw) else { return Ok(sys::SQLITE_ERROR) };
        let cursor = with_table(|ours| ours.objects.lend_cursor(table));
        // SAFETY: SQLite hands over a place for the cursor.
        unsafe { *made = cursor };
        Ok(sys::SQLITE_OK)
    })
}

pub(super) unsafe extern "C" fn close(raw: *mut sys::sqlite3_vtab_cursor) -> c_int {
    guard(sys::SQLITE_ERROR, |_| Ok(if free_cursor(raw) { sys::SQLITE_OK } else { sys::SQLITE_ERROR }))
}

pub(super) unsafe extern "C" fn filter(
    raw: *mut sys::sqlite3_vtab_cursor,
    _: c_int,
    _: *const c_char,
    _: c_int,
    _: *mut *mut sys::sqlite3_value,
) -> c_int {
    guard(sys::SQLITE_ERROR, |library| {
        let found = with_cursor(raw, |cursor| {
            cursor.row = 1;
            cursor.table.clone()
        });
        let Some(table) = found else { return Ok(sys::SQLITE_ERROR) };
        let Some(words) = table.error_in(Method::Filter) else { return Ok(sys::SQLITE_OK) };
        // SAFETY: the cursor is ours and alive.
        let of = unsafe { (*raw).pVtab };
        if table_at(of).is_some() {
            let words = hand_out(library, words)?;
            // SAFETY: the table, which SQLite wrote into its cursor, is ours and alive.
            let message = unsafe { &raw mut (*of).zErrMsg };
            // SAFETY: the place is the table's own.
            let before = unsafe { message.replace(words) };
            // SAFETY: SQLite allocated what is there, or it is NULL; nobody knows it any more.
            unsafe { call!(library, sqlite3_free(before.cast())) };
        }
        Ok(sys::SQLITE_ERROR)
    })
}

pub(super) unsafe extern "C" fn next(raw: *mut sys::sqlite3_vtab_cursor) -> c_int {
    guard(sys::SQLITE_ERROR, |_| {
        let moved = with_cursor(raw, |cursor| cursor.row += 1);
        Ok(if moved.is_some() { sys::SQLITE_OK } else { sys::SQLITE_ERROR })
    })
}

pub(super) unsafe extern "C" fn eof(raw: *mut sys::sqlite3_vtab_cursor) -> c_int {
    guard(1, |_| {
        let is_over = with_cursor(raw, |cursor| cursor.row > cursor.table.rows());
        Ok(is_over.unwrap_or(true).into())
    })
}

pub(super) unsafe extern "C" fn column(
    raw: *mut sys::sqlite3_vtab_cursor,
    context: RawContext,
    _: c_int,
) -> c_int {
    guard(sys::SQLITE_ERROR, |library| {
        let Some(row) = with_cursor(raw, |cursor| cursor.row) else { return Ok(sys::SQLITE_ERROR) };
        // SAFETY: SQLite hands over the context of this call.
        unsafe { Context::new(context) }?.result_integer(library, row)?;
        Ok(sys::SQLITE_OK)
    })
}

pub(super) unsafe extern "C" fn rowid(
    raw: *mut sys::sqlite3_vtab_cursor,
    answer: *mut sys::sqlite3_int64,
) -> c_int {
    guard(sys::SQLITE_ERROR, |_| {
        let Some(row) = with_cursor(raw, |cursor| cursor.row) else { return Ok(sys::SQLITE_ERROR) };
        // SAFETY: SQLite hands over a place for the rowid.
        unsafe { *answer = row };
        Ok(sys::SQLITE_OK)
    })
}
