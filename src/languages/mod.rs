//! Drivers in other languages: what a machine has of them, and their programs, made and kept as products are.
//!
//! A program finds the library under test as `libsqlite3.so.0` in a folder that is named to the loader. In front of it a
//! guard is loaded, which stands in for the functions that the library lacks. Nothing here is needed to build or to test
//! the tool: what is missing is the reason why a case is unsupported.

mod compiled_apsw;
mod found;
mod go;
mod guard;
mod made;
mod node;
mod python;
mod start;

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::hash::Hash;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use anyhow::Result;
use regex::Regex;

use crate::builds::{Product, Store};
use crate::contract::{Driver, DriverVersion};
use crate::project::Project;
use crate::record::report::NOT_HERE;
use crate::worker::confinement;
use crate::worker::launch::Launch;
use found::Language;

/// Why a driver's program cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unable {
    /// This machine or the build lacks something: the cases are unsupported.
    Lacking(String),
    /// The program itself is wrong: a run with it has failed.
    Broken(String),
}

impl fmt::Display for Unable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Lacking(why) | Self::Broken(why)) = self;
        f.write_str(why)
    }
}

impl From<String> for Unable {
    fn from(lacking: String) -> Self {
        Self::Lacking(lacking)
    }
}

/// What this machine has of other languages, each looked for once.
#[derive(Debug, Default)]
pub struct Languages {
    found: Once<DriverVersion, Language>,
    launches: Once<(DriverVersion, String), Launch>,
}

/// What is made once for each key, or the reason why it cannot be made.
#[derive(Debug)]
struct Once<Key, Made>(Mutex<HashMap<Key, Slot<Made>>>);

type Slot<Made> = Arc<OnceLock<Result<Arc<Made>, Unable>>>;

impl<Key, Made> Default for Once<Key, Made> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<Key: Eq + Hash, Made> Once<Key, Made> {
    fn get(&self, key: Key, make: impl FnOnce() -> Result<Made, Unable>) -> Result<Arc<Made>, Unable> {
        let slot = self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default().clone();
        slot.get_or_init(|| make().map(Arc::new)).clone()
    }
}

impl Languages {
    /// How to start a driver's program on a product; made when it is not there yet.
    ///
    /// # Errors
    /// Why this machine cannot, or what is wrong with the program.
    pub fn launch(
        &self,
        driver: &DriverVersion,
        product: &Product,
        store: &Store,
    ) -> Result<Arc<Launch>, Unable> {
        let language = self.language(driver, store.project())?;
        let make = || guard::launch(&language, driver, product, store);
        self.launches.get((driver.clone(), product.build.clone()), make)
    }

    /// The language and the versions of what its driver needs.
    ///
    /// # Errors
    /// What is missing, and how to get it.
    pub fn describe(&self, driver: &DriverVersion, project: &Project) -> Result<String, String> {
        match self.language(driver, project) {
            Ok(language) => Ok(language.version.clone()),
            Err(unable) => Err(unable.to_string()),
        }
    }

    /// Everything of this machine that what these drivers do depends on.
    pub fn identity(&self, drivers: &[DriverVersion], project: &Project) -> String {
        let identity = |driver: &DriverVersion| match self.language(driver, project) {
            Ok(language) => language.identity.clone(),
            Err(unable) => unable.to_string(),
        };
        drivers.iter().map(identity).collect()
    }

    fn language(&self, driver: &DriverVersion, project: &Project) -> Result<Arc<Language>, Unable> {
        self.found.get(driver.clone(), || found::remembered(driver, project, || find(driver, project)))
    }
}

fn find(driver: &DriverVersion, project: &Project) -> Result<Language, Unable> {
    let wanted = driver.version.as_deref();
    if !cfg!(target_os = "linux") {
        return Err(format!("{NOT_HERE}way to run `{driver}` on a build: that needs Linux").into());
    }
    if confinement::by_system().is_none() {
        return Err(format!("{NOT_HERE}way to keep `{driver}` in a directory: that needs Landlock").into());
    }
    match driver.driver {
        Driver::Python => Ok(python::find(project, &python::STANDARD, wanted)?),
        Driver::Apsw => Ok(python::find(project, &python::APSW, wanted)?),
        Driver::Go => go::find(project, wanted),
        Driver::Node => Ok(node::find(project, wanted)?),
        _ => Err(format!("`{driver}` is no program").into()),
    }
}

/// Why Node's own module `node:sqlite` is no driver on this machine.
pub fn why_no_node_sqlite() -> String {
    node::why_not_its_own_module()
}

/// Where programs are kept.
fn folder(project: &Project) -> PathBuf {
    project.scratch().join("drivers")
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("it is a regular expression")
}

/// The drivers of other languages that a contract's text names, in their order.
pub fn named_in(text: &str) -> Vec<DriverVersion> {
    static LINES: LazyLock<Regex> = LazyLock::new(|| regex(r#"\bdrivers?["']?\s*:([^\n]*)"#));
    static WORDS: LazyLock<Regex> = LazyLock::new(|| regex(r"[\w@.]+"));
    let words = LINES.captures_iter(text).flat_map(|line| {
        let words = line.get(1).map_or("", |rest| rest.as_str());
        WORDS.find_iter(words).filter_map(|word| word.as_str().parse().ok()).collect::<Vec<DriverVersion>>()
    });
    let named: BTreeSet<DriverVersion> = words.filter(|word| word.driver.is_of_a_language()).collect();
    named.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::verb::Call;

    /// What the worker or the guard executes.
    const NOT_OF_A_PROGRAM: [&str; 12] = [
        "memory_used",
        "memory_highwater",
        "release_memory",
        "soft_heap_limit",
        "hard_heap_limit",
        "db_status",
        "stmt_count",
        "connection_count",
        "file_size",
        "file_bytes",
        "file_hash",
        "write_file",
    ];

    #[test]
    fn a_program_has_the_verbs_of_the_table() {
        let go: String = go::FILES.map(|(_, text)| text).concat();
        // What stands before and after the name of a verb.
        let programs = [
            (Driver::Python, python::STANDARD.text(), ["\ndef ", ""]),
            (Driver::Apsw, python::APSW.text(), ["\ndef ", ""]),
            (Driver::Go, &go, ["\"", "\""]),
            (Driver::Node, node::SOURCE.1, [" ", "("]),
        ];
        for (driver, text, [before, after]) in programs {
            let verbs = Call::names_of(driver);
            assert!(verbs.contains(&"connect"), "{}", driver.name());
            for verb in verbs.into_iter().filter(|verb| !NOT_OF_A_PROGRAM.contains(verb)) {
                assert!(text.contains(&format!("{before}{verb}{after}")), "{} has no {verb}", driver.name());
            }
        }
    }

    #[test]
    fn the_drivers_of_a_contract_are_found_in_its_text() {
        let named = |text: &str| named_in(text).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(named("cases:\n  - driver: python\n  - {driver: \"go\"}"), ["python", "go"]);
        assert_eq!(named("drivers: [node@12.11.1, python]\n"), ["python", "node@12.11.1"]);
        assert_eq!(named("why: a driver that lets go\ncases: []\n"), [""; 0]);
    }
}
