//! What remains of a value: its type, its length, and its rank among all values of a recording.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::super::item::{HiddenType, Item};

/// The values of a recording, in SQLite's order.
#[derive(Default)]
pub(super) struct Ranks {
    ranks: BTreeMap<Key, u64>,
}

/// A value as SQLite compares it: numbers, then texts, then blobs, these by their bytes.
#[derive(Debug, Clone)]
enum Key {
    Number(f64, i64),
    Text(Vec<u8>),
    Blob(Vec<u8>),
}

impl Key {
    fn of(item: &Item<'_>) -> Option<Self> {
        match item {
            Item::Integer(number) => Some(Self::Number(*number as f64, *number)),
            Item::Real(number) => Some(Self::Number(*number, *number as i64)),
            Item::Text(text) => Some(Self::Text(text.as_bytes().to_vec())),
            Item::BrokenText(bytes) => Some(Self::Text(bytes.to_vec())),
            // The same text is equal in every encoding.
            Item::Utf16(bytes) => Some(Self::Text(utf8(bytes).into_bytes())),
            Item::Blob(bytes) => Some(Self::Blob(bytes.to_vec())),
            Item::DigestOfText(digest) => Some(Self::Text(digest.hash.to_vec())),
            Item::DigestOfBlob(digest) => Some(Self::Blob(digest.hash.to_vec())),
            _ => None,
        }
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a, whole), Self::Number(b, other)) => a.total_cmp(b).then(whole.cmp(other)),
            (Self::Text(a), Self::Text(b)) | (Self::Blob(a), Self::Blob(b)) => a.cmp(b),
            (Self::Number(..), _) | (Self::Text(_), Self::Blob(_)) => Ordering::Less,
            _ => Ordering::Greater,
        }
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Key {}

impl Ranks {
    /// A value is there, or a list of them.
    pub(super) fn collect(&mut self, item: &Item<'_>) {
        match item {
            Item::List(items) => items.iter().for_each(|item| self.collect(item)),
            item => drop(Key::of(item).map(|key| self.ranks.insert(key, 0))),
        }
    }

    /// Numbers the values once all are there.
    pub(super) fn settle(&mut self) {
        self.ranks.values_mut().zip(1..).for_each(|(rank, number)| *rank = number);
    }

    /// What remains of a value, or of each in a list; what is none stays.
    pub(super) fn hidden<'a>(&self, item: Item<'a>) -> Item<'a> {
        let (kind, length) = match &item {
            Item::List(items) => {
                return Item::List(items.iter().map(|item| self.hidden(item.clone())).collect());
            }
            Item::Integer(_) => (HiddenType::Integer, 8),
            Item::Real(_) => (HiddenType::Real, 8),
            Item::Text(text) => (HiddenType::Text, text.len() as u64),
            Item::BrokenText(bytes) | Item::Utf16(bytes) => (HiddenType::Text, bytes.len() as u64),
            Item::Blob(bytes) => (HiddenType::Blob, bytes.len() as u64),
            Item::DigestOfText(digest) => (HiddenType::Text, digest.length),
            Item::DigestOfBlob(digest) => (HiddenType::Blob, digest.length),
            _ => return item,
        };
        let rank = Key::of(&item).and_then(|key| self.ranks.get(&key).copied()).unwrap_or(0);
        Item::Hidden { kind, length, rank }
    }
}

/// A text in UTF-16 of this machine's byte order, as a recorder here wrote it.
pub(super) fn utf8(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_ne_bytes([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}
