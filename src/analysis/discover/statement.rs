//! A statement of a program as a text: SQL, or a step of the contract language as YAML has it on one line, such as
//! `column: {at: 0, stmt: p}`. No SQL begins with a word and a colon.

use std::time::Duration;

use crate::contract::step::Step;
use crate::contract::verb::{Call, Query, Verb};
use crate::contract::{Case, Contract};

/// The step that a statement is.
pub(in crate::analysis) fn step_of(text: &str) -> Step {
    let step = is_call(text).then(|| serde_yaml::from_str::<Step>(text).ok()).flatten();
    step.unwrap_or_else(|| Step::of(Call::Query(Query::of(text.to_owned()))))
}

/// Whether a statement is a call and not SQL.
pub(super) fn is_call(text: &str) -> bool {
    text.split_once(':').is_some_and(|(verb, _)| Verb::NAMES.contains(&verb))
}

/// What generated statements may take on one build; most take less than a millisecond.
pub(super) const DEADLINE: Duration = Duration::from_secs(10);

/// The case that runs statements.
pub(super) fn case_of(statements: &[String]) -> Case {
    let steps = statements.iter().map(|text| step_of(text)).collect();
    Case { deadline: DEADLINE, ..Case::of_program(steps) }
}

/// The contract whose one case runs these statements.
pub fn contract_of(statements: &[String]) -> Contract {
    Contract { cases: vec![case_of(statements)], ..Contract::of_steps("finding", Vec::new()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_sql_unless_it_begins_with_a_verb_and_a_colon() {
        let shown = |text: &str| step_of(text).describe();
        assert_eq!(shown("SELECT ':a'"), "query SELECT ':a'");
        assert_eq!(shown("reset: p"), "reset p");
        assert_eq!(shown("column: {at: 1, stmt: p}"), "column 1 stmt=p");
        assert_eq!(shown("column: {at"), "query column: {at");
    }
}
