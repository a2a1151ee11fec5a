//! Which SQLite a published package bundles, and which build that is.

use std::fs;

use anyhow::Context;
use semver::Version;

use super::source::{self, Origin, Source};
use super::{Build, BuildError, BuildSet};
use crate::project::Project;

/// The SQLite in a published package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundled {
    /// The version that it defines; `None` when it defines none.
    pub version: Option<Version>,
    /// SHA-256 of its main C file, in lower-case hexadecimal.
    pub sha256: String,
}

/// Fetches a source and determines which SQLite it contains.
///
/// # Errors
/// When it cannot be fetched, or contains no amalgamation.
pub fn bundled(project: &Project, origin: &Origin) -> Result<Bundled, BuildError> {
    let main = source::fetch(project, origin, None)?.main;
    let bytes = fs::read(&main).with_context(|| format!("cannot read {}", main.display()))?;
    let version = version_in(&String::from_utf8_lossy(&bytes)).and_then(|text| Version::parse(&text).ok());
    Ok(Bundled { version, sha256: source::sha256_of(&main)? })
}

/// The version that an amalgamation defines: `#define SQLITE_VERSION "3.46.0"`.
pub(super) fn version_in(code: &str) -> Option<String> {
    let line = code.lines().find(|line| line.starts_with("#define SQLITE_VERSION "))?;
    line.split('"').nth(1).map(str::to_owned)
}

impl BuildSet {
    /// The build of exactly this package, with the flags that its publisher uses. A package may have other sources beside
    /// that, as libsqlite3-sys has SQLCipher.
    pub(super) fn of_origin(&self, origin: &Origin) -> Option<&Build> {
        let flags = match origin {
            Origin::Crate { name, .. } => Some(&self.of_crate(name)?.profile().name),
            _ => None,
        };
        self.eldest(|build| {
            let is_of = matches!(build.source(), Source::Code(code) if code.origin == *origin);
            is_of && flags.is_none_or(|flags| build.profile().name == *flags)
        })
    }

    /// The build of this main C file, whoever published it; of several, the one that the others descend from.
    pub(super) fn of_sha256(&self, sha256: &str) -> Option<&Build> {
        self.eldest(|build| matches!(build.source(), Source::Code(code) if code.sha256 == sha256))
    }

    /// The build of a crate, in any release, that the most others descend from.
    pub(super) fn of_crate(&self, krate: &str) -> Option<&Build> {
        self.eldest(|build| build.source().is_crate(krate))
    }

    fn eldest(&self, is_meant: impl Fn(&Build) -> bool) -> Option<&Build> {
        let meant = self.iter().filter(|build| is_meant(build));
        meant.min_by_key(|build| self.lineage().depth(build.name()))
    }
}

impl Source {
    /// Whether it is a release of this crate.
    fn is_crate(&self, krate: &str) -> bool {
        let Self::Code(code) = self else { return false };
        matches!(&code.origin, Origin::Crate { name, .. } if name == krate)
    }
}
