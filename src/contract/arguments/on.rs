//! The arguments of verbs that need nothing but the handle that they are about.

use super::{BackupName, BlobName, DbName, SessionName, StmtName, TxName, arguments};

/// Types of arguments with one field, the name of a handle.
macro_rules! on {
    ($($(#[$doc:meta])* $on:ident { $handle:ident: $name:ident })+) => { $(
        arguments! {
            $(#[$doc])*
            $on {} optional {
                /// Which one.
                $handle: $name
            }
            brief $handle or nothing
        }
    )+ };
}

on! {
    /// A connection.
    OnDb { db: DbName }
    /// A statement.
    OnStmt { stmt: StmtName }
    /// A blob handle.
    OnBlob { blob: BlobName }
    /// A backup.
    OnBackup { backup: BackupName }
    /// A session.
    OnSession { session: SessionName }
    /// A transaction or savepoint.
    OnTx { tx: TxName }
}
