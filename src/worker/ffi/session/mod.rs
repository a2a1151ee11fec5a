//! Sessions, which record the changes of a connection, <https://sqlite.org/sessionintro.html>, and what they record.

mod apply;
mod change;
mod combine;
mod functions;

use std::ffi::{c_char, c_int, c_void};
use std::ptr::{NonNull, null, null_mut};

use libsqlite3_sys as sys;

use self::functions::*;
use super::connection::Connection;
use super::kept::Text;
use super::owner::{Owner, leave_behind};
use super::statement::c_string;
use super::value::bytes;
use super::{Call, Library, call};
use crate::contract::verb::SessionConfig;
use crate::outcome::Outcome;
use crate::outcome::value::Value;

pub(crate) use self::change::changes;
pub(crate) use self::combine::{concat, group, invert, rebase};

/// A session that lives until [`Session::delete`].
pub(crate) struct Session {
    raw: NonNull<RawSession>,
    /// SQLite says that a session must be deleted before its connection is closed, and does not look.
    owner: Owner,
}

/// Bytes that a function of sessions allocates for its caller.
struct Buffer {
    start: *mut c_void,
    length: c_int,
}

impl Buffer {
    fn new() -> Self {
        Self { start: null_mut(), length: 0 }
    }

    /// Copies the bytes and gives them back to SQLite.
    ///
    /// # Safety
    /// SQLite allocated `length` bytes at `start` for the caller, or both are as they were.
    unsafe fn take(self, library: &Library) -> Call<Vec<u8>> {
        // SAFETY: the caller vouches for the bytes.
        let copy = unsafe { bytes(self.start.cast(), self.length) };
        // SAFETY: the bytes are ours to free, and used up here; NULL is nothing to free.
        unsafe { call!(library, sqlite3_free(self.start)) };
        Ok(copy)
    }
}

/// Bytes as these functions take them.
fn given(bytes: &[u8]) -> (c_int, *const c_void) {
    (c_int::try_from(bytes.len()).unwrap_or(c_int::MAX), bytes.as_ptr().cast())
}

/// The code of a function that has no connection, where it is not OK.
fn ok(code: c_int) -> Call<()> {
    if code == sys::SQLITE_OK { Ok(()) } else { Err(Outcome::from_code(code)) }
}

impl Session {
    /// `sqlite3session_create`
    pub(crate) fn create(library: &Library, connection: &Connection, schema: &str) -> Call<Self> {
        let create = sqlite3session_create(library)?;
        let schema = c_string(schema)?;
        let mut raw = null_mut();
        // SAFETY: the connection is open, the name ends with a zero byte, and there is a place for the session.
        let code = unsafe { create(connection.raw.as_ptr(), schema.as_ptr(), &mut raw) };
        match NonNull::new(raw) {
            Some(raw) if code == sys::SQLITE_OK => Ok(Self { raw, owner: connection.owner() }),
            _ => Err(connection.outcome(library, code)?),
        }
    }

    /// `sqlite3session_delete`. A session whose connection is gone can no longer be freed.
    pub(crate) fn delete(self, library: &Library) -> Call<Outcome> {
        let raw = self.raw().inspect_err(|_| leave_behind())?;
        // SAFETY: the session's connection is open, and the session is used up here.
        unsafe { sqlite3session_delete(library)?(raw) };
        Ok(Outcome::OK)
    }

    /// `sqlite3session_attach`: a table, or all.
    pub(crate) fn attach(&self, library: &Library, table: Option<&str>) -> Call<Outcome> {
        let table = table.map(c_string).transpose()?;
        let name = table.as_ref().map_or(null(), |name| name.as_ptr());
        let (attach, raw) = (sqlite3session_attach(library)?, self.raw()?);
        // SAFETY: the session's connection is open, and the name ends with a zero byte or is NULL.
        let code = unsafe { attach(raw, name) };
        self.owner.outcome(library, code)
    }

    /// `sqlite3session_enable`
    pub(crate) fn enable(&self, library: &Library, value: c_int) -> Call<Value> {
        let (enable, raw) = (sqlite3session_enable(library)?, self.raw()?);
        // SAFETY: the session's connection is open.
        Ok(Value::Integer(unsafe { enable(raw, value) }.into()))
    }

    /// `sqlite3session_indirect`
    pub(crate) fn indirect(&self, library: &Library, value: c_int) -> Call<Value> {
        let (indirect, raw) = (sqlite3session_indirect(library)?, self.raw()?);
        // SAFETY: the session's connection is open.
        Ok(Value::Integer(unsafe { indirect(raw, value) }.into()))
    }

    /// `sqlite3session_isempty`
    pub(crate) fn is_empty(&self, library: &Library) -> Call<Value> {
        let (is_empty, raw) = (sqlite3session_isempty(library)?, self.raw()?);
        // SAFETY: the session's connection is open.
        Ok(Value::Integer(unsafe { is_empty(raw) }.into()))
    }

    /// `sqlite3session_changeset_size`, from 3.36.0 on
    pub(crate) fn size(&self, library: &Library) -> Call<Value> {
        let (size, raw) = (sqlite3session_changeset_size(library)?, self.raw()?);
        // SAFETY: the session's connection is open.
        Ok(Value::Integer(unsafe { size(raw) }))
    }

    /// `sqlite3session_object_config`, from 3.36.0 on: both options take and return a number.
    pub(crate) fn config(&self, library: &Library, wanted: &SessionConfig) -> Call<Outcome> {
        let (config, raw, mut value) = (sqlite3session_object_config(library)?, self.raw()?, wanted.value);
        // SAFETY: the session's connection is open, and there is a place for the number.
        let code = unsafe { config(raw, wanted.option.number(), (&raw mut value).cast()) };
        ok(code)?;
        Ok(Outcome::Value(Value::Integer(value.into())))
    }

    /// `sqlite3session_diff`: the message of an error is its own.
    pub(crate) fn diff(&self, library: &Library, from: &str, table: &str) -> Call<Outcome> {
        let (from, table, mut message) = (c_string(from)?, c_string(table)?, null_mut::<c_char>());
        let (diff, raw) = (sqlite3session_diff(library)?, self.raw()?);
        // SAFETY: the session's connection is open, both names end with a zero byte, and there is a place for a text.
        let code = unsafe { diff(raw, from.as_ptr(), table.as_ptr(), &mut message) };
        // SAFETY: SQLite wrote a text that is ours to free, or left NULL there.
        let message = unsafe { Text::new(message) };
        let words = message.read().map(|words| String::from_utf8_lossy(&words).into_owned());
        message.free(library)?;
        match words {
            Some(words) if code != sys::SQLITE_OK => Ok(Outcome::Error { code, message: Some(words) }),
            _ => Ok(Outcome::from_code(code)),
        }
    }

    /// `sqlite3session_changeset` or `sqlite3session_patchset`
    pub(crate) fn changes(&self, library: &Library, is_patchset: bool) -> Call<Vec<u8>> {
        let (raw, mut buffer) = (self.raw()?, Buffer::new());
        let collect = if is_patchset { sqlite3session_patchset } else { sqlite3session_changeset };
        let collect = collect(library)?;
        // SAFETY: the session's connection is open, and there are places for the length and the bytes.
        let code = unsafe { collect(raw, &mut buffer.length, &mut buffer.start) };
        if code != sys::SQLITE_OK {
            return Err(self.owner.outcome(library, code)?);
        }
        // SAFETY: SQLite allocated the bytes for us.
        unsafe { buffer.take(library) }
    }

    fn raw(&self) -> Call<*mut RawSession> {
        match self.owner.is_open() {
            true => Ok(self.raw.as_ptr()),
            false => Err(Outcome::Refused("the session's connection was closed before it".to_owned())),
        }
    }
}
