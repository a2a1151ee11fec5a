//! What is set on a connection, or asked of it while it works.

use std::ffi::{c_int, c_void};
use std::ptr::{null, null_mut};

use libsqlite3_sys as sys;

use super::super::calls::{codes, numbers};
use super::super::statement::c_string;
use super::super::{Call, Library, call};
use super::Connection;
use crate::outcome::Outcome;
use crate::outcome::sqlite_names::{CheckpointMode, DbSwitch, LimitName};
use crate::outcome::value::Value;

impl Connection {
    numbers! {
        /// `sqlite3_interrupt`
        pub(crate) fn interrupt() -> () = plain(sqlite3_interrupt);
        fn raw_limit(limit: c_int, value: c_int) -> Value = integer(sqlite3_limit);
        fn raw_release_memory() -> c_int = plain(sqlite3_db_release_memory);
        fn set_rowid(rowid: i64) -> () = plain(sqlite3_set_last_insert_rowid);
    }

    codes! {
        /// `sqlite3_busy_timeout`
        pub(crate) fn busy_timeout(ms: c_int) = sqlite3_busy_timeout;
        /// `sqlite3_db_cacheflush`
        pub(crate) fn cacheflush() = sqlite3_db_cacheflush;
        /// `sqlite3_wal_autocheckpoint`
        pub(crate) fn wal_autocheckpoint(pages: c_int) = sqlite3_wal_autocheckpoint;
    }

    /// `sqlite3_db_release_memory`
    pub(crate) fn release_memory(&self, library: &Library) -> Call<Outcome> {
        self.raw_release_memory(library).map(Outcome::from_code)
    }

    /// `sqlite3_limit`: the limit before the call.
    pub(crate) fn limit(&self, library: &Library, limit: LimitName, value: c_int) -> Call<Value> {
        self.raw_limit(library, limit.number(), value)
    }

    /// `sqlite3_db_config` for the switches: the state after the call.
    pub(crate) fn switch(&self, library: &Library, switch: DbSwitch, value: c_int) -> Call<Value> {
        let mut state: c_int = -1;
        let (db, switch) = (self.raw.as_ptr(), switch.number());
        // SAFETY: the connection is open, and every switch takes an integer and a place for one.
        match unsafe { call!(library, sqlite3_db_config(db, switch, value, &mut state)) } {
            sys::SQLITE_OK => Ok(Value::Integer(state.into())),
            code => Err(Outcome::from_code(code)),
        }
    }

    /// `sqlite3_db_config` with SQLITE_DBCONFIG_LOOKASIDE, whose memory SQLite allocates itself.
    pub(crate) fn lookaside(&self, library: &Library, slot: c_int, slots: c_int) -> Call<Outcome> {
        type Function = unsafe extern "C" fn(*mut sys::sqlite3, c_int, ...) -> c_int;
        // SAFETY: the signature is that of sqlite3.h. The bindings know it only with the arguments of a switch.
        let function: Function = unsafe { library.function("sqlite3_db_config")? };
        let (db, none): (_, *mut c_void) = (self.raw.as_ptr(), null_mut());
        // SAFETY: the connection is open; this option takes a pointer, NULL for memory of SQLite's own, and two integers.
        let code = unsafe { function(db, sys::SQLITE_DBCONFIG_LOOKASIDE, none, slot, slots) };
        self.outcome(library, code)
    }

    /// `sqlite3_set_last_insert_rowid`, from 3.18.0 on
    pub(crate) fn set_last_insert_rowid(&self, library: &Library, rowid: i64) -> Call<Outcome> {
        self.set_rowid(library, rowid)?;
        Ok(Outcome::Code(0))
    }

    /// `sqlite3_wal_checkpoint_v2`: one row of the frames in the log and of those checkpointed.
    pub(crate) fn wal_checkpoint(
        &self,
        library: &Library,
        mode: CheckpointMode,
        schema: Option<&str>,
    ) -> Call<Outcome> {
        let schema = schema.map(c_string).transpose()?;
        let name = schema.as_ref().map_or(null(), |name| name.as_ptr());
        let (mut frames, mut checkpointed) = (-1, -1);
        let (db, mode) = (self.raw.as_ptr(), mode.number());
        // SAFETY: the connection is open, the name ends with a zero byte or is NULL, and there is a place for each number.
        let code = unsafe {
            call!(library, sqlite3_wal_checkpoint_v2(db, name, mode, &mut frames, &mut checkpointed))
        };
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
