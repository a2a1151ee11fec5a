//! What the arguments of a hook mean, the same for every driver.

use crate::contract::verb::Verb;
use crate::worker::ffi::{Alias, Call, Does, Elsewhere, NewHook};

/// The hook that a verb sets, or none where it takes one away. `alias` finds the connection of a `meanwhile`.
pub(super) fn new_hook(verb: &Verb, alias: impl FnOnce(&str) -> Call<Alias>) -> Call<NewHook> {
    let (does, name, off, meanwhile) = match verb {
        Verb::CommitHook(hook) => {
            (Does::Commit { veto: hook.veto }, hook.name.as_ref(), hook.off, &hook.meanwhile)
        }
        Verb::ProgressHandler(handler) => {
            let does = Does::Progress { interrupt_at: handler.interrupt_at };
            (does, None, handler.off, &handler.meanwhile)
        }
        Verb::BusyHandler(handler) => {
            (Does::Busy { tries: handler.tries }, None, handler.off, &handler.meanwhile)
        }
        Verb::RollbackHook(hook)
        | Verb::UpdateHook(hook)
        | Verb::WalHook(hook)
        | Verb::UnlockNotify(hook) => (Does::Watch, hook.name.as_ref(), hook.off, &hook.meanwhile),
        _ => return Ok(None),
    };
    let elsewhere = match meanwhile {
        Some(meanwhile) => Some(Elsewhere::new(meanwhile, alias(&meanwhile.db)?)),
        None => None,
    };
    let name = name.cloned().unwrap_or_else(|| verb.name());
    Ok((!off).then_some((does, elsewhere, name)))
}
