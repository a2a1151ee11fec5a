//! Which feature of SQL an old build's message is about.

/// What an error message says when a build does not know something, and since when SQLite has that.
const KNOWN: [(&str, &str, &str); 24] = [
    ("near \"STRICT\"", "STRICT tables", "3.37.0"),
    ("near \"GENERATED\"", "generated columns", "3.31.0"),
    ("near \"MATERIALIZED\"", "MATERIALIZED", "3.35.0"),
    ("near \"NULLS\"", "NULLS FIRST and LAST", "3.30.0"),
    ("near \"ORDER\"", "ORDER BY in an aggregate function", "3.44.0"),
    ("near \"GROUPS\"", "window frames by GROUPS", "3.28.0"),
    ("near \"EXCLUDE\"", "EXCLUDE in a window frame", "3.28.0"),
    ("near \"OVER\"", "window functions", "3.25.0"),
    ("near \"WINDOW\"", "window functions", "3.25.0"),
    ("near \"FILTER\"", "FILTER of an aggregate function", "3.30.0"),
    ("near \"DISTINCT\"", "IS DISTINCT FROM", "3.39.0"),
    ("near \">\"", "the operators -> and ->>", "3.38.0"),
    ("near \">>\"", "the operators -> and ->>", "3.38.0"),
    ("near \"ON\"", "ON CONFLICT of an INSERT", "3.24.0"),
    ("near \"RETURNING\"", "RETURNING", "3.35.0"),
    ("near \"||\"", "an expression in RAISE()", "3.47.0"),
    ("RIGHT and FULL OUTER JOINs", "RIGHT and FULL JOIN", "3.39.0"),
    ("no such tokenizer: trigram", "the tokenizer trigram", "3.34.0"),
    ("unrecognized option: \"contentless_delete\"", "contentless_delete of FTS5", "3.43.0"),
    ("non-deterministic functions prohibited in index", "date functions in an index", "3.20.0"),
    ("functions prohibited in partial index", "functions in the WHERE of an index", "3.15.0"),
    ("Wrong number of columns for an rtree", "auxiliary columns of rtree", "3.24.0"),
    ("malformed JSON", "JSONB", "3.45.0"),
    ("JSON cannot hold BLOB values", "JSONB", "3.45.0"),
];

/// The feature that a message is about, where that can be told: of the message itself, and of what was to be made.
pub(super) fn feature(message: &str, kind: &str, sql: &str) -> Option<String> {
    let since = |(_, feature, since): &(&str, &str, &str)| format!("{feature}, since {since}");
    // A message quotes the SQL as it is written.
    let upper = message.to_ascii_uppercase();
    by_word(message)
        .or_else(|| by_place(&upper, kind, &sql.to_ascii_uppercase()))
        .or_else(|| KNOWN.iter().find(|(said, ..)| upper.contains(&said.to_ascii_uppercase())).map(since))
}

/// A function or a module, which a message names.
fn by_word(message: &str) -> Option<String> {
    let after = |said: &str| {
        let (_, rest) = message.split_once(said)?;
        Some(rest.trim().trim_end_matches("()").to_owned()).filter(|word| !word.is_empty())
    };
    let function = after("no such function: ").or_else(|| after("unknown function: "));
    let module = || after("no such module: ").map(|module| format!("the module {module}"));
    function.map(|function| format!("the function {function}()")).or_else(module)
}

/// What one word means in one place and something else in another; all in capitals.
fn by_place(message: &str, kind: &str, sql: &str) -> Option<String> {
    let said = |word: &str| message.contains(&format!("NEAR \"{word}\""));
    let has = |word: &str| sql.contains(word);
    let found = match kind {
        _ if message.contains("UNRECOGNIZED TOKEN: \"") && digits_separated(message) => {
            "digits separated by underscores, since 3.46.0"
        }
        "table" if said("AS") || said("(") && (has("AS (") || has("AS(")) => {
            "generated columns, since 3.31.0"
        }
        "trigger" if said("FROM") => "UPDATE FROM, since 3.33.0",
        "view" | "trigger" if said("NOT") && has("MATERIALIZED") => "MATERIALIZED, since 3.35.0",
        "view" | "trigger" if (said("(") || said("AS")) && has("FILTER") => {
            "FILTER of an aggregate function, since 3.30.0"
        }
        "view" | "trigger" if said("(") && has("OVER") => "window functions, since 3.25.0",
        _ => return None,
    };
    Some(found.to_owned())
}

fn digits_separated(message: &str) -> bool {
    let token = message.rsplit_once("TOKEN: \"").map_or("", |(_, token)| token);
    token.starts_with(|c: char| c.is_ascii_digit()) && token.contains('_')
}

#[cfg(test)]
mod tests {
    use super::feature;

    #[test]
    fn a_message_names_its_feature() {
        let of = |message: &str, kind: &str, sql: &str| feature(message, kind, sql).unwrap_or_default();
        assert_eq!(of("near \"STRICT\": syntax error", "table", ""), "STRICT tables, since 3.37.0");
        assert_eq!(of("near \"AS\": syntax error", "table", ""), "generated columns, since 3.31.0");
        assert_eq!(of("near \"strict\": syntax error", "table", ""), "STRICT tables, since 3.37.0");
        assert_eq!(of("near \"as\": syntax error", "table", ""), "generated columns, since 3.31.0");
        assert_eq!(
            of("near \"(\": syntax error", "view", "SELECT sum(a) over (ORDER BY b)"),
            "window functions, since 3.25.0"
        );
        assert_eq!(of("unknown function: iif()", "table", ""), "the function iif()");
        assert_eq!(of("no such module: fts5", "table", ""), "the module fts5");
        assert_eq!(
            of("unrecognized token: \"1_000\"", "table", ""),
            "digits separated by underscores, since 3.46.0"
        );
        assert_eq!(feature("database is locked", "table", ""), None);
    }
}
