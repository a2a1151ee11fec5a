//! What is bound to statements, and who frees the bytes, <https://sqlite.org/c3ref/bind_blob.html>.

use std::collections::HashMap;
use std::ffi::{c_int, c_void};
use std::ptr::null;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use libsqlite3_sys as sys;

use super::calls::codes;
use super::owner::anything_in_use;
use super::statement::{Statement, c_string};
use super::{Call, Library, call};
use crate::contract::literal::Literal;
use crate::contract::verb::{BindBytes, Lifetime, Parameter};
use crate::outcome::Outcome;
use crate::outcome::value::Value;

/// Bytes whose owner SQLite is told of, by their address: they stay where they are until the case ends.
static LENT: Mutex<Option<HashMap<usize, Vec<u8>>>> = Mutex::new(None);
static DESTRUCTOR_CALLS: AtomicI64 = AtomicI64::new(0);

/// How often the destructor of this case's bindings has run.
pub(crate) fn destructor_calls() -> i64 {
    DESTRUCTOR_CALLS.load(Ordering::Relaxed)
}

/// Forgets the bytes and the count of the case before. The bytes stay where a statement may still read them.
pub(crate) fn forget_bindings() {
    DESTRUCTOR_CALLS.store(0, Ordering::Relaxed);
    if !anything_in_use() {
        *lent() = None;
    }
}

fn lent() -> std::sync::MutexGuard<'static, Option<HashMap<usize, Vec<u8>>>> {
    LENT.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Statement {
    codes! {
        /// `sqlite3_clear_bindings`
        pub(crate) fn clear_bindings() = sqlite3_clear_bindings;
        /// `sqlite3_bind_zeroblob64`
        pub(crate) fn bind_zeroblob64(at: c_int, size: u64) = sqlite3_bind_zeroblob64;
        fn bind_zeroblob(at: c_int, size: c_int) = sqlite3_bind_zeroblob;
        fn bind_null(at: c_int) = sqlite3_bind_null;
        fn bind_integer(at: c_int, n: i64) = sqlite3_bind_int64;
        fn bind_real(at: c_int, x: f64) = sqlite3_bind_double;
    }

    /// The position of a parameter; 0 for a name that the statement does not have.
    pub(crate) fn position(&self, library: &Library, parameter: &Parameter) -> Call<c_int> {
        match parameter {
            Parameter::Position(position) => Ok(*position),
            Parameter::Name(name) => {
                let name = c_string(name)?;
                // SAFETY: the statement is not finalized, and the name ends with a zero byte.
                Ok(unsafe { call!(library, sqlite3_bind_parameter_index(self.raw.as_ptr(), name.as_ptr())) })
            }
        }
    }

    /// Binds one value.
    pub(crate) fn bind(
        &self,
        library: &Library,
        at: c_int,
        literal: &Literal,
        lifetime: Lifetime,
    ) -> Call<Outcome> {
        if let Literal::Zeroblob(size) = literal {
            return self.bind_zeroblob(library, at, c_int::try_from(*size).unwrap_or(c_int::MAX));
        }
        match literal.to_value() {
            Value::Null => self.bind_null(library, at),
            Value::Integer(n) => self.bind_integer(library, at, n),
            Value::Real(x) => self.bind_real(library, at, x),
            Value::Text(text) => self.bind_long(library, at, (Long::Text, text), None, lifetime),
            Value::Blob(blob) => self.bind_long(library, at, (Long::Blob, blob), None, lifetime),
        }
    }

    /// `sqlite3_bind_text` or `sqlite3_bind_blob` with a length that the contract chose.
    pub(crate) fn bind_bytes(&self, library: &Library, at: c_int, bind: &BindBytes) -> Call<Outcome> {
        let value = bind.value.as_ref().map_or(Value::Null, |literal| literal.to_value());
        match value {
            Value::Text(bytes) => {
                self.bind_long(library, at, (Long::Text, bytes), bind.length, bind.lifetime)
            }
            Value::Blob(_) if bind.length.is_some_and(i32::is_negative) => {
                Err(Outcome::Refused("SQLite does not say where a blob of negative length ends".to_owned()))
            }
            Value::Blob(bytes) => {
                self.bind_long(library, at, (Long::Blob, bytes), bind.length, bind.lifetime)
            }
            Value::Null => {
                let (stmt, length) = (self.raw.as_ptr(), bind.length.unwrap_or(-1));
                // SAFETY: the statement is not finalized, and NULL has no bytes, whatever the length.
                let code = unsafe {
                    call!(library, sqlite3_bind_text(stmt, at, null(), length, sys::SQLITE_TRANSIENT()))
                };
                self.outcome(library, code)
            }
            other => Err(Outcome::Refused(format!("{other} has no bytes to bind"))),
        }
    }

    fn bind_long(
        &self,
        library: &Library,
        at: c_int,
        (kind, bytes): (Long, Vec<u8>),
        length: Option<c_int>,
        lifetime: Lifetime,
    ) -> Call<Outcome> {
        let (stmt, length) = (self.raw.as_ptr(), length_within(length, &bytes)?);
        with_bytes(bytes, lifetime, |start, destructor| {
            let start = start.cast();
            let code = match kind {
                // SAFETY: the statement is not finalized; so many bytes are there, and a zero byte after them.
                Long::Text => unsafe {
                    call!(library, sqlite3_bind_text(stmt, at, start, length, destructor))
                },
                // SAFETY: the same.
                Long::Blob => unsafe {
                    call!(library, sqlite3_bind_blob(stmt, at, start.cast(), length, destructor))
                },
            };
            self.outcome(library, code)
        })
    }
}

/// A value with bytes.
#[derive(Clone, Copy)]
enum Long {
    Text,
    Blob,
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
/// does a string of C: SQLite looks for it when it is told no length. They may be many megabytes, so they are not copied.
fn with_bytes<T>(
    mut bytes: Vec<u8>,
    lifetime: Lifetime,
    use_them: impl FnOnce(*const u8, sys::sqlite3_destructor_type) -> T,
) -> T {
    bytes.reserve_exact(1);
    bytes.push(0);
    let start = bytes.as_ptr();
    let destructor = match lifetime {
        Lifetime::Transient => return use_them(start, sys::SQLITE_TRANSIENT()),
        Lifetime::Static => sys::SQLITE_STATIC(),
        Lifetime::Destructor => Some(destroy as unsafe extern "C" fn(*mut c_void)),
    };
    // Lent before the call: a failing bind runs the destructor at once.
    lent().get_or_insert_default().insert(start as usize, bytes);
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
                let found = with_bytes(bytes.to_vec(), lifetime, |start, _| unsafe {
                    std::slice::from_raw_parts(start, bytes.len() + 1).to_vec()
                });
                assert_eq!(found, [bytes, &[0]].concat());
            }
        }
    }
}
