//! Which builds a word may have meant that is the name of none.

use semver::Version;

use super::chronology::Release;
use super::{Build, BuildSet};
use crate::diagnostic::suggestion;

impl BuildSet {
    /// A suggestion where a word names no build. For a version these are the builds of that version, or, where it has
    /// none, those of the versions around it.
    pub fn suggestion(&self, word: &str) -> Option<String> {
        let (version, profile) = word.split_once('-').unwrap_or((word, ""));
        match Version::parse(version).or_else(|_| Version::parse(&format!("{version}.0"))) {
            Ok(version) => self.near_version(&version, profile),
            Err(_) => suggestion(word, &self.iter().map(Build::name).collect::<Vec<_>>()),
        }
    }

    fn near_version(&self, version: &Version, profile: &str) -> Option<String> {
        let is_of_version = |build: &&Build| build.version() == Some(version);
        let same: Vec<&str> = self.iter().filter(is_of_version).map(Build::name).collect();
        if !same.is_empty() {
            return if profile.is_empty() {
                Some(format!("builds of {version}: {}", first(&same)))
            } else {
                suggestion(&format!("{version}-{profile}"), &same)
            };
        }
        let ladder = match self.ladder(profile) {
            unknown if unknown.is_empty() => self.ladder(&self.iter().next()?.profile().name),
            known => known,
        };
        let after = ladder.partition_point(|build| build.version().is_some_and(|it| it < version));
        let around = [after.checked_sub(1), Some(after)].into_iter().flatten();
        let around: Vec<String> =
            around.filter_map(|at| Some(format!("`{}`", ladder.get(at)?.name()))).collect();
        let lack = match Release::of(version) {
            Some(_) => format!("{version} has no build"),
            None => format!("no release {version} of SQLite is known"),
        };
        let are = if around.len() == 1 { "build is" } else { "builds are" };
        Some(format!("{lack}; the nearest {are} {}", around.join(" and ")))
    }
}

/// The first names of a list, the one from which the others descend before them.
fn first(names: &[&str]) -> String {
    const SHOWN: usize = 3;
    let quoted: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => quoted.join(", "),
        more => format!("{} and {more} more", quoted.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Project;

    #[test]
    fn a_version_leads_to_its_builds_or_to_those_around_it() {
        let builds = BuildSet::load(&Project::at(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let suggestion = |word| builds.suggestion(word).unwrap();
        assert_eq!(suggestion("3.43.1"), "builds of 3.43.1: `3.43.1-rusqlite`");
        assert_eq!(suggestion("3.54.1-debain"), "did you mean `3.54.1-debian`?");
        let around = "the nearest builds are `3.22.0-rusqlite` and `3.24.0-rusqlite`";
        assert_eq!(suggestion("3.23.0-rusqlite"), format!("3.23.0 has no build; {around}"));
        let unknown = suggestion("3.43.9-rusqlite");
        assert!(unknown.starts_with("no release 3.43.9 of SQLite is known; the nearest builds"), "{unknown}");
        assert!(suggestion("3.54.1").starts_with("builds of 3.54.1: `3.54.1-rusqlite`, "));
        assert!(suggestion("3.54.1").ends_with(" more"));
        let newer = suggestion("9.0.0-rusqlite");
        assert!(newer.contains("; the nearest build is `"), "{newer}");
        assert_eq!(suggestion("sistem"), "did you mean `system`?");
    }
}
