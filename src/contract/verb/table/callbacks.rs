//! Verbs: what SQLite calls, and replays of traces.

/// Puts these sections behind those of the files before.
macro_rules! callbacks {
    ($then:tt { $($before:tt)* }) => {
        $crate::contract::verb::table::table! { after callbacks: $then {
            $($before)*
            /// A contract brings no code: it chooses what a function, a virtual table or a hook does.
            /// Every call is logged, and `calls` returns the log. A hook is known by the name of its verb
            /// unless it has a `name`; with the driver `rusqlite`, which keeps the user data to itself,
            /// setting one returns OK. Of the tables of a module the calls are logged that make and end
            /// one: `create`, `connect`, `disconnect`, `destroy`; of one that `holds` rows also what is asked of it, a
            /// question of `best_index` once, but not the reading of a row.
            Callbacks "What SQLite calls" {
                /// Makes a scalar function, <https://sqlite.org/c3ref/create_function.html>.
                function: Function(Function) -> Code on db: Capi, Rusqlite;
                /// Makes an aggregate function, <https://sqlite.org/c3ref/create_function.html>.
                aggregate: Aggregate(Aggregate) -> Code on db: Capi, Rusqlite;
                /// Makes an aggregate that is a window function too, `sqlite3_create_window_function`,
                /// <https://sqlite.org/c3ref/create_function.html>.
                window_function: WindowFunction(Aggregate) -> Code on db: Capi, Rusqlite;
                /// Takes a function away, <https://sqlite.org/c3ref/create_function.html>.
                remove_function: RemoveFunction(RemoveFunction) -> Code on db: Capi, Rusqlite;
                /// Makes a collation, <https://sqlite.org/c3ref/create_collation.html>.
                collation: Collation(Collation) -> Code on db: Capi, Rusqlite;
                /// Takes a collation away, <https://sqlite.org/c3ref/create_collation.html>.
                remove_collation: RemoveCollation(RemoveCollation) -> Code on db: Capi, Rusqlite;
                /// Makes a module for virtual tables, `sqlite3_create_module_v2`,
                /// <https://sqlite.org/c3ref/create_module.html>.
                module: Module(Module) -> Code on db: Capi, Rusqlite;
                /// `sqlite3_create_module_v2` without methods, which takes the module of this name away
                /// from 3.30.0 on. Before, that was MISUSE, or for a new name a module that crashes who
                /// uses it, <https://sqlite.org/c3ref/create_module.html>.
                remove_module: RemoveModule(RemoveModule) -> Code on db: Capi;
                /// Sets what is done about a collation that is missing,
                /// <https://sqlite.org/c3ref/collation_needed.html>.
                collation_needed: CollationNeeded(CollationNeeded) -> Code on db: Capi;
                /// Returns the name of the user data before, or NULL,
                /// <https://sqlite.org/c3ref/commit_hook.html>.
                commit_hook: CommitHook(CommitHook) -> Value on db, meanwhile: Capi, Rusqlite;
                /// Returns the name of the user data before, or NULL,
                /// <https://sqlite.org/c3ref/commit_hook.html>.
                rollback_hook: RollbackHook(Hook) -> Value on db, meanwhile: Capi, Rusqlite;
                /// Returns the name of the user data before, or NULL,
                /// <https://sqlite.org/c3ref/update_hook.html>.
                update_hook: UpdateHook(Hook) -> Value on db, meanwhile: Capi, Rusqlite;
                /// Returns the name of the user data before, or NULL; `SQLite's own` is the automatic
                /// checkpoint, <https://sqlite.org/c3ref/wal_hook.html>.
                wal_hook: WalHook(Hook) -> Value on db, meanwhile: Capi, Rusqlite;
                /// Sets the progress handler, <https://sqlite.org/c3ref/progress_handler.html>.
                progress_handler: ProgressHandler(ProgressHandler) -> Code on db, meanwhile: Capi, Rusqlite;
                /// Sets the authorizer, <https://sqlite.org/c3ref/set_authorizer.html>.
                authorizer: Authorizer(Authorizer) -> Code on db: Capi, Rusqlite;
                /// `sqlite3_trace_v2`, <https://sqlite.org/c3ref/trace_v2.html>.
                trace: Trace(Trace) -> Code on db: Capi, Rusqlite;
                /// Sets the busy handler, <https://sqlite.org/c3ref/busy_handler.html>.
                busy_handler: BusyHandler(BusyHandler) -> Code on db, meanwhile: Capi, Rusqlite;
                /// Asks for a call when the connection that blocks this one is done,
                /// <https://sqlite.org/c3ref/unlock_notify.html>.
                unlock_notify: UnlockNotify(Hook) -> Code on db, meanwhile: Capi;
                /// The calls of functions, hooks and modules since this was last asked, a text for each,
                /// in their order, and forgets them.
                calls: Calls(Calls) -> Rows: process;
                /// How often functions, hooks and modules were called since the case began.
                call_count: CallCount(Calls) -> Quantity: process;
            }
            /// Each call of the trace is made again, in the recorded order, on copies of its files, with the recorded time,
            /// randomness, and answers of the program's own functions. It is made by a process of its own, so that a
            /// crash or a hang is an outcome of the call.
            Replays "Replays of traces" {
                /// Makes the calls of a trace that `record` wrote: a row of counts, then a row for each group of calls that
                /// did something else than in the trace: what is different (`value`, `random`, `rows`, `order`, `error`, `code`,
                /// `missing`, `called otherwise`, `crash`, `hang`), the statement, how often, where first, what it was,
                /// and what it is.
                replay: Replay(Replay) -> Rows with FreshProcess, StartsLibrary, Outermost: process;
                /// The plans of the statements of the last `replay`, in one form for all versions: a row of statement and
                /// text per loop, sort or subquery.
                replay_plans: ReplayPlans(Nothing) -> Rows with FreshProcess, StartsLibrary, Outermost: process;
                /// How often each statement of the last `replay` was finalized, and how many steps of the virtual machine
                /// it took; in a row of its own how often `sqlite3_exec` ran it, with NULL, since nobody is told its steps.
                replay_work: ReplayWork(Nothing) -> Counts with FreshProcess, StartsLibrary, Outermost: process;
                /// What the last `replay` did not give back: a row for each statement that its process never finalized,
                /// and how many there are; then the bytes that SQLite held when the processes ended, after the last
                /// close, and at most. A library with `SQLITE_DEFAULT_MEMSTATUS=0` says 0.
                replay_memory: ReplayMemory(Nothing) -> Counts with FreshProcess, StartsLibrary, Outermost: process;
            }
        } }
    };
}
pub(crate) use callbacks;
