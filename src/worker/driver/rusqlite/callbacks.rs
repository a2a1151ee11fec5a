//! The verbs of the driver `rusqlite` that register what SQLite calls.

use super::super::Outcome;
use super::super::hooks::new_hook;
use super::Handles;
use crate::contract::verb::Verb;
use crate::worker::ffi::{Call, rusqlite_outcome};

/// Executes the verb, or returns `None` when it registers nothing.
pub(super) fn execute(handles: &mut Handles, verb: &Verb) -> Option<Call<Outcome>> {
    Some(match verb {
        Verb::Function(function) => {
            handles.connection(&function.db).and_then(|db| db.create_function(function))
        }
        Verb::Aggregate(aggregate) => {
            handles.connection(&aggregate.db).and_then(|db| db.create_aggregate(aggregate))
        }
        Verb::WindowFunction(function) => {
            handles.connection(&function.db).and_then(|db| db.create_window_function(function))
        }
        Verb::RemoveFunction(function) => handles.connection(&function.db).and_then(|db| {
            let removed = db.get().remove_function(function.name.as_str(), function.args);
            removed.map(|()| Outcome::Code(0)).map_err(rusqlite_outcome)
        }),
        Verb::Collation(collation) => handles
            .connection(&collation.db)
            .and_then(|db| db.create_collation(&collation.name, collation.order)),
        Verb::RemoveCollation(collation) => handles.connection(&collation.db).and_then(|db| {
            let removed = db.get().remove_collation(collation.name.as_str());
            removed.map(|()| Outcome::Code(0)).map_err(rusqlite_outcome)
        }),
        Verb::Module(module) => handles.connection(&module.db).and_then(|db| db.create_module(module)),
        hook => return set_hook(handles, hook).transpose(),
    })
}

/// Sets a hook, for which rusqlite wants the connection alone.
fn set_hook(handles: &mut Handles, verb: &Verb) -> Call<Option<Outcome>> {
    let new = new_hook(verb, |name| Ok(handles.connection(name)?.alias()))?;
    let outcome = match verb {
        Verb::CommitHook(hook) => handles.connection_mut(&hook.db)?.commit_hook(new),
        Verb::RollbackHook(hook) => handles.connection_mut(&hook.db)?.rollback_hook(new),
        Verb::UpdateHook(hook) => handles.connection_mut(&hook.db)?.update_hook(new),
        Verb::WalHook(hook) => handles.connection_mut(&hook.db)?.wal_hook(new),
        Verb::ProgressHandler(handler) => {
            handles.connection_mut(&handler.db)?.progress_handler(handler.every, new)
        }
        Verb::BusyHandler(handler) => handles.connection_mut(&handler.db)?.busy_handler(new),
        Verb::Authorizer(rules) => handles.connection_mut(&rules.db)?.authorizer(rules),
        Verb::Trace(trace) => handles.connection_mut(&trace.db)?.trace(&trace.events),
        _ => return Ok(None),
    };
    outcome.map(Some)
}
