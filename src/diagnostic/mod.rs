//! Mistakes in contracts, manifests and profiles, reported as a compiler reports errors.
//!
//! Nothing in the library prints: a mistake is a [`Diagnostic`] that names the file, the place and the
//! remedy, and all mistakes of a run are returned together as [`Diagnostics`].

pub mod limit;
mod location;
mod nearest;
pub mod numbers;
mod paragraph;
mod parsers;
mod source;
mod window;
pub mod yaml;

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

pub use location::Location;
pub use nearest::{nearest, suggestion};
pub use paragraph::{WIDTH, paragraph, verbatim};
pub(crate) use parsers::unknown_word;
pub use source::SourceText;
pub(crate) use source::open;

use numbers::{counted, thousands};
use window::shortened;

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
        Self { source: source.clone(), span, message: shortened(message.into()), help: Vec::new() }
    }

    /// A mistake in the value of a variable of the environment.
    pub(crate) fn of_variable(name: &str, value: &OsStr, message: impl Into<String>) -> Self {
        let source = SourceText::new(name, value.to_string_lossy());
        let whole = 0..source.text().len();
        Self::new(&source, whole, message)
    }

    /// Adds a remedy.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(shortened(help.into()));
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
        let path = self.source.path();
        let mut group = if self.source.text().is_empty() {
            Group::with_title(title).element(Origin::path(path))
        } else {
            let window = self.source.window(self.span.clone());
            let snippet = Snippet::source(window.text)
                .line_start(window.line)
                .annotation(AnnotationKind::Primary.span(window.span));
            // The renderer counts columns from the beginning of what it is given.
            if window.begins_with_its_line {
                title.element(snippet.path(path))
            } else {
                let Location { line, column, .. } = self.place();
                title.element(Origin::path(path).line(line).char_column(column)).element(snippet)
            }
        };
        for help in &self.help {
            group = group.element(Level::HELP.message(help));
        }
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        renderer.decor_style(DecorStyle::Ascii).render(&[group])
    }
}

/// What makes two mistakes the same one.
type Known = (Arc<str>, Range<usize>, String);

/// All mistakes of a run, in the order of their files and places.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    all: Vec<Diagnostic>,
    known: HashSet<Known>,
    /// Whether the rest of a file was not read.
    is_cut: bool,
}

impl Diagnostics {
    /// No mistake yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a mistake. The same one at the same place is reported once.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let known = (diagnostic.source.path().into(), diagnostic.span.clone(), diagnostic.message.clone());
        if self.known.insert(known) {
            self.all.push(diagnostic);
        }
    }

    /// Adds the mistakes of another part.
    pub fn extend(&mut self, other: Diagnostics) {
        self.is_cut |= other.is_cut;
        other.all.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }

    /// There are so many mistakes in a file that the rest of it is not read.
    pub(crate) fn cut(&mut self) {
        self.is_cut = true;
    }

    /// How many mistakes there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are no mistakes.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The mistakes.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.all.iter()
    }

    /// `value` when there is no mistake, else the mistakes.
    pub fn into_result<T>(self, value: T) -> Result<T, Self> {
        if self.all.is_empty() { Ok(value) } else { Err(self) }
    }

    /// The mistakes rendered, sorted by place, an empty line between, a count at the end. Of very many only the first.
    pub fn render(&self, color: bool) -> String {
        let mut sorted: Vec<&Diagnostic> = self.all.iter().collect();
        sorted.sort_by(|a, b| (a.source.path(), a.span.start).cmp(&(b.source.path(), b.span.start)));
        let shown = limit::MISTAKES.get().min(sorted.len());
        let mut text: String = sorted[..shown].iter().map(|d| d.render(color) + "\n\n").collect();
        let hidden = sorted.len() - shown;
        if hidden > 0 {
            text += &format!("and {} more: {}\n\n", thousands(hidden as i64), limit::MISTAKES.remedy());
        }
        let cut = if self.is_cut { "; the rest of a file with so many was not read" } else { "" };
        text + &counted(sorted.len(), "mistake", "mistakes") + cut
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        let mut diagnostics = Self::new();
        diagnostics.push(diagnostic);
        diagnostics
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
    fn of_very_many_mistakes_the_first_are_shown_and_all_counted() {
        let source = SourceText::new("a.yaml", "ab\n".repeat(20_000));
        let mut mistakes = Diagnostics::new();
        for line in 0..20_000 {
            mistakes.push(Diagnostic::new(&source, 3 * line..3 * line + 2, "wrong"));
        }
        let shown = mistakes.render(false);
        assert_eq!(shown.matches("error: wrong").count(), 50);
        assert!(shown.contains("and 19,950 more: `SQLITE_CONTRACTS_MISTAKES"), "{shown}");
        assert!(shown.ends_with("20,000 mistakes"), "{shown}");
    }

    #[test]
    fn a_mistake_in_a_file_of_one_long_line_is_shown_at_its_place() {
        let source =
            SourceText::new("a.yaml", format!("{}wrong{}", "é".repeat(50_000), "b".repeat(5_000_000)));
        let wrong = 100_000..100_005;
        let mistake =
            Diagnostic::new(&source, wrong.clone(), "x".repeat(5_000_000)).help("y".repeat(5_000_000));
        let shown = mistake.render(false);
        assert!(shown.contains("a.yaml:1:50001"), "{shown}");
        assert!(shown.contains("ééwrongbb") && shown.contains("^^^^^\n"), "{shown}");
        assert!(shown.len() < 4_000, "{}", shown.len());
        let whole = Diagnostic::new(&source, 0..5_100_005, "wrong").render(false);
        assert!(whole.len() < 4_000, "{}", whole.len());
    }
}
