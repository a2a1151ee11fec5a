//! What concerns the whole process: start-up, configuration, memory.

use std::ffi::{c_int, c_void};

use libsqlite3_sys as sys;

pub use super::binding::forget_bindings;
use super::{Call, Library, call};
use crate::contract::verb::Config;
use crate::names::StatusCounter;
use crate::outcome::Outcome;

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
    // SAFETY: it takes nothing; the engine has closed every connection that it could.
    Ok(Outcome::from_code(unsafe { function() }))
}

/// `sqlite3_config` (<https://sqlite.org/c3ref/config.html>). Memory that is handed over is never given back:
/// SQLite keeps it until the process ends.
pub fn config(library: &Library, config: &Config) -> Call<Outcome> {
    type Function = unsafe extern "C" fn(c_int, ...) -> c_int;
    // SAFETY: the signature is that of sqlite3.h, unchanged since 3.6.0.
    let function: Function = unsafe { library.function("sqlite3_config")? };
    let memory = |bytes: i64| -> *mut c_void {
        let bytes = usize::try_from(bytes).unwrap_or(0);
        Box::leak(vec![0_u64; bytes.div_ceil(8)].into_boxed_slice()).as_mut_ptr().cast()
    };
    let bool = |value: bool| c_int::from(value);
    // SAFETY: each option takes the arguments that sqlite3.h documents for it; handed-over memory is leaked, so
    // it outlives every use.
    let code = unsafe {
        match *config {
            Config::Singlethread => function(sys::SQLITE_CONFIG_SINGLETHREAD),
            Config::Multithread => function(sys::SQLITE_CONFIG_MULTITHREAD),
            Config::Serialized => function(sys::SQLITE_CONFIG_SERIALIZED),
            Config::Memstatus(on) => function(sys::SQLITE_CONFIG_MEMSTATUS, bool(on)),
            Config::Uri(on) => function(sys::SQLITE_CONFIG_URI, bool(on)),
            Config::Heap { bytes, min_allocation } => {
                function(sys::SQLITE_CONFIG_HEAP, memory(bytes.into()), bytes, min_allocation)
            }
            Config::Pagecache { slot, slots } => {
                let bytes = i64::from(slot) * i64::from(slots);
                function(sys::SQLITE_CONFIG_PAGECACHE, memory(bytes), slot, slots)
            }
            Config::Lookaside { slot, slots } => function(sys::SQLITE_CONFIG_LOOKASIDE, slot, slots),
            Config::Malloc => return super::allocator::install(library),
        }
    };
    Ok(Outcome::from_code(code))
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

/// `sqlite3_status64`, or `sqlite3_status` before 3.8.9: the present value or the highest one.
pub fn status(library: &Library, counter: StatusCounter, peak: bool, reset: bool) -> Call<i64> {
    let (mut current, mut highest) = (0, 0);
    let code = call!(library, sqlite3_status64(counter.number(), &mut current, &mut highest, reset.into()));
    match code {
        sys::SQLITE_OK => Ok(if peak { highest } else { current }),
        code => Err(Outcome::from_code(code)),
    }
}
