//! What is between two builds: versions, and the profiles and builds that causes can name.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use semver::Version;

use crate::contract::cause::Key;
use crate::record::lineage::Lineage;

/// The properties of a build that the rule needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traits<'a> {
    /// Its SQLite version; `None` for a library that differs from machine to machine.
    pub version: Option<&'a Version>,
    /// The name of its profile.
    pub profile: &'a str,
}

/// The builds of a project as causes see them.
#[derive(Debug, Clone)]
pub struct Family<'a> {
    /// Which build is compared with which.
    pub lineage: &'a Lineage,
    /// The properties of each build.
    pub builds: BTreeMap<&'a str, Traits<'a>>,
    /// Every profile, including one that no build uses.
    pub profiles: Vec<&'a str>,
}

/// What is between two builds, whichever of them is older.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The lower version, exclusive, and the upper one, inclusive.
    versions: Option<(Version, Version)>,
    profiles: BTreeSet<String>,
    builds: BTreeSet<String>,
}

impl Span {
    /// What is between two builds. The path between them goes up the lineage to their nearest common ancestor, and
    /// down again: a build on it may be named, and its profile where that differs from its parent's. Where both ends
    /// have the same profile, profiles explain nothing.
    pub fn between(family: &Family, from: &str, to: &str) -> Self {
        let version = |build: &str| family.builds.get(build)?.version.cloned();
        let profile = |build: &str| family.builds.get(build).map(|traits| traits.profile);
        let way = way(family.lineage, from, to);
        let is_other_profile = |build: &&&str| {
            profile(from) != profile(to) && profile(build) != family.lineage.parent(build).and_then(profile)
        };
        let profiles = way.iter().filter(is_other_profile).filter_map(|build| profile(build));
        Self {
            versions: version(from).zip(version(to)).map(|(a, b)| if a <= b { (a, b) } else { (b, a) }),
            profiles: profiles.map(str::to_owned).collect(),
            builds: way.iter().map(|build| (*build).to_owned()).collect(),
        }
    }

    /// Whether a cause with this key explains a difference between the two builds.
    pub fn covers(&self, key: &Key) -> bool {
        match key {
            Key::Version(version) => {
                self.versions.as_ref().is_some_and(|(low, high)| low < version && version <= high)
            }
            Key::Name(name) => self.profiles.contains(name) || self.builds.contains(name),
        }
    }
}

/// The builds on the path between two, without their nearest common ancestor.
fn way<'a>(lineage: &'a Lineage, from: &'a str, to: &'a str) -> Vec<&'a str> {
    let up = |build: &'a str| std::iter::once(build).chain(lineage.ancestors(build));
    let others = |build: &'a str, other: &'a str| {
        let above: BTreeSet<&str> = up(other).collect();
        up(build).take_while(|build| !above.contains(build)).collect::<Vec<_>>()
    };
    [others(from, to), others(to, from)].concat()
}

/// The keys that it covers, for people.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let versions = match &self.versions {
            Some((low, high)) if low < high => Some(format!("a version after {low}, up to {high}")),
            _ => None,
        };
        let names = self.profiles.iter().chain(&self.builds).map(|name| format!("`{name}`"));
        f.write_str(&versions.into_iter().chain(names).collect::<Vec<_>>().join(", or "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `<version>-<profile>` builds and their parents: a ladder of `plain`, and leaves with other profiles.
    const BUILDS: [(&str, &str); 9] = [
        ("3.1.0-plain", ""),
        ("3.2.0-plain", "3.1.0-plain"),
        ("3.4.0-plain", "3.2.0-plain"),
        ("3.5.0-plain", "3.4.0-plain"),
        ("3.4.0-math", "3.4.0-plain"),
        ("3.5.0-math", "3.5.0-plain"),
        ("3.5.0-small", "3.5.0-plain"),
        ("3.5.0-smaller", "3.5.0-small"),
        ("3.3.0-fork", "3.2.0-plain"),
    ];

    fn covered(from: &str, to: &str, keys: &[&str]) -> String {
        let parent = |parent: &str| (!parent.is_empty()).then(|| parent.to_owned());
        let pairs = BUILDS.iter().map(|(build, above)| ((*build).to_owned(), parent(above)));
        let lineage = Lineage::new(pairs).unwrap();
        let versions: Vec<(Version, &str)> = BUILDS
            .iter()
            .map(|(build, _)| build.split_once('-').unwrap())
            .map(|(version, profile)| (version.parse().unwrap(), profile))
            .collect();
        let traits = versions.iter().map(|(version, profile)| Traits { version: Some(version), profile });
        let builds = BUILDS.iter().map(|(build, _)| *build).zip(traits).collect();
        let family = Family { lineage: &lineage, builds, profiles: Vec::new() };
        let span = Span::between(&family, from, to);
        let is_covered = |key: &&&str| span.covers(&Key::parse(key).unwrap());
        keys.iter().filter(is_covered).copied().collect::<Vec<_>>().join(" ")
    }

    const KEYS: [&str; 9] =
        ["3.2.0", "3.3.0", "3.3.1", "3.4.0", "3.5.0", "plain", "small", "smaller", "3.5.0-small"];

    #[test]
    fn between_versions_each_change_of_sqlite_counts_also_where_it_has_no_build() {
        assert_eq!(covered("3.2.0-plain", "3.4.0-plain", &KEYS), "3.3.0 3.3.1 3.4.0");
        assert_eq!(covered("3.4.0-plain", "3.2.0-plain", &KEYS), "3.3.0 3.3.1 3.4.0");
        assert_eq!(covered("3.2.0-plain", "3.4.0-plain", &["3.4.0-plain", "3.2.0-plain"]), "3.4.0-plain");
        assert_eq!(covered("3.1.0-plain", "3.5.0-plain", &["3.4.0-plain", "3.4.0-math"]), "3.4.0-plain");
    }

    #[test]
    fn of_one_version_the_profile_or_the_build_is_the_cause() {
        assert_eq!(covered("3.5.0-plain", "3.5.0-small", &KEYS), "small 3.5.0-small");
        assert_eq!(covered("3.5.0-small", "3.5.0-smaller", &KEYS), "smaller");
        assert_eq!(covered("3.5.0-plain", "3.5.0-smaller", &KEYS), "small smaller 3.5.0-small");
        assert_eq!(covered("3.5.0-math", "3.5.0-small", &["math", "small", "plain"]), "math small");
    }

    #[test]
    fn version_and_profile_may_differ_both() {
        let keys = ["3.2.0", "3.2.1", "3.3.0", "3.4.0", "fork", "plain"];
        assert_eq!(covered("3.2.0-plain", "3.3.0-fork", &keys), "3.2.1 3.3.0 fork");
        assert_eq!(covered("3.3.0-fork", "3.4.0-plain", &keys), "3.4.0 fork");
    }

    #[test]
    fn what_both_ends_have_in_common_explains_nothing() {
        assert_eq!(covered("3.4.0-math", "3.5.0-math", &["3.4.0", "3.5.0", "math"]), "3.5.0");
        assert_eq!(covered("3.5.0-small", "3.5.0-small", &KEYS), "");
    }
}
