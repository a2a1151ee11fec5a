//! The commands in folders that are no project, and the project that `init` begins beside a program.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::{Command, Output};

use crate::support::{repository, said};

/// A folder outside of any project, and the cache of a user who has our compiled builds.
struct Outside {
    here: tempfile::TempDir,
    cache: tempfile::TempDir,
}

impl Outside {
    fn new() -> Self {
        let cache = tempfile::tempdir().unwrap();
        let ours = cache.path().join("sqlite-contracts");
        std::fs::create_dir(&ours).unwrap();
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("sqlite-builds");
        std::os::unix::fs::symlink(target, ours.join("sqlite-builds")).unwrap();
        Self { here: tempfile::tempdir().unwrap(), cache }
    }

    fn write(&self, file: &str, text: &str) {
        std::fs::write(self.here.path().join(file), text).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
        for name in ["SQLITE_CONTRACTS_PROGRAM", "CARGO_MANIFEST_DIR", "CARGO_TARGET_DIR", "CI"] {
            command.env_remove(name);
        }
        command.env("XDG_CACHE_HOME", self.cache.path());
        command.current_dir(self.here.path()).args(arguments).output().unwrap()
    }

    /// Fails unless it ends with this status and says all of this.
    fn expect(&self, arguments: &[&str], status: i32, parts: &[&str]) {
        let output = self.run(arguments);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(status), "{said}");
        for part in parts {
            assert!(said.contains(part), "{part:?} is not in {said}");
        }
    }
}

#[test]
fn questions_need_no_project() {
    let outside = Outside::new();
    let gate = ["gate", "--from", "3.42.0-rusqlite", "--to", "3.44.0-rusqlite"];
    outside.expect(&[&gate[..], &["--sql", "SELECT round(34.775, 2)"]].concat(), 1, &["→ 34.77, was 34.78"]);
    outside.expect(&[&gate[..], &["precision/money-round"]].concat(), 1, &["sqlite3FpDecode()"]);
    outside.expect(&["build", "--list", "3.42.0-rusqlite"], 0, &["3.42.0-rusqlite"]);
    let left = std::fs::read_dir(outside.here.path()).unwrap().count();
    assert_eq!(left, 0, "a question leaves nothing behind");
    outside.expect(&["matrix"], 3, &["`sqlite-contracts init` creates a project"]);
}

#[test]
fn a_project_begins_beside_a_program() {
    let outside = Outside::new();
    outside.expect(&["init"], 2, &["there is no Cargo.lock here or above"]);
    outside.write("Cargo.lock", "version = 4\n\n[[package]]\nname = \"libsqlite3-sys\"\nversion = \"0.27.0\"\ndependencies = [\"cc\"]\n");
    let gate = "gate --catalogue --from 3.44.0-rusqlite --to 3.54.1-rusqlite";
    outside.expect(
        &["init"],
        0,
        &["brings 3.44.0-rusqlite", "what 1 case does", "0 unreviewed drifts", gate],
    );
    outside.expect(&["init"], 2, &["sqlite is there already, and is not empty"]);
    for file in [
        ".gitignore",
        "contracts/program/first.yaml",
        "contracts/schema.json",
        "sqlite-builds/core/3.44.0-rusqlite.yaml",
        "sqlite-builds/core/3.54.1-rusqlite.yaml",
        "tests/snapshots/program/first/first-case@3.44.0-rusqlite.snap",
    ] {
        assert!(outside.here.path().join("sqlite").join(file).is_file(), "{file}");
    }
    let lock = repository().join("examples/ledger/Cargo.lock");
    let included = ["init", "other", "--include", "precision/money-round", "--lock", lock.to_str().unwrap()];
    outside.expect(&included, 0, &["money-round", "0 unreviewed drifts"]);
}

#[test]
fn a_mistake_in_what_begins_a_project_leaves_no_project() {
    let outside = Outside::new();
    outside.expect(&["init", "--build", "3.42.0-rustqlite"], 2, &["did you mean `3.42.0-rusqlite`?"]);
    outside.write("Cargo.lock", "[package]\nname = \"none\"\n");
    outside.expect(&["init"], 2, &["this is not a Cargo.lock"]);
    outside.expect(
        &["init", "--build", "3.42.0-rusqlite", "--include", "precison"],
        2,
        &["precison", "precision"],
    );
    assert!(
        !outside.here.path().join("sqlite").exists(),
        "nothing is left of a project that could not begin"
    );
}
