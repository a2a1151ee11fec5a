//! Blocks of steps, and checks of what other steps saved.

/// Calls the macro that wants the table: with its tokens, the calls of the other files, and these blocks and checks.
macro_rules! blocks {
    ({ $then:ident! $($tokens:tt)* } $calls:tt) => {
        $then! {
            $($tokens)*
            calls $calls
            blocks {
                /// Runs steps many times and returns how much the measured quantity keeps growing per 1,000
                /// iterations after the warm-up, rounded towards zero; or where and why it stopped: it stops
                /// at the first step that fails or does not do what is expected of it.
                ///
                /// Growth is what never comes back and never ends: a cache that fills once, however late, one
                /// that is emptied from time to time, jitter, a schema that is loaded late are `flat`; a
                /// block of 64 bytes in a thousand iterations is not, over 10,000 of them. Fewer than 50
                /// iterations have no shape to judge: there the growth is the difference between the two
                /// ends.
                ///
                /// A step inside it may say `every: 1000`: then only the last of each 1,000 iterations
                /// executes it.
                repeat: Repeat(Repeat) -> Growth of steps with Iterates;
                /// Runs steps with their first allocation failing, then with their second, and so on until a
                /// run needs no more; first with that allocation failing alone, then with all after it.
                /// Returns the codes that came; as a number (`expect`, `record`, `save`) how many allocations
                /// were made to fail; or where and why it stopped,
                /// <https://sqlite.org/testing.html#out_of_memory_testing>.
                ///
                /// Each run begins without handles, but for those of its `setup`, and with the files that
                /// were there before, and ends with its handles closed. In each run
                ///
                /// - every step succeeds, keeps its `expect`, or returns NOMEM or IOERR_NOMEM; after one that
                ///   did, others may also find no handle, return something else than expected, or fail with
                ///   ERROR, and nothing else;
                /// - nothing is left in memory;
                /// - the steps `after`, which begin without handles too, do what is expected of them: memory
                ///   is there again.
                ///
                /// An allocation that fails and harms nothing (SQLite does without a larger cache) counts as
                /// `OK`. A crash is a crash; its report says at which allocation.
                ///
                /// `over: io` does the same with the calls of the watched file system, which every connection of
                /// these steps gets: a step may then also return IOERR, FULL, CANTOPEN, BUSY, PROTOCOL or CORRUPT, no
                /// file is left open, nobody sleeps, and there is no need of the counting allocator,
                /// <https://sqlite.org/testing.html#i_o_error_testing>.
                sweep: Sweep(Sweep) -> Sweep of setup, steps, after with CountingAllocator, Outermost;
                /// Runs steps once and notes every change of a file. Then it puts the files together as a loss of
                /// power at each change and each sync could leave them, opens them, and asks for the `state`.
                /// Returns what states there were; as a number how many different images were looked at; or in
                /// which of them something was not as promised, <https://sqlite.org/testing.html#crash_testing>.
                ///
                /// What was synced is there. Of what was not, any part may be: each change alone lost or kept, all
                /// up to one, some that are drawn, the last one by half of its sectors of 512 bytes. A file is
                /// there for certain when it was synced, and gone when it was deleted and the directory synced.
                power_loss: PowerLoss(PowerLoss) -> Sweep of setup, steps, check with Outermost;
                /// Runs two or three actors, each a list of steps with connections of its own, in every order with
                /// at most so many `switches`. Returns what came of the steps that have no `expect`; as a number
                /// how many orders there were; or the first order, of the fewest switches, in which a step did not
                /// do what is expected.
                ///
                /// Every connection of the actors is of the watched file system. An actor may be interrupted
                /// before each of its calls; where it finds a lock taken or sleeps the other runs without that
                /// counting, and no time passes. Each order begins with the files that were there before the
                /// block. An order is shown as the calls that an actor makes in its turns, `[a: 12, b: 40]`, and
                /// `run` runs it again. Where actors share a cache, `config: mutex` comes first.
                schedule: Schedule(Schedule) -> Sweep of a, b, c, after with Outermost;
                /// Runs two or three actors, each a list of steps, in threads of their own at the same time, `times` times.
                /// Returns `as expected`; as a number how many times there were; or the first time that a step did not do
                /// what is expected. What a step without `expect` does is not shown, because it may be another thing each
                /// time.
                ///
                /// Each thread has handles of its own, or all have the connection `shared`. Each first runs as many steps
                /// as `begin` says, which have to work; then all go on at once. Each time begins with the files that were
                /// there before the block. A build without threads, or a connection that cannot be shared, is `refused`.
                threads: Threads(Threads) -> Sweep of a, b, c, after with Outermost;
                /// Searches the least memory under which steps work, in halves. Each try begins without
                /// handles and with the files that were there before; it works when every step succeeds or
                /// keeps its `expect`. The result is a limit that works, less than one `resolution` above one
                /// that does not. Some limits above are tried too: more is not always enough. Where one of
                /// them does not work, the result is above it, and says so.
                least_memory: LeastMemory(LeastMemory) -> Quantity of steps with Outermost;
                /// Damages a file in many ways, each drawn from the seed and its number, and runs steps on each
                /// variant, without handles and with all other files as they were. Returns what the variants came
                /// to, each once; as a number (`expect`, `record`, `save`) how many there were; or the first
                /// variant on which a step did not keep its `expect`.
                ///
                /// A variant comes to the primary code of the first step that failed; to `damage found` where
                /// `integrity_check` or `quick_check` returned something else than `ok`; to `other rows` where a
                /// step returned something else than on the file without damage; or to `OK`. On that file every
                /// step has to succeed or to keep its `expect`. A crash is a crash; its report says which variant
                /// it was, and what was done to the file.
                ///
                /// The pages of a database are those that its header names, those of a journal or a log its
                /// records and frames. Half of the damage is done at the beginning of a page.
                damage: Damage(Damage) -> Sweep of setup, steps with Outermost;
            }
            checks {
                /// Compares saved outcomes, `after <= before + 4096`: sums and differences of names and
                /// numbers on either side of `<`, `<=`, `==`, `!=`, `>=` or `>`, with spaces between.
                compare: Compare(String);
            }
        }
    };
}
pub(crate) use blocks;
