//! Mistakes in contracts, manifests and profiles, reported as a compiler reports errors.
//!
//! Nothing in the library prints: a mistake is a [`Diagnostic`] that names the file, the place and the
//! remedy, and all mistakes of a run are returned together as [`Diagnostics`].

mod location;
mod nearest;
pub mod numbers;
mod paragraph;
mod parsers;
mod source;
pub mod yaml;

use std::fmt;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

pub use location::Location;
pub use nearest::{nearest, suggestion};
pub use paragraph::{WIDTH, paragraph};
pub(crate) use parsers::unknown_word;
pub use source::SourceText;

/// One mistake: where it is, what is wrong, and how to fix it.
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

    /// Adds "did you mean …" when one of `known` is similar to `word`, else the list of known words, unless it is too
    /// long to read.
    pub fn suggest<'a>(self, word: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        match nearest(word, &known) {
            Some(near) => self.help(format!("did you mean `{near}`?")),
            None if known.is_empty() || known.len() > 24 => self,
            None => self.help(format!("known: {}", known.join(", "))),
        }
    }

    /// Where the mistake is.
    pub fn place(&self) -> Location {
        self.source.location(self.span.start)
    }

    /// What is wrong, without its place.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The mistake with its place, the line itself and a caret, in colour or plain.
    pub fn render(&self, color: bool) -> String {
        let title = Level::ERROR.primary_title(&self.message);
        let mut group = if self.source.text().is_empty() {
            Group::with_title(title).element(annotate_snippets::Origin::path(self.source.path()))
        } else {
            let end = self.span.end.max(self.span.start);
            let snippet = Snippet::source(self.source.text())
                .path(self.source.path())
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

/// All mistakes of a run, in the order of their files and places.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// No mistake yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a mistake. The same one at the same place is reported once.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let same = |known: &Diagnostic| {
            known.source.path() == diagnostic.source.path()
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

    /// Whether there are no mistakes.
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
        sorted.sort_by(|a, b| (a.source.path(), a.span.start).cmp(&(b.source.path(), b.span.start)));
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
