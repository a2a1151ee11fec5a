//! Hooks of the driver `capi`.

use std::ffi::{c_char, c_int, c_uint, c_void};
use std::ptr::null_mut;

use libsqlite3_sys as sys;

use super::super::value::text;
use super::super::{Call, Connection, Library, call};
use super::{Callback, Does, Elsewhere, find, guard, pointer, register};
use crate::contract::verb::Authorizer;
use crate::outcome::Outcome;
use crate::outcome::sqlite_names::{Action, TraceEvent};
use crate::outcome::value::Value;

/// A hook to set: its user data, or `None` to take away what was set.
pub(crate) type NewHook = Option<(Does, Option<Elsewhere>, String)>;

/// Enters a hook into the table: the function to set, if one is, and its user data.
fn enter<F>(hook: NewHook, function: F) -> (Option<F>, *mut c_void) {
    match hook {
        Some((does, elsewhere, name)) => (Some(function), pointer(register(&name, does, elsewhere))),
        None => (None, null_mut()),
    }
}

/// The name of the user data that a hook had.
fn before(data: *mut c_void) -> Outcome {
    Outcome::Value(match find(data as usize) {
        Ok(callback) => Value::text(&callback.name),
        Err(_) if data.is_null() => Value::Null,
        Err(_) => Value::text("SQLite's own"),
    })
}

impl Connection {
    /// `sqlite3_commit_hook`
    pub(crate) fn commit_hook(&self, library: &Library, hook: NewHook) -> Call<Outcome> {
        let (function, data) = enter(hook, commit as unsafe extern "C" fn(_) -> _);
        // SAFETY: the connection is open, and the function takes any user data.
        let data = unsafe { call!(library, sqlite3_commit_hook(self.raw.as_ptr(), function, data)) };
        Ok(before(data))
    }

    /// `sqlite3_rollback_hook`
    pub(crate) fn rollback_hook(&self, library: &Library, hook: NewHook) -> Call<Outcome> {
        let (function, data) = enter(hook, rollback as unsafe extern "C" fn(_));
        // SAFETY: the connection is open, and the function takes any user data.
        let data = unsafe { call!(library, sqlite3_rollback_hook(self.raw.as_ptr(), function, data)) };
        Ok(before(data))
    }

    /// `sqlite3_update_hook`
    pub(crate) fn update_hook(&self, library: &Library, hook: NewHook) -> Call<Outcome> {
        let (function, data) = enter(hook, update as unsafe extern "C" fn(_, _, _, _, _));
        // SAFETY: the connection is open, and the function takes any user data.
        let data = unsafe { call!(library, sqlite3_update_hook(self.raw.as_ptr(), function, data)) };
        Ok(before(data))
    }

    /// `sqlite3_wal_hook`
    pub(crate) fn wal_hook(&self, library: &Library, hook: NewHook) -> Call<Outcome> {
        let (function, data) = enter(hook, wal as unsafe extern "C" fn(_, _, _, _) -> _);
        // SAFETY: the connection is open, and the function takes any user data.
        let data = unsafe { call!(library, sqlite3_wal_hook(self.raw.as_ptr(), function, data)) };
        Ok(before(data))
    }

    /// `sqlite3_progress_handler`
    pub(crate) fn progress_handler(&self, library: &Library, every: c_int, hook: NewHook) -> Call<Outcome> {
        let (function, data) = enter(hook, progress as unsafe extern "C" fn(_) -> _);
        // SAFETY: the connection is open, and the function takes any user data.
        unsafe { call!(library, sqlite3_progress_handler(self.raw.as_ptr(), every, function, data)) };
        Ok(Outcome::Code(0))
    }

    /// `sqlite3_set_authorizer`
    pub(crate) fn authorizer(&self, library: &Library, rules: &Authorizer) -> Call<Outcome> {
        let hook = (!rules.off).then(|| (Does::Authorize(rules.clone()), None, "authorizer".to_owned()));
        let (function, data) = enter(hook, authorize as unsafe extern "C" fn(_, _, _, _, _, _) -> _);
        // SAFETY: the connection is open, and the function takes any user data.
        let code = unsafe { call!(library, sqlite3_set_authorizer(self.raw.as_ptr(), function, data)) };
        self.outcome(library, code)
    }

    /// `sqlite3_trace_v2`, from 3.14.0 on
    pub(crate) fn trace(&self, library: &Library, events: &[TraceEvent]) -> Call<Outcome> {
        let mask = events.iter().fold(0, |all, event| all | event.number().unsigned_abs());
        let hook = (mask != 0).then(|| (Does::Watch, None, "trace".to_owned()));
        let (function, data) = enter(hook, trace as unsafe extern "C" fn(_, _, _, _) -> _);
        // SAFETY: the connection is open, and the function takes any user data.
        let code = unsafe { call!(library, sqlite3_trace_v2(self.raw.as_ptr(), mask, function, data)) };
        self.outcome(library, code)
    }

    /// `sqlite3_busy_handler`
    pub(crate) fn busy_handler(&self, library: &Library, hook: NewHook) -> Call<Outcome> {
        let (function, data) = enter(hook, busy as unsafe extern "C" fn(_, _) -> _);
        // SAFETY: the connection is open, and the function takes any user data.
        let code = unsafe { call!(library, sqlite3_busy_handler(self.raw.as_ptr(), function, data)) };
        self.outcome(library, code)
    }

    /// `sqlite3_unlock_notify`, with SQLITE_ENABLE_UNLOCK_NOTIFY
    pub(crate) fn unlock_notify(&self, library: &Library, hook: NewHook) -> Call<Outcome> {
        let (function, data) = enter(hook, unlocked as unsafe extern "C" fn(_, _));
        // SAFETY: the connection is open, and the function takes any user data.
        let code = unsafe { call!(library, sqlite3_unlock_notify(self.raw.as_ptr(), function, data)) };
        self.outcome(library, code)
    }
}

/// Runs the inside of a hook.
fn hook<T>(data: *mut c_void, otherwise: T, body: impl FnOnce(&'static Library, &Callback) -> Call<T>) -> T {
    guard(otherwise, |library| body(library, &*find(data as usize)?))
}

/// A text that SQLite lends for the call.
///
/// # Safety
/// `start` is NULL or ends with a zero byte.
unsafe fn word(start: *const c_char) -> Option<String> {
    // SAFETY: the caller vouches for the text.
    unsafe { text(start) }.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

unsafe extern "C" fn commit(data: *mut c_void) -> c_int {
    hook(data, 0, |_, callback| {
        callback.called_plainly();
        Ok(matches!(callback.does, Does::Commit { veto: true }).into())
    })
}

unsafe extern "C" fn rollback(data: *mut c_void) {
    hook(data, (), |_, callback| {
        callback.called_plainly();
        Ok(())
    });
}

unsafe extern "C" fn update(
    data: *mut c_void,
    operation: c_int,
    schema: *const c_char,
    table: *const c_char,
    rowid: sys::sqlite3_int64,
) {
    hook(data, (), |_, callback| {
        let operation = action(operation);
        // SAFETY: SQLite lends the schema's name for the call.
        let schema = unsafe { word(schema) }.unwrap_or_default();
        // SAFETY: SQLite lends the table's name for the call.
        let table = unsafe { word(table) }.unwrap_or_default();
        callback.called(format!("{} {operation} {schema}.{table} rowid {rowid}", callback.name));
        Ok(())
    });
}

unsafe extern "C" fn wal(
    data: *mut c_void,
    _: *mut sys::sqlite3,
    schema: *const c_char,
    pages: c_int,
) -> c_int {
    hook(data, 0, |_, callback| {
        // SAFETY: SQLite lends the schema's name for the call.
        let schema = unsafe { word(schema) }.unwrap_or_default();
        callback.called(format!("{} {schema} pages {pages}", callback.name));
        Ok(0)
    })
}

unsafe extern "C" fn progress(data: *mut c_void) -> c_int {
    hook(data, 0, |_, callback| {
        let call = callback.called_plainly();
        Ok(matches!(callback.does, Does::Progress { interrupt_at: Some(at) } if call >= at).into())
    })
}

unsafe extern "C" fn busy(data: *mut c_void, before: c_int) -> c_int {
    hook(data, 0, |_, callback| {
        let call = callback.called(format!("{} {before}", callback.name));
        Ok(matches!(callback.does, Does::Busy { tries } if call <= tries).into())
    })
}

/// The word of an action.
fn action(number: c_int) -> String {
    Action::from_number(number)
        .map_or_else(|| format!("action {number}"), |action| action.name().to_lowercase())
}

unsafe extern "C" fn authorize(
    data: *mut c_void,
    number: c_int,
    first: *const c_char,
    second: *const c_char,
    schema: *const c_char,
    accessor: *const c_char,
) -> c_int {
    hook(data, sys::SQLITE_DENY, |_, callback| {
        let action = action(number);
        // SAFETY: SQLite lends each name for the call, or hands over NULL.
        let names = [first, second, schema, accessor].map(|name| unsafe { word(name) });
        let known: Vec<&str> = names.iter().flatten().map(String::as_str).collect();
        callback.called(format!("{} {action} {}", callback.name, known.join(" ")).trim_end().to_owned());
        Ok(callback.authorize(&action, names[0].as_deref(), names[1].as_deref()))
    })
}

unsafe extern "C" fn trace(event: c_uint, data: *mut c_void, about: *mut c_void, what: *mut c_void) -> c_int {
    hook(data, 0, |library, callback| {
        let event = c_int::try_from(event).ok().and_then(TraceEvent::from_number);
        let sql = |library: &Library| -> Call<String> {
            // SAFETY: SQLite hands over the statement for events of this kind.
            let sql = unsafe { call!(library, sqlite3_sql(about.cast())) };
            // SAFETY: SQLite lends the statement's text.
            Ok(unsafe { word(sql) }.unwrap_or_default())
        };
        let line = match event {
            // The unexpanded SQL, or the comment that stands for a trigger.
            Some(TraceEvent::Stmt) => {
                // SAFETY: SQLite lends a text for events of this kind.
                let text = unsafe { word(what.cast()) };
                format!("stmt {}", text.unwrap_or_default())
            }
            Some(TraceEvent::Profile) => format!("profile {}", sql(library)?),
            Some(TraceEvent::Row) => format!("row {}", sql(library)?),
            Some(TraceEvent::Close) => "close".to_owned(),
            None => "an unknown event".to_owned(),
        };
        callback.called(format!("{} {line}", callback.name));
        Ok(0)
    })
}

unsafe extern "C" fn unlocked(data: *mut *mut c_void, count: c_int) {
    for at in 0..usize::try_from(count).unwrap_or(0) {
        // SAFETY: SQLite hands over `count` user data, and this is not behind the last.
        let data = unsafe { data.add(at) };
        // SAFETY: there is a user data at this place.
        let data = unsafe { data.read() };
        hook(data, (), |_, callback| {
            callback.called_plainly();
            Ok(())
        });
    }
}
