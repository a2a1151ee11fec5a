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

    /// All steps, those of each row.
    pub(in crate::analysis) fn all(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|(_, steps)| steps).map(String::as_str)
    }

    /// One step of a case without rows.
    #[cfg(test)]
    pub(in crate::analysis) fn made_up(step: &str) -> Self {
        Self(vec![(String::new(), vec![step.to_owned()])])
    }

    /// A step and what stands behind it, each SQL statement alone; nothing where there is no such step.
    pub(in crate::analysis) fn behind(&self, row: &str, text: &str) -> Option<Vec<String>> {
        let (_, steps) = self.0.iter().find(|(label, _)| label == row)?;
        let at = steps.iter().position(|step| step == text)?;
        let before: Vec<Statement> = steps[..at].iter().flat_map(|step| Statement::all_of(step)).collect();
        let mut names = names(sql_of(text).unwrap_or_default());
        // A question about the schema is about all of it, but for a pragma of one table.
        let makes_one = before.iter().any(|it| it.makes.as_ref().is_some_and(|made| names.contains(made)));
        let is_of_schema = OF_SCHEMA.iter().any(|it| names.contains(*it)) && !makes_one;
        let mut found: BTreeSet<usize> = BTreeSet::new();
        // A view names tables that were filled behind it, so that another look may find more.
        loop {
            let is_meant =
                |it: &Statement| is_of_schema || it.makes.as_ref().is_none_or(|made| names.contains(made));
            let more: Vec<usize> =
                (0..before.len()).filter(|at| !found.contains(at) && is_meant(&before[*at])).collect();
            if more.is_empty() {
                let behind = found.into_iter().map(|at| before[at].text.clone());
                return Some(behind.chain([text.to_owned()]).collect());
            }
            names.extend(more.iter().flat_map(|at| self::names(&before[*at].text)));
            found.extend(more);
        }
    }
}

/// What is asked of a schema.
const OF_SCHEMA: [&str; 4] = ["sqlite_master", "sqlite_schema", "dbstat", "pragma"];

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Contract;
    use crate::diagnostic::SourceText;

    /// What stands behind the last statement, without the call that opens the database.
    fn behind(sql: &str) -> Vec<String> {
        let case = Contract::of_sql(&SourceText::new("x", sql)).unwrap().cases[0].clone();
        let last = case.runs[0].steps.last().unwrap().step.verb.describe();
        Steps::of(&case).behind("", &last).unwrap().split_off(1)
    }

    #[test]
    fn only_what_makes_what_a_step_reads_stands_behind_it() {
        let all = "CREATE TABLE t(a); CREATE TABLE u(a); CREATE INDEX i ON t(a); CREATE VIEW v AS SELECT a FROM t; \
                   SELECT 1; INSERT OR IGNORE INTO t VALUES (1); SELECT * FROM v";
        let made = ["TABLE t(a)", "INDEX i ON t(a)", "VIEW v AS SELECT a FROM t"]
            .map(|it| format!("exec CREATE {it}"));
        let filled = ["exec INSERT OR IGNORE INTO t VALUES (1)", "query SELECT * FROM v"].map(str::to_owned);
        assert_eq!(behind(all), made.into_iter().chain(filled).collect::<Vec<_>>());
    }

    #[test]
    fn behind_a_question_about_the_schema_stands_everything() {
        let all = "CREATE TABLE t(a); CREATE TABLE u(a);";
        assert_eq!(behind(&format!("{all} PRAGMA integrity_check")).len(), 3);
        assert_eq!(behind(&format!("{all} SELECT sql FROM sqlite_master")).len(), 3);
        assert_eq!(behind(&format!("{all} PRAGMA table_info(u)")).len(), 2);
        assert_eq!(behind(&format!("{all} PRAGMA foreign_keys = 1; SELECT a FROM t")).len(), 3);
    }

    #[test]
    fn a_statement_makes_what_it_names() {
        let made = |sql: &str| made(sql).unwrap_or_default();
        assert_eq!(made("CREATE TEMP TABLE IF NOT EXISTS \"T\"(a)"), "t");
        assert_eq!(made("CREATE UNIQUE INDEX i ON t(a)"), "t");
        assert_eq!(made("WITH n AS (SELECT 1) INSERT INTO t SELECT * FROM n"), "t");
        assert_eq!(made("UPDATE OR IGNORE t SET a = 1"), "t");
        assert_eq!(made("DELETE FROM t"), "t");
        assert_eq!(made("BEGIN"), "");
    }
}
