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

/// The expression of a column of a plain query, from 1; nothing where the words alone do not say which it is.
pub(in crate::analysis) fn result_column(statement: &str, number: u32) -> Option<&str> {
    const ENDS: [&str; 8] = ["from", "where", "group", "order", "limit", "having", "window", ";"];
    const COMPOUND: [&str; 3] = ["union", "intersect", "except"];
    let is_one_of = |words: &[&str], token: &str| words.iter().any(|word| token.eq_ignore_ascii_case(word));
    let rest = statement.trim_start();
    let list =
        rest.get(..6).filter(|word| word.eq_ignore_ascii_case("select")).map(|word| &rest[word.len()..])?;
    let (mut depth, mut at, mut start) = (0, 0, 0);
    let (mut columns, mut is_over) = (Vec::new(), false);
    for token in tokens(list) {
        match token {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ if depth > 0 => {}
            word if is_one_of(&COMPOUND, word) => return None,
            "," if !is_over => {
                columns.push(&list[start..at]);
                start = at + 1;
            }
            word if !is_over && is_one_of(&ENDS, word) => {
                columns.push(&list[start..at]);
                is_over = true;
            }
            _ => {}
        }
        at += token.len();
    }
    if !is_over {
        columns.push(&list[start..]);
    }
    let columns = columns.get(..usize::try_from(number).ok()?)?;
    // A star stands for more than one.
    let is_star = |column: &&str| column.trim() == "*" || column.trim_end().ends_with(".*");
    if columns.iter().any(is_star) { None } else { columns.last().map(|column| column.trim()) }
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
    fn a_column_is_its_expression() {
        let sql = "select id, round(a, ?) * 2, (select max(b, c) from u), time(d) from t order by 1, 2";
        assert_eq!(result_column(sql, 2), Some("round(a, ?) * 2"));
        assert_eq!(result_column(sql, 3), Some("(select max(b, c) from u)"));
        assert_eq!(result_column(sql, 4), Some("time(d)"));
        assert_eq!(result_column(sql, 5), None);
        assert_eq!(result_column("SELECT round(?), time(?)", 2), Some("time(?)"));
        for unknown in ["select *, time(a) from t", "select t.*, time(a) from t", "pragma a"] {
            assert_eq!(result_column(unknown, 2), None, "{unknown}");
        }
        assert_eq!(result_column("select a, b from t union select c, d from t", 2), None);
    }

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
