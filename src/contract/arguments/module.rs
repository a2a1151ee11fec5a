//! The arguments of the verbs that register a module, which makes virtual tables, <https://sqlite.org/vtab.html>.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DbName, arguments, is_default};
use crate::contract::literal::Literal;
use crate::outcome::sqlite_names::{ConstraintOp, VtabOption};

/// What the tables of a module do. All but `holds` have one column, `value`, and cannot be written to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tables {
    /// Have so many rows: 1, 2, and so on. The others have none.
    Rows(u32),
    /// Fail with these words when they are created, <https://sqlite.org/vtab.html#the_xcreate_method>.
    ErrorInCreate(String),
    /// Fail with these words when a connection first uses them, <https://sqlite.org/vtab.html#the_xconnect_method>.
    ErrorInConnect(String),
    /// Fail with these words when a statement begins to read, <https://sqlite.org/vtab.html#the_xfilter_method>.
    ErrorInFilter(String),
    /// Fail when they are dropped, without words: SQLite asks for none there,
    /// <https://sqlite.org/vtab.html#the_xdestroy_method>.
    ErrorInDestroy,
    /// Hold rows, and choose in xBestIndex how they are read, with the driver `capi`. Everything that SQLite asks of them
    /// is logged.
    Holds(Box<Holding>),
}

/// Rows of a virtual table, and how it lets SQLite read and write them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Holding {
    /// Its columns as in CREATE TABLE, each beginning with its name: `a INTEGER`, `b HIDDEN`.
    pub columns: Vec<String>,
    /// Its rows, with the rowids 1, 2, and so on. Columns at the end for which a row has no value are arguments: they
    /// have the value that an `eq` in `uses` compares them with, which is no condition on the rows.
    #[serde(skip_serializing_if = "is_default")]
    pub rows: Vec<Vec<Literal>>,
    /// Its key is its first column, and there are no rowids.
    #[serde(skip_serializing_if = "is_default")]
    pub without_rowid: bool,
    /// How it answers xBestIndex.
    #[serde(skip_serializing_if = "is_default")]
    pub best_index: BestIndex,
    /// What it says of itself while it is created or connected.
    #[serde(skip_serializing_if = "is_default")]
    pub config: Vec<VtabOption>,
    /// The functions of two arguments that it overloads: they return 1, and are a constraint of their own.
    #[serde(skip_serializing_if = "is_default")]
    pub functions: Vec<String>,
    /// Whether it can be written to. Then it takes part in transactions and can be renamed, and the tables named after
    /// it with `_data` at the end are its shadow tables.
    #[serde(skip_serializing_if = "is_default")]
    pub writable: bool,
    /// What it finds wrong with itself when an integrity check asks; nothing when left out.
    #[serde(skip_serializing_if = "is_default")]
    pub integrity: Option<String>,
    /// Where it fails.
    #[serde(skip_serializing_if = "is_default")]
    pub fails_in: Vec<TableMethod>,
    /// The code with which it fails; ERROR when left out.
    #[serde(skip_serializing_if = "is_default")]
    pub code: Option<String>,
    /// The words with which it fails; without any when left out.
    #[serde(skip_serializing_if = "is_default")]
    pub words: Option<String>,
}

/// How a virtual table answers xBestIndex, <https://sqlite.org/vtab.html#the_xbestindex_method>.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BestIndex {
    /// The constraints that it takes for itself, where they are usable: it looks rows up by them.
    #[serde(skip_serializing_if = "is_default")]
    pub uses: Vec<ConstraintOp>,
    /// Whether it promises that rows meet them, so that SQLite does not look again.
    #[serde(skip_serializing_if = "is_default")]
    pub omit: bool,
    /// Whether it takes the whole right side of an IN, `sqlite3_vtab_in`, where there is that function.
    #[serde(skip_serializing_if = "is_default")]
    pub in_whole: bool,
    /// The columns that have to be compared by a usable `eq`: without it the answer is CONSTRAINT.
    #[serde(skip_serializing_if = "is_default")]
    pub needs: Vec<String>,
    /// Whether it says that rows come in the order that is asked for. They come as they are written.
    #[serde(skip_serializing_if = "is_default")]
    pub consumes_order: bool,
    /// Whether it says that there is one row at most.
    #[serde(skip_serializing_if = "is_default")]
    pub unique: bool,
    /// The cost that it estimates; a tenth of it for each constraint that it takes.
    #[serde(skip_serializing_if = "is_default")]
    pub cost: Option<f64>,
    /// The number of rows that it estimates; a tenth of it for each constraint that it takes.
    #[serde(skip_serializing_if = "is_default")]
    pub rows: Option<i64>,
    /// What else it asks SQLite, and logs.
    #[serde(skip_serializing_if = "is_default")]
    pub asks: Vec<Question>,
}

/// What a virtual table may ask in xBestIndex.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// The right side of each constraint where it is known, `sqlite3_vtab_rhs_value`.
    Value,
    /// The collation of each constraint, `sqlite3_vtab_collation`.
    Collation,
    /// Whether a constraint is an IN, `sqlite3_vtab_in`.
    In,
    /// How much DISTINCT and GROUP BY need, `sqlite3_vtab_distinct`.
    Distinct,
    /// Which columns are read, `colUsed`.
    Columns,
}

/// The methods of a virtual table that holds rows in which it can fail, <https://sqlite.org/c3ref/module.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TableMethod {
    /// `xBestIndex`
    BestIndex,
    /// `xFilter`
    Filter,
    /// `xNext`
    Next,
    /// `xUpdate`
    Update,
    /// `xBegin`
    Begin,
    /// `xSync`
    Sync,
    /// `xRename`
    Rename,
}

impl Holding {
    /// What it declares itself to be.
    pub(crate) fn declaration(&self) -> String {
        let end = if self.without_rowid { ") WITHOUT ROWID" } else { ")" };
        format!("CREATE TABLE x({}{end}", self.columns.join(", "))
    }

    /// The name of a column; those of no column are SQLite's own for the rowid.
    pub(crate) fn column(&self, at: i32) -> &str {
        let written = usize::try_from(at).ok().and_then(|at| self.columns.get(at));
        written.and_then(|written| written.split_whitespace().next()).unwrap_or("rowid")
    }
}

arguments! {
    /// A module to make.
    Module {
        /// The module's name in SQL.
        name: String,
        /// What its tables do.
        does: Tables,
    } optional {
        /// Whether it has a table of its own name, without CREATE VIRTUAL TABLE,
        /// <https://sqlite.org/vtab.html#eponymous_virtual_tables>. Creating a table is then connecting it.
        eponymous: bool,
        /// The connection.
        db: DbName,
    }
}

arguments! {
    /// A module to take away.
    RemoveModule {
        /// The module's name in SQL.
        name: String,
    } optional {
        /// The connection.
        db: DbName,
    }
    brief name
}
