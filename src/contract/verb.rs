//! The verbs of the contract language and their arguments.
//!
//! One verb is one call of SQLite's C interface (or of rusqlite, where the case's driver says so). The
//! types here are the language: the JSON Schema is generated from them, and a verb added here is known to
//! the parser, to the protocol and to the transcript at once.

use std::borrow::Cow;
use std::sync::OnceLock;

use ciborium::Value as Tree;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::IntoDeserializer;
use serde::{Deserialize, Deserializer, Serialize};

use super::brief::{Brief, FromBrief, Written};
use super::literal::Literal;
use super::step::Step;
use crate::diagnostic::unknown_word;
use crate::names::{DbCounter, DbSwitch, LimitName, OpenFlag, PrepareFlag, StatusCounter, StmtCounter};

/// The connection that a step means when it names none.
pub const DEFAULT_DB: &str = "db";
/// The statement that a step means when it names none.
pub const DEFAULT_STMT: &str = "stmt";

/// What a step does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Opens a connection, <https://sqlite.org/c3ref/open.html>.
    Open(Brief<Open>),
    /// `sqlite3_close`: answers BUSY while statements live, <https://sqlite.org/c3ref/close.html>.
    Close(Brief<OnDb>),
    /// `sqlite3_close_v2`: always OK, and a zombie while statements live.
    CloseV2(Brief<OnDb>),
    /// Runs SQL to its end and drops any rows, <https://sqlite.org/c3ref/exec.html>.
    Exec(Brief<Exec>),
    /// Runs one statement and gives all its rows, typed.
    Query(Brief<Query>),
    /// Compiles one statement and keeps it, <https://sqlite.org/c3ref/prepare.html>.
    Prepare(Brief<Prepare>),
    /// Binds parameters, <https://sqlite.org/c3ref/bind_blob.html>.
    Bind(Brief<Bind>),
    /// `sqlite3_step`: ROW with the row, DONE, or an error, <https://sqlite.org/c3ref/step.html>.
    Step(Brief<OnStmt>),
    /// `sqlite3_reset`, <https://sqlite.org/c3ref/reset.html>.
    Reset(Brief<OnStmt>),
    /// `sqlite3_clear_bindings`, <https://sqlite.org/c3ref/clear_bindings.html>.
    ClearBindings(Brief<OnStmt>),
    /// `sqlite3_finalize`; dropping the statement with the driver `rusqlite`,
    /// <https://sqlite.org/c3ref/finalize.html>.
    Finalize(Brief<OnStmt>),
    /// A column of the current row, <https://sqlite.org/c3ref/column_blob.html>.
    Column(Brief<Column>),
    /// A column's name, <https://sqlite.org/c3ref/column_name.html>.
    ColumnName(Brief<ColumnAt>),
    /// A column's declared type, <https://sqlite.org/c3ref/column_decltype.html>.
    ColumnDecltype(Brief<ColumnAt>),
    /// How many columns the statement gives, <https://sqlite.org/c3ref/column_count.html>.
    ColumnCount(Brief<OnStmt>),
    /// How many columns the current row has: 0 without a row, <https://sqlite.org/c3ref/data_count.html>.
    DataCount(Brief<OnStmt>),
    /// Copies a column's value so that it outlives its row, <https://sqlite.org/c3ref/value_dup.html>.
    ValueDup(ValueDup),
    /// The value that `value_dup` kept under this name.
    Value(String),
    /// Frees the value that `value_dup` kept under this name.
    ValueFree(String),
    /// Rows changed by the last statement, <https://sqlite.org/c3ref/changes.html>.
    Changes(Brief<OnDb>),
    /// Rows changed since the connection was opened, <https://sqlite.org/c3ref/total_changes.html>.
    TotalChanges(Brief<OnDb>),
    /// <https://sqlite.org/c3ref/last_insert_rowid.html>
    LastInsertRowid(Brief<OnDb>),
    /// The primary code of the connection's last call, <https://sqlite.org/c3ref/errcode.html>.
    Errcode(Brief<OnDb>),
    /// The extended code of the connection's last call.
    ExtendedErrcode(Brief<OnDb>),
    /// The message of the connection's last call.
    Errmsg(Brief<OnDb>),
    /// Byte offset of the last error in its SQL, -1 for none, <https://sqlite.org/c3ref/errcode.html>.
    ErrorOffset(Brief<OnDb>),
    /// 1 outside a transaction, <https://sqlite.org/c3ref/get_autocommit.html>.
    Autocommit(Brief<OnDb>),
    /// The statement's SQL as prepared, <https://sqlite.org/c3ref/expanded_sql.html>.
    Sql(Brief<OnStmt>),
    /// The statement's SQL with its parameters filled in.
    ExpandedSql(Brief<OnStmt>),
    /// 1 between the first step and the reset, <https://sqlite.org/c3ref/stmt_busy.html>.
    StmtBusy(Brief<OnStmt>),
    /// 1 when the statement writes nothing, <https://sqlite.org/c3ref/stmt_readonly.html>.
    StmtReadonly(Brief<OnStmt>),
    /// How many parameters the statement has, <https://sqlite.org/c3ref/bind_parameter_count.html>.
    BindParameterCount(Brief<OnStmt>),
    /// The name of the connection's next unfinalized statement, <https://sqlite.org/c3ref/next_stmt.html>.
    NextStmt(Brief<NextStmt>),
    /// A counter of a statement, <https://sqlite.org/c3ref/stmt_status.html>.
    StmtStatus(StmtStatus),
    /// A counter of a connection, <https://sqlite.org/c3ref/db_status.html>.
    DbStatus(DbStatus),
    /// A counter of the process, <https://sqlite.org/c3ref/status.html>.
    Status(Status),
    /// Bytes that SQLite holds, <https://sqlite.org/c3ref/memory_highwater.html>.
    MemoryUsed(Brief<Nothing>),
    /// The most bytes that SQLite held since the mark was reset.
    MemoryHighwater(Brief<Highwater>),
    /// Sets the soft heap limit and answers the one before, <https://sqlite.org/c3ref/hard_heap_limit64.html>.
    SoftHeapLimit(Brief<Bytes>),
    /// Sets the hard heap limit and answers the one before.
    HardHeapLimit(Brief<Bytes>),
    /// Asks for memory back and answers how many bytes came, <https://sqlite.org/c3ref/release_memory.html>.
    ReleaseMemory(Brief<Bytes>),
    /// <https://sqlite.org/c3ref/db_release_memory.html>
    DbReleaseMemory(Brief<OnDb>),
    /// Sets a run-time limit and answers the one before, <https://sqlite.org/c3ref/limit.html>.
    Limit(Limit),
    /// Sets (0, 1) or asks for (-1) a switch and answers its state, <https://sqlite.org/c3ref/db_config.html>.
    DbConfig(DbConfig),
    /// <https://sqlite.org/c3ref/busy_timeout.html>
    BusyTimeout(Brief<BusyTimeout>),
    /// <https://sqlite.org/c3ref/interrupt.html>
    Interrupt(Brief<OnDb>),
    /// Configures the library before it starts; needs `fresh_process`, <https://sqlite.org/c3ref/config.html>.
    Config(Config),
    /// <https://sqlite.org/c3ref/initialize.html>
    Initialize(Brief<Nothing>),
    /// `sqlite3_shutdown`; needs `fresh_process`.
    Shutdown(Brief<Nothing>),
    /// How often the destructors of this case's bindings have run.
    DestructorCalls(Brief<Nothing>),
    /// The size of a file in the case's directory, NULL when there is none.
    FileSize(String),
    /// Limits the worker's address space (RLIMIT_AS), in bytes beyond what it has mapped; needs
    /// `fresh_process`.
    AddressSpace(u64),
    /// Ends or harms the worker on purpose, to test that one case's crash costs one case.
    Misbehave(Misbehaviour),
    /// Runs steps many times and gives the growth of a measured quantity.
    Repeat(Repeat),
    /// Compares saved outcomes: `after <= before + 4096`.
    Compare(String),
    /// The statement cache's capacity, of the driver `rusqlite`.
    CacheCapacity(CacheCapacity),
    /// Empties the statement cache, of the driver `rusqlite`.
    FlushCache(Brief<OnDb>),
}

/// What kind of outcome a verb has when it succeeds: how an expectation is read, and what is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A result code.
    Code,
    /// A result code, or a row.
    Row,
    /// Rows.
    Rows,
    /// One value.
    Value,
    /// A size or counter that differs from build to build for no reason that matters.
    Quantity,
}

impl Verb {
    /// The kind of this verb's outcome.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Step(_) => Kind::Row,
            Self::Query(_) => Kind::Rows,
            Self::StmtStatus(_)
            | Self::DbStatus(_)
            | Self::Status(_)
            | Self::MemoryUsed(_)
            | Self::MemoryHighwater(_)
            | Self::ReleaseMemory(_)
            | Self::Repeat(_) => Kind::Quantity,
            Self::Column(_)
            | Self::ColumnName(_)
            | Self::ColumnDecltype(_)
            | Self::ColumnCount(_)
            | Self::DataCount(_)
            | Self::Value(_)
            | Self::Changes(_)
            | Self::TotalChanges(_)
            | Self::LastInsertRowid(_)
            | Self::Errmsg(_)
            | Self::ErrorOffset(_)
            | Self::Autocommit(_)
            | Self::Sql(_)
            | Self::ExpandedSql(_)
            | Self::StmtBusy(_)
            | Self::StmtReadonly(_)
            | Self::BindParameterCount(_)
            | Self::NextStmt(_)
            | Self::SoftHeapLimit(_)
            | Self::HardHeapLimit(_)
            | Self::Limit(_)
            | Self::DbConfig(_)
            | Self::DestructorCalls(_)
            | Self::FileSize(_) => Kind::Value,
            _ => Kind::Code,
        }
    }

    /// The verb and its arguments on one line, defaults left out: `query SELECT 1`, `step`, `close other`.
    pub fn describe(&self) -> String {
        let tree = Tree::serialized(self).expect("a verb is a plain tree");
        let Tree::Map(entries) = tree else { unreachable!("a verb is an externally tagged enum") };
        let (name, arguments) = &entries[0];
        let name = name.as_text().unwrap_or_default().to_owned();
        match show_arguments(arguments) {
            shown if shown.is_empty() => name,
            shown => format!("{name} {shown}"),
        }
    }

    /// The words of all verbs, in the order of this page.
    pub fn names() -> &'static [String] {
        static NAMES: OnceLock<Vec<String>> = OnceLock::new();
        NAMES.get_or_init(|| {
            // Serde knows them and tells them when none of them is given.
            let unknown: Result<Self, serde::de::value::Error> = Self::deserialize("".into_deserializer());
            unknown_word(&unknown.expect_err("no verb is an empty word").to_string())
                .map_or_else(Vec::new, |(_, known)| known)
        })
    }

    /// The verb's word in YAML.
    pub fn name(&self) -> String {
        let tree = Tree::serialized(self).expect("a verb is a plain tree");
        tree.as_map().and_then(|map| map[0].0.as_text()).unwrap_or_default().to_owned()
    }
}

impl Verb {
    /// The connection that must be open before this verb.
    pub fn connection(&self) -> Option<&str> {
        match self {
            Self::Close(on)
            | Self::CloseV2(on)
            | Self::Changes(on)
            | Self::TotalChanges(on)
            | Self::LastInsertRowid(on)
            | Self::Errcode(on)
            | Self::ExtendedErrcode(on)
            | Self::Errmsg(on)
            | Self::ErrorOffset(on)
            | Self::Autocommit(on)
            | Self::DbReleaseMemory(on)
            | Self::Interrupt(on)
            | Self::FlushCache(on) => Some(&on.db),
            Self::Exec(exec) => Some(&exec.db),
            Self::Query(query) => Some(&query.db),
            Self::Prepare(prepare) => Some(&prepare.db),
            Self::NextStmt(next) => Some(&next.db),
            Self::DbStatus(status) => Some(&status.db),
            Self::Limit(limit) => Some(&limit.db),
            Self::DbConfig(config) => Some(&config.db),
            Self::BusyTimeout(timeout) => Some(&timeout.db),
            Self::CacheCapacity(capacity) => Some(&capacity.db),
            _ => None,
        }
    }

    /// The statement that must be prepared before this verb.
    pub fn statement(&self) -> Option<&str> {
        match self {
            Self::Step(on)
            | Self::Reset(on)
            | Self::ClearBindings(on)
            | Self::Finalize(on)
            | Self::ColumnCount(on)
            | Self::DataCount(on)
            | Self::Sql(on)
            | Self::ExpandedSql(on)
            | Self::StmtBusy(on)
            | Self::StmtReadonly(on)
            | Self::BindParameterCount(on) => Some(&on.stmt),
            Self::Bind(bind) => Some(&bind.stmt),
            Self::Column(column) => Some(&column.stmt),
            Self::ColumnName(column) | Self::ColumnDecltype(column) => Some(&column.stmt),
            Self::ValueDup(dup) => Some(&dup.stmt),
            Self::StmtStatus(status) => Some(&status.stmt),
            Self::NextStmt(next) => next.after.as_deref(),
            _ => None,
        }
    }

    /// Whether the driver `capi` has this verb: everything but rusqlite's own cache.
    pub fn is_of_capi(&self) -> bool {
        !matches!(self, Self::CacheCapacity(_) | Self::FlushCache(_))
    }

    /// Whether the driver `rusqlite` has this verb: what its safe interface offers, and what concerns the
    /// whole process.
    pub fn is_of_rusqlite(&self) -> bool {
        match self {
            Self::Open(_)
            | Self::Close(_)
            | Self::Exec(_)
            | Self::Query(_)
            | Self::Prepare(_)
            | Self::Bind(_)
            | Self::Step(_)
            | Self::Reset(_)
            | Self::ClearBindings(_)
            | Self::Finalize(_)
            | Self::ColumnName(_)
            | Self::ColumnCount(_)
            | Self::Changes(_)
            | Self::TotalChanges(_)
            | Self::LastInsertRowid(_)
            | Self::Autocommit(_)
            | Self::ExpandedSql(_)
            | Self::StmtReadonly(_)
            | Self::BindParameterCount(_)
            | Self::StmtStatus(_)
            | Self::BusyTimeout(_)
            | Self::Interrupt(_)
            | Self::CacheCapacity(_)
            | Self::FlushCache(_)
            | Self::DbReleaseMemory(_) => true,
            Self::Value(_) | Self::ValueFree(_) => false,
            of_process => of_process.connection().is_none() && of_process.statement().is_none(),
        }
    }
}

/// The first argument bare, the others with their names, lists of steps left out.
fn show_arguments(tree: &Tree) -> String {
    let Some(entries) = tree.as_map() else { return show(tree) };
    let shown = entries.iter().filter(|(key, _)| key.as_text() != Some("steps")).enumerate();
    let shown: Vec<String> = shown
        .map(|(i, (key, value))| match (i, key.as_text().unwrap_or_default(), value) {
            (_, key, Tree::Bool(true)) => key.to_owned(),
            (0, "values", values) => show_values(values),
            (_, key @ ("value" | "values"), values) => format!("{key}={}", show_values(values)),
            (0, _, value) => show(value),
            (_, key, value) => format!("{key}={}", show(value)),
        })
        .collect();
    shown.join(" ")
}

/// Values as they are shown everywhere, a text in quotes: it is another value than the number it looks like.
fn show_values(tree: &Tree) -> String {
    match tree {
        Tree::Array(items) => format!("[{}]", items.iter().map(show_values).collect::<Vec<_>>().join(", ")),
        value => value.deserialized::<Literal>().map_or_else(|_| show(value), |literal| literal.to_string()),
    }
}

fn show(tree: &Tree) -> String {
    match tree {
        Tree::Text(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Tree::Integer(n) => i128::from(*n).to_string(),
        Tree::Float(x) => crate::value::shortest(*x),
        Tree::Null => "NULL".to_owned(),
        Tree::Array(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", ")),
        Tree::Map(entries) => {
            let pair = |(key, value): &(Tree, Tree)| match value {
                Tree::Null | Tree::Bool(true) => show(key),
                value => format!("{} {}", show(key), show(value)).trim_end().to_owned(),
            };
            entries.iter().map(pair).collect::<Vec<_>>().join(", ")
        }
        Tree::Bool(value) => value.to_string(),
        other => format!("{other:?}"),
    }
}

fn default_db() -> String {
    DEFAULT_DB.to_owned()
}

fn default_stmt() -> String {
    DEFAULT_STMT.to_owned()
}

fn is_default_db(name: &str) -> bool {
    name == DEFAULT_DB
}

fn is_default_stmt(name: &str) -> bool {
    name == DEFAULT_STMT
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

fn is_false(value: &bool) -> bool {
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
    }
    brief "string" Written::Text(sql) => Some(Self { sql, db: default_db() })
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
    fn is_default(&self) -> bool {
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
    fn is_default(&self) -> bool {
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
    }
    brief "array" Written::List(values) => Some(Self {
        values, stmt: default_stmt(), at: None, value: None, lifetime: Lifetime::Transient,
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
    fn is_default(&self) -> bool {
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
}

arguments! {
    /// Steps to run many times. Its outcome is how much the measured quantity grew per 1,000 iterations
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
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Literal>, D::Error> {
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
