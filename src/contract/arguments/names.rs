//! Names that a step may leave out, because it then means the usual thing.

use std::borrow::Cow;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use crate::contract::brief::{BriefField, Form, Written};

/// Types of names: a text in YAML, with the one that is meant where none is written.
macro_rules! names {
    ($($(#[$doc:meta])* $name:ident = $default:literal;)+) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The name that a step means when it writes none.
            pub const DEFAULT: &str = $default;

            /// The name itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self(Self::DEFAULT.to_owned())
            }
        }

        impl BriefField for $name {
            const FORM: Form = Form::Text;

            fn read(written: Written) -> Option<Self> {
                String::read(written).map(Self)
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                String::json_schema(generator)
            }
        }
    )+ };
}

names! {
    /// A connection.
    DbName = "db";
    /// A statement.
    StmtName = "stmt";
    /// A blob handle.
    BlobName = "blob";
    /// A backup.
    BackupName = "backup";
    /// A pool of connections.
    PoolName = "pool";
    /// A transaction or a savepoint.
    TxName = "tx";
    /// A database of a connection: `main`, `temp` or the name of an attached one.
    SchemaName = "main";
    /// A session, which records changes.
    SessionName = "session";
    /// A savepoint's name in SQL: the one that rusqlite gives it.
    SavepointName = "_rusqlite_sp";
}
