//! The contracts of the example application, as its developers run them: in a folder of their own, with the library as
//! a dependency and the installed commands.
#![cfg(unix)]

mod outside;
#[path = "../support/mod.rs"]
mod support;

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Output};

use support::{children, copy, repository, said};

/// A copy of `examples/ledger/sqlite`, outside of this repository and of its `.cargo/config.toml`.
struct Application(tempfile::TempDir);

impl Application {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for part in children(&repository().join("examples/ledger/sqlite")) {
            if !part.ends_with("target") {
                copy(&part, &folder.path().join(part.file_name().unwrap()));
            }
        }
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
        for name in ["SQLITE_CONTRACTS_PROGRAM", "CARGO_MANIFEST_DIR", "CI"] {
            command.env_remove(name);
        }
        command.current_dir(self.0.path()).args(arguments);
        output_of(command)
    }

    fn cargo_test(&self) -> Output {
        self.run(env!("CARGO"), &["test"])
    }

    fn commands(&self, arguments: &[&str]) -> Output {
        self.run(env!("CARGO_BIN_EXE_sqlite-contracts"), arguments)
    }
}

/// Runs it with a target directory that is kept from run to run, beside ours and with our compiled builds.
fn output_of(mut command: Command) -> Output {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("examples");
    let builds = target.join("sqlite-builds");
    std::fs::create_dir_all(&target).unwrap();
    if let Err(error) = std::os::unix::fs::symlink("../sqlite-builds", builds) {
        assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    }
    std::fs::create_dir_all(target.with_file_name("sqlite-builds")).unwrap();
    command.env("CARGO_TARGET_DIR", target).env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only");
    command.output().unwrap()
}

/// Fails unless it ended with this status and said all of this.
fn expect(output: &Output, status: i32, parts: &[&str]) {
    let said = said(output);
    assert_eq!(output.status.code(), Some(status), "{said}");
    for part in parts {
        assert!(said.contains(part), "{part:?} is not in {said}");
    }
}

#[test]
#[ignore = "compiles the library once more: .ci/run runs it"]
fn an_application_keeps_its_own_contracts() {
    let application = Application::new();
    expect(&application.cargo_test(), 0, &["contract_2_ledger_invoices_yaml"]);
    expect(&application.commands(&["matrix"]), 0, &["money-round", "0 unreviewed drifts"]);
    expect(&application.commands(&["tidy"]), 0, &[]);
    let gate = ["gate", "--from", "3.42.0-rusqlite", "--to", "3.54.1-rusqlite", "--today"];
    expect(&application.commands(&[&gate[..], &["2027-06-30"]].concat()), 0, &["accepted", "  searched: "]);
    expect(&application.commands(&[&gate[..], &["2027-07-01"]].concat()), 1, &["34.78", "expired"]);

    // A contract is added, and on record is what 3.42.0 did and 3.54.1 does no more.
    let next = "sqlite-contracts try contracts/ledger/refunds.yaml";
    expect(&application.commands(&["new-contract", "ledger/refunds"]), 0, &[next]);
    application.edit("tests/snapshots/ledger/invoices/half-a-cent@3.54.1-rusqlite.snap", "34.77", "34.78");
    let review = "review  sqlite-contracts review";
    expect(&application.cargo_test(), 101, &["contract_3_ledger_refunds_yaml", review]);
    let found = ["2 new (not yet on record)", "1 unreviewed drift"];
    expect(&application.commands(&["matrix", "--contract", "ledger"]), 1, &found);
    let pending =
        ["ledger/invoices/half-a-cent@3.54.1-rusqlite", "ledger/refunds/first-case@3.42.0-rusqlite"];
    expect(&application.commands(&["review", "--list"]), 1, &pending);
}

#[test]
#[ignore = "compiles rusqlite with its SQLite: .ci/run runs it"]
fn the_application_itself_holds() {
    let mut command = Command::new(env!("CARGO"));
    command.arg("test").current_dir(repository().join("examples/ledger")).env_remove("CARGO_MANIFEST_DIR");
    expect(&output_of(command), 0, &["an_invoice_has_a_total ... ok"]);
}
