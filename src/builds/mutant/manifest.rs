//! A mutant's manifest: `sqlite-builds/mutants/<mutant>.yaml`.

use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use serde_yaml::Spanned;

use super::Mutation;
use crate::builds::patch::Replacement;
use crate::builds::source::Source;
use crate::builds::{Build, BuildSet};
use crate::contract::capability::Row;
use crate::contract::{SLUG, is_slug};
use crate::diagnostic::yaml;
use crate::diagnostic::{Diagnostic, Diagnostics, SourceText, open};

/// A mutant as written.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Mutant", description = "A build with one fault, which a contract must catch.")]
pub(in crate::builds) struct RawMutant {
    /// The build that has the fault.
    #[schemars(with = "String", example = &"3.54.1-rusqlite")]
    of: Spanned<String>,
    /// What is wrong, and where a program met it.
    #[schemars(with = "String", example = &"one statement in a thousand is never finalized")]
    fault: Spanned<String>,
    /// The rows of the table of capabilities whose contracts must catch it.
    #[schemars(with = "RawRows", example = &"M1")]
    row: Spanned<RawRows>,
    /// Texts of the main C file that are replaced; a C file of the mutant's name stands for it.
    #[schemars(with = "Option<Vec<Replacement>>", example = json!([{"replace": "if( n>5 )", "by": "if( n>=5 )"}]))]
    patch: Option<Spanned<Vec<Replacement>>>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Rows")]
enum RawRows {
    One(String),
    Many(#[schemars(length(min = 1))] Vec<String>),
}

/// A mutant's manifest, checked on its own.
pub(super) struct MutantFile {
    name: String,
    text: SourceText,
    raw: RawMutant,
    rows: Vec<Row>,
}

impl MutantFile {
    /// Reads the manifest of the mutant `name` (the stem of its file).
    pub(super) fn parse(name: &str, text: &SourceText) -> Result<Self, Diagnostics> {
        let raw: RawMutant = yaml::parse(text, "`of`, `fault` and `row`; copy a neighbouring mutant")?;
        let mut mistakes = Diagnostics::new();
        if !is_slug(name) {
            let message = format!("`{name}` is not a valid name of a mutant");
            mistakes.push(Diagnostic::new(text, 0..0, message).help(format!("use {SLUG}")));
        }
        if raw.fault.value.trim().is_empty() {
            let message = "this mutant does not say what is broken";
            let mistake = Diagnostic::new(text, yaml::span(text, &raw.fault), message);
            mistakes.push(mistake.help("say in one line what the library does wrong"));
        }
        let rows = rows(text, &raw.row, &mut mistakes);
        mistakes.into_result(Self { name: name.to_owned(), text: text.clone(), raw, rows })
    }

    /// The mutant that this manifest describes. Its C file is looked up in `folder`.
    pub(super) fn resolve(self, folder: &Path, builds: &BuildSet) -> Result<super::Mutant, Diagnostics> {
        let mut mistakes = Diagnostics::new();
        let real = self.real(builds).map_err(|mistake| mistakes.push(mistake)).ok();
        let mutation = self.mutation(folder).map_err(|mistake| mistakes.push(mistake)).ok();
        let (Some(real), Some(mutation)) = (real, mutation) else { return Err(mistakes) };
        mistakes.into_result(super::Mutant {
            fault: self.raw.fault.value.trim().to_owned(),
            rows: self.rows,
            build: real.mutant(&self.name, &self.text, mutation),
            real: real.clone(),
        })
    }

    fn real<'a>(&self, builds: &'a BuildSet) -> Result<&'a Build, Diagnostic> {
        let of = &self.raw.of;
        let mistake = |message: String| Diagnostic::new(&self.text, yaml::span(&self.text, of), message);
        match builds.get(&of.value) {
            None => Err(mistake(format!("there is no build `{}`", of.value))
                .suggest(&of.value, builds.iter().map(Build::name))
                .help(format!(
                    "`{}` lists every build",
                    crate::project::command_name::command("build --list")
                ))),
            Some(build) if matches!(build.source(), Source::Library(_)) => {
                Err(mistake(format!("`{}` is a library without its C code", of.value))
                    .help("name a build that is compiled"))
            }
            Some(build) => Ok(build),
        }
    }

    /// A C file, or replacements in the build's own.
    fn mutation(&self, folder: &Path) -> Result<Mutation, Diagnostic> {
        let file = format!("{}.c", self.name);
        let path = folder.join(&file);
        match &self.raw.patch {
            Some(patch) if path.exists() => Err(self
                .about(patch, format!("this mutant has a `patch` and a C file, {file}"))
                .help("remove one of them, or make two mutants")),
            Some(patch) if patch.value.is_empty() => {
                let mistake = self.about(patch, "this patch replaces nothing".to_owned());
                Err(mistake.help("list what to `replace` and `by` what, or write a C file instead"))
            }
            Some(patch) => Ok(Mutation::Patch(patch.value.clone())),
            None => match open(&path).and_then(std::io::read_to_string) {
                Ok(code) => Ok(Mutation::Front { file: path, code }),
                Err(error) => Err(Diagnostic::new(&self.text, 0..0, format!("cannot read {file}: {error}"))
                    .help("a mutant's C file is beside its manifest; without one it needs a `patch`")),
            },
        }
    }

    fn about<T>(&self, at: &Spanned<T>, message: String) -> Diagnostic {
        Diagnostic::new(&self.text, yaml::span(&self.text, at), message)
    }
}

fn rows(text: &SourceText, raw: &Spanned<RawRows>, mistakes: &mut Diagnostics) -> Vec<Row> {
    let words: &[String] = match &raw.value {
        RawRows::One(word) => std::slice::from_ref(word),
        RawRows::Many(words) => words,
    };
    let place = yaml::span(text, raw);
    if words.is_empty() {
        mistakes.push(Diagnostic::new(text, place.clone(), "this mutant names no row").help(ROW));
    }
    let mut rows = Vec::new();
    for word in words {
        match Row::parse(word) {
            Some(row) => rows.push(row),
            None => {
                // The parser gives only the opening bracket as the place of a list.
                let place = text.find_word(text.first_line(place.start..text.text().len()), word);
                mistakes.push(Diagnostic::new(text, place, format!("`{word}` is not a row")).help(ROW));
            }
        }
    }
    rows
}

const ROW: &str =
    "a row is a letter and a number, such as `L1`: the capability whose contracts must catch the mutant";
