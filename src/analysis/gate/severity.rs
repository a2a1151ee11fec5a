//! How much a change matters.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much a change matters, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// A promise that held is broken, or the case now crashes or times out.
    Broken,
    /// Another value, or a value instead of an error, or the reverse.
    Value,
    /// Another error or message instead of an error.
    Error,
    /// The case is no longer supported: the new build lacks what it requires.
    Removed,
    /// What SQL promises to nobody: the order of rows that no `ORDER BY` asks for, what is drawn at random, and which SQLite it
    /// is. Of a trace.
    Unpromised,
    /// Only sizes and counters, or which limits of memory are enough where more is not always enough. Of a trace, also plans.
    Cost,
    /// The contract asks other cases of a build as new as this, or of this version of a driver.
    Superseded,
    /// The case was not supported before, or the old build had no such feature.
    Added,
    /// A promise that did not hold holds now.
    Mended,
}

impl Severity {
    /// Every severity, the worst first.
    pub const ALL: [Self; 9] = [
        Self::Broken,
        Self::Value,
        Self::Error,
        Self::Removed,
        Self::Unpromised,
        Self::Cost,
        Self::Superseded,
        Self::Added,
        Self::Mended,
    ];

    /// The severities that block by default.
    pub(super) const BLOCKING: [Self; 4] = [Self::Broken, Self::Value, Self::Error, Self::Removed];

    /// The name in reports and policies.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Value => "value",
            Self::Error => "error",
            Self::Removed => "removed",
            Self::Unpromised => "unpromised",
            Self::Cost => "cost",
            Self::Superseded => "superseded",
            Self::Added => "added",
            Self::Mended => "mended",
        }
    }

    /// What it means, in a few words.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Broken => "a promise that held is broken, or the case crashes or times out",
            Self::Value => "another value, or a value instead of an error, or the reverse",
            Self::Error => "another error or message",
            Self::Removed => "the new build lacks what the case requires",
            Self::Unpromised => {
                "the same rows in an order that nobody asked for, other random values, or the version"
            }
            Self::Cost => "only sizes, counters and plans differ",
            Self::Superseded => "the contract asks other cases of a build or a driver as new as this",
            Self::Added => "the old build lacked what the case requires, or had no such feature",
            Self::Mended => "a promise that was broken holds",
        }
    }
}
