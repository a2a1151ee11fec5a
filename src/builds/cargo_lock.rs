//! `Cargo.lock`: which release of which crate provides a program's SQLite.

use std::fmt;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use crate::builds::{Build, BuildError, BuildSet, Bundled, NewBuild, NewSource, Origin, Tier, bundled};
use crate::diagnostic::{Diagnostic, Diagnostics, SourceText};
use crate::project::Project;

/// Without its feature `bundled` this crate links the system's library. The feature needs the compiler: then, and
/// only then, the lock file lists `cc` among its dependencies.
const SYSTEM_UNLESS_CC: &str = "libsqlite3-sys";

/// A lock file.
#[derive(Debug, Clone)]
pub struct Lock {
    text: SourceText,
    packages: Vec<Package>,
    /// How a build is named instead: ` with --build`, ` as a target`.
    instead: String,
}

/// What every version of the format has; the rest is ignored.
#[derive(Deserialize)]
struct Packages {
    #[serde(default)]
    package: Vec<Package>,
}

#[derive(Debug, Clone, Deserialize)]
struct Package {
    name: String,
    version: Spanned<String>,
    /// `cc`, or with several versions `cc 1.0.0`.
    #[serde(default)]
    dependencies: Vec<String>,
}

/// The build of a program.
#[derive(Debug, Clone)]
pub struct LockedBuild {
    /// Its name.
    pub name: String,
    /// Where no manifest is of it yet: the package that bundles it, and the manifest.
    pub new: Option<(String, SourceText)>,
    /// The line of the lock file that says which release it is, from 1.
    pub line: usize,
}

/// Why a lock file does not identify a build.
#[derive(Debug)]
pub enum LockError {
    /// The lock file is malformed, or its SQLite has no build yet.
    Input(Diagnostics),
    /// A crate cannot be fetched.
    Build(BuildError),
}

impl Lock {
    /// Reads a lock file; `shown` is its path in reports.
    ///
    /// # Errors
    /// When it cannot be read, or is not a lock file.
    pub fn read(file: &Path, shown: &str) -> Result<Self, Diagnostics> {
        Self::parse(&SourceText::read(file, shown)?)
    }

    /// The lock file of this text.
    ///
    /// # Errors
    /// When it is not a lock file.
    pub fn parse(text: &SourceText) -> Result<Self, Diagnostics> {
        let read = toml::from_str::<Packages>(text.text()).map_err(|error| {
            let span = text.first_line(error.span().unwrap_or(0..0));
            let message = format!("this is not a Cargo.lock: {}", error.message());
            Diagnostic::new(text, span, message).help("name a lock file that cargo wrote")
        })?;
        Ok(Self { text: text.clone(), packages: read.package, instead: String::new() })
    }

    /// The same, whose mistakes say how a command is told a build instead of a lock file: `with --build`.
    pub fn instead(self, words: &str) -> Self {
        Self { instead: format!(" {words}"), ..self }
    }

    /// The build that its program gets: the one whose manifest names the crate's release, else the one whose
    /// source is the same file, else a new one of the crate's source.
    ///
    /// # Errors
    /// When the lock file has no crate that bundles SQLite or several of them, or the crate cannot be fetched or says
    /// of no version of SQLite that it is in it.
    pub fn build(&self, project: &Project, builds: &BuildSet) -> Result<LockedBuild, LockError> {
        let package = self.bundler(builds)?;
        let origin = package.origin();
        let line = self.line_of(package);
        let known = |build: &Build| LockedBuild { name: build.name().to_owned(), new: None, line };
        if let Some(build) = builds.of_origin(&origin) {
            return Ok(known(build));
        }
        let bundled = bundled(project, &origin).map_err(LockError::Build)?;
        match builds.of_sha256(&bundled.sha256) {
            Some(build) => Ok(known(build)),
            None => Ok(LockedBuild { line, ..self.new_build(package, &bundled, project, builds)? }),
        }
    }

    /// The line that says which release of the crate it is, from 1.
    ///
    /// # Errors
    /// When the lock file has no crate that bundles SQLite or several of them.
    pub fn line(&self, builds: &BuildSet) -> Result<usize, Diagnostics> {
        Ok(self.line_of(self.bundler(builds)?))
    }

    fn line_of(&self, package: &Package) -> usize {
        self.text.position(package.version.span().start).0
    }

    /// A build that nobody has written a manifest of.
    fn new_build(
        &self,
        package: &Package,
        bundled: &Bundled,
        project: &Project,
        builds: &BuildSet,
    ) -> Result<LockedBuild, LockError> {
        let new =
            bundled.version.as_ref().zip(builds.of_crate(&package.name)).map(|(version, like)| NewBuild {
                version: version.clone(),
                profile: like.profile().name.clone(),
                source: Some(NewSource::Code { origin: package.origin(), file: None }),
                parent: None,
                tier: Tier::Unrecorded,
            });
        // One of this name that has another source is no place for it.
        let new = new.filter(|new| builds.get(&new.name()).is_none());
        let new = new.ok_or_else(|| LockError::Input(self.unknown(package, bundled, builds).into()))?;
        let draft = new.draft(project, builds).map_err(|error| match error.downcast() {
            Ok(mistakes) => LockError::Input(mistakes),
            Err(error) => LockError::Build(BuildError::Environment(error)),
        })?;
        let manifest = SourceText::new(format!("{} of {}", new.name(), self.text.path()), draft.text);
        Ok(LockedBuild { name: new.name(), new: Some((package.to_string(), manifest)), line: 1 })
    }

    /// The package that bundles SQLite.
    fn bundler(&self, builds: &BuildSet) -> Result<&Package, Diagnostic> {
        let bundles = |package: &&Package| builds.of_crate(&package.name).is_some();
        let (system, bundlers): (Vec<&Package>, Vec<&Package>) =
            self.packages.iter().filter(bundles).partition(|package| package.links_the_system());
        match (bundlers.as_slice(), system.first()) {
            ([one], _) => Ok(one),
            ([], None) if self.packages.is_empty() => {
                Err(Diagnostic::new(&self.text, 0..0, "there is no package in this lock file").help(format!(
                    "`cargo generate-lockfile` writes it anew; or name the build{}",
                    self.instead
                )))
            }
            ([], None) => Err(Diagnostic::new(&self.text, 0..0, "no crate in this lock file bundles SQLite")
                .help(format!(
                    "the builds that are known come from the crates that do: `{}` lists them; name the build that is \
                     shipped{}",
                    crate::project::command_name::command("build --list"),
                    self.instead
                ))),
            ([], Some(system)) => {
                let message = format!("{system} links the system's SQLite here");
                Err(Diagnostic::new(&self.text, system.version.span(), message).help(format!(
                    "turn its feature `bundled` on, or name the build of that system{}",
                    self.instead
                )))
            }
            (several, _) => {
                let names = several.iter().map(ToString::to_string);
                let message = format!(
                    "this lock file has several crates that bundle SQLite: {}",
                    names.collect::<Vec<_>>().join(", ")
                );
                Err(Diagnostic::new(&self.text, several[0].version.span(), message)
                    .help(format!("name the build that you mean{}", self.instead)))
            }
        }
    }

    fn unknown(&self, package: &Package, bundled: &Bundled, builds: &BuildSet) -> Diagnostic {
        let sqlite = bundled.version.as_ref().map_or("VERSION".to_owned(), ToString::to_string);
        let profile = builds.of_crate(&package.name).map_or("PROFILE", |build| &build.profile().name);
        let message = format!("{package} bundles SQLite {sqlite}, which has no build yet");
        Diagnostic::new(&self.text, package.version.span(), message).help(format!(
            "`{} {sqlite} --profile {profile} --crate {}@{}` adds it",
            crate::project::command_name::command("new-build"),
            package.name,
            package.version.get_ref()
        ))
    }
}

impl Package {
    fn origin(&self) -> Origin {
        Origin::Crate { name: self.name.clone(), version: self.version.get_ref().clone() }
    }

    fn links_the_system(&self) -> bool {
        let is_compiler = |dependency: &String| dependency.split(' ').next() == Some("cc");
        self.name == SYSTEM_UNLESS_CC && !self.dependencies.iter().any(is_compiler)
    }
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.version.get_ref())
    }
}

impl From<Diagnostic> for LockError {
    fn from(mistake: Diagnostic) -> Self {
        Self::Input(mistake.into())
    }
}

impl From<LockError> for anyhow::Error {
    fn from(error: LockError) -> Self {
        match error {
            LockError::Input(mistakes) => mistakes.into(),
            LockError::Build(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use semver::Version;

    #[test]
    fn a_lock_file_that_names_no_build_says_how_to_name_one() {
        let project = Project::at(env!("CARGO_MANIFEST_DIR"));
        let builds = BuildSet::load(&project).unwrap();
        let mistake = |text: &str| {
            let lock = Lock::parse(&SourceText::new("Cargo.lock", text)).unwrap().instead("with --build");
            lock.bundler(&builds).unwrap_err().render(false)
        };
        let system = mistake("[[package]]\nname = \"libsqlite3-sys\"\nversion = \"0.30.1\"\n");
        assert!(system.contains("or name the build of that system with --build"), "{system}");
        let empty = mistake("");
        assert!(empty.contains("there is no package in this lock file"), "{empty}");
        assert!(empty.contains("`cargo generate-lockfile`") && empty.contains("with --build"), "{empty}");
        let other = mistake("[[package]]\nname = \"serde\"\nversion = \"1.0.0\"\n");
        assert!(other.contains("no crate in this lock file bundles SQLite"), "{other}");
    }

    #[test]
    fn a_release_without_a_build_is_reported_with_the_command_that_adds_it() {
        let builds = BuildSet::load(&Project::at(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let text = "version = 4\n\n[[package]]\nname = \"libsqlite3-sys\"\nversion = \"0.99.0\"\n";
        let lock = Lock::parse(&SourceText::new("Cargo.lock", text)).unwrap();
        let bundled = Bundled { version: Some(Version::new(3, 99, 0)), sha256: "0".repeat(64) };
        let message = lock.unknown(&lock.packages[0], &bundled, &builds).render(false);
        assert!(
            message.contains("libsqlite3-sys 0.99.0 bundles SQLite 3.99.0, which has no build yet"),
            "{message}"
        );
        assert!(message.contains("Cargo.lock:5:11"), "{message}");
        let remedy = "new-build 3.99.0 --profile rusqlite --crate libsqlite3-sys@0.99.0` adds it";
        assert!(message.contains(remedy), "{message}");
    }
}
