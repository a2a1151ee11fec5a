//! Collations of the driver `capi`.

use std::cmp::Ordering;
use std::ffi::{c_char, c_int, c_void};
use std::ptr::{NonNull, null_mut};

use libsqlite3_sys as sys;

use super::super::statement::c_string;
use super::super::value::{bytes, text};
use super::super::{Call, Connection, Library, call};
use super::{Does, count_destructor, find, guard, pointer, register};
use crate::contract::verb::{CollationNeeded, Destructor, Order};
use crate::outcome::Outcome;

impl Order {
    /// Compares two texts by their bytes.
    pub(crate) fn compare(self, left: &[u8], right: &[u8]) -> Ordering {
        match self {
            Self::Binary => left.cmp(right),
            Self::Reverse => right.cmp(left),
            Self::Length => left.len().cmp(&right.len()),
        }
    }
}

impl Connection {
    /// `sqlite3_create_collation_v2`: unlike a function's, its destructor does not run when this fails.
    pub(crate) fn create_collation(&self, library: &Library, name: &str, order: Order) -> Call<Outcome> {
        let data = pointer(register(name, Does::Collate(order), None));
        let (db, text) = (self.raw.as_ptr(), c_string(name)?);
        let (name, flags) = (text.as_ptr(), sys::SQLITE_UTF8);
        let (compare, free) = (Some(compare as _), Some(destroy as _));
        // SAFETY: the connection is open, the name ends with a zero byte, and the functions take any user data.
        let code =
            unsafe { call!(library, sqlite3_create_collation_v2(db, name, flags, data, compare, free)) };
        self.outcome(library, code)
    }

    /// `sqlite3_create_collation_v2` without a function, which takes the one of this name away.
    pub(crate) fn remove_collation(&self, library: &Library, name: &str) -> Call<Outcome> {
        let (db, text) = (self.raw.as_ptr(), c_string(name)?);
        let (name, flags, none) = (text.as_ptr(), sys::SQLITE_UTF8, null_mut());
        // SAFETY: the connection is open, and the name ends with a zero byte.
        let code = unsafe { call!(library, sqlite3_create_collation_v2(db, name, flags, none, None, None)) };
        self.outcome(library, code)
    }

    /// `sqlite3_collation_needed`
    pub(crate) fn collation_needed(&self, library: &Library, wanted: &CollationNeeded) -> Call<Outcome> {
        let data = pointer(register("collation_needed", Does::Provide(wanted.order), None));
        let function: Option<Needed> = (!wanted.off).then_some(needed);
        let (db, data) = (self.raw.as_ptr(), if wanted.off { null_mut() } else { data });
        // SAFETY: the connection is open, and the function takes any user data.
        let code = unsafe { call!(library, sqlite3_collation_needed(db, data, function)) };
        self.outcome(library, code)
    }
}

type Needed = unsafe extern "C" fn(*mut c_void, *mut sys::sqlite3, c_int, *const c_char);

unsafe extern "C" fn destroy(_: *mut c_void) {
    guard((), |_| {
        count_destructor(Destructor::Collation);
        Ok(())
    });
}

unsafe extern "C" fn compare(
    data: *mut c_void,
    left_length: c_int,
    left: *const c_void,
    right_length: c_int,
    right: *const c_void,
) -> c_int {
    guard(0, |_| {
        let callback = find(data as usize)?;
        let Does::Collate(order) = callback.does else { return Ok(0) };
        // SAFETY: SQLite lends the left text for the call, so many bytes.
        let left = unsafe { bytes(left.cast(), left_length) };
        // SAFETY: SQLite lends the right text for the call, so many bytes.
        let right = unsafe { bytes(right.cast(), right_length) };
        Ok(order.compare(&left, &right) as c_int)
    })
}

unsafe extern "C" fn needed(data: *mut c_void, db: *mut sys::sqlite3, _: c_int, name: *const c_char) {
    guard((), |library| {
        let callback = find(data as usize)?;
        // SAFETY: SQLite lends the name for the call; it ends with a zero byte.
        let name = unsafe { text(name) }.unwrap_or_default();
        let name = String::from_utf8_lossy(&name).into_owned();
        callback.called(format!("collation_needed {name}"));
        if let (Does::Provide(Some(order)), Some(db)) = (&callback.does, NonNull::new(db)) {
            // SAFETY: the connection is open while it asks for a collation.
            unsafe { Connection::lent(db) }.create_collation(library, &name, *order)?;
        }
        Ok(())
    });
}
