//! A build manifest: `sqlite-builds/<tier>/<build>.yaml`.

use std::ops::Range;

use schemars::JsonSchema;
use semver::Version;
use serde::Deserialize;
use serde_json::json;
use serde_yaml::Spanned;

use super::source::{RawSource, Source};
use crate::diagnostic::yaml;
use crate::diagnostic::{Diagnostic, Diagnostics, SourceText};

/// A manifest, checked on its own: [`super::BuildSet`] checks that its profile and parent exist.
#[derive(Debug, Clone)]
pub(super) struct Manifest {
    pub(super) text: SourceText,
    pub(super) name: String,
    pub(super) version: Option<Version>,
    version_span: Option<Range<usize>>,
    pub(super) profile: Placed,
    pub(super) parent: Option<Placed>,
    pub(super) source: Source,
    pub(super) note: Option<String>,
}

/// A word and its place in the file.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub word: String,
    pub span: Range<usize>,
}

/// A manifest as written.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Build", description = "A SQLite version compiled with a profile.")]
pub(super) struct RawManifest {
    /// The SQLite version, which the compiled library must report. Only a `library` may leave it out.
    #[schemars(with = "Option<String>", regex(pattern = r"^\d+\.\d+\.\d+$"), example = &"3.46.0")]
    version: Option<Spanned<String>>,
    /// The name of a file in `profiles/`, without `.yaml`.
    #[schemars(with = "String", example = &"rusqlite")]
    profile: Spanned<String>,
    /// The build that this one is compared with. Only the root has none.
    #[schemars(with = "Option<String>", example = &"3.45.3-rusqlite")]
    parent: Option<Spanned<String>>,
    /// Where the C code comes from.
    #[schemars(with = "RawSource", example = json!({"crate": "libsqlite3-sys 0.29.0", "sha256": "…"}))]
    source: Spanned<RawSource>,
    /// What a reader should know, such as why a build cannot load somewhere; shown when it fails.
    #[schemars(example = &"SQLCipher cannot be loaded where OpenSSL is missing")]
    note: Option<String>,
}

impl Manifest {
    /// Reads the manifest of the build `name` (the stem of its file).
    ///
    /// # Errors
    /// Every mistake that can be found without the other files.
    pub(super) fn parse(name: &str, text: &SourceText) -> Result<Self, Diagnostics> {
        let raw: RawManifest =
            yaml::parse(text, "at least `version`, `profile` and `source`; copy a neighbouring manifest")?;
        let mut mistakes = Diagnostics::new();
        let version = version(text, raw.version.as_ref(), &mut mistakes);
        let source = Source::from_raw(text, &raw.source).map_err(|found| mistakes.extend(found)).ok();
        if let Some(source) = &source {
            check_version_is_given(text, raw.version.as_ref(), source, &mut mistakes);
        }
        let Some(source) = source else { return Err(mistakes) };
        mistakes.into_result(Self {
            name: name.to_owned(),
            version_span: raw.version.as_ref().map(|version| yaml::span(text, version)),
            version,
            profile: placed(text, raw.profile),
            parent: raw.parent.map(|parent| placed(text, parent)),
            source,
            note: raw.note,
            text: text.clone(),
        })
    }
}

impl Manifest {
    /// The file's name is the build's name, so it must match the content.
    pub(super) fn name_mistake(&self) -> Option<Diagnostic> {
        let profile = &self.profile.word;
        let expected = match &self.version {
            Some(version) => format!("{version}-{profile}"),
            None => profile.clone(),
        };
        if self.name == expected {
            return None;
        }
        let is_other_version = self.name.ends_with(&format!("-{profile}"));
        let version_span = self.version_span.clone().filter(|_| is_other_version);
        let span = version_span.unwrap_or_else(|| self.profile.span.clone());
        let message = format!("this file is named `{}.yaml` and describes the build `{expected}`", self.name);
        let help = format!("name it `{expected}.yaml`, or correct `version` and `profile`");
        Some(Diagnostic::new(&self.text, span, message).help(help))
    }
}

fn placed(text: &SourceText, value: Spanned<String>) -> Placed {
    Placed { span: yaml::span(text, &value), word: value.value }
}

fn version(text: &SourceText, raw: Option<&Spanned<String>>, mistakes: &mut Diagnostics) -> Option<Version> {
    let raw = raw?;
    let parsed = Version::parse(&raw.value);
    if parsed.is_err() {
        let message = format!("`{}` is not a SQLite version", raw.value);
        let help = "a version has three numbers, such as `3.46.0`";
        mistakes.push(Diagnostic::new(text, yaml::span(text, raw), message).help(help));
    }
    parsed.ok()
}

/// Only a library that differs from machine to machine may omit its version.
fn check_version_is_given(
    text: &SourceText,
    version: Option<&Spanned<String>>,
    source: &Source,
    mistakes: &mut Diagnostics,
) {
    if version.is_none() && matches!(source, Source::Code(_)) {
        let message = "this manifest has no `version`";
        mistakes.push(Diagnostic::new(text, 0..0, message).help("only a `library` may omit it"));
    }
}
