//! What a step says word for word: a case that has the statements of a program says the same of them, whatever they use.

use std::collections::BTreeSet;

use crate::contract::Case;
use crate::contract::statements::{statements, tokens};

/// Verbs whose first argument is SQL.
const OF_SQL: [&str; 3] = ["query", "exec", "prepare"];

/// Arguments that only name a handle.
const NAMES_OF_HANDLES: [&str; 3] = ["db=", "stmt=", "keep="];

/// What a step asks: the SQL of a step as transcripts show it, or the call, without the names of its handles.
pub(in crate::analysis) fn asked(step: &str) -> String {
    sql_of(step).map_or_else(|| without_handles(step), str::to_owned)
}

/// The statements of a step as transcripts show it, each with single spaces and in small letters; of a call without SQL the call,
/// without the names of its handles.
pub(in crate::analysis) fn said(step: &str) -> BTreeSet<String> {
    match sql_of(step) {
        Some(sql) => statements(sql).iter().map(|it| normal(it.sql)).collect(),
        None => BTreeSet::from([without_handles(step)]),
    }
}

/// What all steps of a case say.
pub(in crate::analysis) fn said_by(case: &Case) -> BTreeSet<String> {
    let steps = case.runs.iter().flat_map(|run| &run.steps);
    steps.flat_map(|placed| said(&placed.step.verb.describe())).collect()
}

/// Texts keep their letters: `'A'` and `'a'` are two values.
fn normal(sql: &str) -> String {
    let word = |token: &str| match token.starts_with(['\'', '"']) {
        true => token.to_owned(),
        false => token.to_ascii_lowercase(),
    };
    tokens(sql).filter(|token| !token.trim().is_empty()).map(word).collect::<Vec<_>>().join(" ")
}

/// The SQL of a step, without the arguments behind it that only name a handle or say how it is prepared.
pub(super) fn sql_of(step: &str) -> Option<&str> {
    let (verb, mut sql) = step.split_once(' ').filter(|(verb, _)| OF_SQL.contains(verb))?;
    let is_how = |word: &str| verb == "prepare" && (word == "cached" || word.starts_with("version="));
    while let Some((before, _)) =
        sql.rsplit_once(' ').filter(|(_, word)| names_a_handle(word) || is_how(word))
    {
        sql = before;
    }
    Some(sql)
}

fn names_a_handle(word: &str) -> bool {
    NAMES_OF_HANDLES.iter().any(|name| word.starts_with(name))
}

fn without_handles(step: &str) -> String {
    step.split_whitespace().filter(|word| !names_a_handle(word)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_the_same_but_for_spaces_and_the_letters_of_words() {
        let same = |one: &str, other: &str| said(one) == said(other);
        assert!(same("query SELECT replace(0,'',1)", "prepare select  REPLACE(0, '', 1)"));
        assert!(!same("query SELECT 'A'", "query SELECT 'a'"));
        assert!(!same("query SELECT 1", "query SELECT 2"));
        let both = said("exec CREATE TABLE t(a); INSERT INTO t VALUES (1)");
        assert!(said("query INSERT INTO t VALUES(1)").is_subset(&both), "{both:?}");
    }

    #[test]
    fn calls_are_the_same_but_for_the_names_of_handles() {
        let same = |one: &str, other: &str| said(one) == said(other);
        assert!(same("db_config enable_fkey -1 db=other", "db_config enable_fkey -1"));
        assert!(same("serialize db=other keep=image", "serialize"));
        assert!(same("exec DROP TABLE t db=other", "exec DROP TABLE t"));
        assert!(same("prepare SELECT 1 stmt=p version=v3", "query SELECT 1"));
        assert!(same("prepare SELECT 1 db=left cached", "query SELECT 1"));
        assert!(!same("query SELECT a AS cached", "query SELECT a AS"));
        assert!(!same("limit variable_number 2", "limit variable_number -1"));
    }
}
