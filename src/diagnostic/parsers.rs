//! Errors of parsers, made readable.

use std::ops::Range;

use super::numbers::thousands;
use super::{Diagnostic, SourceText, yaml};

impl Diagnostic {
    /// The error of the YAML parser, at its place.
    pub(crate) fn from_yaml(source: &SourceText, error: &serde_yaml::Error) -> Self {
        let span = error.location().and_then(|location| {
            let start = usize::try_from(location.span().byte_offset()?).ok()?;
            let len = usize::try_from(location.span().byte_len().unwrap_or(0)).ok()?;
            let start = start.min(source.text().len());
            Some(start..(start + len).min(source.text().len()))
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
        let span = span.unwrap_or(0..0);
        if let Some(breach) = message.strip_prefix("budget breached: ") {
            return Self::of_budget(source, span, breach);
        }
        let diagnostic = Self::from_serde_message(source, span, message);
        match message {
            _ if message.starts_with("mapping values") => diagnostic.help("quote a text that holds `: `"),
            _ if message.starts_with("tabs") => diagnostic.help("indent with spaces"),
            _ => diagnostic,
        }
    }

    /// That a file takes more of the parser than [`yaml::budget`] allows; the crate says which part of it.
    fn of_budget(source: &SourceText, span: Range<usize>, breach: &str) -> Self {
        let limit = yaml::budget().unwrap_or_default();
        if breach.starts_with("Depth") {
            return Self::new(
                source,
                span,
                format!("this file nests deeper than {} levels", limit.max_depth),
            );
        }
        let nodes = thousands(limit.max_nodes as i64);
        Self::new(source, span, format!("this file has more than {nodes} keys, values, lists and maps"))
            .help("split it; an alias counts as often as what it stands for")
    }

    /// An error message of serde, made readable: an unknown word gets the most similar known one as a suggestion, and
    /// the lines after the first are remedies.
    pub(crate) fn from_serde_message(source: &SourceText, span: Range<usize>, message: &str) -> Self {
        if let Some((word, expected)) = unknown_word(message) {
            let kind = match message {
                _ if message.starts_with("unknown verb") => "unknown verb",
                _ if message.starts_with("unknown variant") => "unknown word",
                _ => "unknown key",
            };
            let diagnostic = Self::new(source, span, format!("{kind} `{word}`"))
                .suggest(&word, expected.iter().map(String::as_str));
            return match (kind, diagnostic.help.as_slice()) {
                ("unknown verb", []) => diagnostic.help("contracts/VERBS.md lists the verbs"),
                _ => diagnostic,
            };
        }
        let mut lines = message.lines();
        let first = Self::new(source, span, lines.next().unwrap_or_default());
        lines.fold(first, Self::help)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_too_much_for_the_parser_says_so() {
        let shown = |yaml: &str| {
            let options =
                serde_yaml::options! { budget: serde_yaml::budget! { max_nodes: 20, max_depth: 3 } };
            let error =
                serde_yaml::from_str_with_options::<serde::de::IgnoredAny>(yaml, options).unwrap_err();
            Diagnostic::from_yaml(&SourceText::new("a.yaml", yaml), &error).message().to_owned()
        };
        assert_eq!(shown("[[[[5]]]]"), "this file nests deeper than 32 levels");
        let bomb = "a: &a [1, 2, 3, 4, 5]\nb: &b [*a, *a]\nc: [*b, *b]\n";
        assert_eq!(shown(bomb), "this file has more than 250,000 keys, values, lists and maps");
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
}
