//! Plain data as YAML in blocks, each text so that it is read back as it is.

use std::fmt::Write as _;

use ciborium::Value as Tree;

/// The text of a map.
pub(super) fn text(tree: &Tree) -> String {
    let mut text = String::new();
    write(&mut text, tree, 0);
    text
}

fn write(text: &mut String, tree: &Tree, depth: usize) {
    let indent = "  ".repeat(depth);
    match tree {
        Tree::Map(entries) => {
            for (key, value) in entries {
                let _ = write!(text, "{indent}{}:", key.as_text().unwrap_or_default());
                below(text, value, depth);
            }
        }
        Tree::Array(items) => {
            for item in items {
                let mut inner = String::new();
                match item {
                    Tree::Map(entries) if entries.is_empty() => inner += "{}\n",
                    item => write(&mut inner, item, depth + 1),
                }
                // The first key of a map stands beside the dash.
                let _ = write!(text, "{indent}- {}", inner.trim_start());
            }
        }
        other => {
            let _ = writeln!(text, "{}", scalar(other));
        }
    }
}

/// What stands behind a key.
fn below(text: &mut String, value: &Tree, depth: usize) {
    let is_block = match value {
        Tree::Map(entries) => !entries.is_empty(),
        Tree::Array(items) => !items.is_empty(),
        _ => false,
    };
    if is_block {
        text.push('\n');
        write(text, value, depth + 1);
    } else {
        let _ = writeln!(text, " {}", scalar(value));
    }
}

/// JSON is YAML; a text that can be nothing else goes without quotes.
fn scalar(value: &Tree) -> String {
    match value {
        Tree::Text(text) if is_plain(text) => text.clone(),
        Tree::Text(text) => serde_json::Value::from(text.as_str()).to_string(),
        Tree::Integer(number) => i128::from(*number).to_string(),
        Tree::Bool(truth) => truth.to_string(),
        Tree::Array(_) => "[]".to_owned(),
        Tree::Map(_) => "{}".to_owned(),
        _ => "null".to_owned(),
    }
}

fn is_plain(text: &str) -> bool {
    const NO_TEXT: [&str; 10] = ["true", "false", "null", "yes", "no", "on", "off", "nan", "y", "n"];
    let is_sign = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ' ');
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && !text.ends_with(' ')
        && text.chars().all(is_sign)
        && !NO_TEXT.contains(&text.to_ascii_lowercase().as_str())
}
