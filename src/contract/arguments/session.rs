//! The arguments of the verbs on sessions and on what they record, <https://sqlite.org/sessionintro.html>.

use super::{DbName, SchemaName, SessionName, arguments};
use crate::outcome::sqlite_names::{ApplyFlag, ConflictKind, Resolution, SessionOption};

arguments! {
    /// A session to create.
    SessionCreate {} optional {
        /// `main`, `temp` or the name of an attached database.
        schema: SchemaName,
        /// The connection.
        db: DbName,
        /// The name it gets.
        session: SessionName [Named],
    }
    brief schema or nothing
}

arguments! {
    /// What a session records.
    SessionAttach {} optional {
        /// A table; all of them, also those that come later, when left out.
        table: Option<String>,
        /// The session.
        session: SessionName [Named],
    }
    brief table or nothing
}

arguments! {
    /// A switch of a session.
    SessionSwitch {
        /// 1 on, 0 off, -1 asks and changes nothing.
        value: i32,
    } optional {
        /// The session.
        session: SessionName,
    }
    brief value
}

arguments! {
    /// An option of a session.
    SessionConfig {
        /// Which option.
        option: SessionOption,
        /// 1 on, 0 off, -1 asks and changes nothing.
        value: i32,
    } optional {
        /// The session.
        session: SessionName,
    }
}

arguments! {
    /// The table of another database.
    SessionDiff {
        /// The name of the other database.
        from: String,
        /// A table of both.
        table: String,
    } optional {
        /// The session.
        session: SessionName,
    }
}

arguments! {
    /// Where recorded changes go.
    SessionChanges {
        /// A file in the case's directory.
        to: String,
    } optional {
        /// The session.
        session: SessionName,
    }
    brief to
}

arguments! {
    /// Changes to read.
    ChangesetRows {
        /// A file in the case's directory.
        path: String,
    } optional {
        /// Reads the changes that undo these, `sqlite3changeset_start_v2`.
        invert: bool,
    }
    brief path
}

arguments! {
    /// Changes to apply, and what is done about those that cannot be.
    ChangesetApply {
        /// A file in the case's directory.
        path: String,
    } optional {
        /// The connection.
        db: DbName,
        /// What is done about a conflict; `omit` when left out.
        on_conflict: Option<Resolution>,
        /// What is done about a row with other values than the change expects.
        data: Option<Resolution>,
        /// What is done about a row that is not there.
        notfound: Option<Resolution>,
        /// What is done about a row that is there already.
        conflict: Option<Resolution>,
        /// What is done about a change that a constraint forbids.
        constraint: Option<Resolution>,
        /// What is done about foreign keys that are violated at the end.
        foreign_key: Option<Resolution>,
        /// Only the changes of these tables; of all when left out.
        tables: Vec<String>,
        /// With flags it is `sqlite3changeset_apply_v2`.
        flags: Vec<ApplyFlag>,
        /// Where what `changeset_rebase` needs is written, by `sqlite3changeset_apply_v2`.
        rebase: Option<String>,
    }
    brief path
}

impl ChangesetApply {
    /// What is done about a conflict of this kind.
    pub(crate) fn resolution(&self, kind: ConflictKind) -> Resolution {
        let own = match kind {
            ConflictKind::Data => self.data,
            ConflictKind::Notfound => self.notfound,
            ConflictKind::Conflict => self.conflict,
            ConflictKind::Constraint => self.constraint,
            ConflictKind::ForeignKey => self.foreign_key,
        };
        own.or(self.on_conflict).unwrap_or(Resolution::Omit)
    }
}

arguments! {
    /// Changes to undo.
    ChangesetInvert {
        /// A file in the case's directory.
        path: String,
        /// Where the changes that undo them go.
        to: String,
    }
}

arguments! {
    /// Two files of changes to put together.
    ChangesetConcat {
        /// A file in the case's directory.
        first: String,
        /// Another, whose changes came later.
        second: String,
        /// Where all go.
        to: String,
    }
}

arguments! {
    /// Files of changes to put together.
    Changegroup {
        /// Files in the case's directory, in the order of their changes.
        paths: Vec<String>,
        /// Where all go.
        to: String,
    } optional {
        /// A connection whose `main` has the tables.
        db: Option<String>,
    }
}

arguments! {
    /// Changes to rebase.
    ChangesetRebase {
        /// A file in the case's directory.
        path: String,
        /// What `changeset_apply` wrote for its `rebase`.
        by: String,
        /// Where the rebased changes go.
        to: String,
    }
}
