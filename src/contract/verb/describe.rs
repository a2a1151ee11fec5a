//! A verb's word, and the verb on one line, as transcripts and messages show it.

use std::sync::OnceLock;

use ciborium::Value as Tree;
use serde::Deserialize;
use serde::de::IntoDeserializer;

use super::Verb;
use crate::contract::literal::Literal;
use crate::diagnostic::unknown_word;

impl Verb {
    /// The words of all verbs, in the order of their table.
    pub fn names() -> &'static [String] {
        static NAMES: OnceLock<Vec<String>> = OnceLock::new();
        NAMES.get_or_init(|| {
            // Serde knows them and tells them when none of them is given.
            let unknown: Result<Self, serde::de::value::Error> = Self::deserialize("".into_deserializer());
            unknown_word(&unknown.expect_err("no verb is an empty word").to_string())
                .map_or_else(Vec::new, |(_, known)| known)
        })
    }

    /// The verb's word in YAML.
    pub fn name(&self) -> String {
        let tree = Tree::serialized(self).expect("a verb is a plain tree");
        tree.as_map().and_then(|map| map[0].0.as_text()).unwrap_or_default().to_owned()
    }

    /// The verb and its arguments on one line, defaults left out: `query SELECT 1`, `step`, `close other`.
    pub fn describe(&self) -> String {
        let tree = Tree::serialized(self).expect("a verb is a plain tree");
        let Tree::Map(entries) = tree else { unreachable!("a verb is an externally tagged enum") };
        let (name, arguments) = &entries[0];
        let name = name.as_text().unwrap_or_default().to_owned();
        match show_arguments(arguments) {
            shown if shown.is_empty() => name,
            shown => format!("{name} {shown}"),
        }
    }
}

/// The first argument bare, the others with their names, lists of steps left out.
fn show_arguments(tree: &Tree) -> String {
    let Some(entries) = tree.as_map() else { return show(tree) };
    let shown = entries.iter().enumerate().filter(|(_, entry)| !is_steps(entry));
    let shown: Vec<String> = shown
        .map(|(i, (key, value))| match (i, key.as_text().unwrap_or_default(), value) {
            (_, key, Tree::Bool(true)) => key.to_owned(),
            // Bare they would read as the handle that the verb is about.
            (_, key @ ("keep" | "database" | "within"), value) => format!("{key}={}", show(value)),
            (0, "values", values) => show_values(values),
            (_, key @ ("value" | "values"), values) => format!("{key}={}", show_values(values)),
            // What is denied is not what is ignored.
            (_, key @ ("deny" | "ignore"), actions) => format!("{key}={}", show(actions)),
            (0, _, value) => show(value),
            (_, key, value) => format!("{key}={}", show(value)),
        })
        .collect();
    shown.join(" ")
}

/// Whether this argument is a list of steps. (`next_stmt` has an `after` that is a name.)
fn is_steps((key, value): &(Tree, Tree)) -> bool {
    matches!((key.as_text(), value), (Some("setup" | "steps" | "after"), Tree::Array(_)))
}

/// Values as they are shown everywhere, a text in quotes: it is another value than the number it looks like.
fn show_values(tree: &Tree) -> String {
    match tree {
        Tree::Array(items) => format!("[{}]", items.iter().map(show_values).collect::<Vec<_>>().join(", ")),
        value => value.deserialized::<Literal>().map_or_else(|_| show(value), |literal| literal.to_string()),
    }
}

fn show(tree: &Tree) -> String {
    match tree {
        Tree::Text(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Tree::Integer(n) => i128::from(*n).to_string(),
        Tree::Float(x) => crate::outcome::value::shortest(*x),
        Tree::Null => "NULL".to_owned(),
        Tree::Array(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", ")),
        Tree::Map(entries) => {
            let pair = |(key, value): &(Tree, Tree)| match value {
                Tree::Null | Tree::Bool(true) => show(key),
                value => format!("{} {}", show(key), show(value)).trim_end().to_owned(),
            };
            entries.iter().map(pair).collect::<Vec<_>>().join(", ")
        }
        Tree::Bool(value) => value.to_string(),
        other => format!("{other:?}"),
    }
}
