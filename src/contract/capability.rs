//! Rows of the table of capabilities: `L1`, `P3`, `M10`.

use std::fmt;

use serde::Serialize;

/// The areas of the table: the letter of their rows, and what they are about.
pub const AREAS: [(char, &str); 8] = [
    ('L', "the lifetime of statements"),
    ('P', "the precision of numbers"),
    ('M', "the limits of memory"),
    ('C', "cost without a clock: counters, plans"),
    ('R', "robustness: broken files, loss of power, I/O errors, threads"),
    ('S', "surface: functions, messages and codes, SQL by release"),
    ('Q', "what SQL answers: joins, schema, writes, JSON, full-text search"),
    ('D', "drivers in other languages"),
];

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

    /// The letter of its area.
    pub fn area(self) -> char {
        self.letter
    }

    /// The rows that a contract's text names. A gate needs them of every contract, and reading one whole takes fifty
    /// times as long.
    pub fn all_in(contract: &str) -> Vec<Self> {
        let mut lines = contract.lines().skip_while(|line| !line.starts_with("rows:"));
        let first = lines.next().and_then(|line| line.strip_prefix("rows:"));
        let list = lines.take_while(|line| line.starts_with([' ', '-']));
        let code = first.into_iter().chain(list).filter_map(|line| line.split('#').next());
        code.flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric()))
            .filter_map(Self::parse)
            .collect()
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
    fn rows_are_found_in_the_text_of_a_contract() {
        let found = |text: &str| Row::all_in(text).iter().map(Row::to_string).collect::<Vec<_>>().join(" ");
        assert_eq!(found("title: L9\nrows: [L1, M10] # P1\nwhy: P2\n"), "L1 M10");
        assert_eq!(found("rows:\n  - L1\n  - P3\ncases:\n  - name: M1\n"), "L1 P3");
        assert_eq!(found("title: none\n"), "");
    }

    #[test]
    fn a_row_is_a_letter_and_a_number() {
        assert!(Row::parse("M10") > Row::parse("M9"));
        for word in ["", "L", "l1", "1L", "L1a", "L-1", "L01", "L0", "é1", "L99999"] {
            assert_eq!(Row::parse(word), None, "{word}");
        }
    }
}
