//! The methods of a module that read a table.

use std::ffi::{c_char, c_int};
use std::ptr::{NonNull, null_mut};

use libsqlite3_sys as sys;

use super::super::super::value::{LentValue, text};
use super::super::super::{Call, Library, call};
use super::super::function::{Arguments, Context, RawContext, arguments, result};
use super::super::{guard, with_table};
use super::choose::{plan, shown};
use super::objects::{free_cursor, table_at, with_cursor};
use super::rows::Taken;
use super::{Method, VirtualTable, failed, say};
use crate::contract::verb::TableMethod;
use crate::outcome::sqlite_names::ConstraintOp;
use crate::outcome::value::Value;

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
    plan: *const c_char,
    count: c_int,
    values: *mut *mut sys::sqlite3_value,
) -> c_int {
    guard(sys::SQLITE_ERROR, |library| {
        let found = with_cursor(raw, |cursor| {
            cursor.row = 1;
            cursor.table.clone()
        });
        let Some(table) = found else { return Ok(sys::SQLITE_ERROR) };
        if table.holding().is_some() {
            // SAFETY: SQLite lends the plan that xBestIndex chose for the call.
            let plan = unsafe { text(plan) }.unwrap_or_default();
            // SAFETY: SQLite hands over `count` values that live until this returns.
            let values = unsafe { arguments(count, values) };
            return look_up(library, raw, &table, &String::from_utf8_lossy(&plan), values);
        }
        let Some(words) = table.error_in(Method::Filter) else { return Ok(sys::SQLITE_OK) };
        // SAFETY: the cursor is ours and alive.
        say(library, unsafe { (*raw).pVtab }, words)?;
        Ok(sys::SQLITE_ERROR)
    })
}

/// Finds the rows that meet the constraints which the table has taken.
fn look_up(
    library: &Library,
    raw: *mut sys::sqlite3_vtab_cursor,
    table: &VirtualTable,
    written: &str,
    values: Arguments<'_>,
) -> Call<c_int> {
    let plan = plan(written);
    let mut taken = Vec::new();
    for ((column, op, is_whole), value) in plan.iter().zip(values) {
        let values = if *is_whole { members(library, *value)? } else { vec![value.read(library)?] };
        taken.push(Taken { column: *column, op: *op, values });
    }
    let words = shown(table, &plan).into_iter().zip(&taken);
    let words = words.map(|(words, taken)| format!("{words} {}", listed(&taken.values)));
    table.did(format!("filter {}", words.collect::<Vec<_>>().join(", ")).trim_end());
    if let Some(holding) = table.holding().filter(|_| table.fails_in(TableMethod::Filter)) {
        // SAFETY: the cursor is ours and alive.
        let of = unsafe { (*raw).pVtab };
        return failed(library, of, holding);
    }
    let mut found = table.held.all();
    found.retain(|(rowid, row)| taken.iter().all(|taken| taken.is_met(*rowid, row)));
    let number = |op: ConstraintOp| {
        let limit = taken.iter().find(|taken| taken.op == op)?.values.first()?;
        if let Value::Integer(n) = limit { usize::try_from(*n).ok() } else { None }
    };
    let (offset, limit) = (number(ConstraintOp::Offset), number(ConstraintOp::Limit));
    let found = found.into_iter().skip(offset.unwrap_or(0)).take(limit.unwrap_or(usize::MAX)).collect();
    let given = taken.into_iter().filter(|taken| taken.op == ConstraintOp::Eq);
    let given = given.filter_map(|taken| Some((taken.column, taken.values.into_iter().next()?))).collect();
    with_cursor(raw, |cursor| (cursor.found, cursor.arguments) = (found, given));
    Ok(sys::SQLITE_OK)
}

/// The values of a whole IN, <https://sqlite.org/c3ref/vtab_in_first.html>.
fn members(library: &Library, list: LentValue<'_>) -> Call<Vec<Value>> {
    let (mut values, mut next) = (Vec::new(), null_mut());
    // SAFETY: the list is lent for the call, and there is a place for a value.
    let mut code = unsafe { call!(library, sqlite3_vtab_in_first(list.raw.as_ptr(), &mut next)) };
    while let Some(value) = NonNull::new(next).filter(|_| code == sys::SQLITE_OK) {
        // SAFETY: SQLite lends the value until the next one is asked for.
        values.push(unsafe { LentValue::new(value) }.read(library)?);
        // SAFETY: as before.
        code = unsafe { call!(library, sqlite3_vtab_in_next(list.raw.as_ptr(), &mut next)) };
    }
    Ok(values)
}

fn listed(values: &[Value]) -> String {
    match values {
        [value] => value.to_string(),
        values => format!("({})", values.iter().map(Value::to_string).collect::<Vec<_>>().join(", ")),
    }
}

pub(super) unsafe extern "C" fn next(raw: *mut sys::sqlite3_vtab_cursor) -> c_int {
    guard(sys::SQLITE_ERROR, |library| {
        let moved = with_cursor(raw, |cursor| {
            cursor.row += 1;
            cursor.table.clone()
        });
        let Some(table) = moved else { return Ok(sys::SQLITE_ERROR) };
        if let Some(holding) = table.holding().filter(|_| table.fails_in(TableMethod::Next)) {
            // SAFETY: the cursor is ours and alive.
            let of = unsafe { (*raw).pVtab };
            return failed(library, of, holding);
        }
        Ok(sys::SQLITE_OK)
    })
}

pub(super) unsafe extern "C" fn eof(raw: *mut sys::sqlite3_vtab_cursor) -> c_int {
    guard(1, |_| {
        let is_over = with_cursor(raw, |cursor| cursor.row > cursor.count());
        Ok(is_over.unwrap_or(true).into())
    })
}

pub(super) unsafe extern "C" fn column(
    raw: *mut sys::sqlite3_vtab_cursor,
    context: RawContext,
    column: c_int,
) -> c_int {
    guard(sys::SQLITE_ERROR, |library| {
        let value = with_cursor(raw, |cursor| match cursor.table.holding() {
            Some(_) => cursor.value(column),
            None => Value::Integer(cursor.row),
        });
        let Some(value) = value else { return Ok(sys::SQLITE_ERROR) };
        // SAFETY: SQLite hands over the context of this call.
        let context = unsafe { Context::new(context) }?;
        // A column that an UPDATE leaves alone need not be read, and has no value then.
        if !context.is_unchanged(library)? {
            result(library, context, &value)?;
        }
        Ok(sys::SQLITE_OK)
    })
}

pub(super) unsafe extern "C" fn rowid(
    raw: *mut sys::sqlite3_vtab_cursor,
    answer: *mut sys::sqlite3_int64,
) -> c_int {
    guard(sys::SQLITE_ERROR, |_| {
        let rowid = with_cursor(raw, |cursor| cursor.current().map_or(cursor.row, |(rowid, _)| *rowid));
        let Some(row) = rowid else { return Ok(sys::SQLITE_ERROR) };
        // SAFETY: SQLite hands over a place for the rowid.
        unsafe { *answer = row };
        Ok(sys::SQLITE_OK)
    })
}
