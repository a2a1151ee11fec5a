//! The other builds that steps of a case may run on: `on` beside a verb.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;

/// Whose process a step runs in, when it is not that of the case's own build. Each word is a process of its own, also
/// where two of them mean one build.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum OtherBuild {
    /// The oldest core build.
    Oldest,
    /// The newest core build of the oldest one's lineage and profile.
    Newest,
    /// The parent of the case's own build.
    Parent,
    /// The build of this name.
    Named(String),
}

impl OtherBuild {
    /// The words that are no names of builds.
    pub const WORDS: [&'static str; 3] = ["oldest", "newest", "parent"];
}

impl From<String> for OtherBuild {
    fn from(word: String) -> Self {
        match word.as_str() {
            "oldest" => Self::Oldest,
            "newest" => Self::Newest,
            "parent" => Self::Parent,
            _ => Self::Named(word),
        }
    }
}

impl From<OtherBuild> for String {
    fn from(build: OtherBuild) -> Self {
        build.to_string()
    }
}

/// The word as it is written.
impl fmt::Display for OtherBuild {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Oldest => "oldest",
            Self::Newest => "newest",
            Self::Parent => "parent",
            Self::Named(name) => name,
        })
    }
}

impl JsonSchema for OtherBuild {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "OtherBuild".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "The step runs on another build, in the case's directory: `oldest`, `newest`, `parent`, or \
                a build's name.",
        })
    }
}

/// A build that a contract names, and the mistake that this is when there is no such build. Contracts are read without
/// builds.
#[derive(Debug, Clone)]
pub struct NamedBuild {
    /// The name.
    pub name: String,
    /// The mistake at its place.
    pub unknown: Diagnostic,
}
