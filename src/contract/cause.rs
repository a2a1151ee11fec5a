//! Causes: why a case does one thing on a build and another thing on the build's parent.

use std::fmt;

use schemars::JsonSchema;
use semver::Version;
use serde::{Serialize, Serializer};

use crate::diagnostic::Location;

/// An entry of `changed:`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Cause {
    /// The SQLite version that changed it, a profile or a build.
    #[schemars(with = "String")]
    pub key: Key,
    /// What changed.
    pub text: String,
    /// Where its key is: `contracts/precision/money-round.yaml:9:3`
    #[schemars(with = "String")]
    pub place: Location,
}

/// Which drifts a cause explains. In order: versions from the oldest on, then names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// The SQLite version in which SQLite changed, whether or not there is a build of it.
    Version(Version),
    /// A profile, a build, or a version of a driver: `go@1.14.16`.
    Name(String),
}

/// Texts that stand where a cause is to be written. What begins with one of the first is one as well: `todo: bisect`.
const NOTES: [&str; 4] = ["todo", "tbd", "fixme", "xxx"];
const PLACEHOLDERS: [&str; 22] = [
    "pending",
    "unknown",
    "not known",
    "unclear",
    "placeholder",
    "none",
    "n a",
    "na",
    "nothing",
    "later",
    "to do",
    "to be done",
    "to be determined",
    "to be found",
    "not found",
    "no idea",
    "wip",
    "cause",
    "reason",
    "because",
    "why",
    "see above",
];

impl Cause {
    /// Whether its text says nothing of SQLite, but only that somebody is to say something: `pending`, `TODO`, `?`.
    pub fn is_placeholder(&self) -> bool {
        let lower = self.text.to_lowercase();
        let words: Vec<&str> =
            lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let said: Vec<&str> =
            words.iter().copied().filter(|word| !["yet", "still", "the"].contains(word)).collect();
        let is_note = words.first().is_some_and(|first| NOTES.contains(first));
        is_note || said.is_empty() || PLACEHOLDERS.contains(&said.join(" ").as_str())
    }
}

impl Key {
    /// The key that a word is. Which profiles and builds exist is not known here.
    ///
    /// # Errors
    /// What is wrong with the word.
    pub fn parse(word: &str) -> Result<Self, String> {
        if let Ok(version) = Version::parse(word)
            && version.pre.is_empty()
            && version.build.is_empty()
        {
            return Ok(Self::Version(version));
        }
        if word.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
            return Err(format!("`{word}` is not a SQLite version"));
        }
        let is_name_byte = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'@' | b'+');
        match word.bytes().all(is_name_byte) {
            true => Ok(Self::Name(word.to_owned())),
            false => Err(format!(
                "`{word}` is neither a SQLite version nor the name of a profile, a build or a driver's version"
            )),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => version.fmt(f),
            Self::Name(name) => f.write_str(name),
        }
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A case's own causes and, for the other keys, those of its contract; the oldest first.
pub(super) fn in_force<'a>(contract: &'a [Cause], case: &'a [Cause]) -> Vec<&'a Cause> {
    let is_replaced = |cause: &&Cause| case.iter().any(|own| own.key == cause.key);
    let mut causes: Vec<&Cause> = contract.iter().filter(|cause| !is_replaced(cause)).chain(case).collect();
    causes.sort_by(|a, b| a.key.cmp(&b.key));
    causes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_version_or_a_name() {
        assert_eq!(Key::parse("3.29.0"), Ok(Key::Version(Version::new(3, 29, 0))));
        for name in ["android", "3.54.1-debian", "o2", "better-sqlite3"] {
            assert_eq!(Key::parse(name), Ok(Key::Name(name.to_owned())));
        }
        for word in ["", "3.29", "3", "3.43.0.1", "since 3.29.0", ">=3.29.0", "é"] {
            assert!(Key::parse(word).is_err(), "{word}");
        }
    }

    #[test]
    fn what_stands_for_a_cause_is_none() {
        let cause = |text: &str| Cause {
            key: Key::parse("3.43.0").unwrap(),
            text: text.to_owned(),
            place: Location::start_of("c.yaml"),
        };
        for text in [
            "pending",
            "Pending.",
            "TODO",
            "todo: bisect it",
            "tbd",
            "?",
            "???",
            "…",
            "unknown yet",
            "N/A",
            "not known yet",
        ] {
            assert!(cause(text).is_placeholder(), "{text}");
        }
        for text in [
            "todos are kept",
            "check-in ad7bb70af9",
            "the cause of a crash: pending terms of FTS5 are written",
            "-0.0",
        ] {
            assert!(!cause(text).is_placeholder(), "{text}");
        }
    }

    #[test]
    fn a_case_replaces_the_cause_of_the_same_key() {
        let cause = |key: &str, text: &str| Cause {
            key: Key::parse(key).unwrap(),
            text: text.to_owned(),
            place: Location::start_of("c.yaml"),
        };
        let contract = ["android", "3.43.0", "3.9.0"].map(|key| cause(key, "contract"));
        let case = ["3.43.0", "3.48.0"].map(|key| cause(key, "case"));
        let shown: Vec<_> = in_force(&contract, &case)
            .into_iter()
            .map(|cause| format!("{} {}", cause.key, cause.text))
            .collect();
        assert_eq!(shown, ["3.9.0 contract", "3.43.0 case", "3.48.0 case", "android contract"]);
    }
}
