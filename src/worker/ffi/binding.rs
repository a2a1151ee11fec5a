//! What is bound to statements, and who frees the bytes, <https://sqlite.org/c3ref/bind_blob.html>.

use std::collections::HashMap;
use std::ffi::{c_int, c_void};
use std::ptr::null;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use libsqlite3_sys as sys;

use super::statement::{Statement, c_string};
use super::value::text;
use super::{Call, Library, call};
use crate::contract::literal::Literal;
use crate::contract::verb::{BindBytes, Lifetime, Parameter};
use crate::outcome::Outcome;
use crate::outcome::value::Value;

/// Bytes whose owner SQLite is told of, by their address: they stay where they are until the case ends.
static LENT: Mutex<Option<HashMap<usize, Vec<u8>>>> = Mutex::new(None);
static DESTRUCTOR_CALLS: AtomicI64 = AtomicI64::new(0);

/// How often the destructor of this case's bindings has run.
pub fn destructor_calls() -> i64 {
    DESTRUCTOR_CALLS.load(Ordering::Relaxed)
}

/// Forgets the bytes and the count of the case before; its statements must be gone.
pub fn forget_bindings() {
    DESTRUCTOR_CALLS.store(0, Ordering::Relaxed);
    *lent() = None;
}

fn lent() -> std::sync::MutexGuard<'static, Option<HashMap<usize, Vec<u8>>>> {
    LENT.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Statement {
    /// `sqlite3_bind_parameter_count`
    pub fn parameter_count(&self, library: &Library) -> Call<Value> {
        Ok(Value::Integer(call!(library, sqlite3_bind_parameter_count(self.raw)).into()))
    }

    /// `sqlite3_bind_parameter_name`
    pub fn parameter_name(&self, library: &Library, at: c_int) -> Call<Value> {
        Ok(text(call!(library, sqlite3_bind_parameter_name(self.raw, at))).map_or(Value::Null, Value::Text))
    }

    /// The position of a parameter; 0 for a name that the statement does not have.
    pub fn position(&self, library: &Library, parameter: &Parameter) -> Call<c_int> {
        match parameter {
            Parameter::Position(position) => Ok(*position),
            Parameter::Name(name) => {
                let name = c_string(name)?;
                Ok(call!(library, sqlite3_bind_parameter_index(self.raw, name.as_ptr())))
            }
        }
    }

    /// Binds one value.
    pub fn bind(&self, library: &Library, at: c_int, literal: &Literal, lifetime: Lifetime) -> Call<Outcome> {
        let stmt = self.raw;
        let code = match literal {
            Literal::Zeroblob(size) => {
                let size = c_int::try_from(*size).unwrap_or(c_int::MAX);
                call!(library, sqlite3_bind_zeroblob(stmt, at, size))
            }
            literal => match literal.to_value() {
                Value::Null => call!(library, sqlite3_bind_null(stmt, at)),
                Value::Integer(n) => call!(library, sqlite3_bind_int64(stmt, at, n)),
                Value::Real(x) => call!(library, sqlite3_bind_double(stmt, at, x)),
                Value::Text(text) => {
                    let length = c_int::try_from(text.len()).unwrap_or(c_int::MAX);
                    with_bytes(&text, lifetime, |start, destructor| {
                        Ok(call!(library, sqlite3_bind_text(stmt, at, start.cast(), length, destructor)))
                    })?
                }
                Value::Blob(blob) => {
                    let length = c_int::try_from(blob.len()).unwrap_or(c_int::MAX);
                    with_bytes(&blob, lifetime, |start, destructor| {
                        Ok(call!(library, sqlite3_bind_blob(stmt, at, start.cast(), length, destructor)))
                    })?
                }
            },
        };
        self.outcome(library, code)
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
                return Err(Outcome::Refused(
                    "SQLite does not say where a blob of negative length ends".to_owned(),
                ));
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

    /// `sqlite3_clear_bindings`
    pub fn clear_bindings(&self, library: &Library) -> Call<Outcome> {
        let code = call!(library, sqlite3_clear_bindings(self.raw));
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

/// Bytes to bind, and the destructor to bind them with. `use_them` makes the call. A zero byte follows them, as it
/// does a string of C: SQLite looks for it when it is told no length.
pub(super) fn with_bytes<T>(
    bytes: &[u8],
    lifetime: Lifetime,
    use_them: impl FnOnce(*const u8, sys::sqlite3_destructor_type) -> T,
) -> T {
    let ended = [bytes, &[0]].concat();
    let start = ended.as_ptr();
    let destructor = match lifetime {
        Lifetime::Transient => return use_them(start, sys::SQLITE_TRANSIENT()),
        Lifetime::Static => sys::SQLITE_STATIC(),
        Lifetime::Destructor => Some(destroy as unsafe extern "C" fn(*mut c_void)),
    };
    // Lent before the call: a failing bind runs the destructor at once.
    lent().get_or_insert_default().insert(start as usize, ended);
    use_them(start, destructor)
}

/// Counts the call and overwrites the bytes, so that a reader who comes too late sees that it did. They are
/// kept until the case ends: a second call must be counted, not crash.
unsafe extern "C" fn destroy(bytes: *mut c_void) {
    DESTRUCTOR_CALLS.fetch_add(1, Ordering::Relaxed);
    if let Some(owned) = lent().as_mut().and_then(|lent| lent.get_mut(&(bytes as usize))) {
        owned.fill(b'#');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zero_byte_follows_what_is_bound() {
        for lifetime in [Lifetime::Static, Lifetime::Transient, Lifetime::Destructor] {
            for bytes in [b"".as_slice(), b"abc"] {
                // SAFETY: what is asked is whether so many bytes can be read.
                let found = with_bytes(bytes, lifetime, |start, _| unsafe {
                    std::slice::from_raw_parts(start, bytes.len() + 1).to_vec()
                });
                assert_eq!(found, [bytes, &[0]].concat());
            }
        }
    }
}
