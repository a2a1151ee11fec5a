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
        if message == "recursion limit exceeded" {
            return Self::of_budget(source, span, "Depth");
        }
        if is_of_long_key(source, span.start, message) {
            let message = format!("a key has more than {} characters", thousands(LONGEST_KEY as i64));
            return Self::new(source, span, message).help("shorten it, or write `? ` before it");
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
        if let Some((word, expected)) = unknown(message) {
            let kind = match message {
                _ if message.starts_with("unknown verb") => "unknown verb",
                _ if message.starts_with("unknown variant") => "unknown word",
                _ => "unknown key",
            };
            let diagnostic =
                Self::new(source, span, format!("{kind} `{word}`")).suggest(word, words_of(expected));
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

/// How long a key may be; the parser takes a longer one for a text.
const LONGEST_KEY: usize = 1024;

/// Whether the parser did not see that a key is one. Depending on where the key stands, the error is at its beginning or
/// at its end.
fn is_of_long_key(source: &SourceText, at: usize, message: &str) -> bool {
    let line = source.line_start(source.position(at).0);
    let before = &source.text()[line..at];
    let key = match message {
        _ if message.starts_with("simple key") => {
            let rest = &source.text()[source.first_line(at..source.text().len())];
            rest.split(": ").next()
        }
        _ if message.starts_with("mapping values") => Some(before),
        _ if message.starts_with("while parsing a flow mapping") => before.rsplit(['{', ',']).next(),
        _ => None,
    };
    key.is_some_and(|key| !key.contains(": ") && key.chars().nth(LONGEST_KEY).is_some())
}

/// The unknown word in serde's "unknown field `x`, expected one of …".
pub(crate) fn unknown_word(message: &str) -> Option<&str> {
    unknown(message).map(|(word, _)| word)
}

/// The unknown word, and the list of what was expected.
fn unknown(message: &str) -> Option<(&str, &str)> {
    let rest = ["unknown field `", "unknown variant `", "unknown verb `"]
        .iter()
        .find_map(|beginning| message.strip_prefix(beginning))?;
    let (word, rest) = rest.split_once('`')?;
    Some((word, rest.trim_start_matches(", expected").trim_start().trim_start_matches("one of ")))
}

/// The words of such a list.
fn words_of(list: &str) -> impl Iterator<Item = &str> {
    list.split(", ")
        .flat_map(|part| part.split(" or "))
        .map(|name| name.trim_matches(['`', ' ']))
        .filter(|name| !name.is_empty() && !name.starts_with("there are no"))
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
    fn a_key_that_is_too_long_for_the_parser_is_named_as_such() {
        let shown = |yaml: &str| {
            let error = serde_yaml::from_str::<serde::de::IgnoredAny>(yaml).unwrap_err();
            Diagnostic::from_yaml(&SourceText::new("a.yaml", yaml), &error).message().to_owned()
        };
        let long = "k".repeat(LONGEST_KEY + 1);
        for yaml in ["K: 5", "a: 5\nK: 5", "a:\n  - K: 5", "a: {'K': 5}", "{a: 5, K: 6}"] {
            let shown = shown(&yaml.replace('K', &long));
            assert_eq!(shown, "a key has more than 1,024 characters", "{yaml}");
        }
        assert!(shown(&format!("a: {long}: 5")).starts_with("mapping values"));
        assert_eq!(shown(&"[".repeat(2_000)), "this file nests deeper than 32 levels");
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
