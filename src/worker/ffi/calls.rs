//! Calls of the library's functions.

use std::ffi::{c_int, c_uint};

use crate::outcome::value::Value;

/// Calls a function of the table, or returns `missing sqlite3_…` when the library has no such function. A place that
/// has found its function does not look again: the process has one library. The function has the signature that
/// SQLite has kept for it since it was added; what its arguments must be is for the caller to say.
macro_rules! call {
    ($library:expr, $function:ident($($argument:expr),* $(,)?)) => {{
        static IS_THERE: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);
        if !IS_THERE.load(std::sync::atomic::Ordering::Relaxed) {
            $library.need(stringify!($function))?;
            IS_THERE.store(true, std::sync::atomic::Ordering::Relaxed);
        }
        libsqlite3_sys::$function($($argument),*)
    }};
}

/// Methods of a handle that call a function with it and numbers, and convert what it returns:
/// `= integer(sqlite3_changes)`.
macro_rules! numbers {
    ($($(#[$doc:meta])* $visibility:vis fn $name:ident($($argument:ident: $type:ty),*) -> $result:ty
        = $converted:ident($function:ident);)+) => {$(
        $(#[$doc])*
        $visibility fn $name(&self, library: &Library, $($argument: $type),*) -> Call<$result> {
            $(let $argument = $crate::worker::ffi::calls::number($argument);)*
            // SAFETY: the handle lives as long as this value does, and SQLite defines what every number means.
            let returned = unsafe { call!(library, $function(self.raw.as_ptr(), $($argument),*)) };
            Ok($crate::worker::ffi::calls::$converted(returned))
        }
    )+};
}

/// The same for functions whose code has a message: `= sqlite3_reset`.
macro_rules! codes {
    ($($(#[$doc:meta])* $visibility:vis fn $name:ident($($argument:ident: $type:ty),*)
        = $function:ident;)+) => {$(
        $(#[$doc])*
        $visibility fn $name(&self, library: &Library, $($argument: $type),*) -> Call<Outcome> {
            $(let $argument = $crate::worker::ffi::calls::number($argument);)*
            // SAFETY: as in `numbers!`.
            let code = unsafe { call!(library, $function(self.raw.as_ptr(), $($argument),*)) };
            self.outcome(library, code)
        }
    )+};
}

/// The same for functions that lend a text, or NULL: `= sqlite3_sql`.
macro_rules! texts {
    ($($(#[$doc:meta])* $visibility:vis fn $name:ident($($argument:ident: $type:ty),*)
        = $function:ident;)+) => {$(
        $(#[$doc])*
        $visibility fn $name(&self, library: &Library, $($argument: $type),*) -> Call<Value> {
            $(let $argument = $crate::worker::ffi::calls::number($argument);)*
            // SAFETY: as in `numbers!`.
            let start = unsafe { call!(library, $function(self.raw.as_ptr(), $($argument),*)) };
            // SAFETY: the text ends with a zero byte, and stays until the next call.
            Ok(unsafe { $crate::worker::ffi::value::text(start) }.map_or(Value::Null, Value::Text))
        }
    )+};
}

pub(super) use {call, codes, numbers, texts};

/// What may be passed to SQLite without a reason: no address.
pub(super) trait Number: Copy {}

impl Number for c_int {}
impl Number for c_uint {}
impl Number for i64 {}
impl Number for u64 {}
impl Number for f64 {}

pub(super) fn number<N: Number>(number: N) -> N {
    number
}

pub(super) fn plain<T>(returned: T) -> T {
    returned
}

pub(super) fn integer(returned: impl Into<i64>) -> Value {
    Value::Integer(returned.into())
}
