//! The arguments of verbs that look at one detail of a connection, a statement or a write-ahead log.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::arguments::{
    Lifetime, Parameter, arguments, default_db, default_stmt, is_default_db, is_default_stmt, present,
};
use super::brief::{FromBrief, Written};
use super::literal::Literal;
use crate::names::CheckpointMode;

arguments! {
    /// A parameter of a statement, from 1.
    ParameterAt {
        at: i32,
        #[serde(default = "default_stmt", skip_serializing_if = "is_default_stmt")]
        stmt: String,
    }
    brief "integer" Written::Integer(at) => Some(Self { at: i32::try_from(at).ok()?, stmt: default_stmt() })
}

arguments! {
    /// Bytes to bind with a length of one's own choosing.
    BindBytes {
        at: Parameter,
        /// A text, a blob, or null for the NULL pointer, which is bound as a text.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
        value: Option<Literal>,
        /// In bytes; all of them when left out. A negative one takes a text up to its first zero byte, and one always
        /// ends it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        length: Option<i32>,
        #[serde(default, skip_serializing_if = "Lifetime::is_default")]
        lifetime: Lifetime,
        #[serde(default = "default_stmt", skip_serializing_if = "is_default_stmt")]
        stmt: String,
    }
}

impl BindBytes {
    /// What is wrong with arguments that are each well formed: the word it is about, and the message.
    pub(super) fn mistake(&self) -> Option<(&'static str, String)> {
        let value = self.value.as_ref().filter(|value| !value.is_null())?;
        let Some(bytes) = value.length() else {
            return Some(("value", "`bind_bytes` binds the bytes of a text or a blob".to_owned()));
        };
        match self.length? {
            ..0 if value.is_blob() => {
                let message = "the length of a blob is 0 or more: no zero byte ends one";
                Some(("length", message.to_owned()))
            }
            length if u64::try_from(length).is_ok_and(|length| length > bytes) => {
                Some(("length", format!("`value` has {bytes} bytes: `length` reaches beyond them")))
            }
            _ => None,
        }
    }
}

arguments! {
    /// A blob of zero bytes to bind.
    BindZeroblob64 {
        at: Parameter,
        size: u64,
        #[serde(default = "default_stmt", skip_serializing_if = "is_default_stmt")]
        stmt: String,
    }
}

arguments! {
    /// A column of the current row, from 0, and the name under which the address of its text is kept.
    Hold {
        name: String,
        at: i32,
        #[serde(default = "default_stmt", skip_serializing_if = "is_default_stmt")]
        stmt: String,
    }
}

arguments! {
    SetLastInsertRowid {
        rowid: i64,
        #[serde(default = "default_db", skip_serializing_if = "is_default_db")]
        db: String,
    }
    brief "integer" Written::Integer(rowid) => Some(Self { rowid, db: default_db() })
}

arguments! {
    WalCheckpointV2 {
        mode: CheckpointMode,
        /// `main`, `temp` or the name of an attached database; all of them when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        schema: Option<String>,
        #[serde(default = "default_db", skip_serializing_if = "is_default_db")]
        db: String,
    }
}

arguments! {
    /// How many pages in the write-ahead log make SQLite run a checkpoint; 0 or less never.
    WalAutocheckpoint {
        pages: i32,
        #[serde(default = "default_db", skip_serializing_if = "is_default_db")]
        db: String,
    }
    brief "integer" Written::Integer(pages) => Some(Self { pages: i32::try_from(pages).ok()?, db: default_db() })
}

fn main_schema() -> String {
    "main".to_owned()
}

fn is_main_schema(schema: &str) -> bool {
    schema == "main"
}

arguments! {
    /// A database of a connection.
    OnSchema {
        /// `main`, `temp` or the name of an attached database.
        #[serde(default = "main_schema", skip_serializing_if = "is_main_schema")]
        schema: String,
        #[serde(default = "default_db", skip_serializing_if = "is_default_db")]
        db: String,
    }
    brief "null" Written::Nothing => Some(Self { schema: main_schema(), db: default_db() }),
          "string" Written::Text(schema) => Some(Self { schema, db: default_db() })
}

arguments! {
    /// A column of a table, or the table itself.
    TableColumn {
        table: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        column: Option<String>,
        /// All databases are searched when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        schema: Option<String>,
        #[serde(default = "default_db", skip_serializing_if = "is_default_db")]
        db: String,
    }
}

arguments! {
    /// The lookaside memory of one connection.
    DbLookaside {
        /// Bytes of a slot.
        slot: i32,
        slots: i32,
        #[serde(default = "default_db", skip_serializing_if = "is_default_db")]
        db: String,
    }
}
