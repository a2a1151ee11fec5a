//! Values and bytes that SQLite lends for the moment.

use std::ffi::{c_char, c_int, c_uint, c_void};
use std::marker::PhantomData;
use std::ptr::NonNull;

use libsqlite3_sys as sys;

use super::calls::numbers;
use super::{Call, Library, call};
use crate::outcome::value::Value;

/// A value that SQLite lends.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub(super) struct LentValue<'a> {
    pub(super) raw: NonNull<sys::sqlite3_value>,
    _lent: PhantomData<&'a sys::sqlite3_value>,
}

impl LentValue<'_> {
    numbers! {
        fn kind() -> c_int = plain(sqlite3_value_type);
        fn double() -> f64 = plain(sqlite3_value_double);
        fn size() -> c_int = plain(sqlite3_value_bytes);
        fn text() -> *const u8 = plain(sqlite3_value_text);
        fn blob() -> *const c_void = plain(sqlite3_value_blob);
        pub(super) fn int64() -> i64 = plain(sqlite3_value_int64);
        pub(super) fn subtype() -> c_uint = plain(sqlite3_value_subtype);
    }

    /// # Safety
    /// The value lives for as long as `'a` says.
    pub(super) unsafe fn new(raw: NonNull<sys::sqlite3_value>) -> Self {
        Self { raw, _lent: PhantomData }
    }

    /// Reads it by its type.
    pub(super) fn read(self, library: &Library) -> Call<Value> {
        Ok(match self.kind(library)? {
            sys::SQLITE_INTEGER => Value::Integer(self.int64(library)?),
            sys::SQLITE_FLOAT => Value::Real(self.double(library)?),
            sys::SQLITE_TEXT => {
                let (start, size) = (self.text(library)?, self.size(library)?);
                // SAFETY: SQLite says that the text has so many bytes; asking for their number moves none.
                Value::Text(unsafe { bytes(start, size) })
            }
            sys::SQLITE_BLOB => {
                let (start, size) = (self.blob(library)?, self.size(library)?);
                // SAFETY: SQLite says that the blob has so many bytes; asking for their number moves none.
                Value::Blob(unsafe { bytes(start.cast(), size) })
            }
            _ => Value::Null,
        })
    }
}

/// Copies bytes that SQLite lends for the moment.
///
/// # Safety
/// `length` bytes are at `start`, or it is NULL.
pub(super) unsafe fn bytes(start: *const u8, length: c_int) -> Vec<u8> {
    let length = usize::try_from(length).unwrap_or(0);
    if start.is_null() || length == 0 {
        return Vec::new();
    }
    // SAFETY: the caller vouches for them.
    unsafe { std::slice::from_raw_parts(start, length) }.to_vec()
}

/// Copies a C string that SQLite lends for the moment.
///
/// # Safety
/// `start` is NULL, or bytes that end with a zero byte are there.
pub(super) unsafe fn text(start: *const c_char) -> Option<Vec<u8>> {
    // SAFETY: the caller vouches for them.
    (!start.is_null()).then(|| unsafe { std::ffi::CStr::from_ptr(start) }.to_bytes().to_vec())
}
