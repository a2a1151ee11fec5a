//! Makes a mutant's library.

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::{Mutation, Replacement};
use crate::builds::compile::Compilation;
use crate::builds::{BuildError, platform};

/// The header that a mutant's C file includes.
const HEADER: &str = include_str!("mutant.h");

/// Makes the library that `compilation` describes, with a fault. `real` returns the real build's library.
pub(in crate::builds) fn make(
    mutation: &Mutation,
    compilation: Compilation<'_>,
    real: impl FnOnce() -> Result<PathBuf, BuildError>,
) -> Result<PathBuf, BuildError> {
    match mutation {
        Mutation::Front { file, .. } => {
            let header = compilation.into.join("mutant.h");
            std::fs::write(&header, HEADER).context("cannot write mutant.h")?;
            let library = compilation.stand_in_front(file, &real()?)?;
            std::fs::remove_file(header).context("cannot remove mutant.h")?;
            Ok(library)
        }
        Mutation::Patch(replacements) => {
            let code = std::fs::read_to_string(compilation.main).context("cannot read the main C file")?;
            let patched = patched(compilation.build, code, replacements)?;
            let copy = compilation.into.join("patched.c");
            std::fs::write(&copy, patched).context("cannot write the patched C file")?;
            let library = Compilation { main: &copy, ..compilation }.run()?;
            std::fs::remove_file(&copy).context("cannot remove the patched C file")?;
            Ok(library)
        }
    }
}

/// Everything about a mutation that can change the library, besides what changes the real build's: also the path of
/// the real library, since the one that interposes it contains that path.
pub(in crate::builds) fn parts_of_key(mutation: &Mutation, real: &Path) -> Vec<String> {
    match mutation {
        Mutation::Front { code, .. } => {
            let options = platform::FRONT.join("\0");
            vec![code.clone(), HEADER.to_owned(), options, real.to_string_lossy().into_owned()]
        }
        Mutation::Patch(all) => all.iter().flat_map(|one| [one.old.clone(), one.new.clone()]).collect(),
    }
}

/// The text with every replacement made.
fn patched(mutant: &str, mut code: String, replacements: &[Replacement]) -> Result<String, BuildError> {
    for Replacement { old, new } in replacements {
        let times = code.matches(old.as_str()).count();
        if times != 1 {
            return Err(BuildError::Patch { mutant: mutant.to_owned(), text: old.clone(), times });
        }
        code = code.replacen(old, new, 1);
    }
    Ok(code)
}
