//! What a call of a trace is about: its SQL, its result code, and how the code differs.

use super::call::{Call, Class};
use super::shown::shown;
use crate::outcome::replayed::Kind;
use crate::trace::Item;

pub(super) const OK: i32 = 0;
pub(super) const ROW: i32 = 100;
const DONE: i32 = 101;

/// Whether SQL asks for a tokenizer of FTS3, or brings one: both by an address in a blob.
pub(super) fn names_tokenizer(sql: &str) -> bool {
    const BEFORE: &[u8] = b"fts3";
    const BEHIND: &[u8] = b"tokenizer";
    memchr::memchr_iter(b'_', sql.as_bytes()).any(|at| {
        let (before, behind) = (&sql.as_bytes()[..at], &sql.as_bytes()[at + 1..]);
        let before = before.last_chunk::<{ BEFORE.len() }>();
        let behind = behind.first_chunk::<{ BEHIND.len() }>();
        before.is_some_and(|before| before.eq_ignore_ascii_case(BEFORE))
            && behind.is_some_and(|behind| behind.eq_ignore_ascii_case(BEHIND))
    })
}

/// Whether a statement draws at random.
pub(super) fn draws(statement: &str) -> bool {
    let statement = statement.to_ascii_lowercase();
    ["random(", "randomblob("].iter().any(|function| statement.contains(function))
}

/// The SQL of a call that has some, up to its tail.
pub(crate) fn sql(call: &Call<'_>) -> String {
    let Some(item) = call.arguments.get(1) else { return String::new() };
    let text = match item {
        Item::Text(text) => (*text).to_owned(),
        Item::BrokenText(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Item::Utf16(bytes) => {
            let units = bytes.chunks_exact(2).map(|unit| u16::from_ne_bytes([unit[0], unit[1]]));
            return String::from_utf16_lossy(&units.collect::<Vec<_>>());
        }
        other => return shown(other),
    };
    let tail = call.results.get(2).and_then(Item::integer).and_then(|tail| usize::try_from(tail).ok());
    match tail.filter(|_| call.function.class == Class::Prepare).and_then(|tail| text.get(..tail)) {
        Some(statement) => statement.to_owned(),
        None => text,
    }
}

/// The recorded result code.
pub(crate) fn code(call: &Call<'_>) -> i32 {
    let code = match call.results.first() {
        Some(Item::Integer(code)) => Some(*code),
        Some(Item::List(parts)) => parts.first().and_then(Item::integer),
        _ => None,
    };
    code.and_then(|code| code.try_into().ok()).unwrap_or(0)
}

pub(super) fn kind_of(call: &Call<'_>, new: Option<i32>) -> Kind {
    let Some(new) = new else { return Kind::Value };
    let old = code(call);
    match (is_success(old), is_success(new)) {
        (false, false) if old & 0xff != new & 0xff => Kind::Code,
        (true, true) if old == new => Kind::Value,
        _ => Kind::Error,
    }
}

/// Whether a code is that of a success.
pub(super) fn is_success(code: i32) -> bool {
    matches!(code, OK | ROW | DONE)
}

#[cfg(test)]
mod tests {
    use super::names_tokenizer;

    #[test]
    fn a_tokenizer_is_seen_in_sql() {
        assert!(names_tokenizer("SELECT FTS3_tokenizer(?, ?)"));
        assert!(!names_tokenizer("SELECT a_tokenizer, fts3_ FROM t_"));
        assert!(!names_tokenizer("CREATE VIRTUAL TABLE t USING fts3(a, tokenize=porter)"));
    }
}
