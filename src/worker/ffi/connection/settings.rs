//! What is set on a connection, or asked of it while it works.

use std::ffi::{c_int, c_void};
use std::ptr::{null, null_mut};

use libsqlite3_sys as sys;

use super::super::statement::c_string;
use super::super::{Call, Library, call};
use super::Connection;
use crate::outcome::Outcome;
use crate::outcome::sqlite_names::{CheckpointMode, DbSwitch, LimitName};
use crate::outcome::value::Value;

impl Connection {
    /// `sqlite3_db_release_memory`
    pub fn release_memory(&self, library: &Library) -> Call<Outcome> {
        Ok(Outcome::from_code(call!(library, sqlite3_db_release_memory(self.raw))))
    }

    /// `sqlite3_limit`: the limit before the call.
    pub fn limit(&self, library: &Library, limit: LimitName, value: c_int) -> Call<Value> {
        Ok(Value::Integer(call!(library, sqlite3_limit(self.raw, limit.number(), value)).into()))
    }

    /// `sqlite3_db_config` for the switches: the state after the call.
    pub fn switch(&self, library: &Library, switch: DbSwitch, value: c_int) -> Call<Value> {
        let mut state: c_int = -1;
        let code = call!(library, sqlite3_db_config(self.raw, switch.number(), value, &mut state));
        match code {
            sys::SQLITE_OK => Ok(Value::Integer(state.into())),
            code => Err(Outcome::from_code(code)),
        }
    }

    /// `sqlite3_busy_timeout`
    pub fn busy_timeout(&self, library: &Library, ms: c_int) -> Call<Outcome> {
        let code = call!(library, sqlite3_busy_timeout(self.raw, ms));
        self.outcome(library, code)
    }

    /// `sqlite3_interrupt`
    pub fn interrupt(&self, library: &Library) -> Call<()> {
        call!(library, sqlite3_interrupt(self.raw));
        Ok(())
    }

    /// `sqlite3_db_config` with SQLITE_DBCONFIG_LOOKASIDE, whose memory SQLite allocates itself.
    pub fn lookaside(&self, library: &Library, slot: c_int, slots: c_int) -> Call<Outcome> {
        let none: *mut c_void = null_mut();
        type Function = unsafe extern "C" fn(*mut sys::sqlite3, c_int, ...) -> c_int;
        // SAFETY: the signature is that of sqlite3.h. The bindings know it only with the arguments of a switch.
        let function: Function = unsafe { library.function("sqlite3_db_config")? };
        // SAFETY: this option takes a pointer, NULL for memory of SQLite's own, and two integers.
        let code = unsafe { function(self.raw, sys::SQLITE_DBCONFIG_LOOKASIDE, none, slot, slots) };
        self.outcome(library, code)
    }

    /// `sqlite3_set_last_insert_rowid`, from 3.18.0 on
    pub fn set_last_insert_rowid(&self, library: &Library, rowid: i64) -> Call<Outcome> {
        call!(library, sqlite3_set_last_insert_rowid(self.raw, rowid));
        Ok(Outcome::Code(0))
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
}

/// How a checkpoint's two numbers are shown, by every driver.
pub(in crate::worker::ffi) fn frames_row(frames: c_int, checkpointed: c_int) -> Outcome {
    Outcome::Rows(vec![vec![Value::Integer(frames.into()), Value::Integer(checkpointed.into())]])
}
