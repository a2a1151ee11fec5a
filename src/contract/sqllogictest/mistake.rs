//! What is wrong with a script.

use std::fmt;

use crate::diagnostic::{Diagnostic, SourceText};

/// What is wrong with a script, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// The word in it.
    pub word: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Mistake {
    /// The mistake at its place in the file.
    pub(super) fn in_file(&self, source: &SourceText) -> Diagnostic {
        let line = source.text().split_inclusive('\n').take(self.line.saturating_sub(1));
        let start = line.map(str::len).sum::<usize>();
        let text = source.text().get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let at = start + text.find(&self.word).unwrap_or(0);
        Diagnostic::new(source, at..at + self.word.len(), self.message.as_str()).help(self.help.as_str())
    }
}

/// `line 3: no record begins with `qury`; did you mean `query`?`
impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}; {}", self.line, self.message, self.help)
    }
}
