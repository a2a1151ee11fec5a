//! The verbs of the driver `rusqlite` that register what SQLite calls.

use super::super::{Outcome, hook_of};
use super::Handles;
use crate::contract::verb::{CommitHook, Hook, Meanwhile, Verb};
use crate::ffi::{Call, Does, Elsewhere, NewHook, rusqlite_outcome};

/// Executes the verb, or answers `None` when it registers nothing.
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
        hook => return set_hook(handles, hook),
    })
}

/// Sets a hook, for which rusqlite wants the connection alone.
fn set_hook(handles: &mut Handles, verb: &Verb) -> Option<Call<Outcome>> {
    let watch = |handles: &Handles, hook: &Hook, word: &str| -> Call<NewHook> {
        let elsewhere = elsewhere(handles, &hook.meanwhile)?;
        Ok(hook_of(hook.off, Does::Watch, elsewhere, hook.name.as_deref().unwrap_or(word)))
    };
    let hook = match verb {
        Verb::CommitHook(hook) => {
            let CommitHook { veto, name, off, meanwhile, .. } = &**hook;
            let name = name.as_deref().unwrap_or("commit_hook");
            elsewhere(handles, meanwhile)
                .map(|elsewhere| hook_of(*off, Does::Commit { veto: *veto }, elsewhere, name))
        }
        Verb::RollbackHook(hook) => watch(handles, hook, "rollback_hook"),
        Verb::UpdateHook(hook) => watch(handles, hook, "update_hook"),
        Verb::WalHook(hook) => watch(handles, hook, "wal_hook"),
        Verb::ProgressHandler(handler) => elsewhere(handles, &handler.meanwhile).map(|elsewhere| {
            let does = Does::Progress { interrupt_at: handler.interrupt_at };
            hook_of(handler.off, does, elsewhere, "progress_handler")
        }),
        Verb::BusyHandler(handler) => elsewhere(handles, &handler.meanwhile).map(|elsewhere| {
            hook_of(handler.off, Does::Busy { tries: handler.tries }, elsewhere, "busy_handler")
        }),
        Verb::Authorizer(_) | Verb::Trace(_) => Ok(None),
        _ => return None,
    };
    Some(hook.and_then(|hook| match verb {
        Verb::CommitHook(of) => handles.connection_mut(&of.db)?.commit_hook(hook),
        Verb::RollbackHook(of) => handles.connection_mut(&of.db)?.rollback_hook(hook),
        Verb::UpdateHook(of) => handles.connection_mut(&of.db)?.update_hook(hook),
        Verb::WalHook(of) => handles.connection_mut(&of.db)?.wal_hook(hook),
        Verb::ProgressHandler(of) => handles.connection_mut(&of.db)?.progress_handler(of.every, hook),
        Verb::BusyHandler(of) => handles.connection_mut(&of.db)?.busy_handler(hook),
        Verb::Authorizer(rules) => handles.connection_mut(&rules.db)?.authorizer(rules),
        Verb::Trace(trace) => handles.connection_mut(&trace.db)?.trace(&trace.events),
        other => Err(Outcome::Refused(format!("`{}` sets no hook", other.name()))),
    }))
}

fn elsewhere(handles: &Handles, meanwhile: &Option<Meanwhile>) -> Call<Option<Elsewhere>> {
    let Some(meanwhile) = meanwhile else { return Ok(None) };
    Ok(Some(Elsewhere::new(meanwhile, handles.connection(&meanwhile.db)?.alias())))
}
