//! A value that becomes another one, as a replay shows the two.

use crate::analysis::known::Class;
use crate::outcome::Outcome;
use crate::outcome::value::Value;

/// From what to what a value turns.
#[derive(Debug, Clone)]
pub struct Turn {
    /// What it was: `34.78`, `'34.78'`, `type TEXT`.
    pub was: String,
    /// What it is.
    pub is: String,
}

impl Turn {
    /// How a value turns that is shown like this; nothing where these are no values.
    pub fn of(was: &str, is: &str) -> Option<Self> {
        let is_value = |shown: &str| Class::of_read(shown).is_some() && !shown.ends_with(" times");
        (is_value(was) && is_value(is)).then(|| Self { was: was.to_owned(), is: is.to_owned() })
    }

    /// Whether a value turns so between two outcomes.
    pub(super) fn is_in(&self, old: Option<&Outcome>, new: Option<&Outcome>) -> bool {
        let (Some(Outcome::Rows(old)), Some(Outcome::Rows(new))) = (old, new) else { return false };
        let values = old.iter().zip(new).flat_map(|(old, new)| old.iter().zip(new));
        values.into_iter().any(|(old, new)| old != new && is_shown(&self.was, old) && is_shown(&self.is, new))
    }
}

/// Whether a replay may have shown a value so. What a program reads as text is a text there, whatever it is.
fn is_shown(shown: &str, value: &Value) -> bool {
    if shown.starts_with("type ") {
        return Class::of_read(shown) == Class::of(&value.to_string());
    }
    let text = shown.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    match value {
        Value::Text(bytes) => text.is_some_and(|text| begins(text, bytes)) || is_length(shown, bytes.len()),
        Value::Blob(bytes) => is_length(shown, bytes.len()),
        Value::Real(number) => text.unwrap_or(shown).parse().is_ok_and(|shown| is_near(shown, *number)),
        Value::Integer(_) | Value::Null => text.unwrap_or(shown) == value.to_string(),
    }
}

/// Whether a text is shown so, a long one by its beginning.
fn begins(shown: &str, text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text).replace('\n', " ").replace('\'', "''");
    shown.strip_suffix('…').map_or(text == shown, |beginning| text.starts_with(beginning))
}

/// Whether this is the length of a text or a blob, or what is shown of a long one: `12`, `x'00' (1 bytes)`, `a text of 300 bytes`.
fn is_length(shown: &str, length: usize) -> bool {
    let said = [format!(" {length} bytes"), format!("({length} bytes)")];
    shown == length.to_string() || said.iter().any(|said| shown.ends_with(said))
}

/// SQLite writes no more than 15 or 17 digits.
fn is_near(one: f64, other: f64) -> bool {
    const DIGITS: f64 = 1e-14;
    one == other || (one - other).abs() <= DIGITS * one.abs().max(other.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(was: &str, is: &str, old: &[Value], new: &[Value]) -> bool {
        let turn = Turn { was: was.to_owned(), is: is.to_owned() };
        let rows = |values: &[Value]| Outcome::Rows(vec![values.to_vec()]);
        turn.is_in(Some(&rows(old)), Some(&rows(new)))
    }

    #[test]
    fn a_value_turns_as_it_was_shown() {
        let (old, new) = ([Value::Integer(1), Value::Real(34.78)], [Value::Integer(1), Value::Real(34.77)]);
        assert!(turns("34.78", "34.77", &old, &new));
        assert!(turns("'34.78'", "'34.77'", &old, &new), "read as text");
        assert!(!turns("34.0", "34.77", &old, &new));
        let (old, new) = ([Value::text("24:00:00")], [Value::text("00:00:00")]);
        assert!(turns("'24:00:00'", "'00:00:00'", &old, &new));
        assert!(!turns("34.78", "34.77", &old, &new));
        assert!(turns("type NULL", "type TEXT", &[Value::Null], &[Value::text("")]));
        assert!(!turns("type NULL", "type TEXT", &[Value::Null], &[Value::Integer(1)]));
        assert!(
            turns("'it''s…'", "1", &[Value::text("it's long")], &[Value::text("x")]),
            "its beginning, and a length"
        );
        assert!(Turn::of("0.28 instead of 0.29, 2 times", "0.28").is_none());
        assert!(!turns("1", "1", &[Value::Integer(1)], &[Value::Integer(1)]));
    }
}
