//! `source:` as written in a manifest, and its mistakes.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use serde_yaml::Spanned;

use super::{Code, LibrarySource, Origin, Source};
use crate::builds::patch::Replacement;
use crate::diagnostic::yaml;
use crate::diagnostic::{Diagnostic, Diagnostics, SourceText};

/// The keys of `source:`. Exactly one of the first five says where it comes from.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Source")]
pub(in crate::builds) struct RawSource {
    /// A crate that bundles an amalgamation, and its exact version. Cargo fetches it.
    #[serde(rename = "crate")]
    #[schemars(with = "Option<String>", regex(pattern = r"^\S+ \S+$"), example = &"libsqlite3-sys 0.29.0")]
    krate: Option<Spanned<String>>,
    /// An npm package that bundles an amalgamation, and its exact version. `npm pack` fetches it.
    #[schemars(with = "Option<String>", regex(pattern = r"^\S+ \S+$"), example = &"better-sqlite3 11.3.0")]
    npm: Option<Spanned<String>>,
    /// A zip or tar.gz: a path from the project's root, or an https address.
    #[schemars(with = "Option<String>", example = &"https://sqlite.org/2024/sqlite-amalgamation-3460000.zip")]
    archive: Option<Spanned<String>>,
    /// A folder with `sqlite3.c`, from the project's root.
    #[schemars(with = "Option<String>", example = &"third_party/sqlite")]
    path: Option<Spanned<String>>,
    /// A shared library: a path from the project's root, or a name that the system's loader knows. Nothing is compiled.
    #[schemars(with = "Option<String>", example = &"libsqlite3.so.0")]
    library: Option<Spanned<String>>,
    /// The main C file inside the source; by default the `sqlite3.c` there.
    #[schemars(with = "Option<String>", example = &"sqlite3/sqlite3.c")]
    file: Option<Spanned<String>>,
    /// The checksum of the main C file, which C code must have.
    #[schemars(
        with = "Option<String>",
        regex(pattern = r"^[0-9a-f]{64}$"),
        example = &"c01235302fe80da901fb70c7622c39147e29d9f29b7f6eb746b23517f320c90d"
    )]
    sha256: Option<Spanned<String>>,
    /// Texts of the main C file that are replaced before it is compiled: the patches of a distribution.
    #[schemars(with = "Option<Vec<Replacement>>", example = json!([{"replace": "if( n>5 )", "by": "if( n>=5 )"}]))]
    patch: Option<Spanned<Vec<Replacement>>>,
    /// Of a `library` only: what `SELECT sqlite_source_id()` returns. Left out where every machine has another one.
    #[schemars(
        with = "Option<String>",
        example = &"2024-05-23 13:25:27 96c92aba00c8375bc32fafcdf12429c58bd8aabfcadab6683e35bbb9cdebf19e"
    )]
    source_id: Option<Spanned<String>>,
}

const KINDS: &str = "`crate`, `npm`, `archive`, `path` or `library`";

/// The source that is described, or every mistake in it.
pub(super) fn check(text: &SourceText, raw: &Spanned<RawSource>) -> Result<Source, Diagnostics> {
    let whole = yaml::span(text, raw);
    let source = &raw.value;
    let kinds = [
        ("crate", &source.krate),
        ("npm", &source.npm),
        ("archive", &source.archive),
        ("path", &source.path),
        ("library", &source.library),
    ];
    let given: Vec<_> = kinds.iter().filter_map(|(kind, value)| Some((*kind, value.as_ref()?))).collect();
    match given.as_slice() {
        [("library", library)] => self::library(text, source, library),
        [(kind, value)] => code(text, source, kind, value),
        [] => Err(Diagnostic::new(text, whole, format!("this source needs one of {KINDS}")).into()),
        [_, (_, second), ..] => {
            let message = format!("a source has only one of {KINDS}");
            Err(Diagnostic::new(text, yaml::span(text, second), message).help("remove the others").into())
        }
    }
}

fn library(text: &SourceText, source: &RawSource, library: &Spanned<String>) -> Result<Source, Diagnostics> {
    let mut mistakes = Diagnostics::new();
    let span = |value: &Spanned<String>| yaml::span(text, value);
    let given = [
        ("file", source.file.as_ref().map(span)),
        ("sha256", source.sha256.as_ref().map(span)),
        ("patch", source.patch.as_ref().map(|patch| yaml::span(text, patch))),
    ];
    for (key, span) in given {
        if let Some(span) = span {
            let message = format!("a library is not compiled, so it takes no `{key}`");
            let help = "it is pinned by `source_id`, the result of `SELECT sqlite_source_id()`";
            mistakes.push(Diagnostic::new(text, span, message).help(help));
        }
    }
    mistakes.into_result(Source::Library(LibrarySource {
        library: library.value.clone(),
        source_id: source.source_id.as_ref().map(|id| id.value.clone()),
    }))
}

fn code(
    text: &SourceText,
    source: &RawSource,
    kind: &str,
    value: &Spanned<String>,
) -> Result<Source, Diagnostics> {
    let mut mistakes = Diagnostics::new();
    let origin = origin(text, kind, value).map_err(|mistake| mistakes.push(mistake)).ok();
    let sha256 = pin(text, source, value).map_err(|mistake| mistakes.push(mistake)).ok();
    if let Some(id) = &source.source_id {
        let message = "`source_id` pins a `library`; C code is pinned by `sha256`";
        mistakes.push(Diagnostic::new(text, yaml::span(text, id), message).help("remove it"));
    }
    if let Some(file) = source.file.as_ref().filter(|file| leaves_its_folder(&file.value)) {
        let message = format!("`{}` leaves the source's folder", file.value);
        mistakes.push(Diagnostic::new(text, yaml::span(text, file), message));
    }
    let file = source.file.as_ref().map(|file| file.value.clone());
    match (origin, sha256) {
        (Some(origin), Some(sha256)) => {
            let patch = source.patch.as_ref().map_or_else(Vec::new, |patch| patch.value.clone());
            mistakes.into_result(Source::Code(Code { origin, file, sha256, patch }))
        }
        _ => Err(mistakes),
    }
}

fn leaves_its_folder(file: &str) -> bool {
    use std::path::Component;
    let mut components = std::path::Path::new(file).components();
    !components.all(|component| matches!(component, Component::Normal(_) | Component::CurDir))
}

/// The origin that a kind and its value name.
fn origin(text: &SourceText, kind: &str, value: &Spanned<String>) -> Result<Origin, Diagnostic> {
    let mistake = |message: String| Diagnostic::new(text, yaml::span(text, value), message);
    let published = || {
        published(&value.value).ok_or_else(|| {
            mistake(format!("`{}` is not a name and an exact version", value.value))
                .help(format!("write it as `{kind}: libsqlite3-sys 0.29.0`"))
        })
    };
    match kind {
        "crate" => published().map(|(name, version)| Origin::Crate { name, version }),
        "npm" => published().map(|(name, version)| Origin::Npm { name, version }),
        "archive" if value.value.starts_with("http://") => {
            Err(mistake("an archive is fetched over https only".to_owned()).help("write `https://`"))
        }
        "archive" => Ok(Origin::Archive(value.value.clone())),
        _ => Ok(Origin::Path(value.value.clone())),
    }
}

/// `libsqlite3-sys 0.29.0` as name and version.
pub(in crate::builds) fn published(text: &str) -> Option<(String, String)> {
    let (name, version) = text.split_once(' ')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_@/.".contains(c));
    semver::Version::parse(version).ok()?;
    (is_name && !name.contains("..")).then(|| (name.to_owned(), version.to_owned()))
}

fn pin(text: &SourceText, source: &RawSource, value: &Spanned<String>) -> Result<String, Diagnostic> {
    let Some(sha256) = &source.sha256 else {
        let mistake = Diagnostic::new(text, yaml::span(text, value), "this source is not pinned");
        let new_build = crate::project::command_name::command("new-build");
        return Err(mistake.help(format!("add `sha256:` of its main C file; `{new_build}` writes it")));
    };
    let is_hash = sha256.value.len() == 64
        && sha256.value.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c));
    if !is_hash {
        let message = "a sha256 has 64 hexadecimal digits, 0-9 and a-f";
        return Err(Diagnostic::new(text, yaml::span(text, sha256), message));
    }
    Ok(sha256.value.clone())
}
