//! Which of the known names globs mean, and which tests stand for the cells of a selection.

use anyhow::Result;
use globset::{Glob, GlobMatcher};
use sqlite_contracts::diagnostic::nearest;

use crate::support::exit::Usage;

/// The names that any of the globs matches. A glob that matches none is a mistake.
pub fn select<'a>(what: &str, globs: &[String], names: &[&'a str]) -> Result<Vec<&'a str>> {
    let matchers = globs.iter().map(|glob| matcher(glob)).collect::<Result<Vec<GlobMatcher>>>()?;
    for (glob, matcher) in globs.iter().zip(&matchers) {
        if !names.iter().any(|name| matcher.is_match(name)) {
            return Err(no_match(what, glob, names).into());
        }
    }
    let is_meant = |name: &&str| matchers.iter().any(|matcher| matcher.is_match(name));
    Ok(names.iter().copied().filter(is_meant).collect())
}

fn matcher(glob: &str) -> Result<GlobMatcher> {
    let glob = Glob::new(glob).map_err(|error| Usage(format!("{error}")))?;
    Ok(glob.compile_matcher())
}

fn no_match(what: &str, glob: &str, names: &[&str]) -> Usage {
    Usage(match nearest(glob, names) {
        Some(near) => format!("no {what} matches `{glob}`; did you mean `{near}`?"),
        None if names.is_empty() => format!("there is no {what}"),
        None => format!("no {what} matches `{glob}`; there are {}", listed(names)),
    })
}

fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 8;
    let shown = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// The cell of a test such as `core::contract_03_precision_round_yaml::build_12_3_46_0_rusqlite_yaml`, both
/// parts as rstest writes file names: as identifiers, cut after 64 characters. The numbers before them shift
/// when files are added, so only the names are looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TestCell {
    contract: String,
    build: String,
}

impl TestCell {
    /// The cell of a test, unless it is no test of the matrix.
    pub fn of_test(name: &str) -> Option<Self> {
        let mut parts = name.rsplit("::");
        let build = unnumbered(parts.next()?, "build_")?.to_owned();
        let contract = unnumbered(parts.next()?, "contract_")?.to_owned();
        Some(Self { contract, build })
    }

    /// The cell of a contract and a build.
    pub fn of(contract: &str, build: &str) -> Self {
        let identifier = |name: &str| identifier(&format!("{name}.yaml"));
        Self { contract: identifier(contract), build: identifier(build) }
    }
}

fn unnumbered<'a>(part: &'a str, prefix: &str) -> Option<&'a str> {
    Some(part.strip_prefix(prefix)?.split_once('_')?.1)
}

/// A path as rstest writes it in a test's name.
fn identifier(path: &str) -> String {
    path.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_select_and_an_empty_one_is_a_mistake() {
        let names = ["3.42.0-rusqlite", "3.43.0-rusqlite", "3.43.0-debian"];
        let select = |glob: &str| select("build", &[glob.to_owned()], &names);
        assert_eq!(select("3.43.*").unwrap(), ["3.43.0-rusqlite", "3.43.0-debian"]);
        let error = select("3.43.0-debain").unwrap_err().to_string();
        assert_eq!(error, "no build matches `3.43.0-debain`; did you mean `3.43.0-debian`?");
        assert!(select("nothing-like-it").unwrap_err().to_string().contains("there are 3.42.0-rusqlite, "));
    }

    #[test]
    fn a_test_is_known_by_its_files() {
        let name = "core::contract_03_precision_round_half_yaml::build_12_3_46_0_rusqlite_yaml";
        let cell = TestCell::of_test(name).unwrap();
        assert_eq!(cell, TestCell::of("precision/round-half", "3.46.0-rusqlite"));
        assert_ne!(cell, TestCell::of("precision/round", "3.46.0-rusqlite"));
        assert_eq!(TestCell::of_test("other::test"), None);
    }
}
