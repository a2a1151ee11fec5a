//! A verb on one line, as transcripts and messages show it.

use ciborium::Value as Tree;

use super::literal::Literal;

/// The first argument bare, the others with their names, lists of steps left out.
pub(super) fn show_arguments(tree: &Tree) -> String {
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
    matches!((key.as_text(), value), (Some("steps" | "after"), Tree::Array(_)))
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
        Tree::Float(x) => crate::value::shortest(*x),
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
