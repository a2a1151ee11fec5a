//! What concerns the whole process: start-up, configuration, memory.

use std::ffi::{c_int, c_void};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, Ordering};

use libsqlite3_sys as sys;

pub(crate) use super::binding::forget_bindings;
use super::owner::anything_in_use;
use super::{Call, Library, call, mutex};
use crate::contract::verb::Config;
use crate::outcome::Outcome;
use crate::outcome::sqlite_names::StatusCounter;

/// `sqlite3_initialize` (<https://sqlite.org/c3ref/initialize.html>)
pub(crate) fn initialize(library: &Library) -> Call<Outcome> {
    start(library).map(Outcome::from_code)
}

/// `sqlite3_initialize`, which does nothing where the library is initialised. It returns the result code.
pub(super) fn start(library: &Library) -> Call<c_int> {
    // SAFETY: the signature is that of sqlite3.h, unchanged since 3.6.0.
    let function: unsafe extern "C" fn() -> c_int = unsafe { library.function("sqlite3_initialize")? };
    // SAFETY: it takes nothing.
    Ok(unsafe { function() })
}

/// `sqlite3_shutdown`, which SQLite allows only when no connection is open: what is in use would be pulled away.
pub(crate) fn shutdown(library: &Library) -> Call<Outcome> {
    // SAFETY: the signature is that of sqlite3.h, unchanged since 3.6.0.
    let function: unsafe extern "C" fn() -> c_int = unsafe { library.function("sqlite3_shutdown")? };
    if anything_in_use() {
        return Err(Outcome::Refused("a connection or memory of SQLite's is in use".to_owned()));
    }
    // SAFETY: it takes nothing, and nothing of SQLite's is in use.
    Ok(Outcome::from_code(unsafe { function() }))
}

/// Whether the library was configured without mutexes; it does not say so itself.
static FOR_ONE_THREAD: AtomicBool = AtomicBool::new(false);

type ConfigFunction = unsafe extern "C" fn(c_int, ...) -> c_int;

/// `sqlite3_config` (<https://sqlite.org/c3ref/config.html>). Memory that SQLite takes is never given back: it keeps
/// it until the process ends.
pub(crate) fn config(library: &Library, config: &Config) -> Call<Outcome> {
    let function = config_function(library)?;
    let switch = |option: c_int, on: bool| {
        // SAFETY: these options take one integer, or nothing and do not look at it.
        unsafe { function(option, c_int::from(on)) }
    };
    let int = |n: u32| c_int::try_from(n).map_err(|_| Outcome::Refused(format!("{n} is no int of C")));
    let code = match *config {
        Config::Singlethread => choose_threads(function, sys::SQLITE_CONFIG_SINGLETHREAD),
        Config::Multithread => choose_threads(function, sys::SQLITE_CONFIG_MULTITHREAD),
        Config::Serialized => choose_threads(function, sys::SQLITE_CONFIG_SERIALIZED),
        Config::Memstatus(on) => switch(sys::SQLITE_CONFIG_MEMSTATUS, on),
        Config::Uri(on) => switch(sys::SQLITE_CONFIG_URI, on),
        Config::Heap { bytes, min_allocation } => {
            hand_over(function, sys::SQLITE_CONFIG_HEAP, bytes.into(), int(bytes)?, int(min_allocation)?)
        }
        Config::Pagecache { slot, slots } => {
            let bytes = u64::from(slot) * u64::from(slots);
            hand_over(function, sys::SQLITE_CONFIG_PAGECACHE, bytes, int(slot)?, int(slots)?)
        }
        Config::Lookaside { slot, slots } => {
            // SAFETY: this option takes two integers.
            unsafe { function(sys::SQLITE_CONFIG_LOOKASIDE, slot, slots) }
        }
        Config::Log => return super::error_log::keep(library),
        Config::Malloc => return super::allocator::install(library),
        Config::Mutex => return super::mutex::install(library),
    };
    Ok(Outcome::from_code(code))
}

/// Sets for how many threads the library is, and enters it.
fn choose_threads(function: ConfigFunction, option: c_int) -> c_int {
    // SAFETY: these options take nothing.
    let code = unsafe { function(option) };
    if code == sys::SQLITE_OK {
        FOR_ONE_THREAD.store(option == sys::SQLITE_CONFIG_SINGLETHREAD, Ordering::Relaxed);
    }
    code
}

/// `sqlite3_config`, which takes other arguments for each option.
pub(super) fn config_function(library: &Library) -> Call<ConfigFunction> {
    // SAFETY: the signature is that of sqlite3.h, unchanged since 3.6.0.
    unsafe { library.function("sqlite3_config") }
}

/// Hands zeroed memory over for an option that takes it with two integers, which say how it is used; NULL for none.
fn hand_over(function: ConfigFunction, option: c_int, bytes: u64, first: c_int, second: c_int) -> c_int {
    let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    let mut memory = vec![0_u64; bytes.div_ceil(8)];
    let start: *mut c_void = if memory.is_empty() { null_mut() } else { memory.as_mut_ptr().cast() };
    // SAFETY: the option takes a pointer and two integers. So much memory is there, and it stays once SQLite has it.
    let code = unsafe { function(option, start, first, second) };
    if code == sys::SQLITE_OK {
        std::mem::forget(memory);
    }
    code
}

/// Refuses a library that several threads must not call at the same time.
pub(crate) fn allow_threads(library: &Library) -> Call<()> {
    let refused = |why: &str| Err(Outcome::Refused(why.to_owned()));
    if mutex::are_installed() {
        return refused("with `config: mutex` one thread runs everything");
    }
    // SAFETY: it takes nothing.
    if unsafe { call!(library, sqlite3_threadsafe()) } == 0 {
        return refused("compiled with SQLITE_THREADSAFE=0");
    }
    if FOR_ONE_THREAD.load(Ordering::Relaxed) {
        return refused("configured for a single thread");
    }
    // All its files are one thread's.
    super::vfs::unregister(library);
    super::files::confine(library)
}

/// `sqlite3_memory_used` (<https://sqlite.org/c3ref/memory_highwater.html>)
pub(crate) fn memory_used(library: &Library) -> Call<i64> {
    // SAFETY: it takes nothing.
    Ok(unsafe { call!(library, sqlite3_memory_used()) })
}

/// `sqlite3_memory_highwater`
pub(crate) fn memory_highwater(library: &Library, reset: bool) -> Call<i64> {
    // SAFETY: it takes any integer.
    Ok(unsafe { call!(library, sqlite3_memory_highwater(reset.into())) })
}

/// `sqlite3_soft_heap_limit64` (<https://sqlite.org/c3ref/hard_heap_limit64.html>)
pub(crate) fn soft_heap_limit(library: &Library, bytes: i64) -> Call<i64> {
    // SAFETY: it takes any integer.
    Ok(unsafe { call!(library, sqlite3_soft_heap_limit64(bytes)) })
}

/// `sqlite3_hard_heap_limit64`, from 3.31.0 on
pub(crate) fn hard_heap_limit(library: &Library, bytes: i64) -> Call<i64> {
    // SAFETY: it takes any integer.
    Ok(unsafe { call!(library, sqlite3_hard_heap_limit64(bytes)) })
}

/// `sqlite3_release_memory` (<https://sqlite.org/c3ref/release_memory.html>)
pub(crate) fn release_memory(library: &Library, bytes: i64) -> Call<i64> {
    let bytes = c_int::try_from(bytes).unwrap_or(c_int::MAX);
    // SAFETY: it takes any integer.
    Ok(unsafe { call!(library, sqlite3_release_memory(bytes)) }.into())
}

/// Allocates by `sqlite3_malloc` (<https://sqlite.org/c3ref/free.html>) what nobody will free.
pub(crate) fn leak(library: &Library) -> Call<Outcome> {
    // SAFETY: it takes any integer.
    let _ = unsafe { call!(library, sqlite3_malloc(100)) };
    Ok(Outcome::Code(sys::SQLITE_OK))
}

/// `sqlite3_status64` (<https://sqlite.org/c3ref/status.html>), from 3.8.9 on: the present value or the highest one.
pub(crate) fn status(library: &Library, counter: StatusCounter, peak: bool, reset: bool) -> Call<i64> {
    let (mut current, mut highest) = (0, 0);
    let (counter, reset) = (counter.number(), reset.into());
    // SAFETY: there is a place for each number, and SQLite refuses counters that it does not know.
    match unsafe { call!(library, sqlite3_status64(counter, &mut current, &mut highest, reset)) } {
        sys::SQLITE_OK => Ok(if peak { highest } else { current }),
        code => Err(Outcome::from_code(code)),
    }
}
