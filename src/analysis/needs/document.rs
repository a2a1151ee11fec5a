//! The file that says what a program needs, `sqlite-needs.yaml`.

use std::fmt;

use ciborium::Value as Tree;
use schemars::{JsonSchema, schema_for};
use semver::Version;
use serde::{Deserialize, Serialize};

use super::yaml;
use crate::diagnostic::{Diagnostic, Diagnostics, SourceText};
use crate::outcome::sqlite_names::LimitName;
use crate::project::catalogue;

/// The number of this format.
const FORMAT: u32 = 1;

/// What a program needs of a SQLite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Needs {
    /// The number of this format.
    pub needs: u32,
    /// What wrote the file.
    pub tool: Tool,
    /// Whose needs these are.
    pub subjects: Vec<String>,
    /// The build whose answers are needed.
    pub like: Like,
    /// The versions that give them.
    pub versions: Versions,
    /// The flags of a compilation.
    #[serde(default)]
    pub flags: Flags,
    /// The modules of virtual tables that some builds lack.
    #[serde(default)]
    pub modules: Vec<Named>,
    /// The functions of SQL that some builds lack.
    #[serde(default)]
    pub functions: Vec<Named>,
    /// The functions of the C interface that some builds lack.
    #[serde(default)]
    pub symbols: Vec<Named>,
    /// The run-time limits of which a known build may have less.
    #[serde(default)]
    pub limits: Vec<LimitNeed>,
    /// Builds that have no more than this, and give the same answers.
    #[serde(default)]
    pub sufficient: Vec<Sufficient>,
}

/// What wrote the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// Its version.
    pub version: String,
    /// A digest of the builds and contracts that it knows.
    pub catalogue: String,
}

/// The build whose answers are needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Like {
    /// Its name.
    pub build: String,
    /// Its version.
    #[schemars(with = "String")]
    pub version: Version,
}

/// Versions that give the answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Versions {
    /// The ranges, the oldest first.
    pub ranges: Vec<Range>,
    /// How many versions were asked.
    pub asked: usize,
    /// The oldest of them: whether an older one gives the answers nobody knows, unless this one does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub oldest: Option<Version>,
    /// The builds that were asked, the oldest first.
    #[serde(default)]
    pub builds: Vec<String>,
    /// What goes wrong with the others.
    #[serde(default)]
    pub without: Vec<Without>,
}

/// A range of versions, with both its ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The oldest; without one, no older version was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub from: Option<Version>,
    /// The newest; without one the range has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub to: Option<Version>,
}

/// Versions with which something goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Without {
    /// The oldest.
    #[schemars(with = "String")]
    pub from: Version,
    /// The newest.
    #[schemars(with = "String")]
    pub to: Version,
    /// What goes wrong.
    pub proof: Proof,
}

/// A statement that proves a need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The statement, or the call.
    pub statement: String,
    /// Where it stands.
    pub place: String,
    /// What it does where the need is not met.
    pub goes_wrong: String,
    /// What it does where it is.
    pub instead_of: String,
}

/// Flags of a compilation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Flags {
    /// Those that must be set.
    #[serde(default)]
    pub set: Vec<Flag>,
    /// Those that must not be.
    #[serde(default)]
    pub unset: Vec<Flag>,
    /// Why this was not searched, or not all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_asked: Option<String>,
}

/// A flag, and what goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Flag {
    /// Without `SQLITE_`: `ENABLE_FTS5`, `DQS=0`.
    pub flag: String,
    /// What goes wrong.
    pub proof: Proof,
}

/// A module, a function or a symbol, and what goes wrong without.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// A build that lacks it.
    pub lacking: String,
    /// What goes wrong there.
    pub proof: Proof,
}

/// A limit, and what goes wrong with less.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitNeed {
    /// Its name: `variable_number`.
    pub limit: String,
    /// The least that is enough.
    pub at_least: i32,
    /// What goes wrong with one less.
    pub proof: Proof,
}

/// A build that has no more than what is needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sufficient {
    /// Its version.
    #[schemars(with = "String")]
    pub version: Version,
    /// Its flags.
    pub flags: Vec<String>,
    /// What is not as needed there all the same; nothing where all is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub but: Option<Proof>,
}

impl LimitNeed {
    /// The limit of this name.
    pub fn known(&self) -> Option<LimitName> {
        LimitName::ALL.iter().copied().find(|known| known.name().eq_ignore_ascii_case(&self.limit))
    }
}

impl Tool {
    /// This program.
    pub fn here() -> Self {
        Self { version: env!("CARGO_PKG_VERSION").to_owned(), catalogue: catalogue::digest() }
    }
}

impl Needs {
    /// Needs of which nothing is known but the versions.
    pub fn new(subjects: Vec<String>, like: Like, versions: Versions) -> Self {
        Self {
            needs: FORMAT,
            tool: Tool::here(),
            subjects,
            like,
            versions,
            flags: Flags::default(),
            modules: Vec::new(),
            functions: Vec::new(),
            symbols: Vec::new(),
            limits: Vec::new(),
            sufficient: Vec::new(),
        }
    }

    /// Reads the file.
    ///
    /// # Errors
    /// Every mistake in it.
    pub fn read(source: &SourceText) -> Result<Self, Diagnostics> {
        let needs: Self = crate::diagnostic::yaml::parse(source, "what `needs` writes")?;
        let place = |words: &str| source.text().find(words).map_or(0..0, |at| at..at + words.len());
        let number = || place("needs:");
        let names = needs.modules.iter().chain(&needs.functions).chain(&needs.symbols);
        let flags = needs.flags.set.iter().chain(&needs.flags.unset);
        let mut names = names.map(|need| &need.name).chain(flags.map(|need| &need.flag));
        if let Some(name) = names.find(|name| !is_name(name)) {
            let message = format!("`{}` is no name of a flag, a module or a function", name.escape_debug());
            return Err(Diagnostic::new(source, place(name), message).into());
        }
        match needs.needs {
            FORMAT => Ok(needs),
            other => Err(Diagnostic::new(
                source,
                number(),
                format!("this is format {other}, and {FORMAT} is known"),
            )
            .help("write the file again with `needs`, or take the release of this tool that wrote it")
            .into()),
        }
    }

    /// The text of the file.
    pub fn yaml(&self) -> String {
        let tree = Tree::serialized(self).unwrap_or(Tree::Null);
        format!(
            "# What a program asks of a SQLite, written by `needs`; `fits` compares a library with it.\n{}",
            yaml::text(&tree)
        )
    }
}

/// Names are put into SQL as they are.
fn is_name(name: &str) -> bool {
    const LONGEST: usize = 120;
    let is_plain = |c: char| c.is_alphanumeric() || "_=$.+- ".contains(c);
    (1..=LONGEST).contains(&name.len()) && name.chars().all(is_plain)
}

/// `SELECT iif(1, 2, 3) → ERROR: no such function: iif, not 2 (app.sql:3)`
impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { statement, place, goes_wrong, instead_of } = self;
        write!(f, "{statement} → {goes_wrong}, not {instead_of} ({place})")
    }
}

/// `3.35.0 to 3.38.0`, `3.35.0 or later`, `3.38.0 or earlier`
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.from, &self.to) {
            (Some(from), Some(to)) => write!(f, "{from} to {to}"),
            (Some(from), None) => write!(f, "{from} or later"),
            (None, Some(to)) => write!(f, "{to} or earlier"),
            (None, None) => f.write_str("any version"),
        }
    }
}

/// The JSON Schema of the file, `schemas/needs.json`.
pub fn schema() -> String {
    crate::analysis::gate::format::json(schema_for!(Needs).as_value())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_as_it_is_written() {
        let proof = Proof {
            statement: "SELECT iif(1, 'a: b', \"é\") # no comment".to_owned(),
            place: "app.sql:3".to_owned(),
            goes_wrong: "ERROR: no such function: iif".to_owned(),
            instead_of: "- 2".to_owned(),
        };
        let range = Range { from: Some(Version::new(3, 32, 0)), to: None };
        let without =
            Without { from: Version::new(3, 8, 11), to: Version::new(3, 31, 1), proof: proof.clone() };
        let versions = Versions {
            ranges: vec![range],
            asked: 60,
            oldest: Some(Version::new(3, 8, 11)),
            builds: vec!["3.8.11-rusqlite".to_owned()],
            without: vec![without],
        };
        let like = Like { build: "3.54.1-rusqlite".to_owned(), version: Version::new(3, 54, 1) };
        let mut needs = Needs::new(vec!["app.sql".to_owned()], like, versions);
        needs.functions.push(Named { name: "iif".to_owned(), lacking: "3.31.1-rusqlite".to_owned(), proof });
        let read = Needs::read(&SourceText::new("sqlite-needs.yaml", needs.yaml())).unwrap();
        assert_eq!(read, needs);
        let without_ends =
            Versions { ranges: vec![Range { from: None, to: None }], ..needs.versions.clone() };
        let any = Needs { versions: without_ends, ..needs.clone() };
        assert_eq!(Needs::read(&SourceText::new("sqlite-needs.yaml", any.yaml())).unwrap(), any);
        let quoted = needs.yaml().replacen("name: iif", "name: \"i\\\"f\"", 1);
        let mistake = Needs::read(&SourceText::new("sqlite-needs.yaml", quoted)).unwrap_err().to_string();
        assert!(mistake.contains("is no name of a flag, a module or a function"), "{mistake}");
        let newer = needs.yaml().replacen("needs: 1", "needs: 2", 1);
        let mistake = Needs::read(&SourceText::new("sqlite-needs.yaml", newer)).unwrap_err().to_string();
        assert!(mistake.contains("this is format 2, and 1 is known"), "{mistake}");
    }
}
