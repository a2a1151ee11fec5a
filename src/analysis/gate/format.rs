//! The forms in which a report is shown.

use super::report::Report;
use super::{annotations, junit, markdown, sarif, text};
use crate::diagnostic::WIDTH;

/// How a text for a terminal looks.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Whether it has colour.
    pub color: bool,
    /// Its columns.
    pub width: usize,
    /// Whether each line that differs is shown, and what breaks for whom; otherwise the first difference of each case.
    pub details: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self { color: false, width: WIDTH, details: false }
    }
}

/// A form in which a report is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For a terminal.
    Text,
    /// For a pull request's comment, or the summary of a CI step.
    Markdown,
    /// For programs; `schemas/gate-report.json` describes it.
    Json,
    /// For CI servers.
    Junit,
    /// Annotations of GitHub Actions, which point at the contract's line.
    Github,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 6] =
        [Self::Text, Self::Markdown, Self::Json, Self::Junit, Self::Github, Self::Sarif];

    /// The name as an argument.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Markdown => "markdown",
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Github => "github",
            Self::Sarif => "sarif",
        }
    }

    /// The report in this form, with a line feed at its end; only text has a look.
    pub fn render(self, report: &Report, look: Look) -> String {
        match self {
            Self::Text => text::text(report, look),
            Self::Markdown => markdown::markdown(report),
            Self::Json => json(report),
            Self::Junit => junit::junit(report),
            Self::Github => annotations::annotations(report),
            Self::Sarif => json(&sarif::sarif(report)),
        }
    }
}

/// A value as indented JSON.
pub(crate) fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).expect("reports are plain JSON") + "\n"
}
