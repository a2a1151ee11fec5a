//! The result of a query beside the one that its record gives.

use super::Difference;
use super::answer::Texts;

/// So many values are shown at once.
const SHOWN: usize = 8;

/// The hash in a result that is given by it.
pub(super) fn hash_in<'a>(result: &[&'a str]) -> Option<&'a str> {
    match result {
        [only] => only.split_once(" values hashing to ").map(|(_, hash)| hash.trim_end()),
        _ => None,
    }
}

/// A result that is longer than the threshold: it must be given by the hash.
pub(super) fn by_hash(expected: &[&str], values: usize, hash: &str) -> Difference {
    let actual = format!("{values} values hashing to {hash}");
    (expected != [actual.as_str()]).then(|| (shown(expected), actual))
}

/// A result that is not: it must be given value by value.
pub(super) fn by_value(expected: &[&str], texts: &Texts) -> Difference {
    let is_same =
        expected.len() == texts.len() && expected.iter().zip(texts.iter()).all(|(e, t)| e.as_bytes() == t);
    if is_same {
        return None;
    }
    let actual: Vec<String> = texts.iter().map(|text| String::from_utf8_lossy(text).into_owned()).collect();
    let actual: Vec<&str> = actual.iter().map(String::as_str).collect();
    if expected.len() <= SHOWN || expected.len() != actual.len() {
        return Some((shown(expected), shown(&actual)));
    }
    let at = expected.iter().zip(&actual).position(|(expected, actual)| expected != actual)?;
    let value = |values: &[&str]| format!("{} as value {} of {}", values[at], at + 1, values.len());
    Some((value(expected), value(&actual)))
}

/// Values for people.
pub(super) fn shown(values: &[&str]) -> String {
    match values {
        [] => "no rows".to_owned(),
        few if few.len() <= SHOWN => few.join(", "),
        many => format!("{} values: {}, …", many.len(), many[..SHOWN].join(", ")),
    }
}
