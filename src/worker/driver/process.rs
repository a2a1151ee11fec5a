//! Calls that concern the whole process, the same for every driver.

use super::{Outcome, allocations, error_log, files, integer, number_of, value};
use crate::contract::verb::{
    Bytes, Calls, Config, Destructor, DestructorCalls, Exports, FailAllocation, FailIo, FileBytes, Highwater,
    IoCalls, KeywordName, Misbehaviour, Nothing, Replay, ResultCode, Status, WriteFile,
};
use crate::outcome::io::{FileKind, Operation};
use crate::outcome::sqlite_names::AllocationCounter;
use crate::outcome::value::Value;
use crate::system;
use crate::worker::ffi::{self, Call, Library, allocator};
use crate::worker::{io, replay};

/// What every driver has: one method for each call that the table ascribes to the process.
pub(super) trait Process {
    /// The library of the process.
    fn library(&self) -> Call<&'static Library>;

    fn status(&self, status: &Status) -> Call<Outcome> {
        ffi::status(self.library()?, status.counter, status.peak, status.reset).map(Outcome::Quantity)
    }

    fn replay(&self, trace: &Replay) -> Call<Outcome> {
        Ok(replay::replay(self.library()?, trace))
    }

    fn replay_plans(&self, _: &Nothing) -> Call<Outcome> {
        Ok(replay::plans())
    }

    fn replay_work(&self, _: &Nothing) -> Call<Outcome> {
        Ok(replay::work())
    }

    fn replay_memory(&self, _: &Nothing) -> Call<Outcome> {
        Ok(replay::memory())
    }

    fn memory_used(&self, _: &Nothing) -> Call<Outcome> {
        ffi::memory_used(self.library()?).map(Outcome::Quantity)
    }

    fn memory_highwater(&self, mark: &Highwater) -> Call<Outcome> {
        ffi::memory_highwater(self.library()?, mark.reset).map(Outcome::Quantity)
    }

    fn soft_heap_limit(&self, limit: &Bytes) -> Call<Outcome> {
        ffi::soft_heap_limit(self.library()?, limit.bytes).map(integer)
    }

    fn hard_heap_limit(&self, limit: &Bytes) -> Call<Outcome> {
        ffi::hard_heap_limit(self.library()?, limit.bytes).map(integer)
    }

    fn release_memory(&self, wanted: &Bytes) -> Call<Outcome> {
        ffi::release_memory(self.library()?, wanted.bytes).map(Outcome::Quantity)
    }

    fn config(&self, config: &Config) -> Call<Outcome> {
        ffi::config(self.library()?, config)
    }

    fn initialize(&self, _: &Nothing) -> Call<Outcome> {
        ffi::initialize(self.library()?)
    }

    fn shutdown(&self, _: &Nothing) -> Call<Outcome> {
        ffi::shutdown(self.library()?)
    }

    fn destructor_calls(&self, calls: &DestructorCalls) -> Call<Outcome> {
        Ok(integer(match calls.of {
            Destructor::Binding => ffi::destructor_calls(),
            of => ffi::destroyed(of),
        }))
    }

    fn calls(&self, calls: &Calls) -> Call<Outcome> {
        Ok(ffi::take_calls(calls.of.as_deref()))
    }

    fn call_count(&self, calls: &Calls) -> Call<Outcome> {
        Ok(Outcome::Quantity(ffi::call_count(calls.of.as_deref())))
    }

    fn file_size(&self, path: &str) -> Call<Outcome> {
        Ok(files::size(path))
    }

    fn file_bytes(&self, read: &FileBytes) -> Call<Outcome> {
        files::read(read)
    }

    fn file_hash(&self, path: &str) -> Call<Outcome> {
        files::hash(path)
    }

    fn write_file(&self, write: &WriteFile) -> Call<Outcome> {
        files::write(write)
    }

    fn open_files(&self, _: &Nothing) -> Call<Outcome> {
        files::count_others()
    }

    fn log(&self, _: &Nothing) -> Call<Outcome> {
        error_log::rows()
    }

    fn errstr(&self, of: &ResultCode) -> Call<Outcome> {
        ffi::errstr(self.library()?, number_of(&of.code)?).map(value)
    }

    fn exports(&self, asked: &Exports) -> Call<Outcome> {
        let library = self.library()?;
        let exported = asked.functions.iter().filter(|function| library.has(function));
        Ok(Outcome::Rows(exported.map(|name| vec![Value::Text(name.clone().into_bytes())]).collect()))
    }

    fn keyword_count(&self, _: &Nothing) -> Call<Outcome> {
        ffi::keyword_count(self.library()?).map(value)
    }

    fn keyword_name(&self, keyword: &KeywordName) -> Call<Outcome> {
        ffi::keyword_name(self.library()?, keyword.at).map(value)
    }

    fn keyword_check(&self, word: &str) -> Call<Outcome> {
        ffi::keyword_check(self.library()?, word).map(value)
    }

    fn address_space(&self, bytes: &u64) -> Call<Outcome> {
        system::limit_address_space(*bytes).map(|()| Outcome::OK).map_err(refused)
    }

    fn misbehave(&self, how: &Misbehaviour) -> Call<Outcome> {
        match how {
            Misbehaviour::Segfault => system::raise_segfault(),
            Misbehaviour::Abort => std::process::abort(),
            Misbehaviour::Exit => std::process::exit(0),
            Misbehaviour::Hang => loop {
                std::thread::sleep(std::time::Duration::from_secs(1));
            },
            Misbehaviour::ExhaustMemory => Err(exhaust_memory()),
            Misbehaviour::Leak => ffi::leak(self.library()?),
        }
    }

    fn kill(&self, _: &Nothing) -> Call<Outcome> {
        system::kill_ourselves()
    }

    fn allocations(&self, counter: &AllocationCounter) -> Call<Outcome> {
        Ok(allocations::count(*counter))
    }

    fn allocation_sizes(&self, _: &Nothing) -> Call<Outcome> {
        Ok(allocations::rows(allocator::sizes()))
    }

    fn allocation_lifetimes(&self, _: &Nothing) -> Call<Outcome> {
        Ok(allocations::rows(allocator::lifetimes()))
    }

    fn outstanding(&self, _: &Nothing) -> Call<Outcome> {
        Ok(allocations::outstanding())
    }

    fn reset_allocations(&self, _: &Nothing) -> Call<Outcome> {
        allocator::reset();
        Ok(Outcome::OK)
    }

    fn io_calls(&self, calls: &IoCalls) -> Call<Outcome> {
        let counts = io::counts(|operation, file| calls.is_about(operation, file));
        let row = |((operation, file), n): ((Operation, FileKind), u64)| {
            vec![Value::text(operation.name()), Value::text(file.name()), Value::Integer(n.cast_signed())]
        };
        Ok(Outcome::Rows(counts.into_iter().map(row).collect()))
    }

    fn io_count(&self, calls: &IoCalls) -> Call<Outcome> {
        let counts = io::counts(|operation, file| calls.is_about(operation, file));
        Ok(Outcome::Quantity(counts.values().sum::<u64>().cast_signed()))
    }

    fn reset_io(&self, _: &Nothing) -> Call<Outcome> {
        io::reset();
        Ok(Outcome::OK)
    }

    fn fail_io(&self, failing: &FailIo) -> Call<Outcome> {
        io::fail((failing.at > 0).then(|| failing.clone()));
        Ok(Outcome::OK)
    }

    fn fail_allocation(&self, failing: &FailAllocation) -> Call<Outcome> {
        allocator::fail(failing.at, failing.persistent);
        Ok(Outcome::OK)
    }
}

fn refused(error: std::io::Error) -> Outcome {
    Outcome::Refused(error.to_string())
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
