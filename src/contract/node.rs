//! YAML as a tree whose every word knows its place, so that a mistake anywhere in it has a caret.

use std::fmt;
use std::ops::Range;

use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_yaml::Spanned;

/// A YAML node and the bytes of the file that it stands on.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub kind: Kind,
    pub span: Range<usize>,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Null,
    Bool(bool),
    Integer(i128),
    Real(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// The text, when it is one.
    pub fn as_text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The keys and values, when it is a map.
    pub fn entries(&self) -> &[(Node, Node)] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The value of a key, when it is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(name, _)| name.as_text() == Some(key)).map(|(_, value)| value)
    }

    /// The first text in it, key or value, that is exactly this word.
    pub fn find(&self, word: &str) -> Option<&Node> {
        self.texts().find(|node| node.as_text() == Some(word))
    }

    /// Every text in it, in the order of the file.
    pub fn texts(&self) -> Box<dyn Iterator<Item = &Node> + '_> {
        match &self.kind {
            Kind::Text(_) => Box::new(std::iter::once(self)),
            Kind::List(items) => Box::new(items.iter().flat_map(Node::texts)),
            Kind::Map(entries) => {
                Box::new(entries.iter().flat_map(|(key, value)| key.texts().chain(value.texts())))
            }
            _ => Box::new(std::iter::empty()),
        }
    }

    /// What it is, for a message that expected something else.
    pub fn describe(&self) -> String {
        match &self.kind {
            Kind::Null => "nothing".to_owned(),
            Kind::Bool(value) => format!("`{value}`"),
            Kind::Integer(n) => format!("the number {n}"),
            Kind::Real(x) => format!("the number {}", crate::outcome::value::shortest(*x)),
            Kind::Text(text) => format!("the text `{text}`"),
            Kind::List(_) => "a list".to_owned(),
            Kind::Map(_) => "a map".to_owned(),
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Kind>::deserialize(deserializer)?;
        let place = spanned.referenced.span();
        let offset = |n: Option<u64>| n.and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
        let start = offset(place.byte_offset());
        // The parser knows only where a list or a map begins; it ends where its last word does.
        let end = match &spanned.value {
            Kind::List(items) => items.last().map(|item| item.span.end),
            Kind::Map(entries) => entries.last().map(|(_, value)| value.span.end),
            _ => None,
        };
        let end = end.unwrap_or(start + offset(place.byte_len())).max(start);
        Ok(Self { kind: spanned.value, span: start..end })
    }
}

struct KindVisitor;

impl<'de> Visitor<'de> for KindVisitor {
    type Value = Kind;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("YAML")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Kind, E> {
        Ok(Kind::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, n: i64) -> Result<Kind, E> {
        Ok(Kind::Integer(n.into()))
    }

    fn visit_u64<E: de::Error>(self, n: u64) -> Result<Kind, E> {
        Ok(Kind::Integer(n.into()))
    }

    fn visit_i128<E: de::Error>(self, n: i128) -> Result<Kind, E> {
        Ok(Kind::Integer(n))
    }

    fn visit_f64<E: de::Error>(self, x: f64) -> Result<Kind, E> {
        Ok(Kind::Real(x))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Kind, E> {
        Ok(Kind::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Kind, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Kind::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Kind, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Kind::Map(entries))
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KindVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Node {
        serde_yaml::from_str_with_options(text, super::super::parse::yaml_options()).unwrap()
    }

    #[test]
    fn every_word_knows_its_place() {
        let text =
            "a: 'it''s'\nsteps:\n  - {exec: SELECT 1}\n  - query: |\n      SELECT 2\n    expect: [1]\n";
        let node = parse(text);
        let shown = |node: &Node| text[node.span.clone()].to_owned();
        assert_eq!(shown(node.find("it's").unwrap()), "'it''s'");
        assert_eq!(shown(node.find("exec").unwrap()), "exec");
        let Kind::List(steps) = &node.get("steps").unwrap().kind else { panic!("{node:?}") };
        assert!(shown(&steps[1]).starts_with("query: |"), "{}", shown(&steps[1]));
        assert!(shown(&steps[1]).ends_with("expect: [1"), "{}", shown(&steps[1]));
    }

    #[test]
    fn quoted_words_are_texts_and_bare_ones_what_they_look_like() {
        let kinds =
            |text| parse(text).entries().iter().map(|(_, value)| value.kind.clone()).collect::<Vec<_>>();
        let text = |text: &str| Kind::Text(text.to_owned());
        assert_eq!(
            kinds("{a: 5, b: \"5\", c: 1e3, d: 0x10, e: yes, f: true, g: ~, h: 1_000, i: .inf}"),
            [
                Kind::Integer(5),
                text("5"),
                Kind::Real(1000.0),
                Kind::Integer(16),
                text("yes"),
                Kind::Bool(true),
                Kind::Null,
                Kind::Integer(1000),
                Kind::Real(f64::INFINITY),
            ]
        );
    }
}
