//! A project whose SQLite is a few lines of C, so that its builds compile in milliseconds.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use sha2::{Digest, Sha256};
use sqlite_contracts::builds::{BatchProgress, Build, BuildSet, Event, Flaw, Outcome, Progress, Store};
use sqlite_contracts::project::Project;
use sqlite_contracts::worker::WorkerProgram;
use tempfile::TempDir;

const CODE: &str = r#"
#ifndef FLAG
#define FLAG "none"
#endif
const char *sqlite3_libversion(void) { return "3.46.0"; }
const char *sqlite3_sourceid(void) { return "2024-05-23 13:25:27 fake"; }
const char *sqlite3_compileoption_get(int n) { return n == 0 ? FLAG : 0; }
"#;

/// A project in a temporary folder.
pub(crate) struct FakeProject {
    folder: TempDir,
}

impl FakeProject {
    /// With the builds `3.46.0-plain` and `3.46.0-flagged`.
    pub(crate) fn new() -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap() };
        project.write("code/sqlite3.c", CODE);
        project.write("sqlite-builds/profiles/plain.yaml", "about: for tests\n");
        project.set_flag("FLAG=\"x\"");
        project.write("sqlite-builds/core/3.46.0-plain.yaml", &manifest("3.46.0", "plain", CODE));
        let flagged = manifest("3.46.0", "flagged", CODE) + "parent: 3.46.0-plain\n";
        project.write("sqlite-builds/core/3.46.0-flagged.yaml", &flagged);
        project
    }

    /// Gives the profile `flagged` another define.
    pub(crate) fn set_flag(&self, define: &str) {
        let profile = format!("about: for tests\nextends: plain\ndefines:\n  - '{define}'\n");
        self.write("sqlite-builds/profiles/flagged.yaml", &profile);
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn products(&self) -> PathBuf {
        self.project().products()
    }

    pub(crate) fn project(&self) -> Project {
        Project::at(self.root()).with_target(self.root().join("target"))
    }

    pub(crate) fn builds(&self) -> BuildSet {
        BuildSet::load(&self.project()).unwrap_or_else(|mistakes| panic!("{mistakes}"))
    }

    pub(crate) fn build(&self, name: &str) -> Build {
        self.builds().get(name).unwrap().clone()
    }

    pub(crate) fn store(&self) -> Store {
        Store::new(&self.project(), WorkerProgram::new(env!("CARGO_BIN_EXE_sqlite-contracts-worker")))
    }

    /// The names in the products' folder, without the locks.
    pub(crate) fn product_names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.products()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| name != ".locks").collect();
        names.sort();
        names
    }
}

/// A manifest of a `path` source.
pub(crate) fn manifest(version: &str, profile: &str, code: &str) -> String {
    let sha256: String = Sha256::digest(code).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("version: {version}\nprofile: {profile}\nsource:\n  path: code\n  sha256: {sha256}\n")
}

/// Remembers how often each thing happened.
#[derive(Default)]
pub(crate) struct Counter {
    events: Mutex<Vec<Event>>,
    replaced: Mutex<Vec<String>>,
}

impl Counter {
    pub(crate) fn count(&self, wanted: Event) -> usize {
        self.events.lock().unwrap().iter().filter(|event| **event == wanted).count()
    }

    /// Why products were made anew.
    pub(crate) fn replaced(&self) -> Vec<String> {
        self.replaced.lock().unwrap().clone()
    }
}

impl Progress for Counter {
    fn event(&self, _: &Build, event: Event) {
        self.events.lock().unwrap().push(event);
    }

    fn replaces(&self, _: &Build, flaw: &Flaw) {
        self.replaced.lock().unwrap().push(flaw.to_string());
    }
}

impl BatchProgress for Counter {
    fn done(&self, _: &Outcome<'_>) {}
}
