//! What the arguments of a hook mean, the same for every driver.

use crate::contract::verb::{BusyHandler, CommitHook, Hook, Meanwhile, ProgressHandler};
use crate::worker::ffi::{Alias, Call, Does, Elsewhere, NewHook};

/// The hook that a step sets, or none where it takes one away.
pub(super) struct Wanted<'a> {
    does: Does,
    /// The name of its user data.
    name: &'a str,
    off: bool,
    meanwhile: Option<&'a Meanwhile>,
}

impl<'a> Wanted<'a> {
    /// A commit hook.
    pub(super) fn commit(hook: &'a CommitHook) -> Self {
        Self {
            does: Does::Commit { veto: hook.veto },
            name: hook.name.as_deref().unwrap_or("commit_hook"),
            off: hook.off,
            meanwhile: hook.meanwhile.as_ref(),
        }
    }

    /// A hook that only watches; without a name of its own it has that of its verb.
    pub(super) fn watch(hook: &'a Hook, verb: &'a str) -> Self {
        Self {
            does: Does::Watch,
            name: hook.name.as_deref().unwrap_or(verb),
            off: hook.off,
            meanwhile: hook.meanwhile.as_ref(),
        }
    }

    /// A progress handler.
    pub(super) fn progress(handler: &'a ProgressHandler) -> Self {
        Self {
            does: Does::Progress { interrupt_at: handler.interrupt_at },
            name: "progress_handler",
            off: handler.off,
            meanwhile: handler.meanwhile.as_ref(),
        }
    }

    /// A busy handler.
    pub(super) fn busy(handler: &'a BusyHandler) -> Self {
        Self {
            does: Does::Busy { tries: handler.tries.unwrap_or(0) },
            name: "busy_handler",
            off: handler.off,
            meanwhile: handler.meanwhile.as_ref(),
        }
    }

    /// The hook as SQLite is given it. `alias` finds the connection of a `meanwhile`.
    pub(super) fn hook(self, alias: impl FnOnce(&str) -> Call<Alias>) -> Call<NewHook> {
        let alias = |meanwhile: &Meanwhile| Ok(Elsewhere::new(meanwhile, alias(&meanwhile.db)?));
        let elsewhere = self.meanwhile.map(alias).transpose()?;
        Ok((!self.off).then(|| (self.does, elsewhere, self.name.to_owned())))
    }
}
