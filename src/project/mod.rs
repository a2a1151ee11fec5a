//! The folders of a project: contracts, manifests, snapshots, and products.

pub mod catalogue;
pub mod command_name;

use std::path::{Path, PathBuf};

use crate::diagnostic::SourceText;

/// A directory that contains `contracts/` and `sqlite-builds/`. The library assumes no particular repository: every
/// path comes from here.
#[derive(Debug, Clone)]
pub struct Project {
    root: PathBuf,
    target: PathBuf,
    /// Where that is not a folder of `target`.
    products: Option<PathBuf>,
    is_outside_of_cargo: bool,
    /// Builds that are no files of it: names and manifests.
    found: Vec<(String, SourceText)>,
}

impl Project {
    /// The project at `root`; products go to `$CARGO_TARGET_DIR`, else to `target/` of its Cargo workspace.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        let root = root.into();
        let named = std::env::var_os("CARGO_TARGET_DIR").map(|folder| root.join(folder));
        let target = named.or_else(|| Some(root.ancestors().find(|dir| is_workspace(dir))?.join("target")));
        let is_outside_of_cargo = target.is_none();
        let target = target.unwrap_or_else(|| root.join("target"));
        Self { root, target, products: None, is_outside_of_cargo, found: Vec::new() }
    }

    /// The same project with another target directory.
    pub fn with_target(mut self, target: impl Into<PathBuf>) -> Self {
        self.target = target.into();
        self
    }

    /// The same project with another folder of compiled builds.
    pub fn with_products(mut self, products: impl Into<PathBuf>) -> Self {
        self.products = Some(products.into());
        self
    }

    /// The same project with a build that is no file of it, and never on record.
    pub fn with_build(mut self, name: String, manifest: SourceText) -> Self {
        self.found.push((name, manifest));
        self
    }

    /// The same project with each build of the [catalogue] that it has none of that name: contracts of the catalogue
    /// name builds of it.
    pub fn with_builds_of_catalogue(mut self) -> Self {
        let tiers = ["core", "extended", "unrecorded"].map(|tier| self.builds().join(tier));
        let is_file = |name: &str| tiers.iter().any(|tier| tier.join(format!("{name}.yaml")).is_file());
        let others = catalogue::manifests().filter(|(name, _)| !is_file(name));
        self.found.extend(others.map(|(name, manifest)| (name.to_owned(), manifest)));
        self
    }

    /// Builds that are no files of it: names and manifests.
    pub(crate) fn found_builds(&self) -> impl Iterator<Item = (&str, &SourceText)> {
        self.found.iter().map(|(name, manifest)| (name.as_str(), manifest))
    }

    /// Whether its target directory is neither that of a workspace of Cargo nor named by the environment.
    pub fn is_outside_of_cargo(&self) -> bool {
        self.is_outside_of_cargo
    }

    /// The nearest directory from `start` upwards that contains `sqlite-builds/`.
    pub fn discover(start: &Path) -> Option<Self> {
        start.ancestors().find(|dir| dir.join("sqlite-builds").is_dir()).map(Self::at)
    }

    /// The project's directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// `contracts/`: `<area>/<contract>.yaml`.
    pub fn contracts(&self) -> PathBuf {
        self.root.join("contracts")
    }

    /// `advisories/`: known defects of SQLite.
    pub fn advisories(&self) -> PathBuf {
        self.root.join("advisories")
    }

    /// `sqlite-builds/`: manifests and profiles.
    pub fn builds(&self) -> PathBuf {
        self.root.join("sqlite-builds")
    }

    /// `tests/snapshots/`: the recorded behaviour.
    pub fn snapshots(&self) -> PathBuf {
        self.root.join("tests").join("snapshots")
    }

    /// Cargo's target directory.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Where compiled builds are kept.
    pub fn products(&self) -> PathBuf {
        self.products.clone().unwrap_or_else(|| self.target.join("sqlite-builds"))
    }

    /// Where all other generated files are kept: sources, case directories, results.
    pub fn scratch(&self) -> PathBuf {
        self.target.join("sqlite-contracts")
    }

    /// A path that a person typed, as reports show it: the same however it was typed. In a folder that is of no project,
    /// paths are relative to that folder.
    pub fn shown_alike(&self, path: &Path) -> String {
        let (path, root) = (real(path), real(&self.root));
        let here =
            std::env::current_dir().map(|here| real(&here)).ok().filter(|here| !here.starts_with(&root));
        let outside = || path.strip_prefix(here?).ok();
        let relative = path.strip_prefix(&root).ok().or_else(outside).unwrap_or(&path);
        relative.to_string_lossy().replace('\\', "/")
    }

    /// A path as reports show it: relative to the project, with `/`.
    pub fn shown(&self, path: &Path) -> String {
        let relative = path.strip_prefix(&self.root).unwrap_or(path);
        relative.to_string_lossy().replace('\\', "/")
    }
}

/// A path without links and dots, where there is such a file.
fn real(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn is_workspace(folder: &Path) -> bool {
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
    toml::from_str::<toml::Table>(&manifest).is_ok_and(|manifest| manifest.contains_key("workspace"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_may_have_the_builds_of_the_catalogue_too() {
        let folder = tempfile::tempdir().unwrap();
        let core = folder.path().join("sqlite-builds/core");
        std::fs::create_dir_all(&core).unwrap();
        let (_, own) = catalogue::manifests().find(|(name, _)| *name == "3.13.0-rusqlite").unwrap();
        std::fs::write(core.join("3.13.0-rusqlite.yaml"), own.text()).unwrap();
        let builds = |project| crate::builds::BuildSet::load(&project).unwrap();
        let alone = builds(Project::at(folder.path()));
        let all = builds(Project::at(folder.path()).with_builds_of_catalogue());
        assert_eq!(alone.iter().count(), 1);
        assert_eq!(all.iter().count(), catalogue::manifests().count());
        assert_eq!(all.iter().filter(|build| build.is_usual(true)).count(), 1);
    }

    #[test]
    fn products_go_where_cargo_puts_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let member = folder.path().join("member");
        std::fs::create_dir_all(&member).unwrap();
        assert!(!is_workspace(folder.path()));
        std::fs::write(folder.path().join("Cargo.toml"), "[workspace]\nmembers = [\"member\"]\n").unwrap();
        std::fs::write(member.join("Cargo.toml"), "[package]\nname = \"member\"\n").unwrap();
        if std::env::var_os("CARGO_TARGET_DIR").is_none() {
            assert_eq!(Project::at(&member).target(), folder.path().join("target"));
        }
        assert!(is_workspace(folder.path()) && !is_workspace(&member));
    }
}
