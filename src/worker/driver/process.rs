//! Verbs that concern the whole process, the same for every driver.

use super::Outcome;
use crate::contract::verb::{Destructor, Misbehaviour, Verb};
use crate::outcome::value::Value;
use crate::system;
use crate::worker::ffi::{self, Call, Library};

/// Executes the verb, or returns `None` when it is about a connection or a statement.
pub(super) fn execute(library: &Library, verb: &Verb) -> Option<Outcome> {
    let quantity = |n: Call<i64>| n.map_or_else(|instead| instead, Outcome::Quantity);
    let value = |n: Call<i64>| n.map_or_else(|instead| instead, |n| Outcome::Value(Value::Integer(n)));
    let outcome = |outcome: Call<Outcome>| outcome.unwrap_or_else(|instead| instead);
    Some(match verb {
        Verb::Status(status) => quantity(ffi::status(library, status.counter, status.peak, status.reset)),
        Verb::MemoryUsed(_) => quantity(ffi::memory_used(library)),
        Verb::MemoryHighwater(mark) => quantity(ffi::memory_highwater(library, mark.reset)),
        Verb::SoftHeapLimit(limit) => value(ffi::soft_heap_limit(library, limit.bytes)),
        Verb::HardHeapLimit(limit) => value(ffi::hard_heap_limit(library, limit.bytes)),
        Verb::ReleaseMemory(wanted) => quantity(ffi::release_memory(library, wanted.bytes)),
        Verb::Config(config) => outcome(ffi::config(library, config)),
        Verb::Initialize(_) => outcome(ffi::initialize(library)),
        Verb::Shutdown(_) => outcome(ffi::shutdown(library)),
        Verb::DestructorCalls(calls) => Outcome::Value(Value::Integer(match calls.of {
            Destructor::Binding => ffi::destructor_calls(),
            of => ffi::destroyed(of),
        })),
        Verb::Calls(calls) => ffi::take_calls(calls.of.as_deref()),
        Verb::CallCount(calls) => Outcome::Quantity(ffi::call_count(calls.of.as_deref())),
        Verb::FileSize(path) => Outcome::Value(file_size(path)),
        Verb::OpenFiles(_) => open_files(),
        Verb::AddressSpace(bytes) => system::limit_address_space(*bytes)
            .map_or_else(|error| Outcome::Refused(error.to_string()), |()| Outcome::Code(0)),
        Verb::Misbehave(how) => outcome(misbehave(library, *how)),
        // Compared where the saved outcomes are: in the engine.
        Verb::Compare(_) => Outcome::Code(0),
        _ => return None,
    })
}

fn file_size(path: &str) -> Value {
    let size = std::fs::metadata(path).ok().and_then(|metadata| i64::try_from(metadata.len()).ok());
    size.map_or(Value::Null, Value::Integer)
}

/// Of the case's directory, in which a worker stands.
fn open_files() -> Outcome {
    let counted = std::env::current_dir().and_then(|directory| system::open_files(&directory));
    match counted {
        Ok(count) => Outcome::Value(Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))),
        Err(error) => Outcome::Refused(error.to_string()),
    }
}

fn misbehave(library: &Library, how: Misbehaviour) -> Call<Outcome> {
    match how {
        Misbehaviour::Segfault => system::raise_segfault(),
        Misbehaviour::Abort => std::process::abort(),
        Misbehaviour::Exit => std::process::exit(0),
        Misbehaviour::Hang => loop {
            std::thread::sleep(std::time::Duration::from_secs(1));
        },
        Misbehaviour::ExhaustMemory => Ok(exhaust_memory()),
        Misbehaviour::Leak => ffi::leak(library),
    }
}

/// Asks for address space without touching it, and gives up at a size that only a limit would refuse.
fn exhaust_memory() -> Outcome {
    const CHUNK: usize = 1 << 28;
    for _ in 0..256 {
        std::mem::forget(Vec::<u8>::with_capacity(CHUNK));
    }
    Outcome::Refused("64 GiB were not enough: put `address_space` before this step".to_owned())
}

/// Takes back what a case may have set for the whole process. Returns whether nothing of the case is left:
/// memory that is still held by the library means that it is not.
pub(super) fn reset(library: &Library, held: i64) -> bool {
    // The soft limit last: while a hard one is set, no soft limit can be taken away.
    let _ = ffi::hard_heap_limit(library, 0);
    let _ = ffi::soft_heap_limit(library, 0);
    let _ = ffi::memory_highwater(library, true);
    ffi::memory_used(library) == Ok(held) && !ffi::anything_left_behind()
}
