//! Makes a mutant's library.

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::Mutation;
use crate::builds::compile::Compilation;
use crate::builds::{BuildError, patch, platform};

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
            let into = (compilation.into, "fault.c");
            let copy = patch::copy(compilation.build, compilation.main, replacements, into)?;
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
        Mutation::Patch(replacements) => patch::key(replacements),
    }
}
