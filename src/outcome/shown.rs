//! An outcome as text, the only form of one on record.

use std::fmt;

use super::Outcome;
use super::sqlite_names::{NOMEM, leading_code};

/// An outcome, or one row of it, as transcripts show it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Shown(String);

/// The prefixes that mark the text of a failed step, where that is not a result code.
pub(crate) const MISSING: &str = "missing ";
pub(super) const REFUSED: &str = "refused: ";
pub(super) const NO_HANDLE: &str = "no `";
pub(super) const STOPPED: &str = "stopped at ";

/// How SQLite says that it has no such feature: the beginning of its message.
const LACKS: [&str; 4] = [
    "ERROR: no such function: ",
    "ERROR: no such module: ",
    // A pragma as a table.
    "ERROR: no such table: pragma_",
    "ERROR: unrecognized token: ",
];

impl Shown {
    /// The outcome with this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether the step did not do what it was asked to: the opposite of [`Outcome::succeeded`]. A sweep that met one
    /// code is shown like a failed call, and counts as failed.
    pub(crate) fn is_failure(&self) -> bool {
        let is_error = |code| !Outcome::from_code(code).succeeded();
        leading_code(&self.0).is_some_and(is_error)
            || [MISSING, REFUSED, NO_HANDLE, STOPPED].iter().any(|words| self.0.starts_with(words))
    }

    /// Whether the step failed because the library lacks what it needs, syntax included, or because such a step failed
    /// before it.
    pub(crate) fn lacks_feature(&self) -> bool {
        let is_syntax = self.0.starts_with("ERROR: near \"") && self.0.ends_with("\": syntax error");
        is_syntax || LACKS.iter().chain(&[MISSING, NO_HANDLE]).any(|words| self.0.starts_with(words))
    }

    /// Whether memory ran out.
    pub(crate) fn is_out_of_memory(&self) -> bool {
        leading_code(&self.0) == Some(NOMEM)
    }
}

/// What stands between the commas of a shown outcome, outside of quotes and parentheses: the rows `(1, "a, b"), (2, NULL)` of
/// a result, the values `1, "a, b"` of a row.
pub(crate) fn parts(shown: &str) -> Vec<&str> {
    let (mut parts, mut begin, mut depth) = (Vec::new(), 0, 0_u32);
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (at, c) in shown.char_indices() {
        match c {
            '"' if !is_escaped => is_quoted = !is_quoted,
            '(' if !is_quoted => depth += 1,
            ')' if !is_quoted => depth = depth.saturating_sub(1),
            ',' if !is_quoted && depth == 0 => {
                parts.push(shown[begin..at].trim_start());
                begin = at + 1;
            }
            _ => {}
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    parts.push(shown[begin..].trim_start());
    parts
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
