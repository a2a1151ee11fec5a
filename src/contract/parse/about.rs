//! What a contract says beside its cases: the rows that it serves, where it was met, why builds differ.

use std::collections::BTreeSet;

use super::reader::Reader;
use crate::contract::capability::Row;
use crate::contract::cause::{Cause, Key};
use crate::contract::node::{Kind, Node};

impl<'a> Reader<'a> {
    /// `rows: [P1, L2]`
    pub(super) fn capabilities(&mut self, node: &'a Node) -> Vec<Row> {
        const SHAPE: &str = "a row is a letter and a number, such as `P1`";
        let mut rows = Vec::new();
        for (word, item) in self.distinct_words("rows", node) {
            match Row::parse(word) {
                Some(row) => rows.push(row),
                None => self.mistake_with(item, format!("`{word}` is not a row"), SHAPE),
            }
        }
        rows
    }

    /// `seen: [https://github.com/…]`
    pub(super) fn links(&mut self, node: &'a Node) -> Vec<String> {
        let mut links = Vec::new();
        for (word, item) in self.distinct_words("seen", node) {
            let address = word.strip_prefix("https://").or_else(|| word.strip_prefix("http://"));
            match address.is_some_and(|address| !address.is_empty() && !address.contains(char::is_whitespace))
            {
                true => links.push(word.to_owned()),
                false => {
                    let message = format!("`{word}` is not a link");
                    self.mistake_with(item, message, "a link begins with `https://` and has no spaces");
                }
            }
        }
        links
    }

    /// `changed: {3.43.0: what SQLite changed in it}`
    pub(super) fn causes(&mut self, node: &'a Node) -> Vec<Cause> {
        const SHAPE: &str = "a key is the SQLite version that changed it (`3.43.0`), or a profile or a build";
        let Kind::Map(entries) = &node.kind else {
            let message = format!("`changed` is a map from versions to causes, found {}", node.describe());
            self.mistake_with(node, message, SHAPE);
            return Vec::new();
        };
        if entries.is_empty() {
            self.mistake_with(node, "`changed` is empty", "leave it out");
        }
        let mut causes = Vec::new();
        for (name, text) in entries {
            let word = name.as_text().unwrap_or(&self.source.text()[name.span.clone()]).to_owned();
            match (Key::parse(&word), self.cause_text(&word, text)) {
                (Ok(key), Some(text)) => causes.push(Cause { key, text, place: self.place(name) }),
                (Err(message), _) => self.mistake_with(name, message, SHAPE),
                (Ok(_), None) => {}
            }
        }
        causes
    }

    fn cause_text(&mut self, word: &str, node: &Node) -> Option<String> {
        let text = match &node.kind {
            Kind::Null => String::new(),
            _ => self.value::<String>(node)?,
        };
        let text = text.trim().to_owned();
        if text.is_empty() {
            self.mistake(node, format!("`{word}` has no cause: say what changed"));
            return None;
        }
        Some(text)
    }

    /// The texts of a list that holds something, each once.
    fn distinct_words(&mut self, key: &str, node: &'a Node) -> Vec<(&'a str, &'a Node)> {
        let items: &[Node] = match &node.kind {
            Kind::List(items) if items.is_empty() => {
                self.mistake_with(node, format!("`{key}` is empty"), "leave it out");
                &[]
            }
            Kind::List(items) => items,
            _ => {
                self.mistake(node, format!("`{key}` is a list, found {}", node.describe()));
                &[]
            }
        };
        let mut seen = BTreeSet::new();
        let mut words = Vec::new();
        for item in items {
            match item.as_text() {
                Some(word) if !seen.insert(word) => {
                    self.mistake(item, format!("`{word}` is named twice"));
                }
                Some(word) => words.push((word, item)),
                None => self.mistake(item, format!("expected a text, found {}", item.describe())),
            }
        }
        words
    }
}
