//! Bytes that are bound to statements, and who frees them.

use std::collections::HashMap;
use std::ffi::c_void;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use libsqlite3_sys as sys;

use crate::contract::verb::Lifetime;

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

/// Bytes to bind, and the destructor to bind them with. `use_them` makes the call. A zero byte follows them, as it
/// does a string of C: SQLite looks for it when it is told no length.
pub(super) fn with_bytes<T>(
    bytes: &[u8],
    lifetime: Lifetime,
    use_them: impl FnOnce(*const u8, sys::sqlite3_destructor_type) -> T,
) -> T {
    let ended: Vec<u8> = bytes.iter().copied().chain([0]).collect();
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
