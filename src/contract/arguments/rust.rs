//! The arguments of the verbs that only the driver `rusqlite` has: what a Rust program meets.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DbName, PoolName, SavepointName, StmtName, TxName, arguments};
use crate::contract::literal::Literal;

/// A type of Rust that rusqlite converts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RustType {
    /// `i8`
    I8,
    /// `i16`
    I16,
    /// `i32`
    I32,
    /// `i64`
    I64,
    /// A blob of 16 bytes in the database.
    I128,
    /// `u8`
    U8,
    /// `u16`
    U16,
    /// `u32`
    U32,
    /// `u64`
    U64,
    /// `f32`
    F32,
    /// `f64`
    F64,
    /// `bool`
    Bool,
    /// `String`
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
    /// Its index, from 0.
    Index(usize),
    /// Its name.
    Name(String),
}

arguments! {
    /// A column of the current row, and the Rust type that is asked for.
    Get {
        /// The column.
        column: ColumnRef,
        /// The Rust type.
        #[serde(rename = "as")]
        read_as: RustType,
    } optional {
        /// As an `Option` of the type.
        optional: bool,
        /// The statement.
        stmt: StmtName,
    }
}

arguments! {
    /// One statement with all its parameters.
    Run {
        /// One statement.
        sql: String,
    } optional {
        /// The connection.
        db: DbName,
        /// Bound to the parameters 1, 2, …
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
    /// Locks nothing before the first read or write.
    #[default]
    Deferred,
    /// Takes the write lock at once.
    Immediate,
    /// Takes the write lock at once and, but in WAL mode, keeps others from reading.
    Exclusive,
}

arguments! {
    /// How a transaction begins.
    TransactionArguments {} optional {
        /// How it begins; `deferred` when left out.
        behavior: TransactionBehavior,
        /// The name it gets.
        tx: TxName,
        /// The connection.
        db: DbName,
    }
    brief or nothing
}

arguments! {
    /// A savepoint.
    SavepointArguments {} optional {
        /// The name it gets here.
        tx: TxName,
        /// The transaction or savepoint that it is made of, instead of the connection.
        within: Option<String> [Named],
        /// Its name in SQL.
        name: SavepointName,
        /// The connection.
        db: DbName,
    }
    brief or nothing
}

/// What dropping a transaction does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DropBehavior {
    /// Rolls it back.
    Rollback,
    /// Commits it.
    Commit,
    /// Leaves it open.
    Ignore,
    /// Panics.
    Panic,
}

arguments! {
    /// What dropping this transaction or savepoint does.
    DropBehaviorArguments {
        /// What dropping it does.
        behavior: DropBehavior,
    } optional {
        /// The transaction or savepoint.
        tx: TxName,
    }
}

arguments! {
    /// The size of the statement cache.
    CacheCapacity {
        /// How many statements the cache holds.
        statements: usize,
    } optional {
        /// The connection.
        db: DbName,
    }
}

arguments! {
    /// A pool of connections, as r2d2_sqlite makes one.
    Pool {
        /// What its connections open.
        path: String,
    } optional {
        /// The name it gets.
        pool: PoolName,
        /// How many connections it has at most; 1 when left out.
        size: Option<u32>,
        /// SQL that each new connection runs, `SqliteConnectionManager::with_init`.
        init: Option<String> [Named],
        /// A connection is not tested before it is handed out, `test_on_check_out(false)`.
        untested: bool,
    }
    brief path
}

arguments! {
    /// A connection of a pool.
    Checkout {} optional {
        /// The pool.
        pool: PoolName,
        /// The name that the connection gets.
        db: DbName,
    }
    brief db or nothing
}
