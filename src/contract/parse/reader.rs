//! The shapes that a contract file is made of: maps with known keys, lists, texts, typed values.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::Deserialize;

use crate::contract::node::{Kind, Node};
use crate::contract::other_build::{NamedBuild, OtherBuild};
use crate::contract::read::{self, ReadError};
use crate::contract::step::Step;
use crate::diagnostic::{Diagnostic, Diagnostics, SourceText, nearest, unknown_word};

/// Reads the parts of a file and keeps its mistakes.
pub(super) struct Reader<'a> {
    pub source: &'a SourceText,
    pub mistakes: Diagnostics,
    /// The builds that steps name.
    pub named_builds: Vec<NamedBuild>,
    /// Where numbers stand that were told to be mistakes already.
    mistaken_numbers: BTreeSet<usize>,
}

/// The values of a map by their keys.
pub(super) type Keys<'a> = BTreeMap<&'a str, &'a Node>;

impl<'a> Reader<'a> {
    /// A reader of this file, which has told what is wrong with its numbers.
    pub(super) fn new(source: &'a SourceText, file: &Node) -> Self {
        let mut reader = Self {
            source,
            mistakes: Diagnostics::new(),
            named_builds: Vec::new(),
            mistaken_numbers: BTreeSet::new(),
        };
        reader.numbers(file);
        reader
    }

    /// The parser makes a real of an integer that is too large for it, and of one with a leading zero.
    fn numbers(&mut self, node: &Node) {
        match &node.kind {
            Kind::Real(_) => {
                let text = &self.source.text()[node.span.clone()];
                let digits = text.trim_start_matches(['-', '+']);
                if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit() || b == b'_') {
                    return;
                }
                self.mistaken_numbers.insert(node.span.start);
                if digits.starts_with('0') {
                    self.mistake(node, format!("`{text}` begins with a zero: leave it out, or quote a text"));
                } else {
                    self.mistake(node, format!("{text} does not fit in SQLite's 64-bit signed integer"));
                }
            }
            Kind::List(items) => items.iter().for_each(|item| self.numbers(item)),
            Kind::Map(entries) => entries.iter().for_each(|(_, value)| self.numbers(value)),
            _ => {}
        }
    }

    /// The keys of a map, unknown ones told.
    pub(super) fn keys(&mut self, node: &'a Node, known: &[&str]) -> Keys<'a> {
        let Kind::Map(entries) = &node.kind else {
            let message = format!("expected a map with {}, found {}", known.join(", "), node.describe());
            self.mistake(node, message);
            return Keys::new();
        };
        let mut keys = Keys::new();
        for (key, value) in entries {
            match key.as_text() {
                Some(word) if known.contains(&word) => {
                    keys.insert(word, value);
                }
                word => {
                    let span = key.span.clone();
                    let word = word.unwrap_or(&self.source.text()[span.clone()]);
                    let diagnostic = Diagnostic::new(self.source, span, format!("unknown key `{word}`"));
                    self.mistakes.push(diagnostic.suggest(word, known.iter().copied()));
                }
            }
        }
        keys
    }

    /// The value of a key that must be there.
    pub(super) fn required(&mut self, keys: &Keys<'a>, owner: &Node, key: &str) -> Option<&'a Node> {
        let misspelt = |(name, _): &(Node, Node)| {
            name.as_text().is_some_and(|name| name != key && nearest(name, &[key]).is_some())
        };
        let is_map = matches!(owner.kind, Kind::Map(_));
        if is_map && !keys.contains_key(key) && !owner.entries().iter().any(misspelt) {
            self.mistake(owner, format!("`{key}` is missing"));
        }
        keys.get(key).copied()
    }

    /// A text that must be there and say something.
    pub(super) fn words(&mut self, keys: &Keys<'a>, owner: &Node, key: &str) -> String {
        let Some(node) = self.required(keys, owner, key) else { return String::new() };
        let Some(text) = self.value::<String>(node) else { return String::new() };
        if text.trim().is_empty() {
            self.mistake(node, format!("`{key}` is empty"));
        }
        text
    }

    /// A list that must be there and hold something.
    pub(super) fn list(&mut self, keys: &Keys<'a>, owner: &Node, key: &str, why: &str) -> &'a [Node] {
        match self.required(keys, owner, key).map(|node| (node, &node.kind)) {
            Some((_, Kind::List(items))) if !items.is_empty() => items,
            Some((node, Kind::List(_) | Kind::Null)) => {
                self.mistake(node, format!("`{key}` is empty: {why}"));
                &[]
            }
            Some((node, _)) => {
                self.mistake(node, format!("`{key}` is a list, found {}", node.describe()));
                &[]
            }
            None => &[],
        }
    }

    /// A value, unless there is a mistake in it.
    pub(super) fn value<T: for<'de> Deserialize<'de>>(&mut self, node: &Node) -> Option<T> {
        match read::read(node) {
            Ok(value) => Some(value),
            Err(ReadError { message, span }) => {
                let span = self.visible(span.unwrap_or_else(|| node.span.clone()));
                let span = match unknown_word(&message) {
                    Some(word) => self.source.find_word(span, word),
                    None => span,
                };
                if !self.mistaken_numbers.contains(&span.start) {
                    self.mistakes.push(Diagnostic::from_serde_message(self.source, span, &message));
                }
                None
            }
        }
    }

    /// Keeps the build that a step names: whether it exists is not known here.
    pub(super) fn names_build(&mut self, step: &Step, node: &Node) {
        if let Some(OtherBuild::Named(name)) = &step.on {
            let span = node.get("on").unwrap_or(node).span.clone();
            let unknown = Diagnostic::new(self.source, span, format!("there is no build `{name}`"));
            self.named_builds.push(NamedBuild { name: name.clone(), unknown });
        }
    }

    pub(super) fn mistake(&mut self, node: &Node, message: impl Into<String>) {
        let span = self.visible(node.span.clone());
        self.mistakes.push(Diagnostic::new(self.source, span, message));
    }

    /// A mistake with its remedy.
    pub(super) fn mistake_with(&mut self, node: &Node, message: impl Into<String>, help: &str) {
        let span = self.visible(node.span.clone());
        self.mistakes.push(Diagnostic::new(self.source, span, message).help(help));
    }

    /// A caret under ten lines helps nobody.
    fn visible(&self, span: Range<usize>) -> Range<usize> {
        self.source.first_line(span)
    }
}
