//! Sessions, and the changes that they record, which are files.

use super::super::files::{read_whole, write_whole};
use super::super::{Outcome, value};
use super::Capi;
use super::sections::Sessions;
use crate::contract::verb::{
    Changegroup, ChangesetApply, ChangesetConcat, ChangesetInvert, ChangesetRebase, ChangesetRows, OnSession,
    SessionAttach, SessionChanges, SessionConfig, SessionCreate, SessionDiff, SessionSwitch,
};
use crate::worker::ffi::{Call, Session, session};

impl Capi {
    fn session(&self, name: &str) -> Call<&Session> {
        self.sessions.get(name)
    }

    fn collect(&self, changes: &SessionChanges, is_patchset: bool) -> Call<Outcome> {
        let bytes = self.session(&changes.session)?.changes(self.library, is_patchset)?;
        write_whole(&changes.to, &bytes)
    }
}

impl Sessions for Capi {
    fn session_create(&mut self, create: &SessionCreate) -> Call<Outcome> {
        let session = Session::create(self.library, self.connection(&create.db)?, &create.schema)?;
        self.sessions.keep(&create.session, session);
        Ok(Outcome::OK)
    }

    fn session_attach(&mut self, attach: &SessionAttach) -> Call<Outcome> {
        self.session(&attach.session)?.attach(self.library, attach.table.as_deref())
    }

    fn session_delete(&mut self, on: &OnSession) -> Call<Outcome> {
        self.sessions.take(&on.session)?.delete(self.library)
    }

    fn session_enable(&mut self, switch: &SessionSwitch) -> Call<Outcome> {
        self.session(&switch.session)?.enable(self.library, switch.value).map(value)
    }

    fn session_indirect(&mut self, switch: &SessionSwitch) -> Call<Outcome> {
        self.session(&switch.session)?.indirect(self.library, switch.value).map(value)
    }

    fn session_config(&mut self, config: &SessionConfig) -> Call<Outcome> {
        self.session(&config.session)?.config(self.library, config)
    }

    fn session_isempty(&mut self, on: &OnSession) -> Call<Outcome> {
        self.session(&on.session)?.is_empty(self.library).map(value)
    }

    fn session_changeset_size(&mut self, on: &OnSession) -> Call<Outcome> {
        self.session(&on.session)?.size(self.library).map(value)
    }

    fn session_diff(&mut self, diff: &SessionDiff) -> Call<Outcome> {
        self.session(&diff.session)?.diff(self.library, &diff.from, &diff.table)
    }

    fn session_changeset(&mut self, changes: &SessionChanges) -> Call<Outcome> {
        self.collect(changes, false)
    }

    fn session_patchset(&mut self, changes: &SessionChanges) -> Call<Outcome> {
        self.collect(changes, true)
    }

    fn changeset_rows(&mut self, rows: &ChangesetRows) -> Call<Outcome> {
        session::changes(self.library, &read_whole(&rows.path)?, rows.invert)
    }

    fn changeset_apply(&mut self, apply: &ChangesetApply) -> Call<Outcome> {
        let changes = read_whole(&apply.path)?;
        let (outcome, rebase) = self.connection(&apply.db)?.apply(self.library, apply, &changes)?;
        if let Some(path) = &apply.rebase {
            write_whole(path, &rebase)?;
        }
        Ok(outcome)
    }

    fn changeset_invert(&mut self, invert: &ChangesetInvert) -> Call<Outcome> {
        write_whole(&invert.to, &session::invert(self.library, &read_whole(&invert.path)?)?)
    }

    fn changeset_concat(&mut self, concat: &ChangesetConcat) -> Call<Outcome> {
        let (first, second) = (read_whole(&concat.first)?, read_whole(&concat.second)?);
        write_whole(&concat.to, &session::concat(self.library, &first, &second)?)
    }

    fn changegroup(&mut self, group: &Changegroup) -> Call<Outcome> {
        let schema = group.db.as_deref().map(|db| self.connection(db)).transpose()?;
        let all = group.paths.iter().map(|path| read_whole(path)).collect::<Call<Vec<_>>>()?;
        write_whole(&group.to, &session::group(self.library, schema, &all)?)
    }

    fn changeset_rebase(&mut self, rebase: &ChangesetRebase) -> Call<Outcome> {
        let (changes, by) = (read_whole(&rebase.path)?, read_whole(&rebase.by)?);
        write_whole(&rebase.to, &session::rebase(self.library, &changes, &by)?)
    }
}
