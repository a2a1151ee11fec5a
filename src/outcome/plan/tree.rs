//! Plans from 3.24 on: a tree of id and parent.

use super::{Node, Told, detail};

/// The plan of these rows.
///
/// A view or a table of a WITH clause that has no alias is called by its name from 3.36 on and by a number before. So
/// it has none here; what has an alias is called by that in all versions.
pub(super) fn nodes(told: &[Told], sql: &str) -> Vec<Node> {
    let nameless: Vec<&str> =
        told.iter().filter_map(|told| made(&told.detail)).filter(|name| !is_alias(name, sql)).collect();
    under(told, 0, &nameless)
}

fn under(told: &[Told], parent: i64, nameless: &[&str]) -> Vec<Node> {
    let children = told.iter().filter(|told| told.numbers[1] == parent);
    children.flat_map(|child| one(told, child, nameless)).collect()
}

/// The nodes of a line: none, one, or those under it.
fn one(told: &[Told], line: &Told, nameless: &[&str]) -> Vec<Node> {
    // Inside of what is made its own name is the table of a recursion.
    let nameless: Vec<&str> =
        nameless.iter().copied().filter(|name| made(&line.detail) != Some(*name)).collect();
    let children = under(told, line.numbers[0], &nameless);
    if line.detail.starts_with("INDEX ") {
        return children;
    }
    // Told from 3.25 on; that there is no list says as much.
    if line.detail.starts_with("USING ROWID SEARCH") {
        return Vec::new();
    }
    vec![Node::new(words(&line.detail, &nameless), children)]
}

fn words(detail: &str, nameless: &[&str]) -> String {
    if made(detail).is_some() {
        return detail.split(' ').next().unwrap_or(detail).to_owned();
    }
    let normal = detail::normal(detail);
    let is_of = |name: &str| {
        let rest =
            normal.strip_prefix("SCAN ").or_else(|| normal.strip_prefix("SEARCH "))?.strip_prefix(name)?;
        (rest.is_empty() || rest.starts_with(' ')).then(|| rest.to_owned())
    };
    match nameless.iter().find_map(|name| is_of(name)) {
        Some(rest) => format!("{} SUBQUERY{rest}", normal.split(' ').next().unwrap_or_default()),
        None => normal,
    }
}

/// The name of what this line makes, to be read by another line.
fn made(detail: &str) -> Option<&str> {
    detail.strip_prefix("MATERIALIZE ").or_else(|| detail.strip_prefix("CO-ROUTINE "))
}

/// Whether the statement gives this name to a subquery: `AS name`, or `(SELECT …) name`.
fn is_alias(name: &str, sql: &str) -> bool {
    let mut before = "";
    let mut rest = sql;
    while !rest.is_empty() {
        let (word, after) = rest.split_at(word_length(rest));
        let is_named = || before.eq_ignore_ascii_case("AS") || before == ")";
        if word.eq_ignore_ascii_case(name) && is_named() {
            return true;
        }
        if !word.starts_with(|c: char| c.is_whitespace() || "\"'`[]".contains(c)) {
            before = word;
        }
        rest = after;
    }
    false
}

/// The bytes of the word, or of the one other character, with which a text that is not empty begins.
fn word_length(text: &str) -> usize {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    match text.find(|c| !is_part(c)) {
        Some(0) => text.chars().next().map_or(1, char::len_utf8),
        Some(length) => length,
        None => text.len(),
    }
}
