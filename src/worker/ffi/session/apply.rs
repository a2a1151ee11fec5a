//! Applying changes, <https://sqlite.org/session/sqlite3changeset_apply.html>.

use std::ffi::{c_char, c_int, c_void};
use std::ptr::NonNull;

use super::super::callbacks::{Callback, Does, find, guard, pointer, register};
use super::super::connection::Connection;
use super::super::value::text;
use super::change::{Iterator, Which};
use super::functions::*;
use super::{Buffer, Call, Library, given};
use crate::contract::verb::ChangesetApply;
use crate::outcome::Outcome;
use crate::outcome::sqlite_names::{ConflictKind, Resolution};

impl Connection {
    /// `sqlite3changeset_apply`, or with flags or a place for what a rebaser needs `sqlite3changeset_apply_v2`. Returns
    /// that too.
    pub(crate) fn apply(
        &self,
        library: &Library,
        apply: &ChangesetApply,
        changes: &[u8],
    ) -> Call<(Outcome, Vec<u8>)> {
        let data = pointer(register("changeset_apply", Does::Apply(apply.clone()), None));
        let filter = (!apply.tables.is_empty()).then_some(filter as Filter);
        let (db, (length, start)) = (self.raw.as_ptr(), given(changes));
        let mut rebase = Buffer::new();
        let code = if apply.flags.is_empty() && apply.rebase.is_none() {
            let apply = sqlite3changeset_apply(library)?;
            // SAFETY: the connection is open, so many bytes are there, and the functions take any data.
            unsafe { apply(db, length, start, filter, Some(conflict), data) }
        } else {
            let flags = apply.flags.iter().fold(0, |all, flag| all | flag.number());
            let (place, size) = match apply.rebase {
                Some(_) => (&raw mut rebase.start, &raw mut rebase.length),
                None => (std::ptr::null_mut(), std::ptr::null_mut()),
            };
            let apply = sqlite3changeset_apply_v2(library)?;
            // SAFETY: the same, and there are places for what a rebaser needs, or none are wanted.
            unsafe { apply(db, length, start, filter, Some(conflict), data, place, size, flags) }
        };
        // SAFETY: SQLite allocated these bytes for us, or left nothing there.
        let rebase = unsafe { rebase.take(library) }?;
        Ok((self.outcome(library, code)?, rebase))
    }
}

/// Runs the inside of a callback of an application.
fn of_apply(
    data: *mut c_void,
    otherwise: c_int,
    body: impl FnOnce(&'static Library, &Callback, &ChangesetApply) -> Call<c_int>,
) -> c_int {
    guard(otherwise, |library| {
        let callback = find(data as usize)?;
        let Does::Apply(apply) = &callback.does else { return Ok(otherwise) };
        body(library, &callback, apply)
    })
}

unsafe extern "C" fn filter(data: *mut c_void, table: *const c_char) -> c_int {
    of_apply(data, 0, |_, _, apply| {
        // SAFETY: SQLite lends the table's name for the call.
        let table = unsafe { text(table) }.unwrap_or_default();
        Ok(apply.tables.iter().any(|name| name.as_bytes() == table).into())
    })
}

unsafe extern "C" fn conflict(data: *mut c_void, kind: c_int, raw: *mut RawIterator) -> c_int {
    of_apply(data, Resolution::Abort.number(), |library, callback, apply| {
        let (Some(kind), Some(raw)) = (ConflictKind::from_number(kind), NonNull::new(raw)) else {
            callback.called(format!("unknown conflict {kind}"));
            return Ok(Resolution::Abort.number());
        };
        // SAFETY: SQLite lends the iterator for the call.
        let iterator = unsafe { Iterator::lent(raw) };
        let what = describe(library, kind, &iterator).unwrap_or_else(|instead| instead.to_string());
        callback.called(format!("{}: {what}", kind.name().to_lowercase()));
        Ok(apply.resolution(kind).number())
    })
}

fn describe(library: &Library, kind: ConflictKind, iterator: &Iterator<'_>) -> Call<String> {
    if kind == ConflictKind::ForeignKey {
        return Ok(format!("{} violated", iterator.foreign_key_conflicts(library)?));
    }
    let change = iterator.change(library)?;
    if !matches!(kind, ConflictKind::Data | ConflictKind::Conflict) {
        return Ok(change);
    }
    let found = iterator.values(library, Which::Found, iterator.columns(library)?)?;
    Ok(format!("{change} found {found}"))
}
