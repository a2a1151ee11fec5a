//! Calls that look at one detail of a connection or a statement, or set it.

use std::ffi::{c_char, c_int, c_void};
use std::ptr::{null, null_mut};

use libsqlite3_sys as sys;

use super::binding::with_bytes;
use super::statement::c_string;
use super::value::text;
use super::{Call, Connection, Library, Statement, call};
use crate::contract::verb::{BindBytes, TableColumn};
use crate::names::CheckpointMode;
use crate::outcome::Outcome;
use crate::value::Value;

/// Where a column's text was: an address to compare and never to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldPointer(usize);

impl Statement {
    /// The address of a column's text, `sqlite3_column_text`.
    pub fn hold(&self, library: &Library, at: c_int) -> Call<HeldPointer> {
        Ok(HeldPointer(call!(library, sqlite3_column_text(self.raw, at)) as usize))
    }

    /// `sqlite3_bind_parameter_name`
    pub fn parameter_name(&self, library: &Library, at: c_int) -> Call<Value> {
        Ok(text(call!(library, sqlite3_bind_parameter_name(self.raw, at))).map_or(Value::Null, Value::Text))
    }

    /// `sqlite3_bind_zeroblob64`
    pub fn bind_zeroblob64(&self, library: &Library, at: c_int, size: u64) -> Call<Outcome> {
        let code = call!(library, sqlite3_bind_zeroblob64(self.raw, at, size));
        self.outcome(library, code)
    }

    /// `sqlite3_bind_text` or `sqlite3_bind_blob` with a length that the contract chose.
    pub fn bind_bytes(&self, library: &Library, at: c_int, bind: &BindBytes) -> Call<Outcome> {
        let value = bind.value.as_ref().map_or(Value::Null, |literal| literal.to_value());
        let code = match &value {
            Value::Text(bytes) => {
                let length = length_within(bind.length, bytes)?;
                with_bytes(bytes, bind.lifetime, |start, destructor| -> Call<c_int> {
                    Ok(call!(library, sqlite3_bind_text(self.raw, at, start.cast(), length, destructor)))
                })?
            }
            Value::Blob(_) if bind.length.is_some_and(i32::is_negative) => {
                return Err(Outcome::Refused("SQLite does not say where a blob of negative length ends".to_owned()));
            }
            Value::Blob(bytes) => {
                let length = length_within(bind.length, bytes)?;
                with_bytes(bytes, bind.lifetime, |start, destructor| -> Call<c_int> {
                    Ok(call!(library, sqlite3_bind_blob(self.raw, at, start.cast(), length, destructor)))
                })?
            }
            Value::Null => {
                let length = bind.length.unwrap_or(-1);
                call!(library, sqlite3_bind_text(self.raw, at, null(), length, sys::SQLITE_TRANSIENT()))
            }
            other => return Err(Outcome::Refused(format!("{other} has no bytes to bind"))),
        };
        self.outcome(library, code)
    }
}

/// A length that does not reach beyond the bytes. A negative one means up to the first zero byte, and one follows them.
fn length_within(length: Option<c_int>, bytes: &[u8]) -> Call<c_int> {
    let all = c_int::try_from(bytes.len()).unwrap_or(c_int::MAX);
    match length {
        Some(length) if length > all => {
            Err(Outcome::Refused(format!("the length {length} reaches beyond the {all} bytes")))
        }
        Some(length) => Ok(length),
        None => Ok(all),
    }
}

impl Connection {
    /// `sqlite3_set_last_insert_rowid`, from 3.18.0 on
    pub fn set_last_insert_rowid(&self, library: &Library, rowid: i64) -> Call<Outcome> {
        call!(library, sqlite3_set_last_insert_rowid(self.raw, rowid));
        Ok(Outcome::Code(0))
    }

    /// `sqlite3_txn_state`, from 3.34.0 on
    pub fn txn_state(&self, library: &Library, schema: &str) -> Call<Value> {
        let schema = c_string(schema)?;
        Ok(match call!(library, sqlite3_txn_state(self.raw, schema.as_ptr())) {
            sys::SQLITE_TXN_NONE => Value::text("none"),
            sys::SQLITE_TXN_READ => Value::text("read"),
            sys::SQLITE_TXN_WRITE => Value::text("write"),
            _ => Value::Null,
        })
    }

    /// `sqlite3_db_readonly`
    pub fn readonly(&self, library: &Library, schema: &str) -> Call<Value> {
        let schema = c_string(schema)?;
        Ok(Value::Integer(call!(library, sqlite3_db_readonly(self.raw, schema.as_ptr())).into()))
    }

    /// `sqlite3_db_filename`, relative to the directory that the case runs in.
    pub fn filename(&self, library: &Library, schema: &str) -> Call<Value> {
        let schema = c_string(schema)?;
        let Some(path) = text(call!(library, sqlite3_db_filename(self.raw, schema.as_ptr()))) else {
            return Ok(Value::Null);
        };
        let path = std::path::PathBuf::from(String::from_utf8_lossy(&path).into_owned());
        let here = std::env::current_dir().ok();
        // A path that cannot be made relative says nothing beyond its name that would be the same elsewhere.
        let shown = match here.as_deref().map(|here| path.strip_prefix(here)) {
            Some(Ok(relative)) => Some(relative.as_os_str()),
            _ => path.file_name(),
        };
        Ok(Value::text(&shown.unwrap_or_default().to_string_lossy()))
    }

    /// `sqlite3_is_interrupted`, from 3.41.0 on
    pub fn is_interrupted(&self, library: &Library) -> Call<Value> {
        Ok(Value::Integer(call!(library, sqlite3_is_interrupted(self.raw)).into()))
    }

    /// `sqlite3_db_cacheflush`
    pub fn cacheflush(&self, library: &Library) -> Call<Outcome> {
        let code = call!(library, sqlite3_db_cacheflush(self.raw));
        self.outcome(library, code)
    }

    /// `sqlite3_wal_autocheckpoint`
    pub fn wal_autocheckpoint(&self, library: &Library, pages: c_int) -> Call<Outcome> {
        let code = call!(library, sqlite3_wal_autocheckpoint(self.raw, pages));
        self.outcome(library, code)
    }

    /// `sqlite3_wal_checkpoint_v2`: one row of the frames in the log and of those checkpointed.
    pub fn wal_checkpoint(
        &self,
        library: &Library,
        mode: CheckpointMode,
        schema: Option<&str>,
    ) -> Call<Outcome> {
        let schema = schema.map(c_string).transpose()?;
        let name = schema.as_ref().map_or(null(), |name| name.as_ptr());
        let (mut frames, mut checkpointed) = (-1, -1);
        let code = call!(
            library,
            sqlite3_wal_checkpoint_v2(self.raw, name, mode.number(), &mut frames, &mut checkpointed)
        );
        match self.outcome(library, code)? {
            Outcome::Code(_) => Ok(frames_row(frames, checkpointed)),
            failed => Ok(failed),
        }
    }

    /// `sqlite3_table_column_metadata`: one row.
    pub fn table_column(&self, library: &Library, about: &TableColumn) -> Call<Outcome> {
        let schema = about.schema.as_deref().map(c_string).transpose()?;
        let column = about.column.as_deref().map(c_string).transpose()?;
        let table = c_string(&about.table)?;
        let start = |name: &Option<std::ffi::CString>| name.as_ref().map_or(null(), |name| name.as_ptr());
        let (mut kind, mut collation): (*const c_char, *const c_char) = (null(), null());
        let (mut not_null, mut key, mut autoincrement) = (0, 0, 0);
        let code = call!(
            library,
            sqlite3_table_column_metadata(
                self.raw,
                start(&schema),
                table.as_ptr(),
                start(&column),
                &mut kind,
                &mut collation,
                &mut not_null,
                &mut key,
                &mut autoincrement,
            )
        );
        match self.outcome(library, code)? {
            Outcome::Code(_) => {}
            failed => return Ok(failed),
        }
        let word = |start| text(start).map_or(Value::Null, Value::Text);
        let integer = |n: c_int| Value::Integer(n.into());
        let row = vec![word(kind), word(collation), integer(not_null), integer(key), integer(autoincrement)];
        Ok(Outcome::Rows(vec![row]))
    }

    /// `sqlite3_db_config` with SQLITE_DBCONFIG_LOOKASIDE, whose memory SQLite allocates itself.
    pub fn lookaside(&self, library: &Library, slot: c_int, slots: c_int) -> Call<Outcome> {
        let none: *mut c_void = null_mut();
        type Function = unsafe extern "C" fn(*mut sys::sqlite3, c_int, ...) -> c_int;
        // SAFETY: the signature is that of sqlite3.h; the table has the one that fits the switches.
        let function: Function = unsafe { library.function("sqlite3_db_config")? };
        // SAFETY: this option takes a pointer, NULL for memory of SQLite's own, and two integers.
        let code = unsafe { function(self.raw, sys::SQLITE_DBCONFIG_LOOKASIDE, none, slot, slots) };
        self.outcome(library, code)
    }
}

/// How a checkpoint's two numbers are shown, by every driver.
pub(super) fn frames_row(frames: c_int, checkpointed: c_int) -> Outcome {
    Outcome::Rows(vec![vec![Value::Integer(frames.into()), Value::Integer(checkpointed.into())]])
}
