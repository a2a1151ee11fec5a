//! Rows of the table of capabilities: `L1`, `P3`, `M10`.

use std::fmt;

use serde::Serialize;

/// A row of the table of capabilities: a letter and a number. A contract names those that it serves, a
/// mutant those whose contracts must catch it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(into = "String")]
pub struct Row {
    letter: char,
    number: u16,
}

impl Row {
    /// The row that a word names: `L1`.
    pub fn parse(word: &str) -> Option<Self> {
        let mut digits = word.chars();
        let letter = digits.next().filter(char::is_ascii_uppercase)?;
        let digits = digits.as_str();
        let is_plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
        is_plain.then(|| digits.parse().ok()).flatten().map(|number| Self { letter, number })
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.letter, self.number)
    }
}

impl From<Row> for String {
    fn from(row: Row) -> Self {
        row.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_a_letter_and_a_number() {
        assert!(Row::parse("M10") > Row::parse("M9"));
        for word in ["", "L", "l1", "1L", "L1a", "L-1", "L01", "L0", "é1", "L99999"] {
            assert_eq!(Row::parse(word), None, "{word}");
        }
    }
}
