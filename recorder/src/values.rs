//! Values that a program reads: their bytes with their lengths.

use std::ffi::{c_int, c_void};

use crate::bytes::Bytes;
use crate::function::whole;
use crate::kinds::{Kind, Stmt, Value};
use crate::real::{Function, real};
use crate::thread::Inside;

const TEXT: c_int = 3;

/// A function that returns the address of bytes. Their length is asked behind it where that changes nothing: what a text
/// of UTF-16 is as a blob, SQLite would convert to answer how long it is.
macro_rules! bytes {
    ($($name:ident, $kind:ident, $length:ident, $form:ident ($($arg:ident: $type:ty),*);)*) => {$(
        #[unsafe(no_mangle)]
        pub(crate) unsafe extern "C" fn $name($($arg: $type),*) -> *const u8 {
            static FUNCTION: Function = Function::new(stringify!($name), &[$(stringify!($arg)),*], &["result"]);
            type Real = unsafe extern "C" fn($($type),*) -> *const u8;
            // SAFETY: SQLite's own function of this name has this type.
            let real = unsafe { std::mem::transmute::<*mut c_void, Real>(FUNCTION.address()) };
            // SAFETY: the program's own arguments.
            let call = || unsafe { real($($arg),*) };
            let Some(_inside) = Inside::enter() else { return call() };
            let kind = real!($kind: fn($($type),*) -> c_int);
            let length = real!($length: fn($($type),*) -> c_int);
            // SAFETY: the program's own arguments; asked before the value is converted.
            let _kind = || unsafe { kind($($arg),*) };
            // SAFETY: the program's own arguments; asked where the value has been converted.
            let length = || unsafe { length($($arg),*) };
            let (at, bytes) = look!($form call _kind length);
            whole::<Bytes>(&FUNCTION, |trace| { $(Kind::write($arg, trace);)* }, bytes, |_| {});
            at
        }
    )*};
}

macro_rules! look {
    (text $call:ident $kind:ident $length:ident) => {{
        let at = $call();
        (at, if at.is_null() { Bytes::Nothing } else { Bytes::Told(at, $length().max(0) as usize) })
    }};
    (utf16 $call:ident $kind:ident $length:ident) => {{
        let at = $call();
        (at, if at.is_null() { Bytes::Nothing } else { Bytes::Utf16(at, $length().max(0) as usize) })
    }};
    (blob $call:ident $kind:ident $length:ident) => {{
        let is_text = $kind() == TEXT;
        let at = $call();
        let bytes = match (at.is_null(), is_text) {
            (true, _) => Bytes::Nothing,
            (false, true) => Bytes::Unread,
            (false, false) => Bytes::Answered(at, $length().max(0) as usize),
        };
        (at, bytes)
    }};
}

bytes! {
    sqlite3_column_text, sqlite3_column_type, sqlite3_column_bytes, text (stmt: Stmt, column: c_int);
    sqlite3_column_text16, sqlite3_column_type, sqlite3_column_bytes16, utf16 (stmt: Stmt, column: c_int);
    sqlite3_column_blob, sqlite3_column_type, sqlite3_column_bytes, blob (stmt: Stmt, column: c_int);
    sqlite3_value_text, sqlite3_value_type, sqlite3_value_bytes, text (value: Value);
    sqlite3_value_text16, sqlite3_value_type, sqlite3_value_bytes16, utf16 (value: Value);
    sqlite3_value_blob, sqlite3_value_type, sqlite3_value_bytes, blob (value: Value);
}
