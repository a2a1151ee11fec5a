//! The arguments of the verbs that only drivers of other languages have.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DbName, StmtName, arguments};
use crate::contract::literal::Literal;

arguments! {
    /// Where to connect, and how.
    Connect {
        /// A file in the case's directory, or `:memory:`.
        path: String,
    } optional {
        /// The name it gets.
        db: DbName,
        /// Settings by their names in the driver.
        settings: BTreeMap<String, Literal>,
    }
    brief path
}

arguments! {
    /// One statement, whose rows are to be read one by one.
    Start {
        /// One statement.
        sql: String,
    } optional {
        /// The name it gets.
        stmt: StmtName,
        /// The connection.
        db: DbName,
        /// Bound to the parameters 1, 2, …
        values: Vec<Literal> [Literal],
    }
    brief sql
}

arguments! {
    /// Values for a prepared statement.
    RunPrepared {} optional {
        /// Bound to the parameters 1, 2, …
        values: Vec<Literal> [Literal],
        /// The statement.
        stmt: StmtName,
    }
    brief values or nothing
}

/// A kind of value that a language has and SQLite has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LanguageKind {
    /// A date, of a text as `2024-05-23`.
    Date,
    /// A date and a time, of a text as `2024-05-23T10:20:30`.
    Datetime,
    /// True unless the value is 0.
    Bool,
    /// `decimal.Decimal`; as it is elsewhere.
    Decimal,
    /// An integer of any size (`int`, `BigInt`) or of 64 bits without a sign (`uint64`), of a text.
    Big,
    /// A double, also of an integer.
    Number,
    /// `bytearray`, `Uint8Array`; as it is elsewhere.
    Bytearray,
    /// A list of the value.
    List,
    /// A text that no UTF-8 can hold, whatever the value is.
    Surrogate,
    /// `undefined`; as it is elsewhere.
    Undefined,
}

arguments! {
    /// A value to send through SQLite.
    Carry {
        /// The value.
        value: Literal [Literal],
    } optional {
        /// As which kind of value of the language.
        kind: Option<LanguageKind> [Named],
        /// The connection.
        db: DbName,
    }
}

arguments! {
    /// What a transaction of the driver's own does.
    ScopeArguments {
        /// Statements, one after the other.
        statements: Vec<String>,
    } optional {
        /// Whether something is raised after them.
        raises: bool [Named],
        /// The connection.
        db: DbName,
    }
}

/// What a function of a language does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LanguageFunction {
    /// Returns its argument.
    Echo,
    /// Returns the name of its argument's type.
    Type,
    /// Raises.
    Raise,
    /// Returns what SQLite has no type for.
    WrongType,
    /// Returns NaN.
    Nan,
}

arguments! {
    /// A function, and what it does.
    UserFunction {
        /// Its name in SQL.
        name: String,
        /// What it does.
        does: LanguageFunction,
    } optional {
        /// The connection.
        db: DbName,
    }
}

arguments! {
    /// One statement for many rows of values.
    ExecuteMany {
        /// One statement.
        sql: String,
        /// The rows.
        rows: Vec<Vec<Literal>>,
    } optional {
        /// The connection.
        db: DbName,
    }
}

arguments! {
    /// How transactions begin.
    IsolationLevel {
        /// `DEFERRED`, `IMMEDIATE`, `EXCLUSIVE`, or null.
        level: Literal [Literal],
    } optional {
        /// The connection.
        db: DbName,
    }
}

/// A callback that raises.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RaisingHook {
    /// The progress handler.
    #[default]
    Progress,
    /// The authorizer.
    Authorizer,
    /// The trace callback.
    Trace,
}

arguments! {
    /// Which callback.
    RaisingCallback {
        /// Which one.
        hook: RaisingHook,
    } optional {
        /// The connection.
        db: DbName,
    }
}

/// What a converter does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Conversion {
    /// Returns the text in capital letters.
    Upper,
    /// Raises.
    Raise,
}

arguments! {
    /// A converter for a declared type.
    Converter {
        /// The declared type.
        name: String,
        /// What it does.
        does: Conversion,
    }
}
