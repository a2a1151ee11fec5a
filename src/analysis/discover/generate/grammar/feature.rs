//! What of SQLite a template uses.

use crate::contract::statements::tokens;

/// Signs that are operators.
const OPERATORS: &[&str] =
    &["=", "<>", "<", "<=", ">", ">=", "||", "->", "->>", "+", "-", "*", "/", "%", "&", "|", "<<", ">>", "~"];
/// Keywords that every statement has.
const PLAIN: &[&str] = &[
    "SELECT", "FROM", "CREATE", "TABLE", "INSERT", "INTO", "VALUES", "AS", "SET", "NULL", "TEXT", "INTEGER",
    "BY", "END", "THEN", "INT", "BEGIN",
];

/// What a template uses itself, a line for each: its keywords, functions and operators.
pub(super) fn feature(text: &str) -> String {
    let all: Vec<&str> = tokens(text).filter(|token| !token.trim().is_empty()).collect();
    let is_telling = |at: &usize| {
        let token = all[*at];
        let is_word = token.starts_with(|c: char| c.is_ascii_alphabetic());
        let is_keyword = is_word && token.len() > 1 && *token == *token.to_ascii_uppercase();
        let is_called = is_word && token.len() > 1 && all.get(at + 1) == Some(&"(");
        let is_long = is_word && token.contains('_');
        // A star is most often all columns, and a sign alone belongs to what is inside it.
        let is_operator = OPERATORS.contains(&token) && token != "*";
        !PLAIN.contains(&token) && (is_keyword || is_called || is_long || is_operator)
    };
    (0..all.len()).filter(is_telling).map(|at| all[at]).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_uses_its_keywords_functions_and_operators() {
        assert_eq!(feature("json_set({}, {}, {})"), "json_set");
        assert_eq!(feature("({} IS NOT {})"), "IS\nNOT");
        assert_eq!(feature("SELECT name FROM pragma_function_list"), "pragma_function_list");
        assert_eq!(feature("({} || {})"), "||");
    }
}
