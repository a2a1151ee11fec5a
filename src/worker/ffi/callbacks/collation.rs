//! Collations of the driver `capi`.

use std::cmp::Ordering;
use std::ffi::{c_char, c_int, c_void};

use libsqlite3_sys as sys;

use super::super::statement::c_string;
use super::super::value::{bytes, text};
use super::super::{Call, Connection, Library, call};
use super::{Does, count_destructor, find, guard, pointer, register};
use crate::contract::verb::{CollationNeeded, Destructor, Order};
use crate::outcome::Outcome;

impl Order {
    /// Compares two texts by their bytes.
    pub fn compare(self, left: &[u8], right: &[u8]) -> Ordering {
        match self {
            Self::Binary => left.cmp(right),
            Self::Reverse => right.cmp(left),
            Self::Length => left.len().cmp(&right.len()),
        }
    }
}

impl Connection {
    /// `sqlite3_create_collation_v2`: unlike a function's, its destructor does not run when this fails.
    pub fn create_collation(&self, library: &Library, name: &str, order: Order) -> Call<Outcome> {
        let data = pointer(register(name, Does::Collate(order), None));
        let name = c_string(name)?;
        let code = call!(
            library,
            sqlite3_create_collation_v2(
                self.raw,
                name.as_ptr(),
                sys::SQLITE_UTF8,
                data,
                Some(compare),
                Some(destroy)
            )
        );
        self.outcome(library, code)
    }

    /// `sqlite3_create_collation_v2` without a function, which takes the one of this name away.
    pub fn remove_collation(&self, library: &Library, name: &str) -> Call<Outcome> {
        let (name, none) = (c_string(name)?, std::ptr::null_mut());
        let code = call!(
            library,
            sqlite3_create_collation_v2(self.raw, name.as_ptr(), sys::SQLITE_UTF8, none, None, None)
        );
        self.outcome(library, code)
    }

    /// `sqlite3_collation_needed`
    pub fn collation_needed(&self, library: &Library, wanted: &CollationNeeded) -> Call<Outcome> {
        let data = pointer(register("collation_needed", Does::Provide(wanted.order), None));
        let code = match wanted.off {
            true => call!(library, sqlite3_collation_needed(self.raw, std::ptr::null_mut(), None)),
            false => call!(library, sqlite3_collation_needed(self.raw, data, Some(needed))),
        };
        self.outcome(library, code)
    }
}

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
        let (left, right) = (bytes(left.cast(), left_length), bytes(right.cast(), right_length));
        Ok(order.compare(&left, &right) as c_int)
    })
}

unsafe extern "C" fn needed(data: *mut c_void, db: *mut sys::sqlite3, _: c_int, name: *const c_char) {
    guard((), |library| {
        let callback = find(data as usize)?;
        let name = String::from_utf8_lossy(&text(name).unwrap_or_default()).into_owned();
        callback.called(format!("collation_needed {name}"));
        if let Does::Provide(Some(order)) = callback.does {
            Connection::lent(db).create_collation(library, &name, order)?;
        }
        Ok(())
    });
}
