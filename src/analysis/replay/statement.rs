//! What a statement asks for, by its words alone.

use crate::contract::statements::tokens;

/// Whether a statement itself, and not only a part in parentheses, says in which order it wants its rows.
pub(super) fn is_ordered(statement: &str) -> bool {
    let mut depth = 0;
    let mut before = "";
    for token in tokens(statement).filter(|token| !token.trim().is_empty()) {
        match token {
            "(" => depth += 1,
            ")" => depth -= 1,
            by if depth == 0 && by.eq_ignore_ascii_case("by") && before.eq_ignore_ascii_case("order") => {
                return true;
            }
            _ => {}
        }
        before = token;
    }
    false
}

/// Whether a statement asks which SQLite it runs on: what it returns is never the same on two.
pub(super) fn names_build(statement: &str) -> bool {
    const ASKS: [&str; 5] = [
        "sqlite_version",
        "sqlite_source_id",
        "sqlite_compileoption_used",
        "sqlite_compileoption_get",
        "compile_options",
    ];
    tokens(statement).any(|token| ASKS.iter().any(|asks| token.eq_ignore_ascii_case(asks)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_count_where_they_stand() {
        assert!(is_ordered("select a from t order  by a"));
        assert!(is_ordered("SELECT a FROM (SELECT 1) UNION SELECT b FROM t ORDER BY 1 LIMIT ?"));
        assert!(!is_ordered("select a from (select a from t order by a)"));
        assert!(!is_ordered("select sum(a) over (order by b) from t"));
        assert!(names_build("select SQLITE_VERSION()") && names_build("pragma compile_options"));
        assert!(!names_build("select 'sqlite_version()'"));
        assert!(!is_ordered("select 'order by' from \"order\""));
    }
}
