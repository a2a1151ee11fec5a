//! Which drivers the words of `--driver` mean: the same words for every command that has it.

use std::str::FromStr;

use anyhow::Result;
use sqlite_contracts::builds::BuildSet;
use sqlite_contracts::contract::{Driver, DriverVersion};

use super::exit::Usage;
use super::selection::select;

/// The drivers that words mean, each once, in the order of the words: `go` is what this machine has, `go@1.14.16` a version,
/// and a glob such as `go@*` every version that a build is of, and the one that the record was made with.
///
/// # Errors
/// A word that means none, with what it may mean.
pub(crate) fn meant(builds: &BuildSet, words: &[String]) -> Result<Vec<DriverVersion>> {
    let mut meant: Vec<DriverVersion> = Vec::new();
    for word in words {
        let drivers = match word.contains(['*', '?', '[', '{']) {
            true => of_glob(&versions(builds), word)?,
            false => vec![read(word)?],
        };
        let new: Vec<DriverVersion> = drivers.into_iter().filter(|driver| !meant.contains(driver)).collect();
        meant.extend(new);
    }
    Ok(meant)
}

fn read(word: &str) -> Result<DriverVersion> {
    Ok(DriverVersion::from_str(word).map_err(Usage)?)
}

fn of_glob(versions: &[DriverVersion], glob: &str) -> Result<Vec<DriverVersion>> {
    let names: Vec<String> = versions.iter().map(ToString::to_string).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    select("version of a driver", &[glob.to_owned()], &names)?.into_iter().map(read).collect()
}

/// Every version that a build is of, and those that the record was made with.
fn versions(builds: &BuildSet) -> Vec<DriverVersion> {
    let mut versions: Vec<DriverVersion> =
        builds.of_drivers().filter_map(|it| it.driver().cloned()).collect();
    for driver in Driver::OF_LANGUAGES {
        let has_builds = versions.iter().any(|version| version.driver == *driver);
        let on_record = driver.on_record().filter(|_| has_builds);
        versions.extend(on_record.map(|version| DriverVersion::new(*driver, Some(version.to_owned()))));
    }
    versions.sort();
    versions.dedup();
    versions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &[&str]) -> Result<Vec<String>> {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let builds = BuildSet::load(&sqlite_contracts::project::Project::at(root))?;
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        Ok(meant(&builds, &words)?.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn names_versions_and_globs_mean_drivers() {
        assert_eq!(of(&["node", "go@1.14.7", "node"]).unwrap(), ["node", "go@1.14.7"]);
        let versions = of(&["go@*"]).unwrap();
        assert!(versions.contains(&"go@1.14.16".to_owned()) && versions.contains(&"go@1.14.7".to_owned()));
        assert!(versions.iter().all(|version| version.starts_with("go@")), "{versions:?}");
    }

    #[test]
    fn a_word_that_means_no_driver_names_what_is_near() {
        let said = of(&["GO"]).unwrap_err().to_string();
        assert!(said.starts_with("there is no driver `GO`; did you mean `go`?"), "{said}");
        assert!(of(&["perl@*"]).unwrap_err().is::<Usage>());
    }
}
