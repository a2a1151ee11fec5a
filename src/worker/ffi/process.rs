//! What concerns the whole process: start-up, configuration, memory.

use std::ffi::{c_int, c_void};

use libsqlite3_sys as sys;

pub use super::binding::forget_bindings;
use super::{Call, Library, call};
use crate::contract::verb::Config;
use crate::outcome::Outcome;
use crate::outcome::sqlite_names::StatusCounter;

/// `sqlite3_initialize` (<https://sqlite.org/c3ref/initialize.html>)
pub fn initialize(library: &Library) -> Call<Outcome> {
    // SAFETY: the signature is that of sqlite3.h, unchanged since 3.6.0.
    let function: unsafe extern "C" fn() -> c_int = unsafe { library.function("sqlite3_initialize")? };
    // SAFETY: it takes nothing.
    Ok(Outcome::from_code(unsafe { function() }))
}

/// `sqlite3_shutdown`
pub fn shutdown(library: &Library) -> Call<Outcome> {
    // SAFETY: the signature is that of sqlite3.h, unchanged since 3.6.0.
    let function: unsafe extern "C" fn() -> c_int = unsafe { library.function("sqlite3_shutdown")? };
    // SAFETY: it takes nothing. SQLite asks that no connection is open; a case that leaves one open asks what happens.
    Ok(Outcome::from_code(unsafe { function() }))
}

/// `sqlite3_config` (<https://sqlite.org/c3ref/config.html>). Memory that is handed over is never given back:
/// SQLite keeps it until the process ends.
pub fn config(library: &Library, config: &Config) -> Call<Outcome> {
    let function = config_function(library)?;
    let bool = |value: bool| c_int::from(value);
    let int = |n: u32| c_int::try_from(n).map_err(|_| Outcome::Refused(format!("{n} is no int of C")));
    // SAFETY: each option takes the arguments that sqlite3.h documents for it; handed-over memory is as large as is
    // said, and never given back, so it outlives every use.
    let code = unsafe {
        match *config {
            Config::Singlethread => function(sys::SQLITE_CONFIG_SINGLETHREAD),
            Config::Multithread => function(sys::SQLITE_CONFIG_MULTITHREAD),
            Config::Serialized => function(sys::SQLITE_CONFIG_SERIALIZED),
            Config::Memstatus(on) => function(sys::SQLITE_CONFIG_MEMSTATUS, bool(on)),
            Config::Uri(on) => function(sys::SQLITE_CONFIG_URI, bool(on)),
            Config::Heap { bytes, min_allocation } => {
                function(sys::SQLITE_CONFIG_HEAP, memory(bytes.into()), int(bytes)?, int(min_allocation)?)
            }
            Config::Pagecache { slot, slots } => {
                let bytes = u64::from(slot) * u64::from(slots);
                function(sys::SQLITE_CONFIG_PAGECACHE, memory(bytes), int(slot)?, int(slots)?)
            }
            Config::Lookaside { slot, slots } => function(sys::SQLITE_CONFIG_LOOKASIDE, slot, slots),
            Config::Malloc => return super::allocator::install(library),
        }
    };
    Ok(Outcome::from_code(code))
}

/// `sqlite3_config`, which takes other arguments for each option.
pub(super) fn config_function(library: &Library) -> Call<unsafe extern "C" fn(c_int, ...) -> c_int> {
    // SAFETY: the signature is that of sqlite3.h, unchanged since 3.6.0.
    unsafe { library.function("sqlite3_config") }
}

/// Zeroed memory for SQLite to keep, NULL for none.
fn memory(bytes: u64) -> *mut c_void {
    match usize::try_from(bytes).unwrap_or(usize::MAX) {
        0 => std::ptr::null_mut(),
        bytes => Box::leak(vec![0_u64; bytes.div_ceil(8)].into_boxed_slice()).as_mut_ptr().cast(),
    }
}

/// `sqlite3_memory_used` (<https://sqlite.org/c3ref/memory_highwater.html>)
pub fn memory_used(library: &Library) -> Call<i64> {
    Ok(call!(library, sqlite3_memory_used()))
}

/// `sqlite3_memory_highwater`
pub fn memory_highwater(library: &Library, reset: bool) -> Call<i64> {
    Ok(call!(library, sqlite3_memory_highwater(reset.into())))
}

/// `sqlite3_soft_heap_limit64` (<https://sqlite.org/c3ref/hard_heap_limit64.html>)
pub fn soft_heap_limit(library: &Library, bytes: i64) -> Call<i64> {
    Ok(call!(library, sqlite3_soft_heap_limit64(bytes)))
}

/// `sqlite3_hard_heap_limit64`, from 3.31.0 on
pub fn hard_heap_limit(library: &Library, bytes: i64) -> Call<i64> {
    Ok(call!(library, sqlite3_hard_heap_limit64(bytes)))
}

/// `sqlite3_release_memory` (<https://sqlite.org/c3ref/release_memory.html>)
pub fn release_memory(library: &Library, bytes: i64) -> Call<i64> {
    let bytes = c_int::try_from(bytes).unwrap_or(c_int::MAX);
    Ok(call!(library, sqlite3_release_memory(bytes)).into())
}

/// Allocates by `sqlite3_malloc` (<https://sqlite.org/c3ref/free.html>) what nobody will free.
pub fn leak(library: &Library) -> Call<Outcome> {
    let _ = call!(library, sqlite3_malloc(100));
    Ok(Outcome::Code(sys::SQLITE_OK))
}

/// `sqlite3_status64` (<https://sqlite.org/c3ref/status.html>), from 3.8.9 on: the present value or the highest one.
pub fn status(library: &Library, counter: StatusCounter, peak: bool, reset: bool) -> Call<i64> {
    let (mut current, mut highest) = (0, 0);
    let code = call!(library, sqlite3_status64(counter.number(), &mut current, &mut highest, reset.into()));
    match code {
        sys::SQLITE_OK => Ok(if peak { highest } else { current }),
        code => Err(Outcome::from_code(code)),
    }
}
