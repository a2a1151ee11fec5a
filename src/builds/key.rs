//! The folder of a build's product, whose name ends in a hash of everything that can change the product.

use std::path::PathBuf;

use sha2::{Digest, Sha256};

use super::mutant::{self, Mutated};
use super::product::Place;
use super::source::{self, Source};
use super::store::Store;
use super::{Build, BuildError, patch, platform};

/// Raised when the same input yields another product, so that old products are not used.
const RECIPE: u32 = 1;

impl Store {
    /// The folder of a build's product.
    pub(super) fn directory(&self, build: &Build) -> Result<PathBuf, BuildError> {
        Ok(self.place(build)?.directory)
    }

    /// Where a build's product is: a folder named by the build and a hash of everything that can change the product.
    pub(super) fn place(&self, build: &Build) -> Result<Place, BuildError> {
        let mut parts = vec![RECIPE.to_string()];
        let profile = build.profile();
        match build.source() {
            Source::Code(code) => {
                parts.extend([self.identity()?, code.sha256.clone()]);
                // Files beside the main one are pinned by their origin.
                parts.push(if profile.sources.is_empty() { String::new() } else { code.origin.to_string() });
                for list in [&profile.defines, &profile.compiler, &profile.sources, &profile.include] {
                    parts.push(list.join("\0"));
                }
                parts.extend(patch::key(&code.patch));
                parts.extend(profile.needs.iter().map(|needs| needs.link.join("\0")));
            }
            Source::Library(library) => {
                parts.extend([library.library.clone(), library.source_id.clone().unwrap_or_default()]);
            }
        }
        if let Some(Mutated { real, mutation }) = build.mutated() {
            parts.extend(mutant::parts_of_key(mutation, &self.directory(real)?));
        }
        parts.push(profile.preload.join("\0"));
        parts.push(format!("{:?}", profile.environment));
        parts.extend([platform::COMPILE.join("\0"), platform::LINK.join("\0")]);
        let mut hasher = Sha256::new();
        for part in parts {
            // The length keeps `ab` + `c` apart from `a` + `bc`.
            hasher.update(part.len().to_le_bytes());
            hasher.update(part);
        }
        let key = source::hex(&hasher.finalize()[..6]);
        let library = matches!(build.source(), Source::Code(_)).then_some(platform::LIBRARY);
        let directory = self.project().products().join(format!("{}-{key}", build.compiled()));
        Ok(Place {
            directory,
            build: build.compiled().to_owned(),
            key,
            version: build.version().cloned(),
            library,
        })
    }
}
