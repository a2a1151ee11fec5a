//! A source text that mistakes refer to, and places in it.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::limit::FILE_BYTES;
use super::{Diagnostic, Location};

/// A source text: its path as the user would type it, and its content.
#[derive(Debug, Clone)]
pub struct SourceText {
    path: Arc<str>,
    text: Arc<str>,
    /// Made when the first place is asked for: many texts are only compared or digested.
    index: Arc<OnceLock<Index>>,
}

/// Where the lines and characters of a text are, since the place of every step of a contract is looked up.
#[derive(Debug)]
struct Index {
    /// The byte offsets of its lines.
    lines: Vec<usize>,
    /// How many characters begin before each block of bytes, since a line may be the whole of a long file.
    characters: Vec<usize>,
}

/// Bytes of a block whose characters are counted once.
const BLOCK: usize = 1024;

impl Index {
    fn of(text: &str) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let characters = text
            .as_bytes()
            .chunks(BLOCK)
            .scan(0, |before, block| Some(std::mem::replace(before, *before + begin_in(block))));
        Self { lines, characters: characters.collect() }
    }
}

impl SourceText {
    /// A source text with the path that reports show (relative to the project, with `/`).
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Self { path: path.into(), text: text.into(), index: Arc::default() }
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::of(&self.text))
    }

    /// Reads a file; `shown` is its path in reports. A file that cannot be read, or is not UTF-8, is a
    /// mistake like any other.
    pub fn read(file: &Path, shown: &str) -> Result<Self, Diagnostic> {
        let empty = || Self::new(shown, "");
        let bytes =
            read(file).map_err(|e| Diagnostic::new(&empty(), 0..0, format!("cannot read this file: {e}")))?;
        if bytes.len() > FILE_BYTES.get() {
            let message = format!("this file has more than {} bytes", FILE_BYTES.shown());
            return Err(Diagnostic::new(&empty(), 0..0, message).help(FILE_BYTES.remedy()));
        }
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
        let line = self.index().lines.partition_point(|start| *start <= offset);
        (line, self.characters(self.line_start(line)..offset) + 1)
    }

    /// How many characters begin in a range, which may be the whole of a long file.
    fn characters(&self, range: Range<usize>) -> usize {
        match range.len() < BLOCK {
            true => begin_in(&self.text.as_bytes()[range]),
            false => self.characters_before(range.end) - self.characters_before(range.start),
        }
    }

    /// The byte offset of the beginning of a line, from 1.
    pub(super) fn line_start(&self, line: usize) -> usize {
        self.index().lines[line - 1]
    }

    /// How many characters begin before a byte offset.
    fn characters_before(&self, offset: usize) -> usize {
        let block = (offset / BLOCK).min(self.index().characters.len().saturating_sub(1));
        let before = self.index().characters.get(block).copied().unwrap_or(0);
        before + begin_in(&self.text.as_bytes()[block * BLOCK..offset])
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
        let start = *self.index().lines.get(line.saturating_sub(1))?;
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

/// Opens a file that a person may have written. Opening a pipe would wait for whoever writes to it.
pub(crate) fn open(file: &Path) -> io::Result<File> {
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::Error::other("it is a directory"));
    }
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    File::open(file)
}

/// The bytes of a file; of one that is too long a few more than it may have.
fn read(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(FILE_BYTES.get()).unwrap_or(u64::MAX);
    open(file)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// How many characters begin in these bytes of UTF-8.
fn begin_in(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0b1100_0000 != 0b1000_0000).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_pipe_or_a_device_is_refused_before_it_is_opened() {
        let refused = SourceText::read(Path::new("/dev/zero"), "zero.yaml").unwrap_err();
        assert_eq!(refused.message(), "cannot read this file: it is not a regular file");
    }

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

    #[test]
    fn a_place_in_a_line_of_many_blocks_is_counted_in_characters() {
        let source = SourceText::new("a.yaml", format!("\n{}", "é".repeat(2 * BLOCK)));
        assert_eq!(source.position(1 + 2 * 1500), (2, 1501));
        assert_eq!(source.position(usize::MAX), (2, 2 * BLOCK + 1));
    }
}
