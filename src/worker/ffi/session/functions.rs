//! The functions of sessions, which the bindings do not have and a library need not have.

use std::ffi::{c_char, c_int, c_uchar, c_void};

use libsqlite3_sys as sys;

use super::super::{Call, Library};

/// Types that only the library looks into.
macro_rules! opaque {
    ($($(#[$doc:meta])* $name:ident)+) => { $(
        $(#[$doc])*
        #[repr(C)]
        pub(super) struct $name {
            _unused: [u8; 0],
        }
    )+ };
}

opaque! {
    /// `sqlite3_session`
    RawSession
    /// `sqlite3_changeset_iter`
    RawIterator
    /// `sqlite3_changegroup`
    RawGroup
    /// `sqlite3_rebaser`
    RawRebaser
}

/// `xFilter` of an application.
pub(super) type Filter = unsafe extern "C" fn(*mut c_void, *const c_char) -> c_int;
/// `xConflict` of an application.
pub(super) type Conflict = unsafe extern "C" fn(*mut c_void, c_int, *mut RawIterator) -> c_int;

/// Functions by their names: each is looked up in the library, which may not have it.
macro_rules! functions {
    ($($name:ident($($argument:ty),*) $(-> $result:ty)?;)+) => { $(
        pub(super) fn $name(library: &Library) -> Call<unsafe extern "C" fn($($argument),*) $(-> $result)?> {
            // SAFETY: the signature is that of sqlite3session.h, unchanged since the function was added.
            unsafe { library.function(stringify!($name)) }
        }
    )+ };
}

functions! {
    sqlite3session_create(*mut sys::sqlite3, *const c_char, *mut *mut RawSession) -> c_int;
    sqlite3session_delete(*mut RawSession);
    sqlite3session_attach(*mut RawSession, *const c_char) -> c_int;
    sqlite3session_enable(*mut RawSession, c_int) -> c_int;
    sqlite3session_indirect(*mut RawSession, c_int) -> c_int;
    sqlite3session_isempty(*mut RawSession) -> c_int;
    sqlite3session_changeset_size(*mut RawSession) -> sys::sqlite3_int64;
    sqlite3session_object_config(*mut RawSession, c_int, *mut c_void) -> c_int;
    sqlite3session_diff(*mut RawSession, *const c_char, *const c_char, *mut *mut c_char) -> c_int;
    sqlite3session_changeset(*mut RawSession, *mut c_int, *mut *mut c_void) -> c_int;
    sqlite3session_patchset(*mut RawSession, *mut c_int, *mut *mut c_void) -> c_int;
    sqlite3changeset_start(*mut *mut RawIterator, c_int, *const c_void) -> c_int;
    sqlite3changeset_start_v2(*mut *mut RawIterator, c_int, *const c_void, c_int) -> c_int;
    sqlite3changeset_next(*mut RawIterator) -> c_int;
    sqlite3changeset_op(*mut RawIterator, *mut *const c_char, *mut c_int, *mut c_int, *mut c_int) -> c_int;
    sqlite3changeset_pk(*mut RawIterator, *mut *const c_uchar, *mut c_int) -> c_int;
    sqlite3changeset_old(*mut RawIterator, c_int, *mut *mut sys::sqlite3_value) -> c_int;
    sqlite3changeset_new(*mut RawIterator, c_int, *mut *mut sys::sqlite3_value) -> c_int;
    sqlite3changeset_conflict(*mut RawIterator, c_int, *mut *mut sys::sqlite3_value) -> c_int;
    sqlite3changeset_fk_conflicts(*mut RawIterator, *mut c_int) -> c_int;
    sqlite3changeset_finalize(*mut RawIterator) -> c_int;
    sqlite3changeset_invert(c_int, *const c_void, *mut c_int, *mut *mut c_void) -> c_int;
    sqlite3changeset_concat(
        c_int, *const c_void, c_int, *const c_void, *mut c_int, *mut *mut c_void
    ) -> c_int;
    sqlite3changeset_apply(
        *mut sys::sqlite3, c_int, *const c_void, Option<Filter>, Option<Conflict>, *mut c_void
    ) -> c_int;
    sqlite3changeset_apply_v2(
        *mut sys::sqlite3, c_int, *const c_void, Option<Filter>, Option<Conflict>, *mut c_void,
        *mut *mut c_void, *mut c_int, c_int
    ) -> c_int;
    sqlite3changegroup_new(*mut *mut RawGroup) -> c_int;
    sqlite3changegroup_schema(*mut RawGroup, *mut sys::sqlite3, *const c_char) -> c_int;
    sqlite3changegroup_add(*mut RawGroup, c_int, *const c_void) -> c_int;
    sqlite3changegroup_output(*mut RawGroup, *mut c_int, *mut *mut c_void) -> c_int;
    sqlite3changegroup_delete(*mut RawGroup);
    sqlite3rebaser_create(*mut *mut RawRebaser) -> c_int;
    sqlite3rebaser_configure(*mut RawRebaser, c_int, *const c_void) -> c_int;
    sqlite3rebaser_rebase(*mut RawRebaser, c_int, *const c_void, *mut c_int, *mut *mut c_void) -> c_int;
    sqlite3rebaser_delete(*mut RawRebaser);
}
