//! The methods of a module whose tables hold rows that write them, and what else SQLite may ask of them.

use std::ffi::{c_char, c_int, c_void};
use std::rc::Rc;

use libsqlite3_sys as sys;

use super::super::super::calls::numbers;
use super::super::super::value::{LentValue, text};
use super::super::super::{Call, Library, call};
use super::super::function::{Arguments, Context, RawContext, arguments};
use super::super::guard;
use super::objects::table_at;
use super::{VirtualTable, failed, hand_out};
use crate::contract::verb::TableMethod;
use crate::outcome::value::Value;

/// The operation of the first function that a table overloads, <https://sqlite.org/vtab.html#the_xfindfunction_method>.
const FIRST_FUNCTION: c_int = 150;

impl LentValue<'_> {
    numbers! {
        fn nochange() -> c_int = plain(sqlite3_value_nochange);
    }
}

/// Runs the inside of a method that has a table.
fn on_table(
    raw: *mut sys::sqlite3_vtab,
    body: impl FnOnce(&'static Library, Rc<VirtualTable>) -> Call<c_int>,
) -> c_int {
    guard(sys::SQLITE_ERROR, |library| match table_at(raw) {
        Some(table) => body(library, table),
        None => Ok(sys::SQLITE_ERROR),
    })
}

/// Logs a call, and fails where the contract wants that.
fn may_fail(raw: *mut sys::sqlite3_vtab, method: TableMethod, words: &str) -> c_int {
    on_table(raw, |library, table| {
        table.did(words);
        match table.holding() {
            Some(holding) if table.fails_in(method) => failed(library, raw, holding),
            _ => Ok(sys::SQLITE_OK),
        }
    })
}

pub(super) unsafe extern "C" fn begin(raw: *mut sys::sqlite3_vtab) -> c_int {
    let code = may_fail(raw, TableMethod::Begin, "begin");
    if let Some(table) = table_at(raw).filter(|_| code == sys::SQLITE_OK) {
        table.held.mark(0);
    }
    code
}

pub(super) unsafe extern "C" fn sync(raw: *mut sys::sqlite3_vtab) -> c_int {
    may_fail(raw, TableMethod::Sync, "sync")
}

pub(super) unsafe extern "C" fn commit(raw: *mut sys::sqlite3_vtab) -> c_int {
    on_table(raw, |_, table| {
        table.did("commit");
        table.held.unmark(0);
        Ok(sys::SQLITE_OK)
    })
}

pub(super) unsafe extern "C" fn rollback(raw: *mut sys::sqlite3_vtab) -> c_int {
    on_table(raw, |_, table| {
        table.did("rollback");
        table.held.return_to(0);
        table.held.unmark(0);
        Ok(sys::SQLITE_OK)
    })
}

pub(super) unsafe extern "C" fn savepoint(raw: *mut sys::sqlite3_vtab, at: c_int) -> c_int {
    on_table(raw, |_, table| {
        table.did(&format!("savepoint {at}"));
        table.held.mark(at.saturating_add(1));
        Ok(sys::SQLITE_OK)
    })
}

pub(super) unsafe extern "C" fn release(raw: *mut sys::sqlite3_vtab, at: c_int) -> c_int {
    on_table(raw, |_, table| {
        table.did(&format!("release {at}"));
        table.held.unmark(at.saturating_add(1));
        Ok(sys::SQLITE_OK)
    })
}

pub(super) unsafe extern "C" fn rollback_to(raw: *mut sys::sqlite3_vtab, at: c_int) -> c_int {
    on_table(raw, |_, table| {
        table.did(&format!("rollback to {at}"));
        table.held.return_to(at.saturating_add(1));
        Ok(sys::SQLITE_OK)
    })
}

pub(super) unsafe extern "C" fn rename(raw: *mut sys::sqlite3_vtab, name: *const c_char) -> c_int {
    // SAFETY: SQLite lends the name for the call.
    let name = unsafe { text(name) }.unwrap_or_default();
    may_fail(raw, TableMethod::Rename, &format!("rename {}", String::from_utf8_lossy(&name)))
}

/// SQLite hands over what follows the table's name, without telling which module it is.
pub(super) unsafe extern "C" fn shadow_name(name: *const c_char) -> c_int {
    // SAFETY: SQLite lends the name for the call.
    let name = unsafe { text(name) }.unwrap_or_default();
    name.eq_ignore_ascii_case(b"data").into()
}

pub(super) unsafe extern "C" fn integrity(
    raw: *mut sys::sqlite3_vtab,
    _: *const c_char,
    _: *const c_char,
    flags: c_int,
    found: *mut *mut c_char,
) -> c_int {
    on_table(raw, |library, table| {
        table.did(if flags == 0 { "integrity" } else { "integrity, quick" });
        if let Some(words) = table.holding().and_then(|holding| holding.integrity.as_deref()) {
            let words = hand_out(library, words)?;
            // SAFETY: SQLite hands over a place for a text, which it frees.
            unsafe { *found = words };
        }
        Ok(sys::SQLITE_OK)
    })
}

type Function = unsafe extern "C" fn(RawContext, c_int, *mut *mut sys::sqlite3_value);

pub(super) unsafe extern "C" fn find_function(
    raw: *mut sys::sqlite3_vtab,
    count: c_int,
    name: *const c_char,
    function: *mut Option<Function>,
    _: *mut *mut c_void,
) -> c_int {
    guard(0, |_| {
        // SAFETY: SQLite lends the name for the call.
        let name = unsafe { text(name) }.unwrap_or_default();
        let Some(table) = table_at(raw).filter(|_| count == 2) else { return Ok(0) };
        let functions = table.holding().map(|holding| holding.functions.as_slice()).unwrap_or_default();
        if !functions.iter().any(|own| own.as_bytes().eq_ignore_ascii_case(&name)) {
            return Ok(0);
        }
        // SAFETY: SQLite hands over a place for the function.
        unsafe { *function = Some(overload) };
        Ok(FIRST_FUNCTION)
    })
}

unsafe extern "C" fn overload(context: RawContext, _: c_int, _: *mut *mut sys::sqlite3_value) {
    guard((), |library| {
        // SAFETY: SQLite hands over the context of this call.
        unsafe { Context::new(context) }?.result_integer(library, 1)
    });
}

/// <https://sqlite.org/vtab.html#the_xupdate_method>
pub(super) unsafe extern "C" fn update(
    raw: *mut sys::sqlite3_vtab,
    count: c_int,
    values: *mut *mut sys::sqlite3_value,
    made: *mut sys::sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite hands over `count` values that live until this returns.
    let values = unsafe { arguments(count, values) };
    on_table(raw, |library, table| {
        let change = Change::read(library, &table, values)?;
        table.did(&change.describe());
        if let Some(holding) = table.holding().filter(|_| table.fails_in(TableMethod::Update)) {
            return failed(library, raw, holding);
        }
        match change.make(&table) {
            Some(rowid) => {
                // SAFETY: SQLite hands over a place for the rowid.
                unsafe { *made = rowid };
                Ok(sys::SQLITE_OK)
            }
            None => Ok(sys::SQLITE_CONSTRAINT),
        }
    })
}

/// What an INSERT, UPDATE or DELETE does to one row.
struct Change {
    /// The row that is there.
    old: Option<i64>,
    /// The rowid that is asked for, and the values: none for a column that does not change.
    new: Option<(Option<i64>, Vec<Option<Value>>)>,
    /// The row that has the key which the new one would have.
    in_the_way: Option<i64>,
    mode: &'static str,
}

impl Change {
    fn read(library: &Library, table: &VirtualTable, values: Arguments<'_>) -> Call<Self> {
        let by_key = table.holding().is_some_and(|holding| holding.without_rowid);
        let rowid = |value: Option<&LentValue<'_>>| -> Call<Option<i64>> {
            Ok(match value.map(|value| value.read(library)).transpose()? {
                None | Some(Value::Null) => None,
                Some(key) if by_key => table.held.with_key(&key),
                Some(Value::Integer(rowid)) => Some(rowid),
                Some(_) => None,
            })
        };
        let old = rowid(values.first())?;
        let new = match values {
            [_, own, columns @ ..] => {
                let unchanged = |value: &LentValue<'_>| -> Call<bool> {
                    Ok(library.has("sqlite3_value_nochange") && value.nochange(library)? != 0)
                };
                let column = |value: &LentValue<'_>| {
                    Ok(if unchanged(value)? { None } else { Some(value.read(library)?) })
                };
                let asked = if by_key { old } else { rowid(Some(own))? };
                Some((asked, columns.iter().map(column).collect::<Call<Vec<_>>>()?))
            }
            _ => None,
        };
        let in_the_way = match &new {
            Some((_, columns)) if by_key => {
                columns.first().and_then(Option::as_ref).and_then(|key| table.held.with_key(key))
            }
            Some((asked, _)) => asked.filter(|asked| table.held.has(*asked)),
            None => None,
        };
        let in_the_way = in_the_way.filter(|rowid| old != Some(*rowid));
        Ok(Self { old, new, in_the_way, mode: mode(library, table)? })
    }

    fn describe(&self) -> String {
        let rowid = |rowid: Option<i64>| rowid.map_or("NULL".to_owned(), |rowid| rowid.to_string());
        let Some((asked, columns)) = &self.new else { return format!("delete {}", rowid(self.old)) };
        let value = |value: &Option<Value>| value.as_ref().map_or("unchanged".to_owned(), Value::to_string);
        let columns = columns.iter().map(value).collect::<Vec<_>>().join(", ");
        let mode = self.mode;
        match self.old {
            None => format!("insert {} ({columns}) or {mode}", rowid(*asked)),
            old if old == *asked => format!("update {} ({columns}) or {mode}", rowid(old)),
            old => format!("update {} to {} ({columns}) or {mode}", rowid(old), rowid(*asked)),
        }
    }

    /// Makes the change and returns the rowid; `None` where a row is in its way, and may not be replaced.
    fn make(self, table: &VirtualTable) -> Option<i64> {
        let held = &table.held;
        let Some((asked, columns)) = self.new else {
            self.old.inspect(|old| held.remove(*old));
            return Some(0);
        };
        if self.in_the_way.is_some() && self.mode != "replace" {
            return None;
        }
        let rowid = asked.unwrap_or_else(|| held.next_rowid());
        let before = self.old.map(|old| held.get(old)).unwrap_or_default();
        let kept = |at: usize| before.get(at).cloned().unwrap_or(Value::Null);
        let row = columns.into_iter().enumerate().map(|(at, value)| value.unwrap_or_else(|| kept(at)));
        let row: Vec<Value> = row.collect();
        self.old.into_iter().chain(self.in_the_way).for_each(|before| held.remove(before));
        held.put(rowid, row);
        Some(rowid)
    }
}

/// What a conflict is to do, <https://sqlite.org/c3ref/vtab_on_conflict.html>.
fn mode(library: &Library, table: &VirtualTable) -> Call<&'static str> {
    let Some(db) = table.db else { return Ok("abort") };
    // SAFETY: the connection is open: it calls xUpdate of one of its tables.
    Ok(match unsafe { call!(library, sqlite3_vtab_on_conflict(db.as_ptr())) } {
        sys::SQLITE_ROLLBACK => "rollback",
        sys::SQLITE_IGNORE => "ignore",
        sys::SQLITE_FAIL => "fail",
        sys::SQLITE_ABORT => "abort",
        _ => "replace",
    })
}
