//! A C file with texts replaced: a distribution's patches, or the fault of a mutant.

use std::path::{Path, PathBuf};

use anyhow::Context;
use schemars::JsonSchema;
use serde::Deserialize;

use super::BuildError;

/// A text that occurs exactly once in a C file, and its replacement.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Replacement {
    /// The text to replace. It occurs exactly once.
    #[serde(rename = "replace")]
    #[schemars(example = &"if( n>5 )")]
    pub old: String,
    /// The text that takes its place.
    #[serde(rename = "by")]
    #[schemars(example = &"if( n>=5 )")]
    pub new: String,
}

/// Writes the C file with every replacement made, under another name into a folder.
pub(super) fn copy(
    build: &str,
    main: &Path,
    replacements: &[Replacement],
    (folder, name): (&Path, &str),
) -> Result<PathBuf, BuildError> {
    let code = std::fs::read_to_string(main).context("cannot read the main C file")?;
    let copy = folder.join(name);
    std::fs::write(&copy, patched(build, code, replacements)?).context("cannot write the patched C file")?;
    Ok(copy)
}

/// All texts, as a part of the key of a product.
pub(super) fn key(replacements: &[Replacement]) -> Vec<String> {
    replacements.iter().flat_map(|one| [one.old.clone(), one.new.clone()]).collect()
}

/// The text with every replacement made.
fn patched(build: &str, mut code: String, replacements: &[Replacement]) -> Result<String, BuildError> {
    for Replacement { old, new } in replacements {
        let times = code.matches(old.as_str()).count();
        if times != 1 {
            return Err(BuildError::Patch { build: build.to_owned(), text: old.clone(), times });
        }
        code = code.replacen(old, new, 1);
    }
    Ok(code)
}
