//! Items of a trace: whether two are the same, and how people read one.

use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::outcome::sqlite_names::code_name;
use crate::trace::{Digest, Item};

/// As much of a value is shown.
const WIDTH: usize = 60;

/// Text that SQLite returned.
#[inline]
pub(crate) fn text(bytes: &[u8]) -> Item<'_> {
    std::str::from_utf8(bytes).map_or(Item::BrokenText(bytes), Item::Text)
}

/// Bytes that SQLite returned.
pub(crate) fn blob(bytes: &[u8]) -> Item<'_> {
    Item::Blob(bytes)
}

/// Whether what was found is what was recorded, of which a trace may have length and hash alone.
#[inline]
pub(crate) fn is_same(recorded: &Item<'_>, found: &Item<'_>) -> bool {
    match (recorded, found) {
        (Item::Real(recorded), Item::Real(found)) => recorded.to_bits() == found.to_bits(),
        (Item::DigestOfText(digest), Item::Text(text)) => is_of(digest, text.as_bytes()),
        (Item::DigestOfText(digest), Item::BrokenText(bytes)) => is_of(digest, bytes),
        (Item::DigestOfBlob(digest), Item::Blob(bytes)) => is_of(digest, bytes),
        (Item::List(recorded), Item::List(found)) => {
            recorded.len() == found.len()
                && recorded.iter().zip(found).all(|(recorded, found)| is_same(recorded, found))
        }
        _ => recorded == found,
    }
}

fn is_of(digest: &Digest<'_>, bytes: &[u8]) -> bool {
    digest.length == bytes.len() as u64 && digest.hash == xxh3_128(bytes).to_be_bytes()
}

/// An item as SQL shows a value.
pub(crate) fn shown(item: &Item<'_>) -> String {
    match item {
        Item::Null => "NULL".to_owned(),
        Item::Present(is) => if *is { "something" } else { "nothing" }.to_owned(),
        Item::Integer(number) => number.to_string(),
        Item::Real(number) => format!("{number:?}"),
        Item::Text(text) => quoted(text),
        Item::BrokenText(bytes) => quoted(&String::from_utf8_lossy(bytes)),
        Item::Utf16(bytes) => {
            let units = bytes.chunks_exact(2).map(|unit| u16::from_ne_bytes([unit[0], unit[1]]));
            quoted(&String::from_utf16_lossy(&units.collect::<Vec<_>>()))
        }
        Item::Blob(bytes) => {
            let hex: String = bytes.iter().take(WIDTH / 2).map(|byte| format!("{byte:02x}")).collect();
            let more = if bytes.len() > WIDTH / 2 { "…" } else { "" };
            format!("x'{hex}{more}' ({} bytes)", bytes.len())
        }
        Item::DigestOfText(digest) => format!("a text of {} bytes", digest.length),
        Item::DigestOfBlob(digest) => format!("{} bytes", digest.length),
        Item::Handle(_) => "a handle".to_owned(),
        Item::Hidden { length, .. } => format!("{length} hidden bytes"),
        Item::List(items) => error(items).unwrap_or_else(|| {
            let shown: Vec<String> = items.iter().map(shown).collect();
            format!("({})", shown.join(", "))
        }),
    }
}

/// An error, as a trace has one: its code, then the extended code with the message. A call that fails and leaves the connection
/// without an error has its code alone.
fn error(items: &[Item<'_>]) -> Option<String> {
    let [Item::Integer(code), Item::List(said)] = items else { return None };
    let [Item::Integer(extended), message] = said.as_slice() else { return None };
    if *extended == 0 {
        return Some(code_name(i32::try_from(*code).ok()?));
    }
    let name = code_name(i32::try_from(*extended).ok()?);
    Some(match message.text() {
        Some(message) if !message.is_empty() => format!("{name}: {}", message.replace('\n', " ")),
        _ => name,
    })
}

fn quoted(text: &str) -> String {
    let text = text.replace('\n', " ").replace('\'', "''");
    match text.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("'{}…'", &text[..end]),
        None => format!("'{text}'"),
    }
}

/// A number that is equal for items that are equal, also where a trace has the hash of one of them alone.
#[inline]
pub(crate) fn hash(item: &Item<'_>) -> u64 {
    match item {
        Item::Null => 1,
        Item::Present(_) | Item::Handle(_) => 2,
        Item::Integer(number) => mixed(3, number.cast_unsigned()),
        Item::Real(number) => mixed(4, number.to_bits()),
        Item::Text(text) => mixed(5, hash_bytes(text.as_bytes())),
        Item::BrokenText(bytes) | Item::Utf16(bytes) => mixed(5, hash_bytes(bytes)),
        Item::Blob(bytes) => mixed(6, hash_bytes(bytes)),
        Item::DigestOfText(digest) => mixed(5, hash_of(digest)),
        Item::DigestOfBlob(digest) => mixed(6, hash_of(digest)),
        Item::Hidden { rank, .. } => mixed(7, *rank),
        Item::List(items) => items.iter().fold(8, |all, item| mixed(all, hash(item))),
    }
}

/// What is longer is known by a hash of its own.
const LONG: usize = 256;

/// A number for bytes.
#[inline]
pub(crate) fn hash_bytes(bytes: &[u8]) -> u64 {
    match bytes.len() {
        0..=LONG => xxh3_64(bytes),
        _ => first_half(&xxh3_128(bytes).to_be_bytes()),
    }
}

fn hash_of(digest: &Digest<'_>) -> u64 {
    first_half(digest.hash)
}

fn first_half(hash: &[u8]) -> u64 {
    hash.first_chunk().map_or(0, |half| u64::from_be_bytes(*half))
}

/// Two numbers in one, which depends on their order.
#[inline]
pub(crate) fn mixed(one: u64, other: u64) -> u64 {
    (one.rotate_left(23) ^ other).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_value_is_known_by_its_hash() {
        let long = "x".repeat(300);
        let hash_of_long = xxh3_128(long.as_bytes()).to_be_bytes();
        let digest = Item::DigestOfText(Digest { length: 300, hash: &hash_of_long });
        assert!(is_same(&digest, &text(long.as_bytes())));
        assert_eq!(hash(&digest), hash(&text(long.as_bytes())));
        assert!(!is_same(&digest, &text("y".repeat(300).as_bytes())));
        assert!(!is_same(&digest, &blob(long.as_bytes())));
        assert!(!is_same(&Item::Real(0.0), &Item::Real(-0.0)));
        assert!(is_same(&Item::Real(f64::NAN), &Item::Real(f64::NAN)));
    }

    #[test]
    fn values_are_shown_as_sql_and_shortened() {
        assert_eq!(shown(&Item::Text("it's")), "'it''s'");
        assert_eq!(shown(&Item::Blob(&[1, 255])), "x'01ff' (2 bytes)");
        assert_eq!(shown(&Item::List(vec![Item::Integer(1), Item::Null])), "(1, NULL)");
        let said = Item::List(vec![Item::Integer(2067), Item::Text("UNIQUE constraint failed: t.a")]);
        let error = Item::List(vec![Item::Integer(19), said]);
        assert_eq!(shown(&error), "CONSTRAINT_UNIQUE: UNIQUE constraint failed: t.a");
        let said = Item::List(vec![Item::Integer(0), Item::Text("not an error")]);
        assert_eq!(shown(&Item::List(vec![Item::Integer(1), said])), "ERROR");
        assert!(shown(&Item::Text(&"ä".repeat(100))).ends_with("…'"));
    }
}
