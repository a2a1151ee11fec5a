//! The verbs of the contract language.
//!
//! One verb is one call of SQLite's C interface (or of rusqlite, where the case's driver says so). The
//! types here and in [`super::arguments`] are the language: the JSON Schema is generated from them, and a verb
//! added here is known to the parser, to the protocol and to the transcript at once.

use std::sync::OnceLock;

use ciborium::Value as Tree;
use schemars::JsonSchema;
use serde::de::IntoDeserializer;
use serde::{Deserialize, Serialize};

pub use super::arguments::*;
use super::brief::Brief;
use super::describe::show_arguments;
use crate::diagnostic::unknown_word;

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
