//! Mistakes in contracts, manifests and profiles, reported as a compiler reports them.
//!
//! Nothing in the library prints: a mistake is a [`Diagnostic`] that names the file, the place and the
//! remedy, and all mistakes of a run travel together as [`Diagnostics`].

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// A text that mistakes can be found in: its path as the user would type it, and its content.
#[derive(Debug, Clone)]
pub struct SourceText {
    path: Arc<str>,
    text: Arc<str>,
}

impl SourceText {
    /// A source under the path that reports will show (relative to the project, with `/`).
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Self { path: path.into(), text: text.into() }
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
        let before = &self.text[..offset.min(self.text.len())];
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }

    /// Where `word` stands as a whole word in `within`, else the first line of `within`.
    pub fn find_word(&self, within: Range<usize>, word: &str) -> Range<usize> {
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

    /// A line from a column on, both from 1.
    fn rest_of_line(&self, line: usize, column: usize) -> Option<Range<usize>> {
        let start: usize = self.text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
        let rest = self.text.get(start..)?;
        let skipped = rest.chars().take_while(|c| *c != '\n').take(column.saturating_sub(1));
        let skipped: usize = skipped.map(char::len_utf8).sum();
        Some(self.first_line(start + skipped..self.text.len()))
    }

    /// `within` cut after its first line.
    pub fn first_line(&self, within: Range<usize>) -> Range<usize> {
        let end = self.text[within.clone()].find('\n').map_or(within.end, |i| within.start + i);
        within.start..end
    }
}

/// One mistake: where it stands, what is wrong, and what to do about it.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    source: SourceText,
    span: Range<usize>,
    message: String,
    help: Vec<String>,
}

impl Diagnostic {
    /// A mistake at a byte range of a source.
    pub fn new(source: &SourceText, span: Range<usize>, message: impl Into<String>) -> Self {
        Self { source: source.clone(), span, message: message.into(), help: Vec::new() }
    }

    /// Adds a remedy.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Adds "did you mean …" when one of `known` is near `word`, else the list of what is known, unless it
    /// is too long to be read.
    pub fn suggest<'a>(self, word: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        match nearest(word, &known) {
            Some(near) => self.help(format!("did you mean `{near}`?")),
            None if known.is_empty() || known.len() > 24 => self,
            None => self.help(format!("known: {}", known.join(", "))),
        }
    }

    /// The error of the YAML parser, at its place.
    pub fn from_yaml(source: &SourceText, error: &serde_yaml::Error) -> Self {
        let span = error.location().and_then(|location| {
            let start = usize::try_from(location.span().byte_offset()?).ok()?;
            let len = usize::try_from(location.span().byte_len().unwrap_or(0)).ok()?;
            let start = start.min(source.text.len());
            Some(start..(start + len).min(source.text.len()))
        });
        let span = span.or_else(|| {
            let location = error.location()?;
            source.rest_of_line(
                usize::try_from(location.line()).ok()?,
                usize::try_from(location.column()).ok()?,
            )
        });
        let rendered = error.without_snippet().to_string();
        let message = rendered.rsplit_once(" at line ").map_or(rendered.as_str(), |(message, _)| message);
        let message = message.split(", set DuplicateKeyPolicy").next().unwrap_or(message);
        let diagnostic = Self::from_serde_message(source, span.unwrap_or(0..0), message);
        match message {
            _ if message.starts_with("mapping values") => diagnostic.help("quote a text that holds `: `"),
            _ if message.starts_with("tabs") => diagnostic.help("indent with spaces"),
            _ => diagnostic,
        }
    }

    /// A message as serde words it, made readable: an unknown word gets its nearest neighbour, and the
    /// lines after the first are remedies.
    pub fn from_serde_message(source: &SourceText, span: Range<usize>, message: &str) -> Self {
        if let Some((word, expected)) = unknown_word(message) {
            let kind = match message {
                _ if message.starts_with("unknown verb") => "unknown verb",
                _ if message.starts_with("unknown variant") => "unknown word",
                _ => "unknown key",
            };
            let diagnostic = Self::new(source, span, format!("{kind} `{word}`"))
                .suggest(&word, expected.iter().map(String::as_str));
            return match (kind, diagnostic.help.as_slice()) {
                ("unknown verb", []) => diagnostic.help("contracts/README.md lists the verbs"),
                _ => diagnostic,
            };
        }
        let mut lines = message.lines();
        let first = Self::new(source, span, lines.next().unwrap_or_default());
        lines.fold(first, Self::help)
    }

    /// `path:line:column` of the mistake.
    pub fn place(&self) -> String {
        let (line, column) = self.source.position(self.span.start);
        format!("{}:{line}:{column}", self.source.path)
    }

    /// What is wrong, without its place.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The mistake with its place, the line itself and a caret, in colour or plain.
    pub fn render(&self, color: bool) -> String {
        let title = Level::ERROR.primary_title(&self.message);
        let mut group = if self.source.text.is_empty() {
            Group::with_title(title).element(annotate_snippets::Origin::path(&*self.source.path))
        } else {
            let end = self.span.end.max(self.span.start);
            let snippet = Snippet::source(&*self.source.text)
                .path(&*self.source.path)
                .annotation(AnnotationKind::Primary.span(self.span.start..end));
            title.element(snippet)
        };
        for help in &self.help {
            group = group.element(Level::HELP.message(help));
        }
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        renderer.decor_style(DecorStyle::Ascii).render(&[group])
    }
}

/// The word of `known` that `word` was most likely meant to be.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), *candidate))
        // One letter of two says nothing: `v4` is not meant to be `v1`.
        .filter(|(distance, candidate)| *distance <= candidate.len().max(word.len()) / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The unknown word in serde's "unknown field `x`, expected one of …", and what was expected.
pub(crate) fn unknown_word(message: &str) -> Option<(String, Vec<String>)> {
    let rest = ["unknown field `", "unknown variant `", "unknown verb `"]
        .iter()
        .find_map(|beginning| message.strip_prefix(beginning))?;
    let (word, rest) = rest.split_once('`')?;
    let list = rest.trim_start_matches(", expected").trim_start().trim_start_matches("one of ");
    let expected = list
        .split(", ")
        .flat_map(|part| part.split(" or "))
        .map(|name| name.trim_matches(|c| c == '`' || c == ' ').to_owned())
        .filter(|name| !name.is_empty() && !name.starts_with("there are no"))
        .collect();
    Some((word.to_owned(), expected))
}

/// All mistakes of a run, in the order of their files and places.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// No mistake yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a mistake. The same one at the same place is told once.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let same = |known: &Diagnostic| {
            known.source.path == diagnostic.source.path
                && known.span == diagnostic.span
                && known.message == diagnostic.message
        };
        if !self.0.iter().any(same) {
            self.0.push(diagnostic);
        }
    }

    /// Adds the mistakes of another part.
    pub fn extend(&mut self, other: Diagnostics) {
        self.0.extend(other.0);
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The mistakes.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }

    /// `value` when there is no mistake, else the mistakes.
    pub fn into_result<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }

    /// Every mistake rendered, sorted by place, an empty line between, a count at the end.
    pub fn render(&self, color: bool) -> String {
        let mut sorted: Vec<&Diagnostic> = self.0.iter().collect();
        sorted.sort_by_key(|d| (d.source.path.clone(), d.span.start));
        let mut text: String = sorted.iter().map(|d| d.render(color) + "\n\n").collect();
        text.push_str(&match self.0.len() {
            1 => "1 mistake".to_owned(),
            n => format!("{n} mistakes"),
        });
        text
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_word_is_found_and_far_words_are_not() {
        assert_eq!(nearest("exce", &["exec", "query"]), Some("exec"));
        assert_eq!(nearest("frobnicate", &["exec", "query"]), None);
    }

    #[test]
    fn an_unknown_field_of_serde_becomes_a_suggestion() {
        let source = SourceText::new("a.yaml", "exce: SELECT 1\n");
        let shown = Diagnostic::from_serde_message(
            &source,
            0..4,
            "unknown field `exce`, expected one of `exec`, `query`",
        )
        .render(false);
        assert!(shown.contains("unknown key `exce`"), "{shown}");
        assert!(shown.contains("a.yaml:1:1"), "{shown}");
        assert!(shown.contains("did you mean `exec`?"), "{shown}");
    }

    #[test]
    fn a_word_is_found_only_whole() {
        let source = SourceText::new("a.yaml", "stmts stmt\n");
        assert_eq!(source.find_word(0..10, "stmt"), 6..10);
        assert_eq!(source.position(6), (1, 7));
    }
}
