//! What becomes of each argument and each result, by the names that the recorder gives them. A text of which nothing is said
//! here may hold a literal.

/// What becomes of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It holds no value of anybody's.
    Stays,
    /// A value, whatever it is.
    IsHidden,
    /// SQL, which keeps its shape.
    IsSql,
    /// Its texts stay where they are names in the program's SQL. `sqlite3_column_name()` returns an expression's own text.
    MayName,
    /// Where in SQL the part begins that SQLite did not read.
    IsTail,
    /// A result, which as a failure is a list with a message.
    IsAnswer,
}

/// Arguments and results that are values, by their names.
const VALUES: [&str; 9] = ["value", "values", "cells", "data", "message", "row", "other", "old", "new"];
/// Functions whose result is a value.
const ANSWER: [&str; 18] = [
    "sqlite3_column_blob",
    "sqlite3_column_double",
    "sqlite3_column_int",
    "sqlite3_column_int64",
    "sqlite3_column_text",
    "sqlite3_column_text16",
    "sqlite3_value_blob",
    "sqlite3_value_double",
    "sqlite3_value_int",
    "sqlite3_value_int64",
    "sqlite3_value_text",
    "sqlite3_value_text16",
    "sqlite3_errmsg",
    "sqlite3_last_insert_rowid",
    "sqlite3_serialize",
    "sqlite3_sql",
    "sqlite3_expanded_sql",
    "sqlite3_normalized_sql",
];
/// Functions whose result SQLite has from nobody: of itself, or from the name of a parameter.
const OWN_WORDS: [&str; 5] = [
    "sqlite3_libversion",
    "sqlite3_sourceid",
    "sqlite3_compileoption_get",
    "sqlite3_errstr",
    "sqlite3_bind_parameter_name",
];
/// Arguments by which a program names something in a call, and not in SQL.
const NAMED_IN_A_CALL: [&str; 9] =
    ["name", "schema", "table", "column", "kind", "vfs", "to_schema", "from_schema", "entry"];
/// What a recording is told by its surroundings: no values of anybody's.
const SURROUNDINGS: [&str; 4] = ["xRandomness", "xCurrentTime", "xCurrentTimeInt64", "sqlite3_randomness"];
/// The file system's, whose `value` are flags. The one of a virtual table is `xOpen()`.
const OPENS_FILE: &str = "xOpen";

/// What becomes of what a function calls so.
pub(super) fn fate(function: &str, name: &str, is_result: bool) -> Fate {
    let is_call = function.starts_with("sqlite3");
    match name {
        _ if SURROUNDINGS.contains(&function) => Fate::Stays,
        "value" if function == OPENS_FILE => Fate::Stays,
        // Any text may be asked about.
        "sql" if function == "sqlite3_complete" => Fate::IsHidden,
        "sql" => Fate::IsSql,
        "tail" if is_result => Fate::IsTail,
        "result" if is_result && ANSWER.contains(&function) => Fate::IsHidden,
        "result" if is_result && OWN_WORDS.contains(&function) => Fate::Stays,
        "result" | "failure" if is_result => Fate::IsAnswer,
        // The authorizer's first argument is a name, or a file; a collation's first is a text.
        "one" if function == "collation()" => Fate::IsHidden,
        _ if VALUES.contains(&name) => Fate::IsHidden,
        _ if is_call && !is_result && NAMED_IN_A_CALL.contains(&name) => Fate::Stays,
        _ => Fate::MayName,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_hold_a_literal_does_not_stay() {
        for (function, name, is_result, expected) in [
            ("sqlite3_column_name", "result", true, Fate::IsAnswer),
            ("sqlite3_bind_parameter_name", "result", true, Fate::Stays),
            ("sqlite3_step", "result", true, Fate::IsAnswer),
            ("sqlite3_backup_init", "failure", true, Fate::IsAnswer),
            ("sqlite3_blob_open", "table", false, Fate::Stays),
            ("sqlite3_table_column_metadata", "kind", true, Fate::MayName),
            ("sqlite3_open_v2", "file", false, Fate::MayName),
            ("authorizer()", "one", false, Fate::MayName),
            ("authorizer()", "two", false, Fate::MayName),
            ("update_hook()", "table", false, Fate::MayName),
            ("preupdate_hook()", "old", false, Fate::IsHidden),
            ("collation()", "one", false, Fate::IsHidden),
            ("exec()", "names", false, Fate::MayName),
            ("xOpen", "name", false, Fate::MayName),
            ("xCreate()", "words", false, Fate::MayName),
            ("xRandomness", "value", true, Fate::Stays),
            ("a function of tomorrow", "a text of tomorrow", true, Fate::MayName),
        ] {
            assert_eq!(fate(function, name, is_result), expected, "{function}: {name}");
        }
    }
}
