//! A place in a source file.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A place in a file: `contracts/precision/round.yaml:12:9`, which is also its form in JSON.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The file as reports show it: relative to the project, with `/`.
    pub path: Arc<str>,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
}

impl Location {
    /// The first character of a file.
    pub fn start_of(path: impl Into<Arc<str>>) -> Self {
        Self { path: path.into(), line: 1, column: 1 }
    }

    /// `contracts/precision/round.yaml:12`
    pub fn without_column(&self) -> String {
        format!("{}:{}", self.path, self.line)
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path, self.line, self.column)
    }
}

impl FromStr for Location {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = || {
            // From the end: a path may hold a colon too.
            let (rest, column) = text.rsplit_once(':')?;
            let (path, line) = rest.rsplit_once(':')?;
            Some(Self { path: path.into(), line: line.parse().ok()?, column: column.parse().ok()? })
        };
        parts().ok_or_else(|| format!("`{text}` is not <file>:<line>:<column>"))
    }
}

impl Serialize for Location {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Location {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_read_as_it_is_written() {
        for text in ["contracts/a/b.yaml:12:9", "C:/contracts/a/b.yaml:1:1"] {
            assert_eq!(text.parse::<Location>().unwrap().to_string(), text);
        }
        assert_eq!(Location::start_of("a.sql"), "a.sql:1:1".parse().unwrap());
        assert!("a.yaml:12".parse::<Location>().is_err());
    }
}
