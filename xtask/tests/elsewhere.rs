//! The contracts of the example application, as its developers run them: in a folder of their own, with the library as
//! a dependency and the installed commands.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A copy of `examples/ledger/sqlite`, outside of this repository and of its `.cargo/config.toml`.
struct Application(tempfile::TempDir);

impl Application {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(&repository().join("examples/ledger/sqlite"), folder.path());
        let application = Self(folder);
        let library = format!("{:?}", repository());
        application.edit("Cargo.toml", "\"../../..\"", &library);
        application
    }

    fn edit(&self, file: &str, old: &str, new: &str) {
        let file = self.0.path().join(file);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(old), "{} lacks {old}: {text}", file.display());
        std::fs::write(file, text.replace(old, new)).unwrap();
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        let mut command = Command::new(program);
        // What this repository's own tests run with is none of the application's.
        for name in ["INSTA_WORKSPACE_ROOT", "SQLITE_CONTRACTS_PROGRAM", "CARGO_MANIFEST_DIR", "CI"] {
            command.env_remove(name);
        }
        command.current_dir(self.0.path()).args(arguments);
        command.env("CARGO_TARGET_DIR", repository().join("target/examples")).output().unwrap()
    }

    fn cargo_test(&self) -> Output {
        self.run(env!("CARGO"), &["test"])
    }

    fn commands(&self, arguments: &[&str]) -> Output {
        self.run(env!("CARGO_BIN_EXE_sqlite-contracts"), arguments)
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        match entry.file_type().unwrap().is_dir() {
            true if entry.file_name() == "target" => {}
            true => copy(&entry.path(), &to.join(entry.file_name())),
            false => _ = std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap(),
        }
    }
}

/// Both streams.
fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
#[ignore = "compiles the library once more, and two SQLites: .ci/run runs it"]
fn an_application_keeps_its_own_contracts() {
    let application = Application::new();

    let output = application.cargo_test();
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("contract_2_ledger_invoices_yaml"), "{}", said(&output));
    let output = application.commands(&["matrix"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains("money-round"), "{}", said(&output));
    assert_eq!(application.commands(&["tidy"]).status.code(), Some(0));
    let gate = |today: &str| {
        let builds = ["gate", "--from", "3.42.0-rusqlite", "--to", "3.54.1-rusqlite"];
        application.commands(&[&builds[..], &["--today", today]].concat())
    };
    let output = gate("2027-06-30");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let output = gate("2027-07-01");
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("34.78"), "{}", said(&output));

    // On record is what 3.42.0 did and 3.54.1 does no more.
    application.edit("tests/snapshots/ledger/invoices/half-a-cent@3.54.1-rusqlite.snap", "34.77", "34.78");
    let output = application.cargo_test();
    assert!(!output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("review  sqlite-contracts review"), "{}", said(&output));
    let output = application.commands(&["matrix", "--contract", "ledger/*"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let output = application.commands(&["review", "--list"]);
    assert!(said(&output).contains("half-a-cent@3.54.1-rusqlite"), "{}", said(&output));
}

#[test]
#[ignore = "compiles rusqlite with its SQLite: .ci/run runs it"]
fn the_application_itself_holds() {
    let folder = repository().join("examples/ledger");
    let mut command = Command::new(env!("CARGO"));
    command.arg("test").current_dir(folder).env_remove("CARGO_MANIFEST_DIR");
    let output = command.env("CARGO_TARGET_DIR", repository().join("target/examples")).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("an_invoice_has_a_total ... ok"), "{}", said(&output));
}
