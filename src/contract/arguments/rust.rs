//! The arguments of the verbs that only the driver `rusqlite` has: what a Rust program meets.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DbName, SavepointName, StmtName, TxName, arguments};
use crate::contract::literal::Literal;

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
    pub fn name(self) -> &'static str {
        match self {
            Self::I8 => "i8",
            Self::I16 => "i16",
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::I128 => "i128",
            Self::U8 => "u8",
            Self::U16 => "u16",
            Self::U32 => "u32",
            Self::U64 => "u64",
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::Bool => "bool",
            Self::String => "string",
            Self::Bytes => "bytes",
            Self::Value => "value",
        }
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
    } optional {
        /// As an `Option` of the type.
        optional: bool,
        stmt: StmtName,
    }
}

arguments! {
    /// One statement with all its parameters.
    Run {
        sql: String,
    } optional {
        db: DbName,
        values: Vec<Literal> [Literal],
        /// Values by the names of their parameters, instead of `values`.
        named: BTreeMap<String, Literal>,
    }
    brief sql
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

arguments! {
    /// How a transaction begins.
    TransactionArguments {} optional {
        behavior: TransactionBehavior,
        tx: TxName,
        db: DbName,
    }
    brief or nothing
}

arguments! {
    /// A savepoint.
    SavepointArguments {} optional {
        tx: TxName,
        /// The transaction or savepoint that it is made of, instead of the connection.
        within: Option<String> [Named],
        /// Its name in SQL.
        name: SavepointName,
        db: DbName,
    }
    brief or nothing
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
    } optional {
        tx: TxName,
    }
}

arguments! {
    CacheCapacity {
        statements: usize,
    } optional {
        db: DbName,
    }
}
