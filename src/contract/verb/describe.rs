//! A verb on one line, as transcripts and messages show it.

use ciborium::Value as Tree;
use serde::Serialize;

use crate::contract::arguments::{Arguments, Show, tree};
use crate::contract::literal::Literal;
use crate::outcome::value::short_hash;

/// The verb and its arguments on one line, defaults left out: `query SELECT 1`, `step`, `close other`.
pub(super) fn describe<A: Arguments + Serialize>(name: &str, arguments: &A) -> String {
    if let Some(words) = arguments.words() {
        return words;
    }
    let shown = match tree(arguments) {
        Tree::Map(entries) => fields(&entries, A::SHOWN),
        plain => show(&plain),
    };
    if shown.is_empty() { name.to_owned() } else { format!("{name} {}", cut(shown)) }
}

/// Longer arguments are shown by their beginning, their size and their hash, as long values are.
const SHOWN_BYTES: usize = 1000;
const BEGINNING: usize = 240;

pub(in crate::contract) fn cut(shown: String) -> String {
    match shown.char_indices().nth(BEGINNING) {
        Some((end, _)) if shown.len() > SHOWN_BYTES => {
            format!("{}… ({} bytes, sha256 {})", &shown[..end], shown.len(), short_hash(shown.as_bytes()))
        }
        _ => shown,
    }
}

/// The first field bare, the others with their names, where they do not ask to be shown otherwise.
fn fields(entries: &[(Tree, Tree)], asked: &[(&str, Show)]) -> String {
    let field = |(i, (key, value)): (usize, &(Tree, Tree))| {
        let key = key.as_text().unwrap_or_default();
        let how = asked.iter().find(|(name, _)| *name == key).map(|(_, how)| *how);
        let shown = match (how, value) {
            (Some(Show::Hidden), _) => return None,
            (_, Tree::Bool(true)) => return Some(key.to_owned()),
            (Some(Show::Literal), value) => literals(value),
            (_, value) => show(value),
        };
        let is_bare = i == 0 && how != Some(Show::Named);
        Some(if is_bare { shown } else { format!("{key}={shown}") })
    };
    entries.iter().enumerate().filter_map(field).collect::<Vec<_>>().join(" ")
}

/// Values as they are shown everywhere.
fn literals(tree: &Tree) -> String {
    match tree {
        Tree::Array(items) => format!("[{}]", items.iter().map(literals).collect::<Vec<_>>().join(", ")),
        value => value.deserialized::<Literal>().map_or_else(|_| show(value), |literal| literal.to_string()),
    }
}

/// Plain data, a text without its line feeds; one that would not be seen stands in quotes.
pub(super) fn show(tree: &Tree) -> String {
    match tree {
        Tree::Text(text) if text.trim().is_empty() => format!("{text:?}"),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_would_not_be_seen_stands_in_quotes() {
        let text = |text: &str| show(&Tree::Text(text.to_owned()));
        assert_eq!(["", " \n", "SELECT\n  1"].map(text), ["\"\"", "\" \\n\"", "SELECT 1"]);
    }
}
