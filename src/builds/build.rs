//! A build: a version compiled with a profile.

use semver::Version;

use super::driven::Driven;
use super::manifest::Manifest;
use super::mutant::Mutated;
use super::profile::Profile;
use super::source::Source;
use crate::contract::DriverVersion;

/// Which part of the matrix a build belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// `sqlite-builds/core/`: what everyone runs.
    Core,
    /// `sqlite-builds/extended/`: the whole ladder and all profiles.
    Extended,
    /// `sqlite-builds/unrecorded/`: for questions. They are in the matrix only when they are named, and nothing of them is
    /// recorded.
    Unrecorded,
}

impl Tier {
    /// All of them, core first.
    pub const ALL: [Self; 3] = [Self::Core, Self::Extended, Self::Unrecorded];

    /// The name of its folder.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Extended => "extended",
            Self::Unrecorded => "unrecorded",
        }
    }
}

/// A version compiled with a profile.
#[derive(Debug, Clone)]
pub struct Build {
    pub(super) manifest: Manifest,
    pub(super) profile: Profile,
    pub(super) tier: Tier,
    pub(super) mutated: Option<Box<Mutated>>,
    pub(super) driven: Option<Box<Driven>>,
}

impl Build {
    /// `3.46.0-rusqlite`: the stem of the manifest's file.
    pub fn name(&self) -> &str {
        &self.manifest.name
    }

    /// The SQLite version; `None` for a library that differs from machine to machine
    /// ([`super::BuildInfo::version`] has it once the library has been loaded).
    pub fn version(&self) -> Option<&Version> {
        self.manifest.version.as_ref()
    }

    /// The flags it is compiled with.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Core, extended or unrecorded.
    pub fn tier(&self) -> Tier {
        self.tier
    }

    /// Whether a run takes it that names no build: the core builds, or with `all` the extended ones too.
    pub fn is_usual(&self, all: bool) -> bool {
        match self.tier {
            Tier::Core => true,
            Tier::Extended => all,
            Tier::Unrecorded => false,
        }
    }

    /// The build that it is compared with; `None` for a root.
    pub fn parent(&self) -> Option<&str> {
        self.manifest.parent.as_ref().map(|parent| parent.word.as_str())
    }

    /// Where it comes from.
    pub fn source(&self) -> &Source {
        &self.manifest.source
    }

    /// The real build and the fault of a mutant; `None` for a real build.
    pub fn mutated(&self) -> Option<&Mutated> {
        self.mutated.as_deref()
    }

    /// The version of a driver that it is one of: cases of that driver run on it, and no others.
    pub fn driver(&self) -> Option<&DriverVersion> {
        self.driven.as_ref().map(|driven| &driven.driver)
    }

    /// The build whose product it has: itself, or that which a driver's version is tried on.
    pub fn compiled(&self) -> &str {
        self.driven.as_ref().map_or(self.name(), |driven| &driven.of)
    }

    /// What a cause may name beside its version: its profile, or the version of a driver that it is one of.
    pub(super) fn kind(&self) -> &str {
        self.driven.as_ref().map_or(&self.profile.name, |driven| &driven.kind)
    }

    /// What a reader should know, such as why it cannot load somewhere.
    pub fn note(&self) -> Option<&str> {
        self.manifest.note.as_deref()
    }

    /// The manifest's path as reports show it.
    pub fn manifest_path(&self) -> &str {
        self.manifest.text.path()
    }
}
