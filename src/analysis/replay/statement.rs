//! What a statement asks for, by its words alone.

use crate::contract::statements::tokens;

/// Whether a statement itself, and not only a part in parentheses, says in which order it wants its rows.
pub(crate) fn is_ordered(statement: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_of_the_statement_and_not_of_a_part() {
        assert!(is_ordered("select a from t order  by a"));
        assert!(is_ordered("SELECT a FROM (SELECT 1) UNION SELECT b FROM t ORDER BY 1 LIMIT ?"));
        assert!(!is_ordered("select a from (select a from t order by a)"));
        assert!(!is_ordered("select sum(a) over (order by b) from t"));
        assert!(!is_ordered("select 'order by' from \"order\""));
    }
}
