//! The arguments of the verbs on statements.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DbName, RustType, StmtName, arguments, present};
use crate::contract::literal::Literal;
use crate::outcome::sqlite_names::{PrepareFlag, StmtCounter};

/// Which of SQLite's prepare functions is called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrepareVersion {
    /// `sqlite3_prepare`: no re-preparing, plain codes only from reset.
    V1,
    /// `sqlite3_prepare_v2`
    #[default]
    V2,
    /// `sqlite3_prepare_v3`, from 3.20.0 on.
    V3,
}

arguments! {
    /// A statement to compile, and the name it gets.
    Prepare {
        /// One statement.
        sql: String,
    } optional {
        /// The name it gets.
        stmt: StmtName,
        /// The connection.
        db: DbName,
        /// Which of the prepare functions is called; `v2` when left out.
        version: PrepareVersion,
        /// Flags of `v3`.
        flags: Vec<PrepareFlag>,
        /// Whether it comes from the statement cache, with the driver `rusqlite`.
        cached: bool,
    }
    brief sql
}

/// Who owns the bytes of a bound text or blob.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Lifetime {
    /// `SQLITE_STATIC`: ours, and they stay where they are until the case ends.
    Static,
    /// `SQLITE_TRANSIENT`: SQLite copies them.
    #[default]
    Transient,
    /// Ours until SQLite calls the destructor, which is counted.
    Destructor,
}

/// A parameter by its position, from 1, or by its name with its mark (`:a`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected a position (1, 2, …) or a name with its mark (`:a`)")]
pub enum Parameter {
    /// Its position, from 1.
    Position(i32),
    /// Its name with its mark.
    Name(String),
}

arguments! {
    /// Values for parameters: a list from the first one on, or one value `at` a parameter.
    Bind {} optional {
        /// For the parameters 1, 2, …
        values: Vec<Literal> [Literal],
        /// The statement.
        stmt: StmtName,
        /// The parameter of one `value`, instead of `values`.
        at: Option<Parameter>,
        /// A null here is a value, unlike no `value` at all.
        #[serde(deserialize_with = "present")]
        value: Option<Literal> [Literal],
        /// Who owns the bytes; with the driver `capi`.
        lifetime: Lifetime,
        /// As which Rust type the `value` is bound, with the driver `rusqlite`.
        #[serde(rename = "as")]
        written_as: Option<RustType>,
    }
    brief values
}

arguments! {
    /// Bytes to bind with a length of one's own choosing.
    BindBytes {
        /// The parameter.
        at: Parameter,
    } optional {
        /// A text, a blob, or null for the NULL pointer, which is bound as a text.
        #[serde(deserialize_with = "present")]
        value: Option<Literal> [Literal],
        /// In bytes; all of them when left out. A negative one takes a text up to its first zero byte, and one always
        /// ends it.
        length: Option<i32>,
        /// Who owns the bytes.
        lifetime: Lifetime,
        /// The statement.
        stmt: StmtName,
    }
}

impl BindBytes {
    /// What is wrong with arguments that are each well formed: the word it is about, and the message.
    pub(in crate::contract) fn mistake(&self) -> Option<(&'static str, String)> {
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
        /// The parameter.
        at: Parameter,
        /// In bytes.
        size: u64,
    } optional {
        /// The statement.
        stmt: StmtName,
    }
}

/// As what a column is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColumnAs {
    /// By its own type.
    #[default]
    Value,
    /// `sqlite3_column_type`: `integer`, `real`, `text`, `blob`, `null`.
    Type,
    /// `sqlite3_column_int`
    Int,
    /// `sqlite3_column_int64`
    Int64,
    /// `sqlite3_column_double`
    Double,
    /// `sqlite3_column_text`
    Text,
    /// `sqlite3_column_blob`
    Blob,
    /// `sqlite3_column_bytes`
    Bytes,
}

arguments! {
    /// A column of the current row.
    Column {
        /// From 0.
        at: i32,
    } optional {
        /// The statement.
        stmt: StmtName,
        /// As what it is read; `value` when left out.
        #[serde(rename = "as")]
        read_as: ColumnAs,
    }
    brief at
}

arguments! {
    /// A place in a statement.
    At {
        /// A column, from 0, or a parameter, from 1.
        at: i32,
    } optional {
        /// The statement.
        stmt: StmtName,
    }
    brief at
}

arguments! {
    /// A column of the current row, and the name under which its copy or the address of its text is kept.
    KeptColumn {
        /// The name under which it is kept.
        name: String,
        /// From 0.
        at: i32,
    } optional {
        /// The statement.
        stmt: StmtName,
    }
}

arguments! {
    /// A statement whose SQL is wanted, and the name under which SQLite's memory is kept.
    ExpandedSql {} optional {
        /// The statement.
        stmt: StmtName,
        /// To be freed by `value_free`; with the driver `capi`.
        keep: Option<String> [Named],
    }
    brief stmt or nothing
}

arguments! {
    /// A counter of a statement.
    StmtStatus {
        /// Which counter.
        counter: StmtCounter,
    } optional {
        /// The statement.
        stmt: StmtName,
        /// Resets the mark after reading it.
        reset: bool,
    }
}

arguments! {
    /// What a statement does instead of what its SQL says.
    StmtExplain {
        /// 0 runs it, 1 explains it as `EXPLAIN` does, 2 as `EXPLAIN QUERY PLAN` does.
        mode: i32,
    } optional {
        /// The statement.
        stmt: StmtName,
    }
    brief mode
}
