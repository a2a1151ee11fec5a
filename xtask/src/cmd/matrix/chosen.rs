//! Which contracts and builds the words of the command mean.

use anyhow::{Result, bail};
use sqlite_contracts::builds::{Build, BuildSet};
use sqlite_contracts::contract::Contract;
use sqlite_contracts::languages;
use sqlite_contracts::project::Project;
use sqlite_contracts::subject::Subject;

use super::Args;
use crate::support::cells::Cells;
use crate::support::drivers;
use crate::support::exit::Usage;
use crate::support::selection::{is_contract, select, whole_area, whole_areas};

/// What the arguments select, by kind.
pub(super) struct Words {
    pub(super) contracts: Vec<String>,
    pub(super) builds: Vec<String>,
}

impl Words {
    /// A contract has an area in its name, and a build has not.
    pub(super) fn sorted(project: &Project, arguments: &Args) -> Self {
        let Args { words, contract, build, .. } = arguments;
        let (contracts, builds): (Vec<&String>, Vec<&String>) =
            words.iter().partition(|word| is_contract(project, word));
        Self {
            contracts: contracts
                .into_iter()
                .map(|word| whole_area(word))
                .chain(whole_areas(contract))
                .collect(),
            builds: builds.into_iter().chain(build).cloned().collect(),
        }
    }
}

/// The contracts that any of the globs names; without a glob all, or for drivers those that name one of them. Each is compared
/// with what is on record, so only the project's own can be meant.
pub(super) fn contracts(project: &Project, globs: &[String], drivers: &[String]) -> Result<Vec<Subject>> {
    let all = Subject::all(project)?;
    // A word may be `go@*`: what stands before the version is the driver.
    let is_meant = |name: &str| drivers.iter().any(|word| word.split('@').next() == Some(name));
    let is_glob = |word: &String| word.split('@').next().is_some_and(|it| it.contains(['*', '?', '[', '{']));
    let any = drivers.iter().any(is_glob);
    let names_one = |subject: &Subject| {
        let named = Contract::source(project, subject.id()).map(|it| languages::named_in(it.text()));
        named.is_ok_and(|named| named.iter().any(|it| any || is_meant(it.driver.name())))
    };
    if globs.is_empty() {
        return Ok(all.into_iter().filter(|subject| drivers.is_empty() || names_one(subject)).collect());
    }
    let ids: Vec<&str> = all.iter().map(Subject::id).collect();
    let meant = select("contract", globs, &ids)?;
    Ok(meant.into_iter().map(|id| Subject::Known(id.to_owned())).collect())
}

/// The builds that the arguments name.
pub(super) fn selection<'a>(arguments: &Args, globs: &[String], cells: &'a Cells) -> Result<Vec<&'a str>> {
    let builds = cells.engine().builds();
    let of_drivers = of_drivers(builds, &arguments.driver)?;
    let selected: Vec<&Build> = match globs.is_empty() {
        true if !of_drivers.is_empty() => Vec::new(),
        true => builds.iter().filter(|build| build.is_usual(arguments.all)).collect(),
        false => builds.select(globs)?,
    };
    let selected: Vec<&Build> = selected.into_iter().chain(of_drivers).collect();
    if selected.is_empty() || cells.ids().is_empty() {
        bail!(Usage("there is no cell to run".to_owned()));
    }
    Ok(selected.into_iter().map(Build::name).collect())
}

/// The builds that words mean: those of a driver's version, and for what this machine has the one that these stand on.
fn of_drivers<'a>(builds: &'a BuildSet, words: &[String]) -> Result<Vec<&'a Build>> {
    let mut found: Vec<&Build> = Vec::new();
    for driver in drivers::meant(builds, words)? {
        let build = builds.of_driver(&driver).ok_or_else(|| {
            let known = builds.versions_of_driver(driver.driver.name());
            let known = known.unwrap_or_else(|| {
                "only drivers with a build in `sqlite-builds/drivers` can be named".to_owned()
            });
            Usage(format!("no build is of `{driver}`: {known}"))
        })?;
        if !found.iter().any(|it| it.name() == build.name()) {
            found.push(build);
        }
    }
    Ok(found)
}
