//! What came of records that say what they must return.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What came of records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Records {
    /// How many there were.
    pub records: usize,
    /// A digest of what they returned, exactly and in its order.
    pub digest: String,
    /// What the only record returned, line by line.
    pub only: Option<Vec<String>>,
    /// Those that did not return what they say.
    pub differing: Vec<Differing>,
}

/// A record that did not return what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Differing {
    /// The line of its first word.
    pub line: usize,
    /// The record on one line.
    pub record: String,
    /// What it says that it returns.
    pub expected: String,
    /// What it returned.
    pub actual: String,
}

impl Records {
    /// What the only record returned, or a digest of what all of them did.
    pub(super) fn lines(&self) -> Vec<String> {
        self.only.clone().unwrap_or_else(|| vec![format!("{} records, digest {}", self.records, self.digest)])
    }
}

impl fmt::Display for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.differing.as_slice() {
            [] => f.write_str(&self.lines().join(", ")),
            [first, others @ ..] => {
                let Differing { line, record, expected, actual } = first;
                write!(f, "line {line}: {record} → {actual}, not {expected}")?;
                if others.is_empty() { Ok(()) } else { write!(f, ", and {} more", others.len()) }
            }
        }
    }
}
