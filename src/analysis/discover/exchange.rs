//! Whether two programs show one drift through different functions: each shows the same with the values of the other.

use super::program::Program;
use super::tree::Tree;
use crate::contract::statements::tokens;

/// The two programs, each with the literals of the other in the place of its own, but for the simplest ones. Nothing where
/// they have not the same number of such literals, or none: with nothing but the simplest values, it is the functions that
/// differ.
pub(super) fn exchanged(one: &[String], other: &[String]) -> Option<[Program; 2]> {
    let (of_one, of_other) = (special(one), special(other));
    let is_meant = of_one.len() == of_other.len() && !of_one.is_empty();
    is_meant.then(|| [with(one, &of_other), with(other, &of_one)])
}

/// Whether the programs differ in nothing but the name of one function.
pub(super) fn is_renamed(one: &[String], other: &[String]) -> bool {
    let (of_one, of_other) = (one.join(";"), other.join(";"));
    let (of_one, of_other): (Vec<&str>, Vec<&str>) = (tokens(&of_one).collect(), tokens(&of_other).collect());
    let mut differing = (0..of_one.len()).filter(|at| of_one.get(*at) != of_other.get(*at));
    let is_name = |at: usize| of_one.get(at + 1) == Some(&"(");
    let only = differing.next().filter(|at| is_name(*at));
    of_one.len() == of_other.len() && only.is_some() && differing.next().is_none()
}

/// Whether the programs have one and the same literal that is anything special.
pub(super) fn have_literal_in_common(one: &[String], other: &[String]) -> bool {
    let of_other = special(other);
    special(one).iter().any(|literal| of_other.contains(literal))
}

/// The literals that every program may have.
const PLAIN: [&str; 3] = ["0", "1", "''"];

/// Whether a token is a literal that is none of the simplest.
fn is_special(token: &str) -> bool {
    let is_blob = token.starts_with(['x', 'X']) && token.ends_with('\'');
    let is_literal = is_blob || token.starts_with(|c: char| c == '\'' || c.is_ascii_digit());
    is_literal && !PLAIN.contains(&token)
}

/// The literals that are anything special.
pub(super) fn special(statements: &[String]) -> Vec<&str> {
    statements.iter().flat_map(|sql| tokens(sql)).filter(|token| is_special(token)).collect()
}

/// The statements with these literals, of which there are as many.
fn with(statements: &[String], literals: &[&str]) -> Program {
    let mut literals = literals.iter();
    let mut statement = |sql: &String| {
        let other = |token| if is_special(token) { literals.next().copied().unwrap_or(token) } else { token };
        Tree::word(tokens(sql).map(other).collect::<String>())
    };
    Program(statements.iter().map(&mut statement).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(one: &str, other: &str) -> Option<[Vec<String>; 2]> {
        exchanged(&[one.to_owned()], &[other.to_owned()]).map(|both| both.map(|program| program.sql()))
    }

    #[test]
    fn literals_take_the_place_of_others_in_their_order() {
        let both = exchange("SELECT hex(0.285)", "SELECT json_object('', 1e16)");
        let expected = ["SELECT hex(1e16)", "SELECT json_object('', 0.285)"];
        assert_eq!(both, Some(expected.map(|sql| vec![sql.to_owned()])));
    }

    #[test]
    fn a_function_under_another_name_is_no_other_program() {
        let is = |one: &str, other: &str| is_renamed(&[one.to_owned()], &[other.to_owned()]);
        assert!(is("SELECT printf('', 1)", "SELECT format('', 1)"));
        assert!(!is("SELECT printf('')", "SELECT format(0)") && !is("PRAGMA threads", "PRAGMA encoding"));
    }

    #[test]
    fn programs_of_simple_values_or_of_fewer_are_not_compared() {
        assert_eq!(exchange("SELECT hex(0)", "SELECT quote(1)"), None);
        assert_eq!(exchange("SELECT hex(1e16)", "SELECT round(1e16, 2)"), None);
        let is_common =
            |other: &str| have_literal_in_common(&["SELECT hex(1e16), 1".to_owned()], &[other.to_owned()]);
        assert!(is_common("SELECT quote(1e16)") && !is_common("SELECT quote(1)"));
    }
}
