//! Variations: builds with flags or a source that no manifest describes, to see what a flag or a check-in does.
//!
//! Like a mutant, a variation is not part of the matrix, and never recorded. Its product is kept like any other, until
//! `cargo xtask build --prune`.

use sha2::{Digest, Sha256};

use super::source::{CheckIn, Code, Source, hex};
use super::{Build, BuildSet, Profile};

impl BuildSet {
    /// The source of a build with other flags: the existing build with exactly these, else a variation. `None` for a
    /// library without its C code.
    pub fn with_profile(&self, build: &Build, profile: &Profile) -> Option<Build> {
        let is_it = |known: &&Build| known.source() == build.source() && known.profile() == profile;
        match build.source() {
            Source::Library(_) => None,
            Source::Code(_) => {
                Some(self.iter().find(is_it).cloned().unwrap_or_else(|| build.variation(profile)))
            }
        }
    }
}

impl Build {
    /// A check-in's code with the flags of this build. Its version is the one that the library reports.
    pub fn check_in(&self, check_in: &CheckIn, code: Code) -> Self {
        let mut build = self.variation(&self.profile);
        build.manifest.name = format!("{}~{}", self.profile.name, check_in.short());
        build.manifest.version = None;
        build.manifest.source = Source::Code(code);
        build
    }

    /// The same version and source with other flags. Its name is unique, since results are cached by the builds'
    /// names: `3.46.0-rusqlite~5f0c2a91`.
    fn variation(&self, profile: &Profile) -> Self {
        let mut variation = self.clone();
        let hash = hex(&Sha256::digest(format!("{profile:?}{:?}", self.source()))[..4]);
        let version = self.version().map(|version| format!("{version}-")).unwrap_or_default();
        variation.manifest.name = format!("{version}{}~{hash}", profile.name);
        variation.manifest.note = None;
        variation.profile = profile.clone();
        variation
    }
}
