//! `with` tables: `${name}` in a step stands for the row's value.

use std::collections::{BTreeMap, BTreeSet};

use super::literal::Literal;
use super::node::{Kind, Node};
use crate::diagnostic::limit::STEP_BYTES;
use crate::outcome::value::{Value, hex};

/// One row of a `with` table.
pub(super) type Row = BTreeMap<String, Literal>;

/// Why a row cannot be filled in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unfilled {
    /// A name between `${` and `}` that the row does not have.
    UnknownParameter(String),
    /// The rows of the case make more bytes than [`STEP_BYTES`].
    TooLong,
}

/// What a node of a step takes beside its text.
const NODE_BYTES: usize = 64;

/// What the rows of a case have used so far.
#[derive(Default)]
pub(super) struct Used {
    /// The names of parameters.
    pub names: BTreeSet<String>,
    bytes: usize,
}

impl Used {
    /// Takes so many bytes, before they are made.
    fn take(&mut self, bytes: usize) -> Result<(), Unfilled> {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > STEP_BYTES.get() { Err(Unfilled::TooLong) } else { Ok(()) }
    }
}

/// A step with the row filled in. A text that is nothing but `${name}` becomes the value itself, with its
/// type; elsewhere the value is written into the text.
pub(super) fn fill(node: &Node, row: &Row, used: &mut Used) -> Result<Node, Unfilled> {
    used.take(NODE_BYTES)?;
    let kind = match &node.kind {
        Kind::Text(text) => return fill_text(node, text, row, used),
        Kind::List(items) => {
            Kind::List(items.iter().map(|item| fill(item, row, used)).collect::<Result<_, _>>()?)
        }
        Kind::Map(entries) => {
            let mut filled = Vec::with_capacity(entries.len());
            for (key, value) in entries {
                used.take(NODE_BYTES)?;
                filled.push((key.clone(), fill(value, row, used)?));
            }
            Kind::Map(filled)
        }
        other => other.clone(),
    };
    Ok(Node { kind, span: node.span.clone() })
}

fn fill_text(node: &Node, text: &str, row: &Row, used: &mut Used) -> Result<Node, Unfilled> {
    let whole = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    if let Some(name) = whole.filter(|name| !name.contains('}')) {
        return Ok(to_node(parameter(name, row, used)?, node));
    }
    used.take(text.len())?;
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, after)) = after.split_once('}') else { break };
        let value = parameter(name, row, used)?;
        used.take(value.length().map_or(0, |bytes| usize::try_from(bytes).unwrap_or(usize::MAX)))?;
        filled.push_str(before);
        filled.push_str(&written(value));
        rest = after;
    }
    filled.push_str(rest);
    Ok(Node { kind: Kind::Text(filled), span: node.span.clone() })
}

fn parameter<'a>(name: &str, row: &'a Row, used: &mut Used) -> Result<&'a Literal, Unfilled> {
    used.names.insert(name.to_owned());
    row.get(name).ok_or_else(|| Unfilled::UnknownParameter(name.to_owned()))
}

/// A value as the YAML that would give it, standing where `place` does.
fn to_node(literal: &Literal, place: &Node) -> Node {
    let node = |kind| Node { kind, span: place.span.clone() };
    let text = |text: &str| node(Kind::Text(text.to_owned()));
    let size = |n: u64| node(Kind::Integer(n.into()));
    node(match literal {
        Literal::Value(Value::Null) => Kind::Null,
        Literal::Value(Value::Integer(n)) => Kind::Integer((*n).into()),
        Literal::Value(Value::Real(x)) => Kind::Real(*x),
        Literal::Value(Value::Text(bytes)) => Kind::Text(String::from_utf8_lossy(bytes).into_owned()),
        Literal::Value(Value::Blob(bytes)) => Kind::Map(vec![(text("blob"), text(&hex(bytes)))]),
        Literal::Zeroblob(n) => Kind::Map(vec![(text("zeroblob"), size(*n))]),
        Literal::Repeated { text: part, times } => {
            Kind::Map(vec![(text("text"), text(part)), (text("times"), size(*times))])
        }
    })
}

/// A value as it stands in the middle of a text: a text bare, so that it can be SQL.
fn written(literal: &Literal) -> String {
    match literal {
        Literal::Value(Value::Text(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
        Literal::Value(Value::Real(x)) if x.is_infinite() => {
            if *x > 0.0 {
                "9e999".to_owned()
            } else {
                "-9e999".to_owned()
            }
        }
        Literal::Value(Value::Blob(bytes)) => format!("x'{}'", hex(bytes)),
        Literal::Repeated { text, times } => text.repeat(usize::try_from(*times).unwrap_or(usize::MAX)),
        other => other.to_string(),
    }
}

/// `amount=34.775 places=2`
pub(super) fn label(row: &Row) -> String {
    row.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(text: &str) -> Node {
        Node { kind: Kind::Text(text.to_owned()), span: 0..0 }
    }

    fn filled(text: &str) -> Kind {
        let row: Row = serde_yaml::from_str("{n: 34.775, s: abc}").unwrap();
        fill(&node(text), &row, &mut Used::default()).unwrap().kind
    }

    #[test]
    fn a_whole_text_keeps_the_type_and_a_part_is_written_in() {
        assert_eq!(filled("${n}"), Kind::Real(34.775));
        assert_eq!(
            filled("SELECT round(${n}, 2), '${s}'"),
            Kind::Text("SELECT round(34.775, 2), 'abc'".into())
        );
        assert_eq!(filled("costs $5"), Kind::Text("costs $5".into()));
        assert_eq!(filled("${s} and ${ open"), Kind::Text("abc and ${ open".into()));
    }

    #[test]
    fn an_unknown_parameter_is_a_mistake() {
        let mistake = fill(&node("${x}"), &Row::new(), &mut Used::default()).unwrap_err();
        assert_eq!(mistake, Unfilled::UnknownParameter("x".into()));
    }

    #[test]
    fn a_value_too_long_to_be_written_is_not_made() {
        let row: Row = serde_yaml::from_str("{long: {text: a, times: 2_000_000_000}}").unwrap();
        let filled = |text| fill(&node(text), &row, &mut Used::default());
        assert_eq!(filled("SELECT '${long}'").unwrap_err(), Unfilled::TooLong);
        assert!(filled("${long}").is_ok());
    }
}
