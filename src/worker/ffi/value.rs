//! Bytes that SQLite lends for the moment.

use libsqlite3_sys as sys;

use super::{Call, Library, call};
use crate::outcome::value::Value;

/// Reads a value by its type.
pub(super) fn read(library: &Library, value: *mut sys::sqlite3_value) -> Call<Value> {
    Ok(match call!(library, sqlite3_value_type(value)) {
        sys::SQLITE_INTEGER => Value::Integer(call!(library, sqlite3_value_int64(value))),
        sys::SQLITE_FLOAT => Value::Real(call!(library, sqlite3_value_double(value))),
        sys::SQLITE_TEXT => {
            let text = call!(library, sqlite3_value_text(value));
            Value::Text(bytes(text.cast(), call!(library, sqlite3_value_bytes(value))))
        }
        sys::SQLITE_BLOB => {
            let blob = call!(library, sqlite3_value_blob(value));
            Value::Blob(bytes(blob.cast(), call!(library, sqlite3_value_bytes(value))))
        }
        _ => Value::Null,
    })
}

/// Copies bytes that SQLite lends for the moment.
pub(super) fn bytes(start: *const u8, length: i32) -> Vec<u8> {
    let length = usize::try_from(length).unwrap_or(0);
    if start.is_null() || length == 0 {
        return Vec::new();
    }
    // SAFETY: SQLite said that `length` bytes stand at `start`, and no call came between that could move them.
    unsafe { std::slice::from_raw_parts(start, length) }.to_vec()
}

/// Copies a C string that SQLite lends for the moment.
pub(super) fn text(start: *const std::ffi::c_char) -> Option<Vec<u8>> {
    // SAFETY: SQLite's strings end with a zero byte, and no call came between that could move them.
    (!start.is_null()).then(|| unsafe { std::ffi::CStr::from_ptr(start) }.to_bytes().to_vec())
}
