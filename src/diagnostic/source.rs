//! A source text that mistakes refer to, and places in it.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::{Diagnostic, Location};

/// A source text: its path as the user would type it, and its content.
#[derive(Debug, Clone)]
pub struct SourceText {
    path: Arc<str>,
    text: Arc<str>,
    /// The byte offsets of its lines, since the place of every step of a contract is looked up.
    lines: Arc<[usize]>,
}

impl SourceText {
    /// A source text with the path that reports show (relative to the project, with `/`).
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        let text: Arc<str> = text.into();
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { path: path.into(), text, lines }
    }

    /// Reads a file; `shown` is its path in reports. A file that cannot be read, or is not UTF-8, is a
    /// mistake like any other.
    pub fn read(file: &Path, shown: &str) -> Result<Self, Diagnostic> {
        let empty = || Self::new(shown, "");
        let bytes = std::fs::read(file)
            .map_err(|e| Diagnostic::new(&empty(), 0..0, format!("cannot read this file: {e}")))?;
        String::from_utf8(bytes).map(|text| Self::new(shown, text)).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let readable = Self::new(shown, String::from_utf8_lossy(error.as_bytes()));
            Diagnostic::new(
                &readable,
                good..good + char::REPLACEMENT_CHARACTER.len_utf8(),
                "this file is not UTF-8",
            )
            .help("save it as UTF-8")
        })
    }

    /// The path as reports show it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line and column, both from 1, of a byte offset.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let offset = offset.min(self.text.len());
        let line = self.lines.partition_point(|start| *start <= offset);
        (line, self.text[self.lines[line - 1]..offset].chars().count() + 1)
    }

    /// The place of a byte offset.
    pub fn location(&self, offset: usize) -> Location {
        let (line, column) = self.position(offset);
        Location { path: self.path.clone(), line, column }
    }

    /// The first occurrence of `word` as a whole word in `within`, else the first line of `within`.
    pub(crate) fn find_word(&self, within: Range<usize>, word: &str) -> Range<usize> {
        let text = &self.text[within.clone()];
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        text.match_indices(word)
            .filter(|_| !word.is_empty())
            .find(|(at, found)| {
                !text[..*at].ends_with(is_part) && !text[at + found.len()..].starts_with(is_part)
            })
            .map(|(at, found)| within.start + at..within.start + at + found.len())
            .unwrap_or_else(|| self.first_line(within))
    }

    /// A line from a column to its end, both from 1.
    pub(super) fn rest_of_line(&self, line: usize, column: usize) -> Option<Range<usize>> {
        let start = *self.lines.get(line.saturating_sub(1))?;
        let rest = self.text.get(start..)?;
        let skipped = rest.chars().take_while(|c| *c != '\n').take(column.saturating_sub(1));
        let skipped: usize = skipped.map(char::len_utf8).sum();
        Some(self.first_line(start + skipped..self.text.len()))
    }

    /// `within`, cut at the end of its first line.
    pub(crate) fn first_line(&self, within: Range<usize>) -> Range<usize> {
        let end = self.text[within.clone()].find('\n').map_or(within.end, |i| within.start + i);
        within.start..end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_only_whole() {
        let source = SourceText::new("a.yaml", "stmts stmt\n");
        assert_eq!(source.find_word(0..10, "stmt"), 6..10);
        assert_eq!(source.position(6), (1, 7));
    }

    #[test]
    fn a_place_is_a_line_and_a_column_of_characters() {
        let source = SourceText::new("a.yaml", "é\nab\n");
        let places: Vec<_> = [0, 2, 3, 4, 5, 6, 99].map(|offset| source.position(offset)).into();
        assert_eq!(places, [(1, 1), (1, 2), (2, 1), (2, 2), (2, 3), (3, 1), (3, 1)]);
    }
}
