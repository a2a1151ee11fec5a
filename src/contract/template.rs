//! `with` tables: `${name}` in a step stands for the row's value.

use std::collections::{BTreeMap, BTreeSet};

use ciborium::Value as Tree;

use super::literal::Literal;
use super::step::StepMistake;
use crate::value::Value;

/// One row of a `with` table.
pub type Row = BTreeMap<String, Literal>;

/// A step's tree with the row filled in. A text that is nothing but `${name}` becomes the value itself, with
/// its type; elsewhere the value is written into the text. The names used are added to `used`.
pub fn fill(tree: Tree, row: &Row, used: &mut BTreeSet<String>) -> Result<Tree, StepMistake> {
    Ok(match tree {
        Tree::Text(text) => fill_text(&text, row, used)?,
        Tree::Array(items) => {
            Tree::Array(items.into_iter().map(|item| fill(item, row, used)).collect::<Result<_, _>>()?)
        }
        Tree::Map(entries) => {
            let mut filled = Vec::with_capacity(entries.len());
            for (key, value) in entries {
                filled.push((key, fill(value, row, used)?));
            }
            Tree::Map(filled)
        }
        other => other,
    })
}

fn fill_text(text: &str, row: &Row, used: &mut BTreeSet<String>) -> Result<Tree, StepMistake> {
    let whole = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    if let Some(name) = whole.filter(|name| !name.contains('}')) {
        let literal = parameter(name, row, used)?;
        return Ok(Tree::serialized(literal).expect("a literal is a plain tree"));
    }
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, after)) = after.split_once('}') else { break };
        filled.push_str(before);
        filled.push_str(&written(parameter(name, row, used)?));
        rest = after;
    }
    filled.push_str(rest);
    Ok(Tree::Text(filled))
}

fn parameter<'a>(name: &str, row: &'a Row, used: &mut BTreeSet<String>) -> Result<&'a Literal, StepMistake> {
    used.insert(name.to_owned());
    row.get(name).ok_or_else(|| {
        let message = match row.len() {
            0 => format!("`${{{name}}}` stands for nothing: the case has no `with` table"),
            _ => format!("no parameter `{name}` in `with`"),
        };
        StepMistake { message, word: name.to_owned() }
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
        other => other.to_string(),
    }
}

/// `amount=34.775 places=2`
pub fn label(row: &Row) -> String {
    row.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> Tree {
        let row: Row = serde_yaml::from_str("{n: 34.775, s: abc}").unwrap();
        fill(Tree::Text(text.to_owned()), &row, &mut BTreeSet::new()).unwrap()
    }

    #[test]
    fn a_whole_text_keeps_the_type_and_a_part_is_written_in() {
        assert_eq!(filled("${n}"), Tree::Float(34.775));
        assert_eq!(
            filled("SELECT round(${n}, 2), '${s}'"),
            Tree::Text("SELECT round(34.775, 2), 'abc'".into())
        );
        assert_eq!(filled("costs $5"), Tree::Text("costs $5".into()));
    }

    #[test]
    fn an_unknown_parameter_is_a_mistake() {
        let mistake = fill(Tree::Text("${x}".into()), &Row::new(), &mut BTreeSet::new()).unwrap_err();
        assert_eq!(mistake.word, "x");
    }
}
