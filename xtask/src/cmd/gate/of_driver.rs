//! Ends of a gate that are versions of a driver, `go@1.14.16`: which two can be compared, and what they are called.

use anyhow::{Result, bail, ensure};
use sqlite_contracts::builds::Build;
use sqlite_contracts::contract::DriverVersion;
use sqlite_contracts::engine::Engine;

use crate::support::exit::Usage;

/// An end of a gate: the build, and the version of a driver that was asked for, by its own name or by that of its build.
pub(super) struct End<'a> {
    build: &'a Build,
    driver: Option<DriverVersion>,
}

impl<'a> End<'a> {
    /// The end of a word that means a build. A driver without a version, `go`, is what this machine has.
    pub(super) fn new(build: &'a Build, word: Option<&str>) -> Self {
        let asked = word.and_then(|word| word.parse().ok());
        let asked = asked
            .filter(|driver: &DriverVersion| driver.version.is_some() || driver.driver.is_of_a_language());
        Self { build, driver: asked.or_else(|| build.driver().cloned()) }
    }

    /// What people asked for: `go@1.14.16 on 3.54.1-rusqlite`, or the name of the build.
    pub(super) fn name(&self) -> String {
        match &self.driver {
            Some(driver) => format!("{driver} on {}", self.build.compiled()),
            None => self.build.name().to_owned(),
        }
    }
}

/// Refuses two drivers and two names of one build, of which nothing can be compared, and a version that this machine does not
/// have.
pub(super) fn check(ends: [&End; 2], engine: &Engine) -> Result<()> {
    if let Some(mistake) = two_drivers(ends).or_else(|| one_build(ends)) {
        bail!(mistake);
    }
    ends.into_iter().try_for_each(|end| own_version(end, engine))
}

fn two_drivers(ends: [&End; 2]) -> Option<Usage> {
    let [Some(from), Some(to)] = ends.map(|end| end.driver.as_ref()) else { return None };
    let said =
        "are two drivers: a case is one driver's, so that nothing can be compared. Name two versions of one";
    (from.driver != to.driver).then(|| Usage(format!("`{from}` and `{to}` {said}")))
}

/// A version without a build of its own stands for what its build runs with on this machine.
fn one_build([from, to]: [&End; 2]) -> Option<Usage> {
    let is_one = from.build.name() == to.build.name() && from.name() != to.name();
    let said = "are one build, with the driver that this machine has: nothing can be compared";
    is_one.then(|| Usage(format!("`{}` and `{}` {said}", from.name(), to.name())))
}

/// A version without a build of its own is the machine's own driver, which may be another one.
fn own_version(end: &End, engine: &Engine) -> Result<()> {
    let Some(driver) = end.driver.as_ref().filter(|_| end.build.driver().is_none()) else { return Ok(()) };
    let has = engine.describe(&driver.driver.into());
    let has = has.map_err(|why| anyhow::anyhow!("`{driver}` cannot be compared: {why}"))?;
    let Some(version) = driver.version.as_deref() else { return Ok(()) };
    ensure!(
        names_version(&has, version),
        "`{driver}` stands for this machine's own driver, which is another one: {has}. Install {version}, or name a build of a \
         version"
    );
    Ok(())
}

/// Whether a description has this version: `Python 3.11.2` has 3.11.
fn names_version(description: &str, version: &str) -> bool {
    let is_it =
        |word: &str| word.strip_prefix(version).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    description.split([' ', ',']).any(is_it)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlite_contracts::builds::BuildSet;
    use sqlite_contracts::project::Project;

    #[test]
    fn an_end_is_called_as_it_was_asked_for_and_two_drivers_are_refused() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let builds = BuildSet::load(&Project::at(root)).unwrap();
        let build = |word: &'static str| {
            builds.called(word).or_else(|| super::super::ends::own_driver(&builds, word)).unwrap()
        };
        let end = |word: &'static str| End::new(build(word), Some(word));
        for (word, name) in [
            ("3.54.1-rusqlite", "3.54.1-rusqlite"),
            ("go@1.14.16", "go@1.14.16 on 3.54.1-rusqlite"),
            ("node", "node on 3.54.1-rusqlite"),
            ("go@1.14.30", "go@1.14.30 on 3.54.1-rusqlite"),
            ("3.54.1-rusqlite+go-1.14.30", "go@1.14.30 on 3.54.1-rusqlite"),
        ] {
            assert_eq!(end(word).name(), name);
        }
        let refused = |from, to| two_drivers([&end(from), &end(to)]).is_some();
        assert!(refused("go@1.14.7", "node@12.0.0") && refused("go@1.14.16", "node@12.11.1"));
        let is_one = |from, to| one_build([&end(from), &end(to)]).is_some();
        assert!(is_one("go@1.14.16", "3.54.1-rusqlite") && is_one("3.54.1-rusqlite", "go@1.14.16"));
        assert!(refused("go@1.14.7", "node") && is_one("go@1.14.16", "go") && !is_one("node@9.6.0", "node"));
        assert!(!is_one("go@1.14.16", "go@1.14.30") && !is_one("3.54.1-rusqlite", "3.54.1-rusqlite"));
        assert!(!refused("go@1.14.16", "go@1.14.30") && !refused("3.54.1-rusqlite", "go@1.14.30"));
    }

    #[test]
    fn a_description_has_a_version_or_another_one() {
        let go = "go1.19.8, mattn/go-sqlite3 1.14.16";
        assert!(names_version(go, "1.14.16") && !names_version(go, "1.14.1"));
        assert!(names_version("Python 3.11.2", "3.11") && !names_version("Python 3.11.2", "3.1"));
        assert!(!names_version("go1.19.8, mattn/go-sqlite3 of /home/me/go", "1.14.16"));
    }
}
