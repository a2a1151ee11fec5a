//! The plan of a statement, as `EXPLAIN QUERY PLAN` tells it, in one form for all versions,
//! <https://sqlite.org/eqp.html>.
//!
//! Up to 3.23 it was a table of select, order, FROM term and detail, from 3.24 on it is a tree, and the words for the
//! same loop have changed several times. What differs in this form is another plan, or something that a version
//! began to tell.

mod detail;
mod table;
#[cfg(test)]
mod tests;
mod tree;

use crate::outcome::value::Value;

/// A line of a plan with the lines under it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Node {
    detail: String,
    children: Vec<Node>,
}

impl Node {
    fn new(detail: impl Into<String>, children: Vec<Self>) -> Self {
        Self { detail: detail.into(), children }
    }

    fn leaf(detail: impl Into<String>) -> Self {
        Self::new(detail, Vec::new())
    }
}

/// A row of `EXPLAIN QUERY PLAN`: three numbers and the words.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    numbers: [i64; 3],
    detail: String,
}

impl Told {
    fn read(row: &[Value]) -> Option<Self> {
        match row {
            [Value::Integer(a), Value::Integer(b), Value::Integer(c), Value::Text(detail)] => {
                Some(Self { numbers: [*a, *b, *c], detail: String::from_utf8_lossy(detail).into_owned() })
            }
            _ => None,
        }
    }

    /// Whether a table says here that a subquery of an expression is run.
    fn is_execution(&self) -> bool {
        self.detail.starts_with("EXECUTE ")
    }
}

/// The plan in its one form, a text per line, from the rows that a build returned for this statement.
pub(crate) fn lines(rows: &[Vec<Value>], sql: &str) -> Vec<String> {
    let told: Vec<Told> = rows.iter().filter_map(|row| Told::read(row)).collect();
    // The first SELECT of a table has the number 0, and no line of a tree has: it is the place of an opcode.
    let is_table = told.iter().any(|told| told.numbers[0] == 0);
    let nodes = if is_table { table::nodes(&told) } else { tree::nodes(&told, sql) };
    let mut lines = Vec::new();
    write(&nodes, 0, &mut lines);
    lines
}

fn write(nodes: &[Node], depth: usize, lines: &mut Vec<String>) {
    for node in nodes {
        lines.push(format!("{:1$}{2}", "", 2 * depth, node.detail));
        write(&node.children, depth + 1, lines);
    }
}
