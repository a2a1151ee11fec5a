//! Drivers, and their versions.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::de::{Error, IntoDeserializer};
use serde::{Deserialize, Deserializer, Serialize};

use crate::diagnostic::suggestion;

/// Through what a case calls SQLite.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Driver {
    /// The C interface itself, through libsqlite3-sys.
    #[default]
    Capi,
    /// The rusqlite crate: what a Rust program really uses.
    Rusqlite,
    /// Python's standard module `sqlite3`.
    Python,
    /// Python's package `apsw`.
    Apsw,
    /// Go's `database/sql` with `github.com/mattn/go-sqlite3`.
    Go,
    /// Node's package `better-sqlite3`.
    Node,
    /// A driver of a test, which has two verbs and no library.
    #[cfg(test)]
    Fake,
}

/// A driver as cases, builds and commands name it: `go`, or a version of it, `go@1.14.16`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DriverVersion {
    /// The driver.
    pub driver: Driver,
    /// Its version: that of mattn/go-sqlite3, better-sqlite3, apsw or Python. Without one, what the machine has is meant.
    pub version: Option<String>,
}

impl Driver {
    /// Every driver.
    pub const ALL: &[Self] = &[
        Self::Capi,
        Self::Rusqlite,
        Self::Python,
        Self::Apsw,
        Self::Go,
        Self::Node,
        #[cfg(test)]
        Self::Fake,
    ];

    /// Those that call the library in the worker's own process.
    pub const OF_THE_WORKER: &[Self] = &[
        Self::Capi,
        Self::Rusqlite,
        #[cfg(test)]
        Self::Fake,
    ];

    /// Those that are programs of another language.
    pub const OF_LANGUAGES: &[Self] = &[Self::Python, Self::Apsw, Self::Go, Self::Node];

    /// Whether it is a program of another language.
    pub fn is_of_a_language(self) -> bool {
        Self::OF_LANGUAGES.contains(&self)
    }

    /// Its name in contracts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Capi => "capi",
            Self::Rusqlite => "rusqlite",
            Self::Python => "python",
            Self::Apsw => "apsw",
            Self::Go => "go",
            Self::Node => "node",
            #[cfg(test)]
            Self::Fake => "fake",
        }
    }
}

impl Driver {
    /// The version that the record was made with, of a driver that is a program: what Debian 12 has, and npm.
    pub fn on_record(self) -> Option<&'static str> {
        match self {
            Self::Python => Some("3.11"),
            Self::Apsw => Some("3.40.0.0"),
            Self::Go => Some("1.14.16"),
            Self::Node => Some("12.11.1"),
            _ => None,
        }
    }
}

impl DriverVersion {
    /// A version of a driver, or what the machine has of it.
    pub fn new(driver: Driver, version: Option<String>) -> Self {
        Self { driver, version }
    }

    /// Its name as a part of the name of a case or a build: `go-1.14.16`.
    pub fn slug(&self) -> String {
        self.to_string().replace('@', "-")
    }
}

impl From<Driver> for DriverVersion {
    fn from(driver: Driver) -> Self {
        Self { driver, version: None }
    }
}

impl fmt::Display for DriverVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.driver.name())?;
        self.version.iter().try_for_each(|version| write!(f, "@{version}"))
    }
}

impl<'de> Deserialize<'de> for DriverVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.contains('@') {
            true => text.parse().map_err(D::Error::custom),
            // So that an unknown word is met as every other one is.
            false => Driver::deserialize(text.into_deserializer()).map(Self::from),
        }
    }
}

impl FromStr for DriverVersion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, version) = text.split_once('@').map_or((text, None), |(name, it)| (name, Some(it)));
        let names = Driver::ALL.iter().map(|driver| driver.name()).collect::<Vec<_>>();
        let known = Driver::ALL.iter().find(|driver| driver.name() == name).copied();
        let driver = known.ok_or_else(|| {
            let near =
                suggestion(&name.to_lowercase(), &names).map_or_else(String::new, |near| format!("; {near}"));
            format!("there is no driver `{name}`{near}: drivers are {}", names.join(", "))
        })?;
        version.map_or(Ok(()), |version| check(driver, version))?;
        Ok(Self { driver, version: version.map(str::to_owned) })
    }
}

/// A version is a whole one, so that the same is meant tomorrow; only that of Python may end at its second number.
fn check(driver: Driver, version: &str) -> Result<(), String> {
    let numbers: Vec<&str> = version.split('.').collect();
    let are_digits = numbers.iter().all(|it| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit()));
    let least = if driver == Driver::Python { 2 } else { 3 };
    match driver.is_of_a_language() {
        false => Err(format!("`{}` comes with this program and has no other version", driver.name())),
        true if are_digits && numbers.len() >= least => Ok(()),
        true => Err(format!(
            "`{version}` is no whole version of `{}`: write one such as `{}`",
            driver.name(),
            example(driver)
        )),
    }
}

fn example(driver: Driver) -> &'static str {
    match driver {
        Driver::Python => "python@3.12",
        Driver::Apsw => "apsw@3.40.0.0",
        Driver::Go => "go@1.14.16",
        _ => "node@12.11.1",
    }
}

impl JsonSchema for DriverVersion {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "DriverVersion".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let drivers = generator.subschema_for::<Driver>();
        let names = Driver::OF_LANGUAGES.iter().map(|driver| driver.name()).collect::<Vec<_>>().join("|");
        schemars::json_schema!({
            "description": "A driver, or a version of one: `go@1.14.16`.",
            "anyOf": [drivers, {"type": "string", "pattern": format!("^({names})@[0-9]+([.][0-9]+)+$")}]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_driver_has_a_version_or_none() {
        let read = |text: &str| text.parse::<DriverVersion>();
        assert_eq!(read("go"), Ok(Driver::Go.into()));
        assert_eq!(read("go@1.14.16"), Ok(DriverVersion::new(Driver::Go, Some("1.14.16".to_owned()))));
        assert_eq!(read("python@3.12").unwrap().to_string(), "python@3.12");
        assert_eq!(read("node@12.11.1").unwrap().slug(), "node-12.11.1");
    }

    #[test]
    fn what_is_no_version_says_what_one_is() {
        let wrong = |text: &str| text.parse::<DriverVersion>().unwrap_err();
        assert_eq!(wrong("node@12"), "`12` is no whole version of `node`: write one such as `node@12.11.1`");
        assert_eq!(
            wrong("go@latest"),
            "`latest` is no whole version of `go`: write one such as `go@1.14.16`"
        );
        assert!(wrong("capi@3.0").contains("has no other version"));
        assert!(
            wrong("pyton").starts_with("there is no driver `pyton`; did you mean `python`?"),
            "{}",
            wrong("pyton")
        );
        assert!(wrong("GO").starts_with("there is no driver `GO`; did you mean `go`?"), "{}", wrong("GO"));
    }
}
