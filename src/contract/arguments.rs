//! The arguments of the verbs, in map form and in their brief forms.

use std::borrow::Cow;

use ciborium::Value as Tree;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

use super::brief::{FromBrief, Written};
use super::literal::Literal;
use super::rust::RustType;
use super::step::Step;
use super::verb::Verb;
use crate::names::{DbCounter, DbSwitch, LimitName, OpenFlag, PrepareFlag, StatusCounter, StmtCounter};

/// The connection that a step means when it names none.
pub const DEFAULT_DB: &str = "db";
/// The statement that a step means when it names none.
pub const DEFAULT_STMT: &str = "stmt";

pub(super) fn default_db() -> String {
    DEFAULT_DB.to_owned()
}

pub(super) fn default_stmt() -> String {
    DEFAULT_STMT.to_owned()
}

pub(super) fn is_default_db(name: &str) -> bool {
    name == DEFAULT_DB
}

pub(super) fn is_default_stmt(name: &str) -> bool {
    name == DEFAULT_STMT
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

pub(super) fn is_false(value: &bool) -> bool {
    !value
}

/// Arguments: a struct in map form, and the brief forms that stand for it.
macro_rules! arguments {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $type:ty),* $(,)? }
     $(brief $($form:literal $pattern:pat => $build:expr),+)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$fdoc])* pub $field: $type),* }

        $(impl FromBrief for $name {
            const FORMS: &'static [&'static str] = &[$($form),+];

            fn from_brief(written: Written) -> Option<Self> {
                match written { $($pattern => $build,)+ _ => None }
            }
        })?
    };
}
pub(super) use arguments;

arguments! {
    /// A connection.
    OnDb {
        #[serde(default = "default_db", skip_serializing_if = "is_default_db")]
        db: String,
    }
    brief "null" Written::Nothing => Some(Self { db: default_db() }),
          "string" Written::Text(db) => Some(Self { db })
}

arguments! {
    /// A statement.
    OnStmt {
        #[serde(default = "default_stmt", skip_serializing_if = "is_default_stmt")]
        stmt: String,
    }
    brief "null" Written::Nothing => Some(Self { stmt: default_stmt() }),
          "string" Written::Text(stmt) => Some(Self { stmt })
}

arguments! {
    /// No arguments.
    Nothing {}
    brief "null" Written::Nothing => Some(Self {})
}

arguments! {
    /// Where to open, and under which name.
    Open {
        /// A file in the case's directory, `:memory:`, or a `file:` URI (with the flag `uri`).
        path: String,
        #[serde(default = "default_db", skip_serializing_if = "is_default_db")]
        db: String,
        /// `readwrite` and `create` when none is given.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        flags: Vec<OpenFlag>,
    }
    brief "string" Written::Text(path) => Some(Self { path, db: default_db(), flags: Vec::new() })
}

arguments! {
    /// SQL for its effect.
    Exec {
        sql: String,
        #[serde(default = "default_db", skip_serializing_if = "is_default_db")]
        db: String,
        /// The name under which the error message is kept, to be freed by `value_free`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keep: Option<String>,
    }
    brief "string" Written::Text(sql) => Some(Self { sql, db: default_db(), keep: None })
}

arguments! {
    /// SQL for its rows.
    Query {
        sql: String,
        #[serde(default = "default_db", skip_serializing_if = "is_default_db")]
        db: String,
        /// Bound to the parameters 1, 2, … before the first step.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        values: Vec<Literal>,
    }
    brief "string" Written::Text(sql) => Some(Self { sql, db: default_db(), values: Vec::new() })
}

/// Which of SQLite's prepare functions is called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrepareVersion {
    /// `sqlite3_prepare`: no re-preparing, plain codes only from reset.
    V1,
    #[default]
    V2,
    /// `sqlite3_prepare_v3`, from 3.20.0 on.
    V3,
}

impl PrepareVersion {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::V2
    }
}

arguments! {
    /// A statement to compile, and the name it gets.
    Prepare {
        sql: String,
        #[serde(default = "default_stmt", skip_serializing_if = "is_default_stmt")]
        stmt: String,
        #[serde(default = "default_db", skip_serializing_if = "is_default_db")]
        db: String,
        #[serde(default, skip_serializing_if = "PrepareVersion::is_default")]
        version: PrepareVersion,
        /// Flags of `v3`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        flags: Vec<PrepareFlag>,
        /// From the statement cache, with the driver `rusqlite`.
        #[serde(default, skip_serializing_if = "is_false")]
        cached: bool,
    }
    brief "string" Written::Text(sql) => Some(Self {
        sql, stmt: default_stmt(), db: default_db(), version: PrepareVersion::V2, flags: Vec::new(), cached: false,
    })
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

impl Lifetime {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::Transient
    }
}

/// A parameter by its position, from 1, or by its name with its mark (`:a`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected a position (1, 2, …) or a name with its mark (`:a`)")]
pub enum Parameter {
    Position(i32),
    Name(String),
}

arguments! {
    /// Values for parameters: a list from the first one on, or one value `at` a parameter.
    Bind {
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        values: Vec<Literal>,
        #[serde(default = "default_stmt", skip_serializing_if = "is_default_stmt")]
        stmt: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Parameter>,
        /// A null here is a value, unlike no `value` at all.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
        value: Option<Literal>,
        #[serde(default, skip_serializing_if = "Lifetime::is_default")]
        lifetime: Lifetime,
        /// As which Rust type the `value` is bound, with the driver `rusqlite`.
        #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
        written_as: Option<RustType>,
    }
    brief "array" Written::List(values) => Some(Self {
        values, stmt: default_stmt(), at: None, value: None, lifetime: Lifetime::Transient, written_as: None,
    })
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
    Int,
    Int64,
    Double,
    Text,
    Blob,
    /// `sqlite3_column_bytes`
    Bytes,
}

impl ColumnAs {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::Value
    }
}

arguments! {
    /// A column of the current row, from 0.
    Column {
        at: i32,
        #[serde(default = "default_stmt", skip_serializing_if = "is_default_stmt")]
        stmt: String,
        #[serde(default, rename = "as", skip_serializing_if = "ColumnAs::is_default")]
        read_as: ColumnAs,
    }
    brief "integer" Written::Integer(at) => Some(Self {
        at: i32::try_from(at).ok()?, stmt: default_stmt(), read_as: ColumnAs::Value,
    })
}

arguments! {
    /// A column of a statement, from 0.
    ColumnAt {
        at: i32,
        #[serde(default = "default_stmt", skip_serializing_if = "is_default_stmt")]
        stmt: String,
    }
    brief "integer" Written::Integer(at) => Some(Self { at: i32::try_from(at).ok()?, stmt: default_stmt() })
}

arguments! {
    /// A column of the current row, from 0, and the name under which its copy is kept.
    ValueDup {
        name: String,
        at: i32,
        #[serde(default = "default_stmt", skip_serializing_if = "is_default_stmt")]
        stmt: String,
    }
}

arguments! {
    /// A connection, and the statement after which to look.
    NextStmt {
        #[serde(default = "default_db", skip_serializing_if = "is_default_db")]
        db: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<String>,
    }
    brief "null" Written::Nothing => Some(Self { db: default_db(), after: None }),
          "string" Written::Text(db) => Some(Self { db, after: None })
}

arguments! {
    StmtStatus {
        counter: StmtCounter,
        #[serde(default = "default_stmt", skip_serializing_if = "is_default_stmt")]
        stmt: String,
        #[serde(default, skip_serializing_if = "is_false")]
        reset: bool,
    }
}

arguments! {
    DbStatus {
        counter: DbCounter,
        #[serde(default = "default_db", skip_serializing_if = "is_default_db")]
        db: String,
        /// The highest value instead of the present one.
        #[serde(default, skip_serializing_if = "is_false")]
        peak: bool,
        #[serde(default, skip_serializing_if = "is_false")]
        reset: bool,
    }
}

arguments! {
    Status {
        counter: StatusCounter,
        /// The highest value instead of the present one.
        #[serde(default, skip_serializing_if = "is_false")]
        peak: bool,
        #[serde(default, skip_serializing_if = "is_false")]
        reset: bool,
    }
}

arguments! {
    /// Whether to reset the mark after reading it.
    Highwater {
        #[serde(default, skip_serializing_if = "is_false")]
        reset: bool,
    }
    brief "null" Written::Nothing => Some(Self { reset: false })
}

arguments! {
    Bytes { bytes: i64 }
    brief "integer" Written::Integer(bytes) => Some(Self { bytes })
}

arguments! {
    Limit {
        limit: LimitName,
        /// -1 asks and changes nothing.
        value: i32,
        #[serde(default = "default_db", skip_serializing_if = "is_default_db")]
        db: String,
    }
}

arguments! {
    DbConfig {
        switch: DbSwitch,
        /// 1 on, 0 off, -1 asks and changes nothing.
        value: i32,
        #[serde(default = "default_db", skip_serializing_if = "is_default_db")]
        db: String,
    }
}

arguments! {
    BusyTimeout {
        ms: i32,
        #[serde(default = "default_db", skip_serializing_if = "is_default_db")]
        db: String,
    }
    brief "integer" Written::Integer(ms) => Some(Self { ms: i32::try_from(ms).ok()?, db: default_db() })
}

/// Options of `sqlite3_config`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Config {
    Singlethread,
    Multithread,
    Serialized,
    /// Memory statistics on or off.
    Memstatus(bool),
    /// A fixed heap of so many bytes, handed over by us (SQLITE_ENABLE_MEMSYS5).
    Heap {
        bytes: i32,
        min_allocation: i32,
    },
    /// Page cache memory handed over: slots of so many bytes.
    Pagecache {
        slot: i32,
        slots: i32,
    },
    /// The default lookaside of every connection.
    Lookaside {
        slot: i32,
        slots: i32,
    },
    /// Whether file names that begin with `file:` are URIs.
    Uri(bool),
    /// The counting allocator, which `allocations`, `fail_allocation`, `sweep` and others need.
    Malloc,
}

/// Ways to end or harm a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Misbehaviour {
    /// Raises SIGSEGV.
    Segfault,
    /// Calls `abort`.
    Abort,
    /// Leaves the process with status 0.
    Exit,
    /// Never comes back.
    Hang,
    /// Allocates until there is no more.
    ExhaustMemory,
    /// Allocates 100 bytes by `sqlite3_malloc` and forgets them.
    Leak,
}

arguments! {
    /// Steps to run many times. Its outcome is how much the measured quantity keeps growing per 1,000 iterations
    /// after the warm-up, rounded towards zero; or where and why it stopped.
    Repeat {
        times: u64,
        /// Iterations that are not measured: caches fill in them.
        #[serde(default, skip_serializing_if = "is_zero")]
        warmup: u64,
        /// `memory_used` when left out; any verb whose outcome is a number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        measure: Option<Measure>,
        steps: Vec<Step>,
    }
}

/// Some value, also when it is null.
pub(super) fn present<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Literal>, D::Error> {
    Literal::deserialize(deserializer).map(Some)
}

/// A verb, or the bare name of one that needs no arguments.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Measure(pub Box<Verb>);

impl<'de> Deserialize<'de> for Measure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tree = match Tree::deserialize(deserializer)? {
            Tree::Text(name) => Tree::Map(vec![(Tree::Text(name), Tree::Null)]),
            other => other,
        };
        let words = |ciborium::value::Error::Custom(message)| serde::de::Error::custom(message);
        tree.deserialized().map(Self).map_err(words)
    }
}

impl JsonSchema for Measure {
    fn schema_name() -> Cow<'static, str> {
        "Measure".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A verb, or the bare name of one that needs no arguments.",
            "anyOf": [{ "enum": Verb::names() }, generator.subschema_for::<Verb>()],
        })
    }
}

arguments! {
    CacheCapacity {
        statements: usize,
        #[serde(default = "default_db", skip_serializing_if = "is_default_db")]
        db: String,
    }
}
