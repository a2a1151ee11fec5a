//! Changes made of changes.

use std::ffi::{c_int, c_void};
use std::ptr::null_mut;

use super::super::connection::Connection;
use super::functions::*;
use super::{Buffer, Call, Library, given, ok};

/// Calls a function that writes bytes, and copies them.
///
/// # Safety
/// What it writes are bytes that SQLite allocated for the caller, or nothing.
unsafe fn made(library: &Library, make: impl FnOnce(*mut c_int, *mut *mut c_void) -> c_int) -> Call<Vec<u8>> {
    let mut buffer = Buffer::new();
    let code = make(&mut buffer.length, &mut buffer.start);
    // SAFETY: the caller vouches for the bytes.
    let bytes = unsafe { buffer.take(library) }?;
    ok(code).map(|()| bytes)
}

/// `sqlite3changeset_invert`
pub(crate) fn invert(library: &Library, changes: &[u8]) -> Call<Vec<u8>> {
    let (invert, (length, start)) = (sqlite3changeset_invert(library)?, given(changes));
    // SAFETY: so many bytes are there, and what the function writes is ours.
    let invert = |n: *mut c_int, out: *mut *mut c_void| unsafe { invert(length, start, n, out) };
    // SAFETY: the function allocates what it writes for its caller.
    unsafe { made(library, invert) }
}

/// `sqlite3changeset_concat`
pub(crate) fn concat(library: &Library, first: &[u8], second: &[u8]) -> Call<Vec<u8>> {
    let concat = sqlite3changeset_concat(library)?;
    let ((n, a), (m, b)) = (given(first), given(second));
    // SAFETY: so many bytes are there, and what the function writes is ours.
    let concat = |length: *mut c_int, out: *mut *mut c_void| unsafe { concat(n, a, m, b, length, out) };
    // SAFETY: the function allocates what it writes for its caller.
    unsafe { made(library, concat) }
}

/// `sqlite3changegroup_add` of each, and `sqlite3changegroup_output`
pub(crate) fn group(library: &Library, schema: Option<&Connection>, all: &[Vec<u8>]) -> Call<Vec<u8>> {
    let (new, delete) = (sqlite3changegroup_new(library)?, sqlite3changegroup_delete(library)?);
    let mut group = null_mut();
    // SAFETY: there is a place for the group.
    ok(unsafe { new(&mut group) })?;
    let bytes = fill(library, group, schema, all);
    // SAFETY: we made it, and it is used up here.
    unsafe { delete(group) };
    bytes
}

fn fill(
    library: &Library,
    group: *mut RawGroup,
    schema: Option<&Connection>,
    all: &[Vec<u8>],
) -> Call<Vec<u8>> {
    if let Some(connection) = schema {
        let set = sqlite3changegroup_schema(library)?;
        // SAFETY: the connection stays open as long as the group lives, and the name ends with a zero byte.
        ok(unsafe { set(group, connection.raw.as_ptr(), c"main".as_ptr()) })?;
    }
    let add = sqlite3changegroup_add(library)?;
    for changes in all {
        let (length, start) = given(changes);
        // SAFETY: the group is not deleted, and so many bytes are there.
        ok(unsafe { add(group, length, start) })?;
    }
    let output = sqlite3changegroup_output(library)?;
    // SAFETY: the group is not deleted, and what the function writes is ours.
    let output = |n: *mut c_int, out: *mut *mut c_void| unsafe { output(group, n, out) };
    // SAFETY: the function allocates what it writes for its caller.
    unsafe { made(library, output) }
}

/// `sqlite3rebaser_rebase`, with what an application wrote
pub(crate) fn rebase(library: &Library, changes: &[u8], by: &[u8]) -> Call<Vec<u8>> {
    let (create, delete) = (sqlite3rebaser_create(library)?, sqlite3rebaser_delete(library)?);
    let (configure, rebase) = (sqlite3rebaser_configure(library)?, sqlite3rebaser_rebase(library)?);
    let mut rebaser = null_mut();
    // SAFETY: there is a place for the rebaser.
    ok(unsafe { create(&mut rebaser) })?;
    let ((length, start), (n, by)) = (given(changes), given(by));
    // SAFETY: the rebaser is not deleted, and so many bytes are there.
    let configured = ok(unsafe { configure(rebaser, n, by) });
    // SAFETY: the rebaser is not deleted, so many bytes are there, and what the function writes is ours.
    let rebase = |n: *mut c_int, out: *mut *mut c_void| unsafe { rebase(rebaser, length, start, n, out) };
    // SAFETY: the function allocates what it writes for its caller.
    let bytes = configured.and_then(|()| unsafe { made(library, rebase) });
    // SAFETY: we made it, and it is used up here.
    unsafe { delete(rebaser) };
    bytes
}
