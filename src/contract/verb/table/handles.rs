//! Verbs: blobs, backups and sessions.

/// Puts these sections behind those of the files before.
macro_rules! handles {
    ($then:tt { $($before:tt)* }) => {
        $crate::contract::verb::table::table! { after handles: $then {
            $($before)*
            /// Handles on one value of one row.
            Blobs "Blobs" {
                /// Opens one value for reading and writing in pieces,
                /// <https://sqlite.org/c3ref/blob_open.html>.
                blob_open: BlobOpen(BlobOpen) -> Code on db makes blob: Capi, Rusqlite;
                /// Bytes of the value, all that are asked for or none,
                /// <https://sqlite.org/c3ref/blob_read.html>.
                blob_read: BlobRead(BlobRead) -> Value on blob: Capi, Rusqlite;
                /// Overwrites bytes of the value, <https://sqlite.org/c3ref/blob_write.html>.
                blob_write: BlobWrite(BlobWrite) -> Code on blob: Capi, Rusqlite;
                /// The size of the value, <https://sqlite.org/c3ref/blob_bytes.html>.
                blob_bytes: BlobBytes(OnBlob) -> Value on blob: Capi, Rusqlite;
                /// Moves a blob handle to another row, <https://sqlite.org/c3ref/blob_reopen.html>.
                blob_reopen: BlobReopen(BlobReopen) -> Code on blob: Capi, Rusqlite;
                /// Closes a blob handle, <https://sqlite.org/c3ref/blob_close.html>.
                blob_close: BlobClose(OnBlob) -> Code ends blob: Capi, Rusqlite;
            }
            Backups "Backups" {
                /// Begins to copy a database into another, <https://sqlite.org/c3ref/backup_finish.html>.
                backup_init: BackupInit(BackupInit) -> Code on to, from makes backup: Capi, Rusqlite;
                /// Copies pages: OK when some remain, DONE when none do, or why it could not,
                /// <https://sqlite.org/c3ref/backup_finish.html>.
                backup_step: BackupStep(BackupStep) -> Code on backup: Capi, Rusqlite;
                /// How many pages remained after the last step,
                /// <https://sqlite.org/c3ref/backup_finish.html>.
                backup_remaining: BackupRemaining(OnBackup) -> Value on backup: Capi, Rusqlite;
                /// How many pages the source had at the last step,
                /// <https://sqlite.org/c3ref/backup_finish.html>.
                backup_pagecount: BackupPagecount(OnBackup) -> Value on backup: Capi, Rusqlite;
                /// Ends a backup, complete or not, <https://sqlite.org/c3ref/backup_finish.html>.
                backup_finish: BackupFinish(OnBackup) -> Code ends backup: Capi, Rusqlite;
            }
            /// A session records the changes of a connection, <https://sqlite.org/sessionintro.html>. The changes are
            /// files of the case's directory, so that another connection, or another build with `on`, applies what
            /// one has recorded, and `file_bytes` and `write_file` see them.
            Sessions "Sessions and changesets" {
                /// Begins to record what a connection changes in one of its databases, as soon as tables are
                /// attached, <https://sqlite.org/session/sqlite3session_create.html>.
                session_create: SessionCreate(SessionCreate) -> Code on db makes session: Capi;
                /// Records the changes of one table, or of all,
                /// <https://sqlite.org/session/sqlite3session_attach.html>.
                session_attach: SessionAttach(SessionAttach) -> Code on session: Capi;
                /// Ends a session, <https://sqlite.org/session/sqlite3session_delete.html>.
                session_delete: SessionDelete(OnSession) -> Code ends session: Capi;
                /// Records changes (1) or does not (0), and returns which,
                /// <https://sqlite.org/session/sqlite3session_enable.html>.
                session_enable: SessionEnable(SessionSwitch) -> Value on session: Capi;
                /// Marks all changes as indirect (1), or those of triggers and foreign keys alone (0), and returns
                /// which, <https://sqlite.org/session/sqlite3session_indirect.html>.
                session_indirect: SessionIndirect(SessionSwitch) -> Value on session: Capi;
                /// Sets an option and returns it, `sqlite3session_object_config`,
                /// <https://sqlite.org/session/sqlite3session_object_config.html>.
                session_config: SessionConfig(SessionConfig) -> Value on session: Capi;
                /// 1 while nothing is recorded, <https://sqlite.org/session/sqlite3session_isempty.html>.
                session_isempty: SessionIsempty(OnSession) -> Value on session: Capi;
                /// How many bytes the changeset may have at most,
                /// <https://sqlite.org/session/sqlite3session_changeset_size.html>.
                session_changeset_size: SessionChangesetSize(OnSession) -> Value on session: Capi;
                /// Records what would make a table of another database into this one,
                /// <https://sqlite.org/session/sqlite3session_diff.html>.
                session_diff: SessionDiff(SessionDiff) -> Code on session: Capi;
                /// Writes what was recorded to a file and returns how many bytes it has,
                /// <https://sqlite.org/session/sqlite3session_changeset.html>.
                session_changeset: SessionChangeset(SessionChanges) -> Value on session with UsesFiles: Capi;
                /// The same as a patchset, which has no old values but those of keys,
                /// <https://sqlite.org/session/sqlite3session_patchset.html>.
                session_patchset: SessionPatchset(SessionChanges) -> Value on session with UsesFiles: Capi;
                /// A text for each change of a file: what it does to which table, the columns that are its key
                /// as `X`, old values, new ones, `-` for one that is not there, and `indirect`,
                /// <https://sqlite.org/session/sqlite3changeset_next.html>.
                changeset_rows: ChangesetRows(ChangesetRows) -> Rows with UsesFiles: Capi;
                /// Applies the changes of a file to `main`. Each conflict is logged for `calls`: its kind, the
                /// change, and the row that is there, or how many foreign keys are violated,
                /// <https://sqlite.org/session/sqlite3changeset_apply.html>.
                changeset_apply: ChangesetApply(ChangesetApply) -> Code on db with UsesFiles: Capi;
                /// Writes the changes that undo those of a file and returns how many bytes they have,
                /// <https://sqlite.org/session/sqlite3changeset_invert.html>.
                changeset_invert: ChangesetInvert(ChangesetInvert) -> Value with UsesFiles: Capi;
                /// Writes the changes of two files as one and returns how many bytes it has,
                /// <https://sqlite.org/session/sqlite3changeset_concat.html>.
                changeset_concat: ChangesetConcat(ChangesetConcat) -> Value with UsesFiles: Capi;
                /// The same of any number of files. With `db` the tables of that connection's `main` say how many
                /// columns there are, <https://sqlite.org/session/sqlite3changegroup_schema.html>.
                changegroup: Changegroup(Changegroup) -> Value on schema_of with UsesFiles: Capi;
                /// Writes changes that were made beside those of another file as if they had been made after them, and
                /// returns how many bytes they have, <https://sqlite.org/session/rebaser.html>.
                changeset_rebase: ChangesetRebase(ChangesetRebase) -> Value with UsesFiles: Capi;
            }
        } }
    };
}
pub(crate) use handles;
