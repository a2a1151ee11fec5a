//! What a contract or a case needs of a build. A build that lacks it is `unsupported`, with the reason.

use std::collections::BTreeSet;
use std::fmt;

use schemars::JsonSchema;
use semver::{Comparator, Op, Version, VersionReq};
use serde::de::{self, Error as _};
use serde::{Deserialize, Deserializer, Serialize};

use super::DriverVersion;
use super::driver_range::DriverRange;

/// `requires:` of a contract or a case; every part must be met.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Requires {
    /// A range of SQLite versions: `">=3.31.0, <3.40.0"`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "range")]
    #[schemars(with = "Option<String>", example = &">=3.31.0, <3.40.0")]
    pub version: Option<VersionReq>,
    /// Compile options as `PRAGMA compile_options` shows them: `ENABLE_FTS5`, `THREADSAFE=0`; a `!` before
    /// one means that the build must not have it.
    #[serde(default, skip_serializing_if = "OneOrMany::is_empty")]
    #[schemars(example = &"ENABLE_FTS5", example = ["!OMIT_LOOKASIDE", "THREADSAFE=1"])]
    pub compile_option: OneOrMany,
    /// C functions that the library must export: `sqlite3_prepare_v3`.
    #[serde(default, skip_serializing_if = "OneOrMany::is_empty")]
    #[schemars(example = &"sqlite3_prepare_v3")]
    pub function: OneOrMany,
    /// Properties of the profile (`sanitizer`), or `!` before one that it must not have.
    #[serde(default, skip_serializing_if = "OneOrMany::is_empty")]
    #[schemars(example = &"!sanitizer")]
    pub property: OneOrMany,
    /// Versions of a driver: `python>=3.11`. A build that names no version has the one that the record was made with.
    #[serde(default, skip_serializing_if = "OneOrMany::is_empty")]
    #[schemars(example = &"python>=3.11")]
    pub driver: OneOrMany,
}

/// What a case needs of a build.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CaseRequires {
    /// What every case of its contract needs.
    pub of_contract: Requires,
    /// What it needs beside that.
    pub of_case: Requires,
}

impl CaseRequires {
    /// Why a build cannot run the case, or `None` when it can; functions are asked of the library itself.
    pub fn unmet(&self, facts: &BuildFacts) -> Option<String> {
        self.of_contract.unmet(facts).or_else(|| self.of_case.unmet(facts))
    }

    /// Whether the case or its contract ends below a version: whatever comes later, this is not asked of it.
    pub fn end_below(&self, version: &Version) -> bool {
        self.of_contract.ends_below(version) || self.of_case.ends_below(version)
    }

    /// The C functions that the library must export.
    pub fn functions(&self) -> impl Iterator<Item = &str> {
        self.of_contract.function.iter().chain(self.of_case.function.iter())
    }
}

/// One word or a list of them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected a word or a list of words")]
pub enum OneOrMany {
    /// Nothing is written.
    #[default]
    None,
    /// One word.
    One(String),
    /// A list of words.
    Many(Vec<String>),
}

impl OneOrMany {
    pub(super) fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// The words.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::None => [].as_slice(),
            Self::One(word) => std::slice::from_ref(word),
            Self::Many(words) => words,
        }
        .iter()
        .map(String::as_str)
    }
}

/// What is known of a build before anything runs on it.
#[derive(Debug, Clone)]
pub struct BuildFacts {
    /// The version of SQLite.
    pub version: Version,
    /// As `PRAGMA compile_options` shows them, with those of the profile (a build may hide its own).
    pub compile_options: BTreeSet<String>,
    /// What its description says of it beyond options: `sanitizer`.
    pub properties: BTreeSet<String>,
    /// The version of a driver that it is a build of.
    pub driver: Option<DriverVersion>,
}

impl Requires {
    /// Why a build cannot run this, or `None` when it can; functions are asked of the library itself.
    pub fn unmet(&self, facts: &BuildFacts) -> Option<String> {
        if let Some(range) = &self.version
            && !range.matches(&facts.version)
        {
            // Not its own version: builds that lack the same have the same reason.
            return Some(format!("needs version {range}"));
        }
        let lacks = |what: &str, wanted: &OneOrMany, has: &dyn Fn(&str) -> bool| {
            wanted.iter().find_map(|word| match word.strip_prefix('!') {
                Some(word) => has(word).then(|| format!("needs a build without {what} {word}")),
                None => (!has(word)).then(|| format!("needs {what} {word}")),
            })
        };
        lacks("compile option", &self.compile_option, &|word| has_option(&facts.compile_options, word))
            .or_else(|| lacks("property", &self.property, &|word| facts.properties.contains(word)))
            .or_else(|| lacks("driver", &self.driver, &|word| admits(word, facts.driver.as_ref())))
    }

    /// What cannot be meant: the word, what is wrong with it, and the remedy.
    pub fn mistakes(&self) -> Vec<(String, String, String)> {
        let mut mistakes = Vec::new();
        if !self.version_is_possible() {
            let message = "no version of SQLite can meet this range".to_owned();
            let help = "versions are 3.x.y, and every part of a range must be met".to_owned();
            mistakes.push(("version".to_owned(), message, help));
        }
        for word in self.function.iter().filter(|word| !word.starts_with("sqlite3")) {
            let message = format!("`{word}` is no function of SQLite");
            mistakes.push((word.to_owned(), message, "write its full name: `sqlite3_prepare_v3`".to_owned()));
        }
        for word in self.driver.iter().filter(|word| DriverRange::parse(word).is_none()) {
            let message = format!("`{word}` is no range of a driver's versions");
            mistakes.push((word.to_owned(), message, "write one such as `python>=3.11`".to_owned()));
        }
        for word in self.compile_option.iter() {
            if let Some(name) = word.trim_start_matches('!').strip_prefix("SQLITE_") {
                let message = format!("`{word}`: compile options are named without `SQLITE_`");
                mistakes.push((
                    word.to_owned(),
                    message,
                    format!("write `{}`", word.replace(&format!("SQLITE_{name}"), name)),
                ));
            }
        }
        mistakes
    }

    /// Whether a version lies above the range.
    fn ends_below(&self, version: &Version) -> bool {
        let is_above = |part: &Comparator| {
            let bound = Version::new(part.major, part.minor.unwrap_or(0), part.patch.unwrap_or(0));
            !matches!(part.op, Op::Greater | Op::GreaterEq) && !part.matches(version) && bound <= *version
        };
        self.version.as_ref().is_some_and(|range| range.comparators.iter().any(is_above))
    }

    /// Whether some SQLite version could ever meet the range.
    fn version_is_possible(&self) -> bool {
        let Some(range) = &self.version else { return true };
        (0..200).any(|minor| (0..20).any(|patch| range.matches(&Version::new(3, minor, patch))))
    }
}

/// A range whose every part says how it compares: a bare `3.46.0` would silently mean "from 3.46.0 on".
fn range<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<VersionReq>, D::Error> {
    const HELP: &str = "write \">=3.31.0, <3.40.0\" or \"=3.46.0\"";
    let text = deserializer.deserialize_any(RangeText)?;
    if text
        .split(',')
        .any(|part| part.trim().starts_with(|c: char| c.is_ascii_digit()) && !part.contains('*'))
    {
        return Err(D::Error::custom(format!("`{text}` does not say how it compares\n{HELP}")));
    }
    match VersionReq::parse(&text) {
        Ok(range) => Ok(Some(range)),
        Err(error) => Err(D::Error::custom(format!("`{text}` is no range of versions: {error}\n{HELP}"))),
    }
}

/// The text of a range; an unquoted `3.46` arrives as a number.
struct RangeText;

impl de::Visitor<'_> for RangeText {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a range of versions such as \">=3.31.0\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }
}

fn admits(range: &str, driver: Option<&DriverVersion>) -> bool {
    DriverRange::parse(range).is_none_or(|range| range.admits(driver))
}

/// `ENABLE_FTS5` is met by `ENABLE_FTS5` and `ENABLE_FTS5=1`; `THREADSAFE=0` only by itself.
fn has_option(options: &BTreeSet<String>, wanted: &str) -> bool {
    options.contains(wanted)
        || (!wanted.contains('=')
            && options.iter().any(|option| option.split_once('=').is_some_and(|(name, _)| name == wanted)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> BuildFacts {
        BuildFacts {
            version: Version::new(3, 31, 1),
            compile_options: ["ENABLE_FTS5", "THREADSAFE=1"].map(str::to_owned).into(),
            properties: ["sanitizer".to_owned()].into(),
            driver: "go@1.14.16".parse().ok(),
        }
    }

    fn unmet(yaml: &str) -> Option<String> {
        serde_yaml::from_str::<Requires>(yaml).unwrap().unmet(&facts())
    }

    #[test]
    fn what_is_met_is_silent() {
        assert_eq!(
            unmet("{version: '>=3.31.0, <3.32', compile_option: [ENABLE_FTS5, THREADSAFE, '!OMIT_X']}"),
            None
        );
    }

    #[test]
    fn what_is_unmet_says_why() {
        assert_eq!(unmet("{version: '>=3.40'}").unwrap(), "needs version >=3.40");
        assert_eq!(unmet("{compile_option: THREADSAFE=0}").unwrap(), "needs compile option THREADSAFE=0");
        assert_eq!(unmet("{property: '!sanitizer'}").unwrap(), "needs a build without property sanitizer");
        assert_eq!(unmet("{driver: [python>=3.11, 'go>=1.14.22']}").unwrap(), "needs driver go>=1.14.22");
    }

    #[test]
    fn a_range_ends_below_the_versions_above_it() {
        let ends_below = |range: &str, version: &str| {
            let requires: Requires = serde_yaml::from_str(&format!("{{version: '{range}'}}")).unwrap();
            requires.ends_below(&version.parse().unwrap())
        };
        assert!(ends_below("<3.31.0", "3.31.0") && ends_below("<=3.31.0", "3.31.1"));
        assert!(ends_below(">=3.31.0, <3.34.0", "3.54.1") && ends_below("=3.46.0", "3.47.0"));
        assert!(!ends_below(">=3.31.0, <3.34.0", "3.30.0") && !ends_below("<3.31.0", "3.30.1"));
        assert!(!ends_below(">=3.31.0", "3.54.1") && !ends_below("=3.46.0", "3.45.0"));
    }

    #[test]
    fn an_impossible_range_is_seen() {
        let requires = |yaml| serde_yaml::from_str::<Requires>(yaml).unwrap();
        assert!(!requires("{version: '>=3.40, <3.31'}").version_is_possible());
        assert!(requires("{version: '>=3.40'}").version_is_possible());
    }
}
