//! What a database's file is asked or told, <https://sqlite.org/c3ref/file_control.html>.

use std::ffi::{c_char, c_int, c_void};
use std::ptr::null_mut;

use libsqlite3_sys as sys;

use super::super::kept::Text;
use super::super::statement::c_string;
use super::super::{Call, Library, call};
use super::Connection;
use crate::contract::verb::FileControl;
use crate::outcome::Outcome;
use crate::outcome::sqlite_names::FileControlOp;
use crate::outcome::value::Value;

/// What a control takes the address of.
enum Passed {
    Int(c_int),
    Int64(i64),
    /// A text that SQLite puts there, to be freed.
    Text(*mut c_char),
    Nothing,
}

impl Passed {
    fn of(control: &FileControl) -> Call<Self> {
        let value = control.value.unwrap_or(-1);
        Ok(match control.op {
            FileControlOp::SizeHint | FileControlOp::MmapSize | FileControlOp::SizeLimit => {
                Self::Int64(value)
            }
            FileControlOp::Vfsname => Self::Text(null_mut()),
            FileControlOp::ResetCache => Self::Nothing,
            _ => {
                Self::Int(value.try_into().map_err(|_| Outcome::Refused(format!("{value} is no int of C")))?)
            }
        })
    }

    fn address(&mut self) -> *mut c_void {
        match self {
            Self::Int(n) => std::ptr::from_mut(n).cast(),
            Self::Int64(n) => std::ptr::from_mut(n).cast(),
            Self::Text(start) => std::ptr::from_mut(start).cast(),
            Self::Nothing => null_mut(),
        }
    }

    fn value(self, library: &Library) -> Call<Value> {
        Ok(match self {
            Self::Int(n) => Value::Integer(n.into()),
            Self::Int64(n) => Value::Integer(n),
            Self::Text(start) => {
                // SAFETY: SQLite made this text for us to free, or it is NULL; it ends with a zero byte.
                let text = unsafe { Text::new(start) };
                let value = text.read().map_or(Value::Null, Value::Text);
                text.free(library)?;
                value
            }
            Self::Nothing => Value::Null,
        })
    }
}

impl Connection {
    /// `sqlite3_file_control`: what stands at the address after the call.
    pub(crate) fn file_control(&self, library: &Library, control: &FileControl) -> Call<Value> {
        let schema = c_string(&control.schema)?;
        let mut passed = Passed::of(control)?;
        let (db, name, address) = (self.raw.as_ptr(), schema.as_ptr(), passed.address());
        // SAFETY: the connection is open, the name ends with a zero byte, and the control takes the address of this type.
        match unsafe { call!(library, sqlite3_file_control(db, name, control.op.number(), address)) } {
            sys::SQLITE_OK => passed.value(library),
            code => Err(Outcome::from_code(code)),
        }
    }
}
