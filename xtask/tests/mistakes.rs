//! What commands say of variables and names that are wrong, in a project with nothing in it.

use std::path::Path;
use std::process::Command;

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("sqlite-builds/core")).unwrap();
    std::fs::create_dir_all(folder.path().join("contracts/area")).unwrap();
    folder
}

/// The exit status of a command, and what it said.
fn xtask(root: &Path, args: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sqlite-contracts"));
    command.current_dir(root).args(args).env("COLUMNS", "120").envs(variables.iter().copied());
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_variable_that_says_nothing_useful_ends_a_command_before_it_begins() {
    let project = project();
    let variables = [("SQLITE_CONTRACTS_ROWS", "many"), ("SQLITE_CONTRACTS_MISTAKES", "-1")];
    for command in ["tidy", "matrix"] {
        let (status, said) = xtask(project.path(), &[command], &variables);
        assert_eq!(status, Some(2), "{said}");
        assert!(said.contains("this is not a limit") && said.contains("2 mistakes"), "{said}");
    }
    for (name, value) in [("SQLITE_CONTRACTS_CASES", "not/there"), ("SQLITE_CONTRACTS_BUDGET", "row=1")] {
        let (status, said) = xtask(project.path(), &["try", "--sql", "SELECT 1"], &[(name, value)]);
        assert_eq!(status, Some(2), "{said}");
        assert!(said.contains(&format!("{name}:1:1")) && !project.path().join("not").exists(), "{said}");
    }
}

#[test]
fn builds_that_may_not_be_compiled_are_not_said_to_be_impossible() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let empty = tempfile::tempdir().unwrap();
    let arguments =
        ["matrix", "--no-build", "--build", "3.54.1-rusqlite", "--contract", "precision/money-round"];
    let (status, said) =
        xtask(repository, &arguments, &[("CARGO_TARGET_DIR", empty.path().to_str().unwrap())]);
    assert_eq!(status, Some(3), "{said}");
    assert!(said.contains("none of the builds is compiled, and --no-build lets none be"), "{said}");
}

#[test]
#[cfg(unix)]
fn whoever_starts_a_command_may_ignore_the_end_of_processes() {
    let project = project();
    for arguments in [&["doctor"][..], &["worker", "--supervise", "true"]] {
        // dash does not ignore this signal.
        let mut command = Command::new("bash");
        command
            .args(["-c", "trap '' CHLD; exec \"$@\"", "bash", env!("CARGO_BIN_EXE_sqlite-contracts")])
            .args(arguments);
        let output = command.current_dir(project.path()).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(!said.contains("No child processes"), "{said}");
    }
}
