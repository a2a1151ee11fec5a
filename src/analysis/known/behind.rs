//! What stands behind a step of a case: the steps before it that make what it uses.

use std::collections::BTreeSet;

use super::said::sql_of;
use crate::contract::Case;
use crate::contract::statements::{statements, tokens};

/// The steps of a case as transcripts show them, by the row of `with`.
#[derive(Debug, Clone, Default)]
pub(in crate::analysis) struct Steps(Vec<(String, Vec<String>)>);

impl Steps {
    pub(in crate::analysis) fn of(case: &Case) -> Self {
        let steps = |run: &crate::contract::Run| run.steps.iter().map(|it| it.step.verb.describe()).collect();
        Self(case.runs.iter().map(|run| (run.label.clone().unwrap_or_default(), steps(run))).collect())
    }

    /// A step and what stands behind it, each SQL statement alone; nothing where there is no such step.
    pub(in crate::analysis) fn behind(&self, row: &str, text: &str) -> Option<Vec<String>> {
        let (_, steps) = self.0.iter().find(|(label, _)| label == row)?;
        let at = steps.iter().position(|step| step == text)?;
        let before: Vec<Statement> = steps[..at].iter().flat_map(|step| Statement::all_of(step)).collect();
        let mut names = names(sql_of(text).unwrap_or_default());
        let mut found = vec![text.to_owned()];
        let is_of_schema =
            ["sqlite_master", "sqlite_schema", "dbstat", "pragma"].iter().any(|it| names.contains(*it));
        for statement in before.iter().rev() {
            if is_of_schema || statement.makes.as_ref().is_none_or(|made| names.contains(made)) {
                names.extend(self::names(&statement.text));
                found.push(statement.text.clone());
            }
        }
        Some(found)
    }
}

/// A statement before a step.
struct Statement {
    /// As transcripts show it.
    text: String,
    /// The table or view that it makes or fills; nothing where it is about everything after it.
    makes: Option<String>,
}

impl Statement {
    /// Those of a step. A question leaves nothing behind.
    fn all_of(step: &str) -> Vec<Self> {
        let Some(sql) = sql_of(step) else { return vec![Self { text: step.to_owned(), makes: None }] };
        let of = |sql: &str| Self { text: format!("exec {sql}"), makes: made(sql) };
        let all = statements(sql);
        all.iter().filter(|it| !is_question(it.sql)).map(|it| of(it.sql)).collect()
    }
}

fn is_question(sql: &str) -> bool {
    let first = words(sql).next().unwrap_or_default();
    ["select", "values", "explain"].contains(&first.as_str())
}

/// The table or view that a statement makes, fills or changes: an index and a trigger belong to their table.
fn made(sql: &str) -> Option<String> {
    let words: Vec<String> = words(sql).collect();
    let behind = |word: &str| words.iter().position(|it| it == word).map(|at| at + 1);
    let is_on = ["index", "trigger"]
        .iter()
        .any(|it| words.get(1) == Some(&(*it).to_owned()) || words.get(2) == Some(&(*it).to_owned()));
    let at = match words.first()?.as_str() {
        "create" if is_on => behind("on"),
        "create" => behind("table").or_else(|| behind("view")),
        "alter" | "drop" => behind("table"),
        "insert" | "replace" | "with" => behind("into"),
        "delete" => behind("from"),
        "update" => Some(1),
        _ => None,
    }?;
    let skipped = ["if", "not", "exists", "or", "ignore", "replace", "abort", "fail", "rollback"];
    words[at.min(words.len())..].iter().find(|word| !skipped.contains(&word.as_str())).cloned()
}

/// The words of a statement that may be names.
fn names(sql: &str) -> BTreeSet<String> {
    words(sql).collect()
}

fn words(sql: &str) -> impl Iterator<Item = String> + '_ {
    let is_word =
        |token: &&str| token.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '"' | '`' | '['));
    let bare = |token: &str| token.trim_matches(|c| matches!(c, '"' | '`' | '[' | ']')).to_ascii_lowercase();
    tokens(sql).filter(is_word).map(bare)
}
