//! What SQLite calls: functions, collations, modules and hooks, for which rusqlite wants the connection alone.

use super::super::hooks::Wanted;
use super::super::{Outcome, done};
use super::Rusqlite;
use super::sections::Callbacks;
use crate::contract::verb::{
    Aggregate, Authorizer, BusyHandler, Collation, CommitHook, Function, Hook, Module, ProgressHandler,
    RemoveCollation, RemoveFunction, Trace,
};
use crate::worker::ffi::{Call, NewHook, rusqlite_outcome};

impl Rusqlite {
    fn hook(&self, wanted: Wanted<'_>) -> Call<NewHook> {
        wanted.hook(|name| Ok(self.connection(name)?.alias()))
    }
}

impl Callbacks for Rusqlite {
    fn function(&mut self, function: &Function) -> Call<Outcome> {
        self.connection(&function.db)?.create_function(function)
    }

    fn aggregate(&mut self, aggregate: &Aggregate) -> Call<Outcome> {
        self.connection(&aggregate.db)?.create_aggregate(aggregate)
    }

    fn window_function(&mut self, function: &Aggregate) -> Call<Outcome> {
        self.connection(&function.db)?.create_window_function(function)
    }

    fn remove_function(&mut self, function: &RemoveFunction) -> Call<Outcome> {
        let connection = self.connection(&function.db)?.get();
        let removed = connection.remove_function(function.name.as_str(), function.args);
        removed.map(done).map_err(rusqlite_outcome)
    }

    fn collation(&mut self, collation: &Collation) -> Call<Outcome> {
        self.connection(&collation.db)?.create_collation(&collation.name, collation.order)
    }

    fn remove_collation(&mut self, collation: &RemoveCollation) -> Call<Outcome> {
        let connection = self.connection(&collation.db)?.get();
        connection.remove_collation(collation.name.as_str()).map(done).map_err(rusqlite_outcome)
    }

    fn module(&mut self, module: &Module) -> Call<Outcome> {
        self.connection(&module.db)?.create_module(module)
    }

    fn commit_hook(&mut self, hook: &CommitHook) -> Call<Outcome> {
        let new = self.hook(Wanted::commit(hook))?;
        self.connection_mut(&hook.db)?.commit_hook(new)
    }

    fn rollback_hook(&mut self, hook: &Hook) -> Call<Outcome> {
        let new = self.hook(Wanted::watch(hook, "rollback_hook"))?;
        self.connection_mut(&hook.db)?.rollback_hook(new)
    }

    fn update_hook(&mut self, hook: &Hook) -> Call<Outcome> {
        let new = self.hook(Wanted::watch(hook, "update_hook"))?;
        self.connection_mut(&hook.db)?.update_hook(new)
    }

    fn wal_hook(&mut self, hook: &Hook) -> Call<Outcome> {
        let new = self.hook(Wanted::watch(hook, "wal_hook"))?;
        self.connection_mut(&hook.db)?.wal_hook(new)
    }

    fn progress_handler(&mut self, handler: &ProgressHandler) -> Call<Outcome> {
        let new = self.hook(Wanted::progress(handler))?;
        self.connection_mut(&handler.db)?.progress_handler(handler.every.unwrap_or(0), new)
    }

    fn authorizer(&mut self, rules: &Authorizer) -> Call<Outcome> {
        self.connection_mut(&rules.db)?.authorizer(rules)
    }

    fn trace(&mut self, trace: &Trace) -> Call<Outcome> {
        self.connection_mut(&trace.db)?.trace(&trace.events)
    }

    fn busy_handler(&mut self, handler: &BusyHandler) -> Call<Outcome> {
        let new = self.hook(Wanted::busy(handler))?;
        self.connection_mut(&handler.db)?.busy_handler(new)
    }
}
