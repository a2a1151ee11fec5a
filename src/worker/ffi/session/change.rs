//! Reading changes, <https://sqlite.org/session/sqlite3changeset_start.html>.

use std::ffi::{c_int, c_uchar};
use std::marker::PhantomData;
use std::ptr::{NonNull, null, null_mut};

use libsqlite3_sys as sys;

use super::super::value::{LentValue, bytes, text};
use super::functions::*;
use super::{Call, Library, given, ok};
use crate::outcome::Outcome;
use crate::outcome::value::Value;

/// `SQLITE_CHANGESETSTART_INVERT`
const INVERT: c_int = 2;

/// A text for each change, or how far reading came and the error that ended it.
pub(crate) fn changes(library: &Library, bytes: &[u8], invert: bool) -> Call<Outcome> {
    let iterator = start(library, bytes, invert)?;
    let mut lines = Vec::new();
    let ended = read(library, &iterator, &mut lines);
    // SAFETY: we started it, and it is used up here.
    let code = unsafe { sqlite3changeset_finalize(library)?(iterator.0.as_ptr()) };
    ended?;
    ok(code)?;
    Ok(Outcome::Rows(lines.into_iter().map(|line| vec![Value::text(&line)]).collect()))
}

fn start<'a>(library: &Library, changes: &'a [u8], invert: bool) -> Call<Iterator<'a>> {
    let ((length, start), mut raw) = (given(changes), null_mut());
    let code = if invert {
        // SAFETY: so many bytes are there as long as the iterator lives, and there is a place for it.
        unsafe { sqlite3changeset_start_v2(library)?(&mut raw, length, start, INVERT) }
    } else {
        // SAFETY: the same.
        unsafe { sqlite3changeset_start(library)?(&mut raw, length, start) }
    };
    ok(code)?;
    let raw = NonNull::new(raw).ok_or_else(|| Outcome::from_code(sys::SQLITE_NOMEM))?;
    Ok(Iterator(raw, PhantomData))
}

fn read(library: &Library, iterator: &Iterator<'_>, lines: &mut Vec<String>) -> Call<()> {
    let next = sqlite3changeset_next(library)?;
    loop {
        // SAFETY: the iterator is not finalized.
        match unsafe { next(iterator.0.as_ptr()) } {
            sys::SQLITE_ROW => lines.push(iterator.change(library)?),
            sys::SQLITE_DONE => return Ok(()),
            code => return Err(Outcome::from_code(code)),
        }
    }
}

/// Where the reading of changes is.
pub(super) struct Iterator<'a>(NonNull<RawIterator>, PhantomData<&'a [u8]>);

/// Which of the values of a change.
#[derive(Clone, Copy)]
pub(super) enum Which {
    Old,
    New,
    /// Of the row that is there.
    Found,
}

impl Iterator<'_> {
    /// # Safety
    /// It lives for as long as this is used.
    pub(super) unsafe fn lent(raw: NonNull<RawIterator>) -> Self {
        Self(raw, PhantomData)
    }

    /// What the change does, as a text.
    pub(super) fn change(&self, library: &Library) -> Call<String> {
        let (mut table, mut columns, mut op, mut is_indirect) = (null(), 0, 0, 0);
        let ask = sqlite3changeset_op(library)?;
        // SAFETY: the iterator is at a change, and there are places for all of it.
        let code = unsafe { ask(self.0.as_ptr(), &mut table, &mut columns, &mut op, &mut is_indirect) };
        ok(code)?;
        // SAFETY: SQLite lends the table's name until the next call.
        let table = unsafe { text(table) }.unwrap_or_default();
        let (word, has_old, has_new) = match op {
            sys::SQLITE_INSERT => ("insert", false, true),
            sys::SQLITE_DELETE => ("delete", true, false),
            _ => ("update", true, true),
        };
        let mut line = format!("{word} {} {}", String::from_utf8_lossy(&table), self.key(library)?);
        if has_old {
            line += &format!(" old {}", self.values(library, Which::Old, columns)?);
        }
        if has_new {
            line += &format!(" new {}", self.values(library, Which::New, columns)?);
        }
        if is_indirect != 0 {
            line += " indirect";
        }
        Ok(line)
    }

    /// How many columns the table of the change has.
    pub(super) fn columns(&self, library: &Library) -> Call<c_int> {
        let (mut table, mut columns, mut op, mut is_indirect) = (null(), 0, 0, 0);
        let ask = sqlite3changeset_op(library)?;
        // SAFETY: the iterator is at a change, and there are places for all of it.
        ok(unsafe { ask(self.0.as_ptr(), &mut table, &mut columns, &mut op, &mut is_indirect) })?;
        Ok(columns)
    }

    /// How many foreign keys are violated.
    pub(super) fn foreign_key_conflicts(&self, library: &Library) -> Call<c_int> {
        let mut count = 0;
        let ask = sqlite3changeset_fk_conflicts(library)?;
        // SAFETY: the iterator is that of a conflict of this kind, and there is a place for the number.
        ok(unsafe { ask(self.0.as_ptr(), &mut count) })?;
        Ok(count)
    }

    /// `X` for a column of the key, `.` for another.
    fn key(&self, library: &Library) -> Call<String> {
        let (mut start, mut count): (*const c_uchar, c_int) = (null(), 0);
        let ask = sqlite3changeset_pk(library)?;
        // SAFETY: the iterator is at a change, and there are places for both.
        ok(unsafe { ask(self.0.as_ptr(), &mut start, &mut count) })?;
        // SAFETY: SQLite lends a byte for each column until the next call.
        let keys = unsafe { bytes(start, count) };
        Ok(keys.iter().map(|key| if *key == 0 { '.' } else { 'X' }).collect())
    }

    pub(super) fn values(&self, library: &Library, which: Which, columns: c_int) -> Call<String> {
        let ask = match which {
            Which::Old => sqlite3changeset_old,
            Which::New => sqlite3changeset_new,
            Which::Found => sqlite3changeset_conflict,
        };
        let ask = ask(library)?;
        let value = |at: c_int| {
            let mut value = null_mut();
            // SAFETY: the iterator is at a change that has such values, and there is a place for one.
            ok(unsafe { ask(self.0.as_ptr(), at, &mut value) })?;
            let Some(value) = NonNull::new(value) else { return Ok("-".to_owned()) };
            // SAFETY: SQLite lends the value until the next call.
            Ok(shown(&unsafe { LentValue::new(value) }.read(library)?))
        };
        Ok(format!("({})", (0..columns).map(value).collect::<Call<Vec<_>>>()?.join(", ")))
    }
}

/// A value as SQL writes it.
fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("'{}'", String::from_utf8_lossy(text).replace('\'', "''")),
        other => other.to_string(),
    }
}
