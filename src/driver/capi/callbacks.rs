//! The verbs of the driver `capi` that register what SQLite calls.

use super::super::{Outcome, hook_of};
use super::Handles;
use crate::contract::verb::{CommitHook, Hook, Meanwhile, Verb};
use crate::ffi::{Call, Does, Elsewhere, Library, NewHook};

/// Executes the verb, or answers `None` when it registers nothing.
pub(super) fn execute(library: &Library, handles: &Handles, verb: &Verb) -> Option<Call<Outcome>> {
    let db = |name: &str| handles.connection(name);
    let elsewhere = |meanwhile: &Option<Meanwhile>| elsewhere(handles, meanwhile);
    let watch = |hook: &Hook, word: &str| -> Call<NewHook> {
        Ok(hook_of(hook.off, Does::Watch, elsewhere(&hook.meanwhile)?, hook.name.as_deref().unwrap_or(word)))
    };
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
        Verb::CollationNeeded(wanted) => db(&wanted.db).and_then(|db| db.collation_needed(library, wanted)),
        Verb::CommitHook(hook) => {
            let CommitHook { veto, name, off, meanwhile, db: on } = &**hook;
            let name = name.as_deref().unwrap_or("commit_hook");
            let hook = |elsewhere| hook_of(*off, Does::Commit { veto: *veto }, elsewhere, name);
            db(on).and_then(|db| db.commit_hook(library, hook(elsewhere(meanwhile)?)))
        }
        Verb::RollbackHook(hook) => {
            db(&hook.db).and_then(|db| db.rollback_hook(library, watch(hook, "rollback_hook")?))
        }
        Verb::UpdateHook(hook) => {
            db(&hook.db).and_then(|db| db.update_hook(library, watch(hook, "update_hook")?))
        }
        Verb::WalHook(hook) => db(&hook.db).and_then(|db| db.wal_hook(library, watch(hook, "wal_hook")?)),
        Verb::UnlockNotify(hook) => {
            db(&hook.db).and_then(|db| db.unlock_notify(library, watch(hook, "unlock_notify")?))
        }
        Verb::ProgressHandler(handler) => {
            let does = Does::Progress { interrupt_at: handler.interrupt_at };
            db(&handler.db).and_then(|db| {
                let elsewhere = elsewhere(&handler.meanwhile)?;
                let hook = hook_of(handler.off, does, elsewhere, "progress_handler");
                db.progress_handler(library, handler.every, hook)
            })
        }
        Verb::Authorizer(rules) => db(&rules.db).and_then(|db| db.authorizer(library, rules)),
        Verb::Trace(trace) => db(&trace.db).and_then(|db| db.trace(library, &trace.events)),
        Verb::BusyHandler(handler) => {
            let does = Does::Busy { tries: handler.tries };
            db(&handler.db).and_then(|db| {
                let elsewhere = elsewhere(&handler.meanwhile)?;
                db.busy_handler(library, hook_of(handler.off, does, elsewhere, "busy_handler"))
            })
        }
        _ => return None,
    })
}

fn elsewhere(handles: &Handles, meanwhile: &Option<Meanwhile>) -> Call<Option<Elsewhere>> {
    let Some(meanwhile) = meanwhile else { return Ok(None) };
    Ok(Some(Elsewhere::new(meanwhile, handles.connection(&meanwhile.db)?.alias())))
}
