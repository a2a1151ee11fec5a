//! What a change needs, as far as the text of a program tells: its functions, clauses, types and forms of numbers, whatever its
//! tables and columns are called.

use std::collections::BTreeSet;

use super::ask::is_call;
use super::said::sql_of;
use super::words::{SHOWS_A_TYPE, SUBQUERY, words};

/// Keywords that make a difference to what a program does.
const TELLING: [&str; 84] = [
    "%",
    "&",
    "->",
    "->>",
    "<<",
    ">>",
    "add",
    "all",
    "alter",
    "always",
    "analyze",
    "attach",
    "autoincrement",
    "before",
    "between",
    "blob",
    "cascade",
    "case",
    "check",
    "collate",
    "conflict",
    "default",
    "delete",
    "desc",
    "distinct",
    "drop",
    "escape",
    "except",
    "exclude",
    "exists",
    "explain",
    "filter",
    "foreign",
    "full",
    "glob",
    "group",
    "groups",
    "having",
    "ignore",
    "indexed",
    "instead",
    "intersect",
    "is",
    "left",
    "like",
    "limit",
    "match",
    "materialized",
    "natural",
    "nocase",
    "nulls",
    "numeric",
    "offset",
    "over",
    "partition",
    "raise",
    "range",
    "real",
    "recursive",
    "references",
    "regexp",
    "reindex",
    "release",
    "rename",
    "replace",
    "returning",
    "right",
    "rollback",
    "rows",
    "rtrim",
    "savepoint",
    "stored",
    "strict",
    "temp",
    "text",
    "trigger",
    "unindexed",
    "union",
    "update",
    "using",
    "vacuum",
    "virtual",
    "without",
    "||",
];
/// Keywords that make a difference, and that many programs have for no reason of what is asked.
const COMMON: [&str; 14] = [
    "=",
    "a large integer",
    "a real",
    "in",
    "index",
    "inner",
    "integer",
    "join",
    "not",
    "on",
    "order",
    "primary",
    "unique",
    "where",
];
/// Other words of what makes the same difference.
const SAME: [(&str, &str); 17] = [
    ("view", SUBQUERY),
    ("with", SUBQUERY),
    ("int", "integer"),
    ("float", "real"),
    ("double", "real"),
    ("temporary", "temp"),
    ("ifnull", "coalesce"),
    ("==", "="),
    ("<", "="),
    (">", "="),
    ("<=", "="),
    (">=", "="),
    ("<>", "="),
    ("!=", "="),
    ("isnull", "is"),
    ("notnull", "is"),
    ("cross", "join"),
];

/// What stands for a function of many rows.
const AGGREGATE: &str = "an aggregate";
/// Functions of many rows, with OVER or without.
const AGGREGATES: [&str; 18] = [
    "avg",
    "count",
    "cume_dist",
    "dense_rank",
    "first_value",
    "group_concat",
    "lag",
    "last_value",
    "lead",
    "max",
    "min",
    "nth_value",
    "ntile",
    "percent_rank",
    "rank",
    "row_number",
    "sum",
    "total",
];

/// The ingredients of a program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::analysis) struct Ingredients(BTreeSet<String>);

impl Ingredients {
    /// Those of steps as transcripts show them.
    pub(in crate::analysis) fn of<'a>(steps: impl IntoIterator<Item = &'a str>) -> Self {
        Self(steps.into_iter().flat_map(of_step).collect())
    }

    /// Whether another program has them all.
    pub(in crate::analysis) fn are_in(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// How many of them say what a program is about.
    pub(in crate::analysis) fn telling(&self) -> usize {
        let is_common = |it: &&String| it.as_str() == SUBQUERY || COMMON.contains(&it.as_str());
        self.0.iter().filter(|it| !is_common(it)).count()
    }

    /// Whether one of them is an aggregate: which one it is, matters where nothing else tells.
    pub(in crate::analysis) fn has_aggregate(&self) -> bool {
        self.0.contains(AGGREGATE)
    }

    /// How many there are.
    pub(in crate::analysis) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether a function of JSON is among them.
    pub(in crate::analysis) fn has_json(&self) -> bool {
        self.0.iter().any(|it| it.starts_with("json"))
    }
}

/// A call is an ingredient itself; what it asks for in SQL has its own.
fn of_step(step: &str) -> Vec<String> {
    let Some(sql) = sql_of(step).map(without_values) else {
        let verb = step.split(' ').next().unwrap_or_default();
        return if PLAIN.contains(&verb) { Vec::new() } else { vec![format!("the call {verb}")] };
    };
    let tokens: Vec<String> = words(sql).collect();
    let has =
        |run: &[&str]| tokens.windows(run.len()).any(|it| it.iter().zip(run).all(|(it, word)| it == word));
    let found = RUNS.into_iter().filter(|(run, _)| has(run)).map(|(_, name)| name);
    let words = (0..tokens.len()).filter_map(|at| of_token(&tokens, at));
    words.chain(found).filter(|it| *it != SHOWS_A_TYPE).map(str::to_owned).collect()
}

/// What tells only together.
const RUNS: [(&[&str], &str); 2] =
    [(&["(", "(", SUBQUERY], "a query in two pairs of parentheses"), (&["in", "(", ")"], "an empty list")];

/// The ingredient that a token is, by what stands around it; nothing where it is a name or says nothing.
fn of_token(tokens: &[String], at: usize) -> Option<&str> {
    let same = |it: &&(&str, &'static str)| it.0 == tokens[at];
    let token = SAME.iter().find(same).map_or(tokens[at].as_str(), |(_, it)| it);
    if token.starts_with("a real") {
        return Some("a real");
    }
    if tokens.get(at + 1).is_some_and(|next| next == "(") && is_call(tokens, at) {
        return Some(if AGGREGATES.contains(&token) { AGGREGATE } else { token });
    }
    let is_named = at > 0 && ["pragma", "using"].contains(&tokens[at - 1].as_str());
    let is_it = is_named
        || token.starts_with("a number")
        || token.starts_with("sqlite_")
        || token == SUBQUERY
        || TELLING.contains(&token)
        || COMMON.contains(&token);
    is_it.then_some(token)
}

/// The SQL of a step without the values that are bound to it.
fn without_values(sql: &str) -> &str {
    sql.split_once(" values=[").map_or(sql, |(sql, _)| sql)
}

/// Calls that every program may make.
const PLAIN: [&str; 8] = ["open", "close", "step", "column", "finalize", "reset", "bind", "value"];

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sql: &str) -> Ingredients {
        Ingredients::of([format!("query {sql}").as_str()])
    }

    #[test]
    fn what_tables_and_columns_are_called_says_nothing() {
        assert_eq!(of("SELECT DISTINCT a FROM t"), of("select distinct \"b c\" from u"));
        assert_eq!(of("SELECT a FROM t").len(), 0);
        assert!(of("SELECT a FROM t UNION SELECT 1").are_in(&of("SELECT DISTINCT b FROM u UNION SELECT 0")));
        assert!(!of("SELECT DISTINCT b FROM u UNION SELECT 0").are_in(&of("SELECT a FROM t UNION SELECT 1")));
    }

    #[test]
    fn what_asks_for_the_same_is_the_same() {
        assert_eq!(of("CREATE VIEW v AS SELECT json(1)"), of("SELECT json(1) FROM (SELECT 1)"));
        assert_eq!(of("SELECT a < 1.5"), of("SELECT a = 2e7"));
        assert_eq!(of("SELECT max(a)"), of("SELECT typeof(sum(a))"));
        assert_eq!(of("SELECT name FROM pragma_table_info('t')"), of("PRAGMA table_info(t)"));
        assert_ne!(of("SELECT 1 IN ()"), of("SELECT 1 IN (1)"));
        assert_ne!(of("SELECT 1 IN ((SELECT 1))"), of("SELECT 1 IN (SELECT 1)"));
    }

    #[test]
    fn what_most_programs_have_tells_nothing() {
        assert_eq!(of("SELECT a FROM t WHERE a = 1.5 ORDER BY a").telling(), 0);
        assert_eq!(of("SELECT round(a) FROM t LEFT JOIN u ON 1").telling(), 2);
    }

    #[test]
    fn a_call_is_an_ingredient_and_a_bound_value_is_none() {
        let steps = |all: &[&str]| Ingredients::of(all.iter().copied());
        assert_eq!(steps(&["open :memory:", "query SELECT round(?1) values=[1.5]"]), of("SELECT round(a)"));
        assert!(!steps(&["limit column 2"]).are_in(&of("SELECT round(a)")));
        assert!(steps(&["limit column 2"]).are_in(&steps(&["limit variable_number 7"])));
    }
}
