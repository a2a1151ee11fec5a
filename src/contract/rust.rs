//! The arguments of the verbs that only the driver `rusqlite` has: what a Rust program meets.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::arguments::{arguments, default_db, default_stmt, is_default_db, is_default_stmt, is_false};
use super::brief::{FromBrief, Written};
use super::literal::Literal;

/// The transaction or savepoint that a step means when it names none.
pub const DEFAULT_TX: &str = "tx";
/// The name that rusqlite gives a savepoint without one.
const DEFAULT_SAVEPOINT: &str = "_rusqlite_sp";

fn default_tx() -> String {
    DEFAULT_TX.to_owned()
}

fn is_default_tx(name: &str) -> bool {
    name == DEFAULT_TX
}

fn default_savepoint() -> String {
    DEFAULT_SAVEPOINT.to_owned()
}

fn is_default_savepoint(name: &str) -> bool {
    name == DEFAULT_SAVEPOINT
}

/// A type of Rust that rusqlite converts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RustType {
    I8,
    I16,
    I32,
    I64,
    /// A blob of 16 bytes in the database.
    I128,
    U8,
    U16,
    U32,
    U64,
    F32,
    F64,
    Bool,
    String,
    /// `Vec<u8>`
    Bytes,
    /// `rusqlite::types::Value`
    Value,
}

impl RustType {
    /// Its name in contracts.
    pub fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

/// A column by its index, from 0, or by its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected an index (0, 1, …) or a column's name")]
pub enum ColumnRef {
    Index(usize),
    Name(String),
}

arguments! {
    /// A column of the current row, and the Rust type that is asked for.
    Get {
        column: ColumnRef,
        #[serde(rename = "as")]
        read_as: RustType,
        /// As an `Option` of the type.
        #[serde(default, skip_serializing_if = "is_false")]
        optional: bool,
        #[serde(default = "default_stmt", skip_serializing_if = "is_default_stmt")]
        stmt: String,
    }
}

arguments! {
    /// One statement with all its parameters.
    Run {
        sql: String,
        #[serde(default = "default_db", skip_serializing_if = "is_default_db")]
        db: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        values: Vec<Literal>,
        /// Values by the names of their parameters, instead of `values`.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        named: BTreeMap<String, Literal>,
    }
    brief "string" Written::Text(sql) => Some(Self {
        sql, db: default_db(), values: Vec::new(), named: BTreeMap::new(),
    })
}

/// <https://sqlite.org/lang_transaction.html>
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransactionBehavior {
    #[default]
    Deferred,
    Immediate,
    Exclusive,
}

impl TransactionBehavior {
    fn is_default(&self) -> bool {
        *self == Self::Deferred
    }
}

arguments! {
    /// How a transaction begins.
    TransactionArguments {
        #[serde(default, skip_serializing_if = "TransactionBehavior::is_default")]
        behavior: TransactionBehavior,
        #[serde(default = "default_tx", skip_serializing_if = "is_default_tx")]
        tx: String,
        #[serde(default = "default_db", skip_serializing_if = "is_default_db")]
        db: String,
    }
    brief "null" Written::Nothing => Some(Self {
        behavior: TransactionBehavior::Deferred, tx: default_tx(), db: default_db(),
    })
}

arguments! {
    /// A savepoint.
    SavepointArguments {
        #[serde(default = "default_tx", skip_serializing_if = "is_default_tx")]
        tx: String,
        /// The transaction or savepoint that it is made of, instead of the connection.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within: Option<String>,
        /// Its name in SQL.
        #[serde(default = "default_savepoint", skip_serializing_if = "is_default_savepoint")]
        name: String,
        #[serde(default = "default_db", skip_serializing_if = "is_default_db")]
        db: String,
    }
    brief "null" Written::Nothing => Some(Self {
        name: default_savepoint(), within: None, tx: default_tx(), db: default_db(),
    })
}

/// What dropping a transaction does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DropBehavior {
    Rollback,
    Commit,
    Ignore,
    Panic,
}

arguments! {
    /// What dropping this transaction or savepoint does.
    DropBehaviorArguments {
        behavior: DropBehavior,
        #[serde(default = "default_tx", skip_serializing_if = "is_default_tx")]
        tx: String,
    }
}

arguments! {
    /// A transaction or savepoint.
    OnTx {
        #[serde(default = "default_tx", skip_serializing_if = "is_default_tx")]
        tx: String,
    }
    brief "null" Written::Nothing => Some(Self { tx: default_tx() }),
          "string" Written::Text(tx) => Some(Self { tx })
}
