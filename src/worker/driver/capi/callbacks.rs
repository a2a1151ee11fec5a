//! What SQLite calls: functions, collations, modules and hooks.

use super::super::Outcome;
use super::super::hooks::Wanted;
use super::Capi;
use super::sections::Callbacks;
use crate::contract::verb::{
    Aggregate, Authorizer, BusyHandler, Collation, CollationNeeded, CommitHook, Function, Hook, Module,
    ProgressHandler, RemoveCollation, RemoveFunction, RemoveModule, Trace,
};
use crate::worker::ffi::{Call, NewHook};

impl Capi {
    fn hook(&self, wanted: Wanted<'_>) -> Call<NewHook> {
        wanted.hook(|name| Ok(self.connection(name)?.alias()))
    }
}

impl Callbacks for Capi {
    fn function(&mut self, function: &Function) -> Call<Outcome> {
        self.connection(&function.db)?.create_function(self.library, function)
    }

    fn aggregate(&mut self, aggregate: &Aggregate) -> Call<Outcome> {
        self.connection(&aggregate.db)?.create_aggregate(self.library, aggregate)
    }

    fn window_function(&mut self, function: &Aggregate) -> Call<Outcome> {
        self.connection(&function.db)?.create_window_function(self.library, function)
    }

    fn remove_function(&mut self, function: &RemoveFunction) -> Call<Outcome> {
        self.connection(&function.db)?.remove_function(self.library, function)
    }

    fn collation(&mut self, collation: &Collation) -> Call<Outcome> {
        let connection = self.connection(&collation.db)?;
        connection.create_collation(self.library, &collation.name, collation.order)
    }

    fn remove_collation(&mut self, collation: &RemoveCollation) -> Call<Outcome> {
        self.connection(&collation.db)?.remove_collation(self.library, &collation.name)
    }

    fn module(&mut self, module: &Module) -> Call<Outcome> {
        self.connection(&module.db)?.create_module(self.library, module)
    }

    fn remove_module(&mut self, module: &RemoveModule) -> Call<Outcome> {
        self.connection(&module.db)?.remove_module(self.library, &module.name)
    }

    fn collation_needed(&mut self, wanted: &CollationNeeded) -> Call<Outcome> {
        self.connection(&wanted.db)?.collation_needed(self.library, wanted)
    }

    fn commit_hook(&mut self, hook: &CommitHook) -> Call<Outcome> {
        self.connection(&hook.db)?.commit_hook(self.library, self.hook(Wanted::commit(hook))?)
    }

    fn rollback_hook(&mut self, hook: &Hook) -> Call<Outcome> {
        self.connection(&hook.db)?
            .rollback_hook(self.library, self.hook(Wanted::watch(hook, "rollback_hook"))?)
    }

    fn update_hook(&mut self, hook: &Hook) -> Call<Outcome> {
        self.connection(&hook.db)?.update_hook(self.library, self.hook(Wanted::watch(hook, "update_hook"))?)
    }

    fn wal_hook(&mut self, hook: &Hook) -> Call<Outcome> {
        self.connection(&hook.db)?.wal_hook(self.library, self.hook(Wanted::watch(hook, "wal_hook"))?)
    }

    fn progress_handler(&mut self, handler: &ProgressHandler) -> Call<Outcome> {
        let connection = self.connection(&handler.db)?;
        let every = handler.every.unwrap_or(0);
        connection.progress_handler(self.library, every, self.hook(Wanted::progress(handler))?)
    }

    fn authorizer(&mut self, rules: &Authorizer) -> Call<Outcome> {
        self.connection(&rules.db)?.authorizer(self.library, rules)
    }

    fn trace(&mut self, trace: &Trace) -> Call<Outcome> {
        self.connection(&trace.db)?.trace(self.library, &trace.events)
    }

    fn busy_handler(&mut self, handler: &BusyHandler) -> Call<Outcome> {
        self.connection(&handler.db)?.busy_handler(self.library, self.hook(Wanted::busy(handler))?)
    }

    fn unlock_notify(&mut self, hook: &Hook) -> Call<Outcome> {
        self.connection(&hook.db)?
            .unlock_notify(self.library, self.hook(Wanted::watch(hook, "unlock_notify"))?)
    }
}
