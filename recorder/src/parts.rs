//! What the rows of the table say of a call beside its arguments and its result.

use std::ffi::{c_char, c_int, c_uchar, c_void};

use crate::bytes::{Bytes, Said};
use crate::kinds::{All, Kind, Out, all, read};
use crate::trace::Trace;

/// How far a tail is from its beginning, in bytes.
#[derive(Clone, Copy)]
pub(crate) struct Offset(*const c_void, *const *const c_void);

pub(crate) fn offset<T>(from: *const T, tail: *mut *const T) -> Offset {
    Offset(from.cast(), tail.cast())
}

impl Kind for Offset {
    fn write(self, trace: &mut Trace) {
        match read(self.1) {
            Some(tail) if !tail.is_null() => {
                trace.items.integer((tail as usize).wrapping_sub(self.0 as usize) as i64)
            }
            _ => trace.items.null(),
        }
    }
}

/// A text in the encoding that a number names: 1 is UTF-8, the others are UTF-16.
pub(crate) fn encoded(value: *const c_char, bytes: u64, encoding: c_uchar) -> Bytes {
    match encoding {
        1 | 16 => Bytes::text(value, bytes),
        _ => Bytes::utf16(value.cast(), bytes),
    }
}

/// The message that SQLite made for the program, if it did.
pub(crate) fn message_of(message: *mut *mut c_char) -> Out<Said> {
    Out(message.cast())
}

/// The names and the rows of a table, one text after the other.
pub(crate) fn cells<'a>(
    table: *mut *mut *mut c_char,
    rows: *mut c_int,
    columns: *mut c_int,
) -> All<'a, Said> {
    let (rows, columns) = (read(rows).unwrap_or(0), read(columns).unwrap_or(0));
    match read(table) {
        Some(cells) if !cells.is_null() && columns > 0 => {
            all(cells.cast(), (rows + 1).saturating_mul(columns))
        }
        _ => all(std::ptr::null(), 0),
    }
}
