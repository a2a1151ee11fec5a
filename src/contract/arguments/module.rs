//! The arguments of the verbs that register a module, which makes virtual tables, <https://sqlite.org/vtab.html>.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DbName, arguments};

/// What the tables of a module do. They have one column, `value`, and cannot be written to.
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
