//! `with`: rows of parameters, or lists of values of which every combination is a row.

use super::reader::Reader;
use crate::contract::literal::Literal;
use crate::contract::node::{Kind, Node};
use crate::contract::template::Row;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::limit::ROWS;
use crate::outcome::value::Value;

/// How many rows `with` makes; `None` for more than can be counted.
fn count(with: &Node) -> Option<usize> {
    match &with.kind {
        Kind::List(items) => Some(items.len()),
        Kind::Map(lists) => lists.iter().try_fold(1_usize, |rows, (_, list)| match &list.kind {
            Kind::List(values) => rows.checked_mul(values.len().max(1)),
            _ => Some(rows),
        }),
        _ => Some(0),
    }
}

impl<'a> Reader<'a> {
    /// The rows that can be read, each with its node; none where there are too many.
    pub(super) fn rows(&mut self, with: &'a Node) -> Vec<(Row, &'a Node)> {
        let most = ROWS.get();
        match count(with).filter(|rows| *rows <= most) {
            Some(_) => self.few_rows(with),
            None => {
                let message = format!("`with` makes more than {} rows", ROWS.shown());
                self.mistake_with(with, message, &ROWS.remedy());
                Vec::new()
            }
        }
    }

    fn few_rows(&mut self, with: &'a Node) -> Vec<(Row, &'a Node)> {
        let items = match &with.kind {
            Kind::List(items) if !items.is_empty() => items,
            Kind::Map(lists) if !lists.is_empty() => return self.combinations(with, lists),
            Kind::List(_) | Kind::Map(_) => {
                self.mistake(with, "`with` is empty: without a row the steps would never run");
                return Vec::new();
            }
            _ => {
                let message =
                    format!("`with` is a list of rows or a map of lists, found {}", with.describe());
                self.mistake(with, message);
                return Vec::new();
            }
        };
        let mut rows: Vec<(Row, &Node)> = Vec::new();
        for node in items {
            let Some(row) = self.value::<Row>(node) else { continue };
            match rows.first() {
                Some(first) if !first.0.keys().eq(row.keys()) => {
                    self.other_parameters(&first.0.clone(), &row, node);
                }
                _ => rows.push((row, node)),
            }
        }
        rows
    }

    /// Every combination of the parameters' values; the last parameter changes fastest.
    fn combinations(&mut self, with: &'a Node, lists: &[(Node, Node)]) -> Vec<(Row, &'a Node)> {
        let mut rows = vec![Row::new()];
        for (key, list) in lists {
            let Some(name) = self.value::<String>(key) else { continue };
            let values = self.parameter_values(&name, list);
            let longer = rows.iter().flat_map(|row| {
                let with_value = |value: &Literal| {
                    row.clone().into_iter().chain([(name.clone(), value.clone())]).collect::<Row>()
                };
                values.iter().map(with_value).collect::<Vec<_>>()
            });
            rows = longer.collect();
        }
        rows.into_iter().map(|row| (row, with)).collect()
    }

    /// At least one value, so that one mistake has no followers.
    fn parameter_values(&mut self, name: &str, list: &Node) -> Vec<Literal> {
        let values: Vec<Literal> = match &list.kind {
            Kind::List(items) if items.is_empty() => {
                self.mistake(list, format!("`{name}` has no value: the steps would never run"));
                Vec::new()
            }
            Kind::List(items) => items.iter().filter_map(|item| self.value(item)).collect(),
            _ => {
                self.mistake(list, format!("`{name}` is a list of values, found {}", list.describe()));
                Vec::new()
            }
        };
        if values.is_empty() { vec![Literal::Value(Value::Null)] } else { values }
    }

    fn other_parameters(&mut self, first: &Row, row: &Row, node: &Node) {
        let unknown = |(key, _): &&(Node, Node)| key.as_text().is_none_or(|name| !first.contains_key(name));
        for (key, _) in node.entries().iter().filter(unknown) {
            let name = key.as_text().unwrap_or_default();
            let message = format!("the first row has no parameter `{name}`");
            let diagnostic = Diagnostic::new(self.source, key.span.clone(), message);
            self.mistakes.push(diagnostic.suggest(name, first.keys().map(String::as_str)));
        }
        for name in first.keys().filter(|name| !row.contains_key(*name)) {
            self.mistake(node, format!("this row has no `{name}`, which the first row has"));
        }
    }
}
