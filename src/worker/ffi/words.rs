//! Words that the library has: for its codes, and its keywords.

use std::ffi::c_int;
use std::ptr::null;

use libsqlite3_sys as sys;

use super::value::{bytes, text};
use super::{Call, Library, call};
use crate::outcome::Outcome;
use crate::outcome::value::Value;

/// `sqlite3_errstr` (<https://sqlite.org/c3ref/errcode.html>)
pub(crate) fn errstr(library: &Library, code: c_int) -> Call<Value> {
    // SAFETY: it takes any integer.
    let words = unsafe { call!(library, sqlite3_errstr(code)) };
    // SAFETY: the words end with a zero byte, and are there for ever.
    Ok(unsafe { text(words) }.map_or(Value::Null, Value::Text))
}

/// `sqlite3_keyword_count`, from 3.24.0 on (<https://sqlite.org/c3ref/keyword_check.html>)
pub(crate) fn keyword_count(library: &Library) -> Call<Value> {
    // SAFETY: it takes nothing.
    Ok(Value::Integer(unsafe { call!(library, sqlite3_keyword_count()) }.into()))
}

/// `sqlite3_keyword_name`
pub(crate) fn keyword_name(library: &Library, at: c_int) -> Call<Value> {
    let (mut start, mut length) = (null(), 0);
    // SAFETY: it takes any number, and there is a place for each result.
    match unsafe { call!(library, sqlite3_keyword_name(at, &mut start, &mut length)) } {
        // SAFETY: SQLite says that the keyword has so many bytes.
        sys::SQLITE_OK => Ok(Value::Text(unsafe { bytes(start.cast(), length) })),
        code => Err(Outcome::from_code(code)),
    }
}

/// `sqlite3_keyword_check`
pub(crate) fn keyword_check(library: &Library, word: &str) -> Call<Value> {
    let length =
        c_int::try_from(word.len()).map_err(|_| Outcome::Refused("the word is too long".to_owned()))?;
    // SAFETY: so many bytes are there.
    let is_one = unsafe { call!(library, sqlite3_keyword_check(word.as_ptr().cast(), length)) };
    Ok(Value::Integer(is_one.into()))
}
