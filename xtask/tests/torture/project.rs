//! A project of its own for an attack: some contracts and builds of the catalogue, with their record and products.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub(crate) use crate::support::{children, copy, repository, said};

/// The builds that an attack runs on: they differ in how ROUND rounds.
pub(crate) const BUILDS: [&str; 2] = ["3.42.0-rusqlite", "3.43.0-rusqlite"];
/// Cases with and without a process of their own, a crash on record, and enough of them to be interrupted.
const CONTRACTS: [&str; 4] = [
    "precision/money-round",
    "statement-lifetime/crash-on-record",
    "statement-lifetime/open-files",
    "memory-caps/hard-heap-limit",
];

/// Files and their bytes.
pub(crate) type Record = BTreeMap<PathBuf, Vec<u8>>;

/// A project in a directory that is removed at the end, and a directory for temporary files beside it.
pub(crate) struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    /// The project, compiled and once run.
    pub(crate) fn new() -> Self {
        Self::named("project")
    }

    /// The same in a folder of this name.
    pub(crate) fn named(name: &str) -> Self {
        let project = Self { folder: tempfile::Builder::new().prefix(name).tempdir().unwrap() };
        let root = project.root();
        let repository = repository();
        for build in BUILDS {
            let manifest = std::fs::read_to_string(find(&repository.join("sqlite-builds"), build)).unwrap();
            write(&root.join(format!("sqlite-builds/core/{build}.yaml")), &orphaned(&manifest));
            for entry in children(&repository.join("target/sqlite-builds")) {
                let name = entry.file_name().unwrap().to_str().unwrap().to_owned();
                if name.strip_prefix(build).is_some_and(|rest| rest.len() == 13) {
                    copy(&entry, &root.join("target/sqlite-builds").join(name));
                }
            }
        }
        copy(&repository.join("sqlite-builds/profiles"), &root.join("sqlite-builds/profiles"));
        for contract in CONTRACTS {
            copy(
                &repository.join(format!("contracts/{contract}.yaml")),
                &root.join(format!("contracts/{contract}.yaml")),
            );
        }
        std::fs::create_dir_all(project.temporary()).unwrap();
        let built = project.run(&["build"]);
        assert!(built.status.success(), "{}", said(&built));
        let recorded = project.run(&["matrix"]);
        assert!(matches!(recorded.status.code(), Some(0 | 1)), "{}", said(&recorded));
        let accepted = project.run(&["review", "--accept", "*"]);
        assert!(accepted.status.success(), "{}", said(&accepted));
        let again = project.run(&["matrix", "--fresh"]);
        assert!(again.status.success(), "{}", said(&again));
        project
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    /// What `TMPDIR` is for the commands.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.folder.path().join("tmp")
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
        for name in ["CI", "INSTA_UPDATE", "CC"] {
            command.env_remove(name);
        }
        command.env("CARGO_TARGET_DIR", self.root().join("target"));
        command.current_dir(self.root()).env("TMPDIR", self.temporary()).args(arguments);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// The product's folder of a build.
    pub(crate) fn product(&self, build: &str) -> PathBuf {
        let products = children(&self.root().join("target/sqlite-builds"));
        let is_of =
            |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(build));
        products.into_iter().find(is_of).expect("it was built")
    }

    /// What is on record, and what waits for review: paths and bytes.
    pub(crate) fn record(&self) -> Record {
        let mut files = Record::new();
        read_all(&self.root().join("tests"), &mut files);
        files.values_mut().for_each(|bytes| *bytes = undescribed(bytes));
        files
    }

    /// Directories of processes that are gone, wherever this project makes them.
    pub(crate) fn leftovers(&self) -> Vec<PathBuf> {
        let mut left = children(&self.temporary());
        left.extend(children(&self.root().join("target/sqlite-contracts/cases")));
        left.extend(
            children(&self.root().join("target/sqlite-builds")).into_iter().filter(|path| is_hidden(path)),
        );
        left.retain(|path| !path.ends_with("lock"));
        left
    }
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) && path.is_dir()
}

fn read_all(folder: &Path, files: &mut Record) {
    for path in children(folder) {
        if path.is_dir() {
            read_all(&path, files);
        } else {
            files.insert(path.clone(), std::fs::read(path).unwrap());
        }
    }
}

/// Without the line that says what a snapshot differed from when it was made: of a record that was accepted in two parts,
/// because the first command was killed, the second part differs from the first, and of one made at once from nothing.
fn undescribed(snapshot: &[u8]) -> Vec<u8> {
    let lines = snapshot.split_inclusive(|byte| *byte == b'\n');
    lines.filter(|line| !line.starts_with(b"description: ")).flatten().copied().collect()
}

fn write(file: &Path, text: &str) {
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
}

/// A manifest without a parent that the project lacks.
fn orphaned(manifest: &str) -> String {
    let is_known =
        |line: &&str| !line.starts_with("parent:") || BUILDS.iter().any(|build| line.ends_with(build));
    manifest.lines().filter(is_known).flat_map(|line| [line, "\n"]).collect()
}

/// The manifest of a build of the repository.
fn find(folder: &Path, build: &str) -> PathBuf {
    let name = format!("{build}.yaml");
    let mut files = children(folder).into_iter().flat_map(|below| children(&below));
    files.find(|path| path.ends_with(&name)).unwrap_or_else(|| panic!("{build} is a build of the repository"))
}
