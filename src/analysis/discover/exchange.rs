//! Whether two programs show one drift through different functions: each shows the same with the literals of the other.

use super::program::Program;
use super::tree::Tree;
use super::values::is_simplest;
use crate::contract::statements::tokens;

/// The two programs, each with the literals of the other in the place of its own. Nothing where they have not the same
/// number of them, or none that is anything special: with nothing but the simplest values, it is the functions that
/// differ.
pub(super) fn exchanged(one: &[String], other: &[String]) -> Option<[Program; 2]> {
    let (of_one, of_other) = (literals(one), literals(other));
    let is_special = |literals: &[&str]| literals.iter().any(|literal| !is_simplest(literal));
    let is_meant = of_one.len() == of_other.len() && is_special(&of_one) && is_special(&of_other);
    is_meant.then(|| [with(one, &of_other), with(other, &of_one)])
}

/// Whether the programs have one and the same literal that is anything special.
pub(super) fn have_literal_in_common(one: &[String], other: &[String]) -> bool {
    let of_other = literals(other);
    literals(one).iter().any(|literal| !is_simplest(literal) && of_other.contains(literal))
}

fn is_literal(token: &str) -> bool {
    let is_blob = token.starts_with(['x', 'X']) && token.ends_with('\'');
    is_blob || token.starts_with(|c: char| c == '\'' || c.is_ascii_digit())
}

fn literals(statements: &[String]) -> Vec<&str> {
    statements.iter().flat_map(|sql| tokens(sql)).filter(|token| is_literal(token)).collect()
}

/// The statements with these literals, of which there are as many.
fn with(statements: &[String], literals: &[&str]) -> Program {
    let mut literals = literals.iter();
    let mut statement = |sql: &String| {
        let other = |token| if is_literal(token) { literals.next().copied().unwrap_or(token) } else { token };
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
        let both = exchange("SELECT round(0.285, 2)", "SELECT printf('%.2f', 1e16)");
        let expected = ["SELECT round('%.2f', 1e16)", "SELECT printf(0.285, 2)"];
        assert_eq!(both, Some(expected.map(|sql| vec![sql.to_owned()])));
    }

    #[test]
    fn programs_of_simple_values_or_of_fewer_are_not_compared() {
        assert_eq!(exchange("SELECT hex(0)", "SELECT quote(1)"), None);
        assert_eq!(exchange("SELECT hex(1e16)", "SELECT round(1e16, 2)"), None);
    }
}
