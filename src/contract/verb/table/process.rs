//! Verbs: what concerns the whole process: memory, files, the allocator.

/// Puts these sections behind those of the files before.
macro_rules! process {
    ($then:tt { $($before:tt)* }) => {
        $crate::contract::verb::table::table! { after process: $then {
            $($before)*
            Memory "Memory and counters" {
                /// Bytes that SQLite holds, <https://sqlite.org/c3ref/memory_highwater.html>.
                memory_used: MemoryUsed(Nothing) -> Quantity: any;
                /// The most bytes that SQLite held since the mark was reset,
                /// <https://sqlite.org/c3ref/memory_highwater.html>.
                memory_highwater: MemoryHighwater(Highwater) -> Quantity: any;
                /// Sets the soft heap limit and returns the one before; -1 asks,
                /// <https://sqlite.org/c3ref/hard_heap_limit64.html>.
                soft_heap_limit: SoftHeapLimit(Bytes) -> Value: any;
                /// Sets the hard heap limit and returns the one before; -1 asks,
                /// <https://sqlite.org/c3ref/hard_heap_limit64.html>.
                hard_heap_limit: HardHeapLimit(Bytes) -> Value: any;
                /// Asks for memory back and returns how many bytes came,
                /// <https://sqlite.org/c3ref/release_memory.html>.
                release_memory: ReleaseMemory(Bytes) -> Quantity: any;
                /// Frees what memory of the connection it can,
                /// <https://sqlite.org/c3ref/db_release_memory.html>.
                db_release_memory: DbReleaseMemory(OnDb) -> Code on db: Capi, Rusqlite;
                /// A counter of the process, <https://sqlite.org/c3ref/status.html>.
                status: Status(Status) -> Quantity: process;
                /// A counter of a connection, <https://sqlite.org/c3ref/db_status.html>.
                db_status: DbStatus(DbStatus) -> Quantity on db: Capi, Rusqlite, Python, Apsw, Go, Node;
                /// A counter of a statement, <https://sqlite.org/c3ref/stmt_status.html>.
                stmt_status: StmtStatus(StmtStatus) -> Quantity on stmt: Capi, Rusqlite;
            }
            /// Without SQLite. What has been read or written stays open until the case ends: closing a file
            /// would take SQLite's locks on it away.
            Files "Files" {
                /// The size of a file in the case's directory, NULL when there is none.
                file_size: FileSize(String) -> Value with UsesFiles: any;
                /// Bytes of a file in the case's directory, NULL when there is none.
                file_bytes: FileBytes(FileBytes) -> Value with UsesFiles: any;
                /// The first 12 digits of a file's sha256, NULL when there is none.
                file_hash: FileHash(String) -> Value with UsesFiles: any;
                /// Writes bytes to a file in the case's directory.
                write_file: WriteFile(WriteFile) -> Code with UsesFiles: any;
                /// How many descriptors of SQLite's are open on files of the case's directory (Linux).
                open_files: OpenFiles(Nothing) -> Value with UsesFiles: process;
            }
            /// `config: malloc` gives SQLite an allocator that counts and can refuse,
            /// <https://sqlite.org/c3ref/mem_methods.html>. It knows of each block which step asked for
            /// it. What SQLite takes from a connection's lookaside is one block, of the step that opened
            /// it; `config: {lookaside: {slot: 0, slots: 0}}` makes each statement's memory its own.
            /// `open: {path: a.db, vfs: watched}` opens a connection whose calls of the file system are seen: they
            /// are passed on to the library's own one. Steps in `power_loss`, `schedule` and
            /// `sweep: {over: io}` get it without asking.
            WatchedFiles "The watched file system" {
                /// Rows of how many calls there were of which operation on which kind of file,
                /// <https://sqlite.org/c3ref/io_methods.html>.
                io_calls: IoCalls(IoCalls) -> Counts: process;
                /// How many calls there were in all.
                io_count: IoCount(IoCalls) -> Quantity: process;
                /// Counts calls from zero again.
                reset_io: ResetIo(Nothing) -> Code: process;
                /// Makes a call fail, <https://sqlite.org/testing.html#i_o_error_testing>.
                fail_io: FailIo(FailIo) -> Code: process;
            }
            Allocator "The counting allocator" {
                /// A counter of the counting allocator. An `expect` of what lives that does not hold says
                /// which steps hold it.
                allocations: Allocations(AllocationCounter) -> Quantity with CountingAllocator: process;
                /// Rows of how many allocations asked for how many bytes, by powers of two: 64 is 64 to
                /// 127.
                allocation_sizes: AllocationSizes(Nothing) -> Counts with CountingAllocator: process;
                /// Rows of how many freed blocks lived through how many steps, by powers of two: 0 is the
                /// same step.
                allocation_lifetimes: AllocationLifetimes(Nothing) -> Counts with CountingAllocator: process;
                /// Rows of what lives now: the step that allocated it, blocks, bytes.
                outstanding: Outstanding(Nothing) -> Counts with CountingAllocator: process;
                /// Sets the counting allocator's counters to zero, and its peak to what lives.
                reset_allocations: ResetAllocations(Nothing) -> Code with CountingAllocator, Outermost: process;
                /// Makes an allocation fail, <https://sqlite.org/malloc.html#_testing_allocators>.
                fail_allocation: FailAllocation(FailAllocation) -> Code with CountingAllocator, Outermost: process;
            }
            Process "The process" {
                /// Configures the library before it starts, <https://sqlite.org/c3ref/config.html>.
                config: Config(Config) -> Code with FreshProcess, StartsLibrary, Outermost: process;
                /// `sqlite3_initialize`, <https://sqlite.org/c3ref/initialize.html>.
                initialize: Initialize(Nothing) -> Code with StartsLibrary: process;
                /// `sqlite3_shutdown`, <https://sqlite.org/c3ref/initialize.html>.
                shutdown: Shutdown(Nothing) -> Code with FreshProcess, StartsLibrary: process;
                /// What SQLite wrote to its error log since this was last asked, and forgets it: a row of the
                /// result code's name and the message, <https://sqlite.org/errlog.html>. What differs from
                /// version to version, or from run to run, is left out of a message: `line ?` of a source file,
                /// `[?]` for a source id, `at ?` for a place in a statement's program, and the case's
                /// directory in front of a file. `config: log` comes first.
                log: Log(Nothing) -> Rows: process;
                /// The words for a result code, <https://sqlite.org/c3ref/errcode.html>.
                errstr: Errstr(ResultCode) -> Value: process;
                /// Those of these functions that the library exports, in the order in which they are given.
                exports: Exports(Exports) -> Rows: process;
                /// How many keywords the library has, <https://sqlite.org/c3ref/keyword_check.html>.
                keyword_count: KeywordCount(Nothing) -> Value: process;
                /// A keyword by its number, <https://sqlite.org/c3ref/keyword_check.html>.
                keyword_name: KeywordName(KeywordName) -> Value: process;
                /// 1 for a keyword of the library, else 0, <https://sqlite.org/c3ref/keyword_check.html>.
                keyword_check: KeywordCheck(String) -> Value: process;
                /// Limits the worker's address space (RLIMIT_AS), in bytes beyond what it has mapped.
                address_space: AddressSpace(u64) -> Code with FreshProcess, Outermost: process;
                /// Ends or harms the worker on purpose, to test that one case's crash costs one case. OK
                /// after a leak.
                misbehave: Misbehave(Misbehaviour) -> Code: process;
                /// Ends the process at once, as SIGKILL does: what it has written stays as it is, a hot journal or
                /// a log, and its handles are gone. The next step of the same build begins in a new process. OK.
                kill: Kill(Nothing) -> Code with EndsProcess: process;
            }
            /// Each double goes through the SQL alone. What comes back is judged by Rust, whose reading
            /// and printing of doubles is exact: a real by its bits, a text by the double that it means.
            /// A seed draws the same doubles for ever and everywhere. What SQLite makes of them may
            /// depend on the platform too: up to 3.46 it computes with the compiler's `long double`, of
            /// 80 bits on x86 and of 64 or 128 elsewhere.
            Numbers "Doubles from a seed" {
                /// Sends doubles drawn from a seed through SQL and counts those that come back as another
                /// double: by how many units in the last place at most, and the first three.
                doubles: Doubles(Doubles) -> Value on db: Capi, Rusqlite;
            }
        } }
    };
}
pub(crate) use process;
