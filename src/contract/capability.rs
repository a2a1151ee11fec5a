//! Rows of the table of capabilities: `L1`, `P3`, `M10`.

use std::fmt;

use serde::Serialize;

use super::Contract;

/// A row of the table of capabilities: a letter and a number. A contract's `why` begins with those that it
/// serves, a mutant names those whose contracts must catch it.
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

    /// The rows that a contract serves: those that it names, else those that its `why` begins with.
    pub fn of(contract: &Contract) -> Vec<Self> {
        match contract.rows.as_slice() {
            [] => Self::leading(&contract.why),
            rows => rows.to_vec(),
        }
    }

    /// The rows that a contract's `why` begins with: `L11, L9. After an error …`.
    pub fn leading(why: &str) -> Vec<Self> {
        let bare = |word: &str| Self::parse(word.trim_end_matches([',', '.', ';', ':']));
        why.split_whitespace().map_while(bare).collect()
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
    fn the_rows_of_a_contract_are_the_first_words_of_its_why() {
        let shown = |why| Row::leading(why).iter().map(Row::to_string).collect::<Vec<_>>().join(" ");
        assert_eq!(shown("L11, L9. After an error M5 is not meant"), "L11 L9");
        assert_eq!(shown("M2, M6; https://sqlite.org"), "M2 M6");
        assert_eq!(shown("P1, the remedy for L1"), "P1");
        assert_eq!(shown("A program of L1"), "");
    }

    #[test]
    fn a_row_is_a_letter_and_a_number() {
        assert!(Row::parse("M10") > Row::parse("M9"));
        for word in ["", "L", "l1", "1L", "L1a", "L-1", "L01", "L0", "é1", "L99999"] {
            assert_eq!(Row::parse(word), None, "{word}");
        }
    }
}
