//! The lines of a script as SQLite's own runner sees them: without comments, without the carriage return at their ends, and empty where
//! there are only spaces.

use std::borrow::Cow;

/// A place in a script, between two lines.
#[derive(Debug, Clone)]
pub(super) struct Lines<'a> {
    text: &'a str,
    /// Where the next line begins.
    next: usize,
    /// The number of the current line.
    line: usize,
    current: &'a str,
}

impl<'a> Lines<'a> {
    /// Before the first line, which has this number.
    pub(super) fn of(text: &'a str, first: usize) -> Self {
        Self { text, next: 0, line: first.saturating_sub(1), current: "" }
    }

    /// The number of the current line.
    pub(super) fn line(&self) -> usize {
        self.line
    }

    /// Where the next line begins, and its number.
    pub(super) fn position(&self) -> (usize, usize) {
        (self.next, self.line + 1)
    }

    /// Goes to the next line that is no comment. At the end of the text the current line is empty.
    pub(super) fn next_line(&mut self) -> Option<&'a str> {
        loop {
            let Some((line, next)) = self.raw() else {
                self.current = "";
                return None;
            };
            (self.next, self.line) = (next, self.line + 1);
            if !line.starts_with('#') {
                self.current = if is_blank(line) { "" } else { line };
                return Some(self.current);
            }
        }
    }

    /// Goes to the first line of the next record.
    pub(super) fn first_of_record(&mut self) -> Option<&'a str> {
        while self.next_line()?.is_empty() {}
        Some(self.current)
    }

    /// Goes to the end of the record.
    pub(super) fn end_record(&mut self) {
        while !self.current.is_empty() && self.next_line().is_some() {}
    }

    /// Whether this is the current line.
    pub(super) fn is_at(&self, line: &str) -> bool {
        self.current == line
    }

    /// The lines up to the end of the record or a line like this.
    pub(super) fn text_until(&mut self, end: Option<&str>) -> Cow<'a, str> {
        let mut text = Cow::Borrowed("");
        while let Some(line) = self.next_line().filter(|line| !line.is_empty() && Some(*line) != end) {
            match text.is_empty() {
                true => text = Cow::Borrowed(line),
                false => {
                    let text = text.to_mut();
                    text.push('\n');
                    text.push_str(line);
                }
            }
        }
        text
    }

    /// The lines up to the end of the record.
    pub(super) fn rest_of_record(&mut self) -> Vec<&'a str> {
        let mut lines = Vec::new();
        while let Some(line) = self.next_line().filter(|line| !line.is_empty()) {
            lines.push(line);
        }
        lines
    }

    /// The next line without its end, and where the one after it begins.
    fn raw(&self) -> Option<(&'a str, usize)> {
        let rest = self.text.get(self.next..).filter(|rest| !rest.is_empty())?;
        let end = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        let line = &rest[..end];
        Some((line.strip_suffix('\r').unwrap_or(line), self.next + end + 1))
    }
}

fn is_blank(line: &str) -> bool {
    line.bytes().all(|byte| byte.is_ascii_whitespace() || byte == 0x0b)
}
