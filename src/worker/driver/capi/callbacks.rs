//! The verbs of the driver `capi` that register what SQLite calls.

use super::super::Outcome;
use super::super::hooks::new_hook;
use super::Handles;
use crate::contract::verb::Verb;
use crate::worker::ffi::{Call, Library};

/// Executes the verb, or returns `None` when it registers nothing.
pub(super) fn execute(library: &Library, handles: &Handles, verb: &Verb) -> Option<Call<Outcome>> {
    let db = |name: &str| handles.connection(name);
    let new = || new_hook(verb, |name| Ok(handles.connection(name)?.alias()));
    Some(match verb {
        Verb::Function(function) => db(&function.db).and_then(|db| db.create_function(library, function)),
        Verb::Aggregate(aggregate) => {
            db(&aggregate.db).and_then(|db| db.create_aggregate(library, aggregate))
        }
        Verb::WindowFunction(function) => {
            db(&function.db).and_then(|db| db.create_window_function(library, function))
        }
        Verb::RemoveFunction(function) => {
            db(&function.db).and_then(|db| db.remove_function(library, function))
        }
        Verb::Collation(collation) => {
            db(&collation.db).and_then(|db| db.create_collation(library, &collation.name, collation.order))
        }
        Verb::RemoveCollation(collation) => {
            db(&collation.db).and_then(|db| db.remove_collation(library, &collation.name))
        }
        Verb::Module(module) => db(&module.db).and_then(|db| db.create_module(library, module)),
        Verb::RemoveModule(module) => db(&module.db).and_then(|db| db.remove_module(library, &module.name)),
        Verb::CollationNeeded(wanted) => db(&wanted.db).and_then(|db| db.collation_needed(library, wanted)),
        Verb::CommitHook(hook) => db(&hook.db).and_then(|db| db.commit_hook(library, new()?)),
        Verb::RollbackHook(hook) => db(&hook.db).and_then(|db| db.rollback_hook(library, new()?)),
        Verb::UpdateHook(hook) => db(&hook.db).and_then(|db| db.update_hook(library, new()?)),
        Verb::WalHook(hook) => db(&hook.db).and_then(|db| db.wal_hook(library, new()?)),
        Verb::UnlockNotify(hook) => db(&hook.db).and_then(|db| db.unlock_notify(library, new()?)),
        Verb::ProgressHandler(handler) => {
            db(&handler.db).and_then(|db| db.progress_handler(library, handler.every, new()?))
        }
        Verb::BusyHandler(handler) => db(&handler.db).and_then(|db| db.busy_handler(library, new()?)),
        Verb::Authorizer(rules) => db(&rules.db).and_then(|db| db.authorizer(library, rules)),
        Verb::Trace(trace) => db(&trace.db).and_then(|db| db.trace(library, &trace.events)),
        _ => return None,
    })
}
