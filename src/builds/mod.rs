//! Builds: a version compiled with a profile, each described by a manifest in `sqlite-builds/`.

mod batch;
mod build;
pub mod cargo_lock;
pub mod chronology;
mod compile;
mod driven;
mod error;
mod exports;
mod headers;
mod identity;
mod key;
mod make;
mod manifest;
mod mutant;
mod needs;
mod other;
mod patch;
mod platform;
mod product;
mod profile;
mod release;
pub mod schema;
mod source;
mod store;
mod suggestion;
mod variation;
mod write;

use std::collections::BTreeMap;
use std::path::Path;

use globset::Glob;
use semver::Version;

pub use batch::{Batch, BatchProgress, Outcome};
pub use build::{Build, Tier};
pub use compile::Compiler;
pub use error::BuildError;
pub use exports::exports;
use manifest::Manifest;
pub use mutant::{Mutant, Mutants, Mutated, Mutation};
pub use needs::Needs;
pub use patch::Replacement;
pub use product::{BuildInfo, Flaw, Product};
use profile::ProfileFile;
pub(crate) use profile::name_of;
pub use profile::{Profile, Profiles};
pub use release::{Bundled, bundled};
pub use source::{CheckIn, Checkout, Code, Fetched, LibrarySource, Origin, Source};
pub(crate) use source::{npm_package, pypi_package};
pub use store::{Event, Progress, State, Store};
pub use write::{Draft, NewBuild, NewSource};

use crate::contract::Contract;
use crate::diagnostic::{Diagnostic, Diagnostics, SourceText};
use crate::project::Project;
use crate::record::causes::{Causes, Family, Traits};
use crate::record::lineage::{Lineage, LineageError};
use crate::record::snapshots::ContractSnapshots;

/// All builds of a project and their lineage.
#[derive(Debug, Clone)]
pub struct BuildSet {
    builds: Vec<Build>,
    of_drivers: Vec<Build>,
    profiles: Profiles,
    lineage: Lineage,
}

impl BuildSet {
    /// Reads every manifest and profile of the project.
    ///
    /// # Errors
    /// Every mistake in them, all at once.
    pub fn load(project: &Project) -> Result<Self, Diagnostics> {
        let mut mistakes = Diagnostics::new();
        let folder = project.builds();
        let mut files = read_all(project, &folder.join("profiles"), &mut mistakes, ProfileFile::parse);
        let exists = |name: &str| folder.join("profiles").join(format!("{name}.yaml")).is_file();
        files.extend(profile::brought_along(exists)?);
        let (profiles, found) = Profiles::resolve(&files, exists);
        mistakes.extend(found);
        let mut builds = Vec::new();
        for tier in Tier::ALL {
            let mut manifests =
                read_all(project, &folder.join(tier.as_str()), &mut mistakes, Manifest::parse);
            if tier == Tier::Unrecorded {
                let found = project.found_builds().map(|(name, text)| Manifest::parse(name, text));
                manifests.extend(found.collect::<Result<Vec<_>, _>>()?);
            }
            for manifest in manifests {
                match profiles.get(&manifest.profile.word) {
                    Some(_) if let Some(mistake) = manifest.name_mistake() => mistakes.push(mistake),
                    Some(profile) => {
                        let profile = profile.clone();
                        builds.push(Build { profile, manifest, tier, mutated: None, driven: None })
                    }
                    // The profile's own mistake has been reported already.
                    None if exists(&manifest.profile.word) => {}
                    None => mistakes.push(profile_mistake(&manifest, &profiles)),
                }
            }
        }
        let of_drivers = driven::load(project, &builds, &mut mistakes);
        // Without the builds that have mistakes, the parents of their children would seem to be missing.
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        check_names_are_unique(&builds)?;
        let lineage = lineage_of(&builds, &of_drivers)?;
        builds.sort_by_cached_key(|build| sort_key(build, &lineage));
        Ok(Self { builds, of_drivers, profiles, lineage })
    }

    /// The build of this name.
    pub fn get(&self, name: &str) -> Option<&Build> {
        self.all().find(|build| build.name() == name)
    }

    /// Every build by version, parents before their children; libraries without a version come last.
    pub fn iter(&self) -> impl Iterator<Item = &Build> {
        self.builds.iter()
    }

    /// The builds of drivers' versions, which [`Self::iter`] passes over: they are other programs on the same libraries.
    pub fn of_drivers(&self) -> impl Iterator<Item = &Build> {
        self.of_drivers.iter()
    }

    /// Every build, those of drivers' versions last.
    pub fn all(&self) -> impl Iterator<Item = &Build> {
        self.builds.iter().chain(&self.of_drivers)
    }

    /// Which build is compared with which.
    pub fn lineage(&self) -> &Lineage {
        &self.lineage
    }

    /// The versions, profiles and builds that causes can name.
    pub fn family(&self) -> Family<'_> {
        let traits = self.all().map(|build| Traits { version: build.version(), profile: build.kind() });
        Family {
            lineage: &self.lineage,
            builds: self.all().map(Build::name).zip(traits).collect(),
            profiles: self.profiles.names().chain(self.of_drivers().map(Build::kind)).collect(),
        }
    }

    /// The causes of a contract, with what is on record of it.
    pub fn causes<'a>(&'a self, contract: &'a Contract, snapshots: &ContractSnapshots) -> Causes<'a> {
        Causes::new(contract, self.family(), snapshots)
    }

    /// The flag sets.
    pub fn profiles(&self) -> &Profiles {
        &self.profiles
    }

    /// Every version of a profile, oldest first. Empty when the profile does not exist or has only libraries.
    pub fn ladder(&self, profile: &str) -> Vec<&Build> {
        let is_rung = |build: &&Build| build.profile().name == profile && build.version().is_some();
        self.iter().filter(is_rung).collect()
    }

    /// The builds that match any of the globs, in the order of [`Self::all`]. Those of drivers' versions match where a glob
    /// has their `+`.
    ///
    /// # Errors
    /// A glob that is malformed or matches nothing, with the nearest name.
    pub fn select(&self, globs: &[impl AsRef<str>]) -> Result<Vec<&Build>, Diagnostics> {
        let mut mistakes = Diagnostics::new();
        let mut chosen = vec![false; self.all().count()];
        for glob in globs.iter().map(AsRef::as_ref) {
            match self.matching(glob) {
                Ok(found) => found.into_iter().for_each(|index| chosen[index] = true),
                Err(mistake) => mistakes.push(mistake),
            }
        }
        let selected = self.all().zip(chosen).filter_map(|(build, chosen)| chosen.then_some(build));
        mistakes.into_result(selected.collect())
    }

    fn matching(&self, glob: &str) -> Result<Vec<usize>, Diagnostic> {
        let source = SourceText::new("GLOB", glob);
        let matcher = Glob::new(glob)
            .map_err(|error| Diagnostic::new(&source, 0..glob.len(), error.kind().to_string()))?
            .compile_matcher();
        let is_meant =
            |build: &Build| matcher.is_match(build.name()) && (build.driven.is_none() || glob.contains('+'));
        let found: Vec<usize> =
            self.all().enumerate().filter(|(_, build)| is_meant(build)).map(|(index, _)| index).collect();
        if found.is_empty() {
            return Err(self.no_match(&source, glob));
        }
        Ok(found)
    }

    fn no_match(&self, source: &SourceText, glob: &str) -> Diagnostic {
        let mistake = Diagnostic::new(source, 0..glob.len(), format!("no build matches `{glob}`"));
        let mistake = self.suggestion(glob).into_iter().fold(mistake, Diagnostic::help);
        let list = crate::project::command_name::command("build --list");
        mistake.help(format!("`{list}` lists every build; `*` matches any part of a name"))
    }
}

/// Every `*.yaml` of a folder, in alphabetical order. A missing folder counts as empty.
fn read_all<T>(
    project: &Project,
    folder: &Path,
    mistakes: &mut Diagnostics,
    parse: impl Fn(&str, &SourceText) -> Result<T, Diagnostics>,
) -> Vec<T> {
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    paths.sort();
    let mut parsed = Vec::new();
    for path in paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let text = SourceText::read(&path, &project.shown(&path)).map_err(Diagnostics::from);
        match text.and_then(|text| parse(&name, &text)) {
            Ok(value) => parsed.push(value),
            Err(found) => mistakes.extend(found),
        }
    }
    parsed
}

fn profile_mistake(manifest: &Manifest, profiles: &Profiles) -> Diagnostic {
    profile::unknown(&manifest.text, manifest.profile.span.clone(), &manifest.profile.word, profiles)
}

fn check_names_are_unique(builds: &[Build]) -> Result<(), Diagnostics> {
    let mut seen: BTreeMap<&str, &Build> = BTreeMap::new();
    let mut mistakes = Diagnostics::new();
    for build in builds {
        if let Some(first) = seen.insert(build.name(), build) {
            let message = format!("the build `{}` exists twice", build.name());
            let help = format!("the other one is {}; delete one of them", first.manifest_path());
            mistakes.push(Diagnostic::new(&build.manifest.text, 0..0, message).help(help));
        }
    }
    mistakes.into_result(())
}

fn lineage_of(builds: &[Build], of_drivers: &[Build]) -> Result<Lineage, Diagnostics> {
    let all: Vec<&Build> = builds.iter().chain(of_drivers).collect();
    let pairs = all.iter().map(|build| (build.name().to_owned(), build.parent().map(str::to_owned)));
    let is_off_record = |build: &&Build| !build.source().is_pinned() || build.tier() == Tier::Unrecorded;
    let off_record = builds.iter().filter(is_off_record).map(|build| build.name().to_owned());
    let older = builds.iter().map(|build| (build.name().to_owned(), older_of_profile(builds, build)));
    Lineage::new(pairs).map(|lineage| lineage.with_older(older).off_record(off_record)).map_err(|errors| {
        let mut mistakes = Diagnostics::new();
        errors.iter().filter_map(|error| lineage_mistake(&all, error)).for_each(|m| mistakes.push(m));
        mistakes
    })
}

/// The recorded builds of the same profile with lower versions, the highest first.
fn older_of_profile(builds: &[Build], of: &Build) -> Vec<String> {
    let is_older = |build: &&Build| {
        build.tier() != Tier::Unrecorded
            && build.profile().name == of.profile().name
            && build.version() < of.version()
            && build.version().is_some()
    };
    let mut older: Vec<&Build> = builds.iter().filter(is_older).collect();
    older.sort_by_key(|build| std::cmp::Reverse(build.version()));
    older.into_iter().map(|build| build.name().to_owned()).collect()
}

/// A mistake of the lineage, at the `parent:` that causes it.
fn lineage_mistake(builds: &[&Build], error: &LineageError) -> Option<Diagnostic> {
    let at = |name: &String, message: String| {
        let manifest = &builds.iter().find(|build| build.name() == name)?.manifest;
        Some(Diagnostic::new(&manifest.text, manifest.parent.as_ref()?.span.clone(), message))
    };
    match error {
        LineageError::MissingParent { build, parent } => {
            let known = builds.iter().map(|build| build.name());
            Some(at(build, format!("there is no build `{parent}`"))?.suggest(parent, known))
        }
        LineageError::Cycle { builds: cycle } => {
            let first = cycle.first()?;
            let message = format!("this build is its own ancestor: {} -> {first}", cycle.join(" -> "));
            Some(
                at(first, message)?
                    .help("a build's parent is an older version, or the same with fewer flags"),
            )
        }
    }
}

/// By version, then down the lineage, then by name.
fn sort_key(build: &Build, lineage: &Lineage) -> (bool, Option<Version>, usize, String) {
    let version = build.version().cloned();
    (version.is_none(), version, lineage.depth(build.name()), build.name().to_owned())
}
