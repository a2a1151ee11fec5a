//! Writes a new manifest: what `cargo xtask new-build` does.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use semver::Version;

use super::release::version_in;
use super::source::{self, Fetched, Origin};
use super::{Build, BuildError, BuildSet, Manifest, Source, Tier};
use crate::diagnostic::{Diagnostic, Diagnostics, SourceText};
use crate::project::Project;
use crate::project::catalogue;
use crate::system::files;

/// The profile whose builds are the chain by version that all others branch off.
const TRUNK: &str = "rusqlite";

/// What the user specifies about a new build.
#[derive(Debug, Clone)]
pub struct NewBuild {
    /// Its version.
    pub version: Version,
    /// Its profile's name.
    pub profile: String,
    /// Where it comes from; `None` for the source of another build of the same version.
    pub source: Option<NewSource>,
    /// Its parent; `None` for the one that the version implies.
    pub parent: Option<String>,
    /// Its folder.
    pub tier: Tier,
}

/// Where a new build comes from. What pins it is computed.
#[derive(Debug, Clone)]
pub enum NewSource {
    /// C code, and its main file when it is not the only `sqlite3.c`.
    Code {
        /// Who publishes it.
        origin: Origin,
        /// The path of the main C file inside the source.
        file: Option<String>,
    },
    /// A shared library.
    Library(String),
}

impl NewSource {
    /// `libsqlite3-sys@0.29.0` (or with a space) as name and version.
    pub fn published(text: &str) -> Option<(String, String)> {
        let (name, version) = text.rsplit_once(['@', ' '])?;
        source::published(&format!("{name} {version}"))
    }
}

/// A manifest that has not been written yet.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The file to write.
    pub path: PathBuf,
    /// Its content.
    pub text: String,
    /// The build whose parent becomes the new one, because the new one is between it and its old parent: name,
    /// manifest, new content.
    pub child: Option<(String, PathBuf, String)>,
}

impl NewBuild {
    /// The manifest of this build. Fetches its source to compute the checksum.
    ///
    /// # Errors
    /// [`Diagnostics`] for an unknown profile or parent and for a build that exists;
    /// [`super::BuildError`] for a source that cannot be fetched.
    pub fn draft(&self, project: &Project, builds: &BuildSet) -> Result<Draft> {
        self.check(builds)?;
        let name = self.name();
        let source = self.source(project, builds)?;
        let parent = self.parent.clone().or_else(|| self.implied_parent(builds));
        let parent_line = parent.as_ref().map(|parent| format!("parent: {parent}\n")).unwrap_or_default();
        let text =
            format!("version: {}\nprofile: {}\n{parent_line}source:\n{source}", self.version, self.profile);
        let folder = project.builds().join(self.tier.as_str());
        let child = match self.parent {
            Some(_) => None,
            None => self.displaced_child(builds, parent.as_deref()),
        };
        let child = child.map(|child| adopt(project, child, &name)).transpose()?;
        Ok(Draft { path: folder.join(format!("{name}.yaml")), text, child })
    }

    pub(super) fn name(&self) -> String {
        format!("{}-{}", self.version, self.profile)
    }

    fn check(&self, builds: &BuildSet) -> Result<(), Diagnostics> {
        let mut mistakes = Diagnostics::new();
        if builds.profiles().get(&self.profile).is_none() {
            let text = SourceText::new("--profile", self.profile.as_str());
            let span = 0..self.profile.len();
            mistakes.push(super::profile::unknown(&text, span, &self.profile, builds.profiles()));
        }
        if let Some(parent) = self.parent.as_ref().filter(|parent| builds.get(parent).is_none()) {
            let text = SourceText::new("--parent", parent.as_str());
            let mistake = Diagnostic::new(&text, 0..parent.len(), format!("there is no build `{parent}`"));
            mistakes.push(mistake.suggest(parent, builds.iter().map(Build::name)));
        }
        if let Some(build) = builds.get(&self.name()) {
            let text = SourceText::new(build.manifest_path(), "");
            let mistake =
                Diagnostic::new(&text, 0..0, format!("the build `{}` exists already", build.name()));
            mistakes.push(mistake.help("edit its manifest, or choose another version or profile"));
        }
        mistakes.into_result(())
    }

    /// The lines under `source:`.
    fn source(&self, project: &Project, builds: &BuildSet) -> Result<String> {
        match &self.source {
            Some(NewSource::Library(library)) => Ok(format!("  library: {}\n", scalar(library))),
            Some(NewSource::Code { origin, file }) => {
                let fetched = source::fetch(project, origin, file.as_deref())?;
                self.check_version(&fetched)?;
                let sha256 = source::sha256_of(&fetched.main)?;
                Ok(lines(origin, &fetched.file(), &sha256))
            }
            None => self.known_source(builds),
        }
    }

    /// Rejects a source that defines another version: cheaper to report now than after compiling it.
    fn check_version(&self, fetched: &Fetched) -> Result<()> {
        let bytes =
            fs::read(&fetched.main).with_context(|| format!("cannot read {}", fetched.main.display()))?;
        match version_in(&String::from_utf8_lossy(&bytes)) {
            Some(found) if found != self.version.to_string() => {
                let (build, what, pinned) = (self.name(), "version", self.version.to_string());
                Err(BuildError::Mismatch { build, what, pinned, found }.into())
            }
            _ => Ok(()),
        }
    }

    /// The source of another build of the same version, of the project or the [catalogue]: plain SQLite rather than a
    /// fork.
    fn known_source(&self, builds: &BuildSet) -> Result<String> {
        let own = builds.iter().map(|build| build.manifest.clone());
        let known = catalogue::manifests().map(|(name, text)| Manifest::parse(name, &text));
        let known: Vec<Manifest> = known.collect::<Result<_, _>>()?;
        let same = own.chain(known).filter(|manifest| manifest.version.as_ref() == Some(&self.version));
        let is_plain = |manifest: &Manifest| {
            let profile = builds.profiles().get(&manifest.profile.word);
            profile.is_some_and(|profile| profile.properties.is_empty())
        };
        let mut code = same.filter(is_plain).filter_map(|manifest| {
            let Source::Code(code) = &manifest.source else { return None };
            Some(lines(&code.origin, code.file.as_deref().unwrap_or("sqlite3.c"), &code.sha256))
        });
        match code.next() {
            Some(lines) => Ok(lines),
            None => bail!(missing_source(&self.version)),
        }
    }

    /// Of the trunk, the nearest lower version; of any other profile, the trunk's build of the same version, so that the
    /// two differ by flags only, else the nearest lower version of the profile.
    fn implied_parent(&self, builds: &BuildSet) -> Option<String> {
        let trunk = format!("{}-{TRUNK}", self.version);
        let same_version = builds.get(&trunk).filter(|_| self.profile != TRUNK);
        let lower = builds
            .iter()
            .filter(|build| build.profile().name == self.profile)
            .filter(|build| build.version().is_some_and(|version| *version < self.version));
        let parent = same_version.or_else(|| lower.max_by_key(|build| build.version().cloned()));
        parent.map(|build| build.name().to_owned())
    }

    /// The child that the new build displaces: a higher version of the profile with the same parent.
    fn displaced_child<'a>(&self, builds: &'a BuildSet, parent: Option<&str>) -> Option<&'a Build> {
        builds.iter().find(|build| {
            build.profile().name == self.profile
                && build.parent() == parent
                && parent.is_some()
                && build.version().is_some_and(|version| *version > self.version)
        })
    }
}

fn missing_source(version: &Version) -> Diagnostics {
    let shown = version.to_string();
    let text = SourceText::new("VERSION", shown.as_str());
    let mistake = Diagnostic::new(&text, 0..shown.len(), format!("no build has the source of {version} yet"));
    mistake.help("name it with --crate, --npm, --archive, --path or --library").into()
}

fn lines(origin: &Origin, file: &str, sha256: &str) -> String {
    let (kind, value) = match origin {
        Origin::Crate { name, version } => ("crate", format!("{name} {version}")),
        Origin::Npm { name, version } => ("npm", format!("{name} {version}")),
        Origin::Archive(place) => ("archive", place.clone()),
        Origin::Path(path) => ("path", path.clone()),
    };
    format!("  {kind}: {}\n  file: {}\n  sha256: {sha256}\n", scalar(&value), scalar(file))
}

/// A text as YAML: plain where possible, else in double quotes.
fn scalar(text: &str) -> String {
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/' || c == '.')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || " /._:+-".contains(c))
        && !text.contains(": ")
        && !text.ends_with([':', ' ']);
    // A JSON text is a YAML text too.
    if is_plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

/// The manifest of `child` with another parent; nothing else in the file changes.
fn adopt(project: &Project, child: &Build, parent: &str) -> Result<(String, PathBuf, String)> {
    let manifest = &child.manifest;
    let span = manifest.parent.as_ref().context("a displaced child has a parent")?.span.clone();
    let mut text = manifest.text.text().to_owned();
    text.replace_range(span, parent);
    Ok((child.name().to_owned(), project.root().join(child.manifest_path()), text))
}

impl Draft {
    /// The manifest of a build for another project, where it is a core build with this parent.
    pub fn copy_of(build: &Build, project: &Project, parent: Option<&str>) -> Self {
        let mut text = build.manifest.text.text().to_owned();
        match (&build.manifest.parent, parent) {
            (Some(old), Some(new)) => text.replace_range(old.span.clone(), new),
            (Some(old), None) => {
                let line = text[..old.span.start].rfind('\n').map_or(0, |at| at + 1);
                let end = text[old.span.end..].find('\n').map_or(text.len(), |at| old.span.end + at + 1);
                text.replace_range(line..end, "");
            }
            (None, Some(new)) => text = format!("parent: {new}\n{text}"),
            (None, None) => {}
        }
        let path = project.builds().join(Tier::Core.as_str()).join(format!("{}.yaml", build.name()));
        Self { path, text, child: None }
    }

    /// Writes the manifest, and the child's new parent. Never overwrites a manifest.
    ///
    /// # Errors
    /// When the file exists or cannot be written.
    pub fn write(&self) -> Result<()> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        }
        let mut file =
            File::create_new(&self.path).with_context(|| format!("cannot create {}", self.path.display()))?;
        file.write_all(self.text.as_bytes())
            .with_context(|| format!("cannot write {}", self.path.display()))?;
        if let Some((_, path, text)) = &self.child {
            files::write_atomically(path, text.as_bytes())?;
        }
        Ok(())
    }
}
