//! The result of a query beside the one that its record gives.

use super::answer::Texts;
use super::{Difference, Hash};

/// So many values are shown at once.
const SHOWN: usize = 8;

/// The hash in a result that is given by it.
pub(super) fn hash_in(result: &[&str]) -> Option<Hash> {
    let [only] = result else { return None };
    let (_, hash) = only.split_once(" values hashing to ")?;
    Hash::from_str_radix(hash.trim_end(), 16).ok()
}

/// A result that is longer than the threshold: it must be given by the hash.
pub(super) fn by_hash(expected: &[&str], values: usize, hash: Hash) -> Difference {
    let actual = format!("{values} values hashing to {hash:032x}");
    (expected != [actual.as_str()]).then(|| (shown(expected), actual))
}

/// A result that is not: it must be given value by value.
pub(super) fn by_value(expected: &[&str], texts: &Texts) -> Difference {
    if are_lines(expected, texts.lines()) {
        return None;
    }
    let lines = String::from_utf8_lossy(texts.lines());
    let actual: Vec<&str> = lines.lines().collect();
    if expected.len() <= SHOWN || expected.len() != actual.len() {
        return Some((shown(expected), shown(&actual)));
    }
    let at = expected.iter().zip(&actual).position(|(expected, actual)| expected != actual)?;
    let value = |values: &[&str]| format!("{} as value {} of {}", values[at], at + 1, values.len());
    Some((value(expected), value(&actual)))
}

fn are_lines(expected: &[&str], mut lines: &[u8]) -> bool {
    for line in expected {
        match lines.strip_prefix(line.as_bytes()).and_then(|rest| rest.strip_prefix(b"\n")) {
            Some(rest) => lines = rest,
            None => return false,
        }
    }
    lines.is_empty()
}

/// Values for people.
pub(super) fn shown(values: &[&str]) -> String {
    match values {
        [] => "no rows".to_owned(),
        few if few.len() <= SHOWN => few.join(", "),
        many => format!("{} values: {}, …", many.len(), many[..SHOWN].join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::sqllogictest::Sort;

    #[test]
    fn results_are_sorted_by_rows_or_by_values() {
        let sorted = |sort| {
            let mut texts = Texts::default();
            [["2", "b"], ["10", "a"], ["2", "a"]].iter().for_each(|row| texts.push_row(row));
            String::from_utf8(texts.sorted(sort).lines().to_vec()).unwrap()
        };
        assert_eq!(sorted(Sort::No), "2\nb\n10\na\n2\na\n");
        assert_eq!(sorted(Sort::Rows), "10\na\n2\na\n2\nb\n");
        assert_eq!(sorted(Sort::Values), "10\n2\n2\na\na\nb\n");
    }

    #[test]
    fn a_difference_is_shown_by_the_first_value_that_differs() {
        let differs = |expected: &[&str], actual: &[&str]| by_value(expected, &Texts::of(actual));
        assert_eq!(differs(&["1", "2"], &["1", "2"]), None);
        assert_eq!(differs(&["1", "2"], &["1"]), Some(("1, 2".to_owned(), "1".to_owned())));
        assert_eq!(differs(&["1"], &[]), Some(("1".to_owned(), "no rows".to_owned())));
        let (ten, mut other) = (vec!["a"; 10], vec!["a"; 10]);
        other[6] = "b";
        let shown = ("a as value 7 of 10".to_owned(), "b as value 7 of 10".to_owned());
        assert_eq!(differs(&ten, &other), Some(shown));
    }

    #[test]
    fn a_long_result_is_compared_by_its_hash() {
        let given = ["3 values hashing to c0710d6b4f15dfa88f600b0e6b624077"];
        let hash = 0xc071_0d6b_4f15_dfa8_8f60_0b0e_6b62_4077;
        assert_eq!(hash_in(&given), Some(hash));
        assert_eq!(by_hash(&given, 3, hash), None);
        assert!(by_hash(&["1", "2", "3"], 3, hash).is_some());
    }
}
