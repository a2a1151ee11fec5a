//! The part of a text that is shown where the whole would be too long to look at.

use std::ops::Range;

use super::SourceText;

/// Bytes of a line that are shown of a place and on either side of it, which is more than the width of a terminal, to
/// which the renderer cuts them.
const AROUND: usize = 400;

/// A longer message is cut, in bytes.
const LONGEST_MESSAGE: usize = 2000;
/// What is left of one that is cut.
const HEAD: usize = 300;
const TAIL: usize = 100;

/// The lines of a place.
pub(super) struct Window<'a> {
    pub text: &'a str,
    /// The place in it.
    pub span: Range<usize>,
    /// The number of its first line.
    pub line: usize,
    /// Whether nothing of that line is left out before the place.
    pub begins_with_its_line: bool,
}

impl SourceText {
    /// The lines of a place, long ones cut.
    pub(super) fn window(&self, span: Range<usize>) -> Window<'_> {
        let text = self.text();
        let start = span.start.min(text.len());
        let end = boundary_before(text, span.end.clamp(start, start + AROUND));
        // A place after the last line feed is shown at the end of the last line.
        let is_after_all = start == text.len() && text.ends_with('\n');
        let (line, _) = self.position(start - usize::from(is_after_all));
        let line_start = self.line_start(line);
        let from = boundary_before(text, start.saturating_sub(AROUND)).max(line_start);
        let to = boundary_before(text, end + AROUND);
        let to = text[end..to].find('\n').map_or(to, |feed| end + feed + 1);
        let begins_with_its_line = from == line_start;
        Window { text: &text[from..to], span: start - from..end - from, line, begins_with_its_line }
    }
}

/// A message, its middle left out where it is too long: it may contain a word of a file.
pub(super) fn shortened(message: String) -> String {
    if message.len() <= LONGEST_MESSAGE {
        return message;
    }
    let head = boundary_before(&message, HEAD);
    let tail = boundary_before(&message, message.len() - TAIL);
    format!("{} … {}", &message[..head], &message[tail..])
}

/// The nearest place at or before this one that is not inside a character.
fn boundary_before(text: &str, at: usize) -> usize {
    let is_boundary = |at: &usize| text.is_char_boundary(*at);
    (0..=at.min(text.len())).rev().find(is_boundary).unwrap_or(0)
}
