//! Reading YAML, for manifests, profiles and policies.

use std::ops::Range;

use serde::de::DeserializeOwned;
use serde_yaml::Spanned;

use crate::diagnostic::{Diagnostic, SourceText};

/// Reads a whole file as a `T`. An empty file is reported as such, since serde would only name a missing key;
/// `example` is what such a file should contain.
pub fn parse<T: DeserializeOwned>(source: &SourceText, example: &str) -> Result<T, Diagnostic> {
    if is_empty(source) {
        return Err(Diagnostic::new(source, 0..0, "this file is empty").help(format!("it needs {example}")));
    }
    let options = serde_yaml::options! { strict_booleans: true, with_snippet: false, budget: budget() };
    serde_yaml::from_str_with_options(source.text(), options)
        .map_err(|error| Diagnostic::from_yaml(source, &error))
}

/// What a file may take of the parser: one that nests deeper would overflow the stack of a thread.
pub(crate) fn budget() -> Option<serde_yaml::Budget> {
    serde_yaml::budget! { max_depth: 32 }
}

/// Whether a file says nothing: it has blank lines, comments and marks of documents, and nothing else.
pub fn is_empty(source: &SourceText) -> bool {
    let says_nothing = |line: &str| matches!(line, "" | "---" | "...") || line.starts_with('#');
    source.text().lines().map(str::trim).all(says_nothing)
}

/// The place of a value, cut at the end of its first line: a caret under ten lines would be useless.
pub fn span<T>(source: &SourceText, value: &Spanned<T>) -> Range<usize> {
    let place = value.referenced.span();
    let offset = |n: Option<u64>| n.and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    let start = offset(place.byte_offset()).min(source.text().len());
    let end = (start + offset(place.byte_len())).min(source.text().len());
    source.first_line(start..end)
}
