//! What is in the schema of a database.

use schemars::JsonSchema;
use serde::Serialize;

use crate::outcome::Outcome;
use crate::outcome::value::Value;

/// A table, an index, a view or a trigger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Object {
    /// `table`, `index`, `view` or `trigger`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The table that it is of.
    pub table: String,
    /// The statement that makes it.
    #[serde(skip)]
    pub sql: String,
}

/// The objects that a statement made, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Schema(pub Vec<Object>);

impl Schema {
    /// The query that gives its rows.
    pub(super) const QUERY: &'static str =
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid";

    /// The objects of such rows; none that SQLite or a virtual table keeps for itself.
    pub(super) fn of(outcome: &Outcome) -> Self {
        let Outcome::Rows(rows) = outcome else { return Self::default() };
        let object = |row: &Vec<Value>| {
            let [kind, name, table, sql] = row.as_slice() else { return None };
            Some(Object { kind: text(kind)?, name: text(name)?, table: text(table)?, sql: text(sql)? })
        };
        let mut objects: Vec<Object> = rows.iter().filter_map(object).collect();
        let shadows: Vec<String> = objects
            .iter()
            .filter(|object| object.is_virtual())
            .map(|object| format!("{}_", object.name))
            .collect();
        objects.retain(|object| {
            let is_shadow =
                object.kind == "table" && shadows.iter().any(|start| object.name.starts_with(start));
            !is_shadow && !object.name.to_ascii_lowercase().starts_with("sqlite_")
        });
        Self(objects)
    }

    /// The objects of a kind.
    pub fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Object> {
        self.0.iter().filter(move |object| object.kind == kind)
    }
}

impl Object {
    fn is_virtual(&self) -> bool {
        let mut words = self.sql.split_whitespace().map(str::to_ascii_lowercase);
        words.next().as_deref() == Some("create") && words.next().as_deref() == Some("virtual")
    }

    /// Its name as SQL takes it.
    pub(super) fn quoted(&self) -> String {
        quoted(&self.name)
    }

    /// The first expression of an index and its WHERE, when that is no column: what an index keeps that may have
    /// another value on another build.
    pub(super) fn indexed_expression(&self) -> Option<(String, Option<String>)> {
        if self.kind != "index" {
            return None;
        }
        let open = self.sql.find('(')?;
        let terms = split(&self.sql[open..])?;
        let first = without_order(terms.items.first()?);
        let is_column = !first.contains('(');
        let rest = terms.rest.trim_start();
        let condition = rest
            .get(..5)
            .filter(|word| word.eq_ignore_ascii_case("where"))
            .map(|_| rest[5..].trim().to_owned());
        (!is_column).then_some((first, condition))
    }
}

/// A name as SQL takes it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    }
}

/// What is in the parentheses with which a text begins, by its commas, and what follows them.
struct Terms<'a> {
    items: Vec<&'a str>,
    rest: &'a str,
}

fn split(text: &str) -> Option<Terms<'_>> {
    let (mut depth, mut quote, mut start, mut items) = (0_usize, None, 1, Vec::new());
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quote = Some(c),
            (None, '[') => quote = Some(']'),
            (None, '(') => depth += 1,
            (None, ')') if depth == 1 => {
                items.push(&text[start..at]);
                return Some(Terms { items, rest: &text[at + 1..] });
            }
            (None, ')') => depth -= 1,
            (None, ',') if depth == 1 => {
                items.push(&text[start..at]);
                start = at + 1;
            }
            (None, _) => {}
        }
    }
    None
}

/// A term without its collation and direction.
fn without_order(term: &str) -> String {
    let end = term.rfind(')').map_or(term.len(), |at| at + 1);
    let order = &term[end..];
    let is_order = order
        .split_whitespace()
        .next()
        .is_none_or(|word| ["asc", "desc", "collate"].iter().any(|known| word.eq_ignore_ascii_case(known)));
    if is_order { term[..end].trim().to_owned() } else { term.trim().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_of_virtual_tables_are_left_out() {
        let row = |kind, name, sql| [kind, name, name, sql].map(Value::text).to_vec();
        let rows = vec![
            row("table", "t", "CREATE VIRTUAL TABLE t USING fts5(a)"),
            row("table", "t_data", "CREATE TABLE 't_data'(id)"),
            row("table", "sqlite_sequence", "CREATE TABLE sqlite_sequence(name,seq)"),
            row("index", "t_index", "CREATE INDEX t_index ON u(a)"),
        ];
        let names: Vec<String> =
            Schema::of(&Outcome::Rows(rows)).0.into_iter().map(|object| object.name).collect();
        assert_eq!(names, ["t", "t_index"]);
    }

    fn expression(sql: &str) -> Option<(String, Option<String>)> {
        let [kind, name, table, sql] = ["index", "i", "t", sql].map(str::to_owned);
        Object { kind, name, table, sql }.indexed_expression()
    }

    #[test]
    fn the_first_expression_of_an_index_is_found() {
        let found =
            |first: &str, condition: Option<&str>| Some((first.to_owned(), condition.map(str::to_owned)));
        assert_eq!(expression("CREATE INDEX i ON t(round(a, 2), b)"), found("round(a, 2)", None));
        assert_eq!(
            expression("CREATE INDEX i ON t(printf('(%d,', a) COLLATE nocase DESC) WHERE a > 0"),
            found("printf('(%d,', a)", Some("a > 0"))
        );
        assert_eq!(expression("CREATE INDEX i ON t((a) + 1)"), found("(a) + 1", None));
        for plain in
            ["CREATE INDEX i ON t(a DESC, round(b))", "CREATE INDEX i ON t(\"a,b\")", "CREATE INDEX i ON t(a"]
        {
            assert_eq!(expression(plain), None, "{plain}");
        }
    }
}
