//! The arguments of the verbs on what SQLite hands out: blobs, backups, and memory that the caller frees.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::arguments::{
    arguments, default_db, default_stmt, is_default_db, is_default_stmt, is_false, present,
};
use super::brief::{FromBrief, Written};
use super::literal::Literal;
use crate::names::DeserializeFlag;

/// The blob handle that a step means when it names none.
pub const DEFAULT_BLOB: &str = "blob";
/// The backup that a step means when it names none.
pub const DEFAULT_BACKUP: &str = "backup";
const DEFAULT_DATABASE: &str = "main";

fn default_blob() -> String {
    DEFAULT_BLOB.to_owned()
}

fn is_default_blob(name: &str) -> bool {
    name == DEFAULT_BLOB
}

fn default_backup() -> String {
    DEFAULT_BACKUP.to_owned()
}

fn is_default_backup(name: &str) -> bool {
    name == DEFAULT_BACKUP
}

fn default_database() -> String {
    DEFAULT_DATABASE.to_owned()
}

fn is_default_database(name: &str) -> bool {
    name == DEFAULT_DATABASE
}

arguments! {
    /// A statement whose SQL is wanted, and the name under which SQLite's memory is kept.
    ExpandedSql {
        #[serde(default = "default_stmt", skip_serializing_if = "is_default_stmt")]
        stmt: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keep: Option<String>,
    }
    brief "null" Written::Nothing => Some(Self { stmt: default_stmt(), keep: None }),
          "string" Written::Text(stmt) => Some(Self { stmt, keep: None })
}

arguments! {
    /// SQL for its rows as texts.
    GetTable {
        sql: String,
        #[serde(default = "default_db", skip_serializing_if = "is_default_db")]
        db: String,
        /// The name under which the table is kept, to be freed by `value_free`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keep: Option<String>,
    }
    brief "string" Written::Text(sql) => Some(Self { sql, db: default_db(), keep: None })
}

arguments! {
    /// A format with one conversion, and the value for it.
    Mprintf {
        /// One of `%s`, `%q`, `%Q`, `%w`, `%lld`, `%llx`, `%f`, `%e`, `%g`, … and text around it.
        format: String,
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
        value: Option<Literal>,
        /// The name under which the text is kept, to be freed by `value_free`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keep: Option<String>,
    }
}

arguments! {
    /// A database as bytes.
    SerializeArguments {
        #[serde(default = "default_db", skip_serializing_if = "is_default_db")]
        db: String,
        /// `main`, `temp`, or the name of an attached database.
        #[serde(default = "default_database", skip_serializing_if = "is_default_database")]
        database: String,
        /// Looks at the connection's own bytes and copies nothing.
        #[serde(default, skip_serializing_if = "is_false")]
        nocopy: bool,
        /// The name under which the bytes are kept, to be freed by `value_free`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keep: Option<String>,
    }
    brief "null" Written::Nothing => Some(Self::of(default_db())),
          "string" Written::Text(db) => Some(Self::of(db))
}

impl SerializeArguments {
    fn of(db: String) -> Self {
        Self { db, database: default_database(), nocopy: false, keep: None }
    }
}

arguments! {
    /// Bytes that become a connection's database.
    DeserializeArguments {
        /// What `serialize` kept under this name.
        image: String,
        #[serde(default = "default_db", skip_serializing_if = "is_default_db")]
        db: String,
        #[serde(default = "default_database", skip_serializing_if = "is_default_database")]
        database: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        flags: Vec<DeserializeFlag>,
    }
    brief "string" Written::Text(image) => Some(Self {
        image, db: default_db(), database: default_database(), flags: Vec::new(),
    })
}

impl DeserializeArguments {
    /// The bytes, where they are SQLite's from now on.
    pub fn given(&self) -> Option<&str> {
        self.flags.contains(&DeserializeFlag::Freeonclose).then_some(self.image.as_str())
    }

    /// Whether SQLite would reallocate bytes that stay the caller's.
    pub fn resizes_what_it_may_not(&self) -> bool {
        self.flags.contains(&DeserializeFlag::Resizeable) && self.given().is_none()
    }
}

arguments! {
    /// One value of one row.
    BlobOpen {
        table: String,
        column: String,
        row: i64,
        /// For writing too.
        #[serde(default, skip_serializing_if = "is_false")]
        write: bool,
        #[serde(default = "default_db", skip_serializing_if = "is_default_db")]
        db: String,
        #[serde(default = "default_database", skip_serializing_if = "is_default_database")]
        database: String,
        #[serde(default = "default_blob", skip_serializing_if = "is_default_blob")]
        blob: String,
    }
}

arguments! {
    /// A blob handle.
    OnBlob {
        #[serde(default = "default_blob", skip_serializing_if = "is_default_blob")]
        blob: String,
    }
    brief "null" Written::Nothing => Some(Self { blob: default_blob() }),
          "string" Written::Text(blob) => Some(Self { blob })
}

arguments! {
    /// Some bytes of a blob.
    BlobRead {
        offset: i32,
        length: i32,
        #[serde(default = "default_blob", skip_serializing_if = "is_default_blob")]
        blob: String,
    }
}

arguments! {
    /// Bytes over those of a blob.
    BlobWrite {
        offset: i32,
        /// A text or a blob.
        value: Literal,
        #[serde(default = "default_blob", skip_serializing_if = "is_default_blob")]
        blob: String,
    }
}

arguments! {
    /// Another row for a blob handle.
    BlobReopen {
        row: i64,
        #[serde(default = "default_blob", skip_serializing_if = "is_default_blob")]
        blob: String,
    }
    brief "integer" Written::Integer(row) => Some(Self { row, blob: default_blob() })
}

arguments! {
    /// From which connection to which.
    BackupInit {
        to: String,
        #[serde(default = "default_db", skip_serializing_if = "is_default_db")]
        from: String,
        #[serde(default = "default_database", skip_serializing_if = "is_default_database")]
        to_database: String,
        #[serde(default = "default_database", skip_serializing_if = "is_default_database")]
        from_database: String,
        #[serde(default = "default_backup", skip_serializing_if = "is_default_backup")]
        backup: String,
    }
    brief "string" Written::Text(to) => Some(Self {
        to,
        from: default_db(),
        to_database: default_database(),
        from_database: default_database(),
        backup: default_backup(),
    })
}

arguments! {
    /// A backup.
    OnBackup {
        #[serde(default = "default_backup", skip_serializing_if = "is_default_backup")]
        backup: String,
    }
    brief "null" Written::Nothing => Some(Self { backup: default_backup() }),
          "string" Written::Text(backup) => Some(Self { backup })
}

arguments! {
    /// How many pages to copy: all for -1.
    BackupStep {
        pages: i32,
        #[serde(default = "default_backup", skip_serializing_if = "is_default_backup")]
        backup: String,
    }
    brief "integer" Written::Integer(pages) => Some(Self {
        pages: i32::try_from(pages).ok()?, backup: default_backup(),
    })
}
